import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "end-state-deadline";

/**
 * Closes an order that a channel refuses, and tells nobody.
 *
 * @source incidents.md, invariants 8 and 18
 */
const sender: Sender = policeSender({ ...soundSender, refused: "closed" });
export default sender;
