import type { Integration } from "../../port/host.ts";
import { inboxFirst } from "../correct/inbox-first.ts";
import { defineFaulty } from "../kit/faulty.ts";

/** The rule it must fail by. */
export const breaks = "no-false-receipt";

/**
 * Gives each release an inbox of its own, and takes every start for a new release: what stood in the old one is never
 * looked at again.
 *
 * @source DESIGN.md section 4, process faults
 */
const integration: Integration = defineFaulty(inboxFirst, { inbox: "until the next start" });
export default integration;
