import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Registers the first file of each mail and drops the others.
 *
 * @source altinn.md 2.2, up to a hundred attachments
 */
const integration: Integration = defineFaulty(storeThenReceipt, { attachments: "the first" });
export default integration;
