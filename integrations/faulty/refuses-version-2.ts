import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Declares version 2 and knows version 1: what comes in the new one is refused, and goes to paper.
 *
 * @source fiks.md B3
 */
const integration: Integration = defineFaulty(storeThenReceipt, { versions: "the first" });
export default integration;
