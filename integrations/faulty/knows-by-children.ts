import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Holds two messages about the same children to be the same: the second is confirmed and never stored.
 *
 * @source fiks.md C10; RULES.md, A.2 no-loss
 */
const integration: Integration = defineFaulty(storeThenReceipt, { sameBy: "children" });
export default integration;
