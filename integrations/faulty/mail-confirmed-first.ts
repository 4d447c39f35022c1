import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "receipt-after-store";

/**
 * Confirms what it finds in the list, and then fetches and stores it, however long that takes.
 *
 * @source altinn.md B1 and C8; incidents.md, invariant 1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { receipt: "before reading" });
export default integration;
