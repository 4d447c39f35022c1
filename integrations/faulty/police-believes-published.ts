import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Takes "published" for received, and never asks again. It keeps its copies: that is all that saves them.
 *
 * @source incidents.md, case B, mechanisms 1, 5 and 6
 */
const sender: Sender = policeSender({ ...soundSender, watches: "never" });
export default sender;
