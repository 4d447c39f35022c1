import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "no-loss";

/**
 * Takes "sent" for received, and deletes its own copy: after 30 days nobody has one.
 *
 * @source incidents.md, invariant 18; RULES.md, *Police*
 */
const sender: Sender = policeSender({ ...soundSender, watches: "never", keeps: "until sent" });
export default sender;
