import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Writes its warnings to a log that nobody reads.
 *
 * @source incidents.md, invariant 8
 */
const sender: Sender = policeSender({ ...soundSender, warns: "the log" });
export default sender;
