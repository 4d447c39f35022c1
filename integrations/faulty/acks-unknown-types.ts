import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Falls through to ack on a message type it does not know; nobody hears of it.
 *
 * @source fiks.md B2, the example apps of the official clients
 */
const integration: Integration = defineFaulty(storeThenReceipt, { unknownType: "ack" });
export default integration;
