import type { Integration } from "../../port/host.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "receipt-after-store";

/**
 * Confirms what stands in its inbox but is not forced to disk: a power cut takes it.
 *
 * @source fiks.md A5; incidents.md, invariant 1
 */
const integration: Integration = defineFaulty(inboxFirst, { sync: "never" });
export default integration;
