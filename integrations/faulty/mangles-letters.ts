import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "intact";

/**
 * Reads the form as Latin-1: what is not ASCII comes out as two letters.
 *
 * @source fiks.md 2.1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { letters: "latin1" });
export default integration;
