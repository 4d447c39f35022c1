import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "right-recipient";

/**
 * Registers confidential mail as ordinary: whoever sees ordinary cases sees it.
 *
 * @source PORT.md, *Where the facts of a message stand*
 */
const integration: Integration = defineFaulty(storeThenReceipt, { confidential: "never" });
export default integration;
