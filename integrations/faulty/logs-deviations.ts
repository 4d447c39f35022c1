import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "failure-visible";

/**
 * Writes deviations to a log that nobody reads.
 *
 * @source incidents.md, case A, mechanism 5 and invariant 8
 */
const integration: Integration = defineFaulty(storeThenReceipt, { deviations: "to the log" });
export default integration;
