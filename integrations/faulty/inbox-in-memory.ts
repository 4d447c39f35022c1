import type { Integration } from "../../port/host.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "receipt-after-store";

/**
 * Keeps its inbox in memory and confirms what stands there: a crash takes it.
 *
 * @source incidents.md, case A, mechanism 1; fiks.md E10
 */
const integration: Integration = defineFaulty(inboxFirst, { inbox: "in memory" });
export default integration;
