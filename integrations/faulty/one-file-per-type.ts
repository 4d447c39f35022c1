import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Keeps one file of each type: a second PDF takes the place of the first.
 *
 * @source fiks.md C8
 */
const integration: Integration = defineFaulty(storeThenReceipt, { attachments: "one of each type" });
export default integration;
