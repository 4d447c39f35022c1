import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Answers a passing error of the receiver with nack without requeue: the message is destroyed, the sender told nothing.
 *
 * @source fiks.md B1 and 3.5
 */
const integration: Integration = defineFaulty(storeThenReceipt, { passing: "nack" });
export default integration;
