import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "failure-visible";

/**
 * Tries for as long as it takes, and tells nobody that it does.
 *
 * @source incidents.md, invariant 8; RULES.md, *Alarm*
 */
const integration: Integration = defineFaulty(storeThenReceipt, { warns: "never" });
export default integration;
