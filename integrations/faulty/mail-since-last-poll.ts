import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Asks only for mail that was to be published since its last poll: what a slow scan held back is never listed to it.
 *
 * @source altinn.md C4
 */
const integration: Integration = defineFaulty(storeThenReceipt, { mailSince: "last poll" });
export default integration;
