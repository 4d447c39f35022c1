import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Reads a list of mail from its top to the first that it knows: what was published late stands further down.
 *
 * @source altinn.md C4 and 2.5
 */
const integration: Integration = defineFaulty(storeThenReceipt, { mailRead: "to the first that is known" });
export default integration;
