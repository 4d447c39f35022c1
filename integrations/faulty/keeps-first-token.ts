import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "drains";

/**
 * Gets a token at its start and uses it as long as it runs: once that has expired, no receipt is accepted.
 *
 * @source fiks.md 3.3; DESIGN.md section 4, time faults
 */
const integration: Integration = defineFaulty(storeThenReceipt, { tokens: "as long as it runs" });
export default integration;
