import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Puts the message back at once on a passing error: its three attempts are gone within a second.
 *
 * @source fiks.md B8, by KS the commonest beginner's error
 */
const integration: Integration = defineFaulty(storeThenReceipt, { passing: "requeue" });
export default integration;
