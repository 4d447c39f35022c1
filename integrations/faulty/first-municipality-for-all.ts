import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "right-recipient";

/**
 * Registers every message in the first municipality it was configured with.
 *
 * @source fiks.md D1, D2
 */
const integration: Integration = defineFaulty(storeThenReceipt, { municipality: "the first" });
export default integration;
