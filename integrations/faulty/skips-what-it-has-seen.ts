import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Remembers what it was handed, and acks it when it comes once more, whether or not it was ever stored.
 *
 * @source fiks.md 3.5, be idempotent; B12
 */
const integration: Integration = defineFaulty(storeThenReceipt, { repeats: "acked if seen" });
export default integration;
