import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "right-recipient";

/**
 * Sends every message to the first recipient it was configured with, whomever it is for.
 *
 * @source altinn.md C14; incidents.md, case B
 */
const sender: Sender = policeSender({ ...soundSender, recipient: "first configured" });
export default sender;
