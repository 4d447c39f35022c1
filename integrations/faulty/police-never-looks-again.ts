import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Asks once, on the next working day, notes whatever it is told, and never looks at the list of what was not opened.
 *
 * @source incidents.md, case B, mechanism 5 and invariant 12
 */
const sender: Sender = policeSender({ ...soundSender, watches: "once" });
export default sender;
