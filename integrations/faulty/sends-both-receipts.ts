import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Sends `feilet` when the answer to `mottatt` is lost: the portal has both, and sends paper for a registered message.
 *
 * @source fiks.md A8, the proof-of-concept consumer
 */
const integration: Integration = defineFaulty(storeThenReceipt, { receiptLost: "send feilet" });
export default integration;
