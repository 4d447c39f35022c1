import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "watched-channel";

/**
 * Serves the queues and never looks at its mail: what the police send lies there, and it is up and running.
 *
 * @source incidents.md, case B, mechanism 4 and invariant 14
 */
const integration: Integration = defineFaulty(storeThenReceipt, { mail: "left alone" });
export default integration;
