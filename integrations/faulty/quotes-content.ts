import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-leak";

/**
 * Quotes the message in its deviations, so that content about a child stands on a worklist.
 *
 * @source DESIGN.md section 8; fiks.md 2
 */
const integration: Integration = defineFaulty(storeThenReceipt, { deviationSays: "content" });
export default integration;
