import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Waits a month before it warns anybody: by then the content is deleted.
 *
 * @source incidents.md, case B, mechanisms 3 and 5; invariant 13
 */
const sender: Sender = policeSender({ ...soundSender, warnsAfter: "a month" });
export default sender;
