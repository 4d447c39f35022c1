import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "one-case";

/**
 * Keeps the keys of what it has sent in a variable of the module: after a crash the same message goes in under a new
 * key, as a second case.
 *
 * @source fiks.md 3.5, be idempotent; E2
 */
const integration: Integration = defineFaulty(storeThenReceipt, { sameBy: "memory" });
export default integration;
