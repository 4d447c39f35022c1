import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Acks what is under way when it is asked to stop, so as to leave its queue tidy.
 *
 * @source fiks.md A6 and 3.5
 */
const integration: Integration = defineFaulty(storeThenReceipt, { atStop: "acked" });
export default integration;
