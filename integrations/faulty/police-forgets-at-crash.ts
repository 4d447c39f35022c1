import type { Sender } from "../../port/host.ts";
import { policeSender } from "../correct/police-sender.ts";
import { soundSender } from "../kit/sender-policy.ts";

/** The rule it must fail by. */
export const breaks = "no-loss";

/**
 * Remembers what it has taken on in memory: a crash takes the orders and their only copies.
 *
 * @source incidents.md, invariants 1 and 18
 */
const sender: Sender = policeSender({ ...soundSender, remembers: "in memory" });
export default sender;
