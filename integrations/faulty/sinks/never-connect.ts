import type { Integration } from "../../../port/host.ts";
import { Tokens } from "../../kit/maskinporten.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Gets a token, and never connects with it: up and running to look at, and deaf.
 *
 * @source incidents.md, invariants 19 and 22; fiks.md B10
 */
const integration: Integration = async (host) => {
  // Whoever shows no sign of life at all is an error of the run, not a verdict.
  await new Tokens(host).get().catch(() => {});
  await new Promise<void>((resolve) => {
    if (host.signal.aborted) resolve();
    else host.signal.addEventListener("abort", () => resolve(), { once: true });
  });
};
export default integration;
