import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "delivers";

/**
 * Takes a receiver that is locked or overloaded for one that refuses: `feilet`, and paper, for messages that are
 * healthy.
 *
 * @source fiks.md E8; PORT.md, Receiver API
 */
const integration: Integration = defineFaulty(storeThenReceipt, { busy: "refusal" });
export default integration;
