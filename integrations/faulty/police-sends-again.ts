import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "one-case";

/**
 * Sends again where an answer was lost, under a new key and without looking up what became of the first try.
 *
 * @source incidents.md, invariant 21; altinn.md C12
 */
const sender: Sender = policeSender({ ...soundSender, unanswered: "send again" });
export default sender;
