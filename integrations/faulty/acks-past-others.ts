import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Acks everything up to the message that is done, and with it those before it that are still under way.
 *
 * @source fiks.md B14
 */
const integration: Integration = defineFaulty(storeThenReceipt, { acks: "all before it" });
export default integration;
