import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Sends its warnings to an address that nobody reads any more: they bounce.
 *
 * @source incidents.md, invariants 8 and 15
 */
const sender: Sender = policeSender({ ...soundSender, warns: "an old address" });
export default sender;
