import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "drains";

/**
 * Sends each receipt once and acks, whatever the answer: what is registered stays unanswered, and goes to paper as
 * well.
 *
 * @source fiks.md A7
 */
const integration: Integration = defineFaulty(storeThenReceipt, { receiptLost: "pass over" });
export default integration;
