import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Takes "queued in memory" (202) for stored: a crash of the receiver takes what was confirmed.
 *
 * @source incidents.md, case A, mechanism 1; fiks.md A1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { queued: "stored" });
export default integration;
