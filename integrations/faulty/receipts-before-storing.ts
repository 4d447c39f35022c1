import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Sends `mottatt` before the receiver has stored the message, and passes over an error on the way to the store: Familia
 * 2020–2023.
 *
 * @source incidents.md, case A, mechanisms 1-3; fiks.md A1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { receipt: "before storing", passing: "give up" });
export default integration;
