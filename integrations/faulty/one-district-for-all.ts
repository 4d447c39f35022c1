import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "right-recipient";

/**
 * Registers every message in the municipality's first district, whatever it is addressed to.
 *
 * @source fiks.md D1
 */
const integration: Integration = defineFaulty(storeThenReceipt, { district: "standard" });
export default integration;
