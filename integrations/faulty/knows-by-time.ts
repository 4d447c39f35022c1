import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Keys a message by the minute it was sent in, and takes a key that is taken for a case that is there.
 *
 * @source fiks.md C10; PORT.md, Receiver API
 */
const integration: Integration = defineFaulty(storeThenReceipt, { sameBy: "minute sent", conflict: "registered" });
export default integration;
