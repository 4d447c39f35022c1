import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Cuts every text to the width of its column, 255 letters, and says nothing of it.
 *
 * @source fiks.md 2.1 and A4
 */
const integration: Integration = defineFaulty(storeThenReceipt, { payload: "texts of 255 letters" });
export default integration;
