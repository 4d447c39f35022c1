import type { Rule } from "../rule.ts";
import { delivers } from "./delivers.ts";
import { drains } from "./drains.ts";
import { endStateDeadline } from "./end-state-deadline.ts";
import { failureVisible } from "./failure-visible.ts";
import { intact } from "./intact.ts";
import { noFalseReceipt } from "./no-false-receipt.ts";
import { noLeak } from "./no-leak.ts";
import { noLoss } from "./no-loss.ts";
import { noSilentExpiry } from "./no-silent-expiry.ts";
import { oneCase } from "./one-case.ts";
import { poisonIsolated } from "./poison-isolated.ts";
import { receiptAfterStore } from "./receipt-after-store.ts";
import { reconciles } from "./reconciles.ts";
import { rightRecipient } from "./right-recipient.ts";
import { watchedChannel } from "./watched-channel.ts";

export { allKinds } from "./all-kinds.ts";

/**
 * The rules that are folded over one run, in the order of RULES.md, section A.
 *
 * `all-kinds` is over a set of runs and so not among them (`allKinds`); in one run it is not exercised.
 */
export const rules: readonly Rule<unknown>[] = [
  noLoss,
  delivers,
  receiptAfterStore,
  noFalseReceipt,
  noSilentExpiry,
  endStateDeadline,
  watchedChannel,
  rightRecipient,
  intact,
  oneCase,
  poisonIsolated,
  failureVisible,
  noLeak,
  drains,
  reconciles,
];
