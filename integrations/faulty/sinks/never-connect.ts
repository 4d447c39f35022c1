import type { Integration } from "../../../port/host.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Runs, and never connects to anything.
 *
 * @source incidents.md, invariants 19 and 22
 */
const integration: Integration = (host) =>
  new Promise((resolve) => host.signal.addEventListener("abort", () => resolve(), { once: true }));
export default integration;
