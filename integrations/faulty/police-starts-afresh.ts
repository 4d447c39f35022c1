import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Goes on after a start with what was not sent yet: what was sent is watched by nobody any more.
 *
 * @source incidents.md, case B, mechanism 5 and invariant 12
 */
const sender: Sender = policeSender({ ...soundSender, takesUp: "what was not sent" });
export default sender;
