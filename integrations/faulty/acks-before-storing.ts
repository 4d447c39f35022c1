import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Acks on arrival: what is under way at a crash is not handed over again.
 *
 * @source fiks.md A6, named by KS as the typical loss
 */
const integration: Integration = defineFaulty(storeThenReceipt, { ack: "first" });
export default integration;
