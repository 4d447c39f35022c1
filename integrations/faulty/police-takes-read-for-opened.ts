import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Takes Read for an end: a program that fetched the content, which nobody looked at.
 *
 * @source altinn.md C7; incidents.md, invariant 11; RULES.md A.2, end-state-deadline
 */
const sender: Sender = policeSender({ ...soundSender, end: "read" });
export default sender;
