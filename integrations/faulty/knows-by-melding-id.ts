import type { Integration } from "../../port/host.ts";
import { storeThenReceipt } from "../correct/store-then-receipt.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "one-case";

/**
 * Holds messages to be the same by `melding-id`, which is new for every send: a resend makes a second case.
 *
 * @source fiks.md C10; incidents.md, invariant 21
 */
const integration: Integration = defineFaulty(storeThenReceipt, { sameBy: "melding-id" });
export default integration;
