import type { Integration } from "../../port/host.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-loss";

/**
 * Takes a message out of its inbox before it registers it: what is under way at a crash stands nowhere.
 *
 * @source incidents.md, invariant 1; fiks.md A5
 */
const integration: Integration = defineFaulty(inboxFirst, { inbox: "until begun" });
export default integration;
