import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "receipt-after-store";

/**
 * Sends `mottatt` first and stores then, however long that takes: until it has, nobody holds the message but the queue.
 *
 * @source incidents.md, invariant 1; fiks.md A5
 */
const integration: Integration = defineFaulty(storeThenReceipt, { receipt: "before storing" });
export default integration;
