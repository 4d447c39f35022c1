import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-leak";

/**
 * Writes what could not be registered just now to its log, whole.
 *
 * @source RULES.md, no-leak
 */
const integration: Integration = defineFaulty(storeThenReceipt, { logs: "content" });
export default integration;
