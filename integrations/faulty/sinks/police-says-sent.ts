import type { Sender } from "../../../port/host.ts";
import { Tokens } from "../../kit/maskinporten.ts";

/** A rule it must fail by, in every scenario with a healthy message. */
export const breaks = "delivers";

/**
 * Answers every order with a reference, and sends nothing.
 *
 * @source incidents.md, invariant 22
 */
const sender: Sender = {
  role: "sender",
  async run(host) {
    // Whoever shows no sign of life at all is an error of the run, not a verdict.
    await new Tokens(host).get().catch(() => {});
    await new Promise<void>((resolve) => {
      if (host.signal.aborted) resolve();
      else host.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  },
  send: async ({ label }) => ({ reference: label }),
};
export default sender;
