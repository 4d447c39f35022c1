import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Confirms what names no district and passes over it: it has nowhere to put it.
 *
 * @source fiks.md 1.2 and D1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { district: "addressed, or none at all" });
export default integration;
