import type { Rule } from "../rule.ts";
import { delivers } from "./delivers.ts";
import { drains } from "./drains.ts";
import { intact } from "./intact.ts";
import { noFalseReceipt } from "./no-false-receipt.ts";
import { noLoss } from "./no-loss.ts";
import { noSilentExpiry } from "./no-silent-expiry.ts";
import { oneCase } from "./one-case.ts";
import { receiptAfterStore } from "./receipt-after-store.ts";

/**
 * The rules that are folded over one run, in the order of RULES.md, section A.
 *
 * `all-kinds` is over a set of runs and so not among them: see `allKinds`.
 */
export const rules: readonly Rule<unknown>[] = [
  noLoss,
  delivers,
  receiptAfterStore,
  noFalseReceipt,
  noSilentExpiry,
  intact,
  oneCase,
  drains,
];
