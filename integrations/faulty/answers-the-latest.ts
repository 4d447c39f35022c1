import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Keeps the message at hand in one variable of the module: while several are under way, receipts are about the one
 * that came last.
 *
 * @source fiks.md 3.1, svarPaMelding; B17
 */
const integration: Integration = defineFaulty(storeThenReceipt, { answers: "the latest" });
export default integration;
