import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "poison-isolated";

/**
 * Ends with an error on what it cannot read; started again, it is handed the same, and its neighbours use up their
 * attempts.
 *
 * @source fiks.md B8, B9, B11
 */
const integration: Integration = defineFaulty(storeThenReceipt, { unreadable: "crash" });
export default integration;
