import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Registers the form and drops its PDF, and every other file.
 *
 * @source fiks.md A11
 */
const integration: Integration = defineFaulty(storeThenReceipt, { attachments: "none" });
export default integration;
