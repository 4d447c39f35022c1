import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Tries five times, and acks what the receiver has not taken by then.
 *
 * @source fiks.md A9
 */
const integration: Integration = defineFaulty(storeThenReceipt, { passing: "give up after five tries" });
export default integration;
