import type { Host, Sender } from "../../port/host.ts";
import { SenderDesk } from "../kit/sender-desk.ts";
import { type SenderPolicy, soundSender } from "../kit/sender-policy.ts";

/**
 * Keeps each order with its content until it knows that a person or a case system has it. Sends on the first channel it
 * is given, asks what became of it, warns before two working days are over, takes another way after three, and hands
 * the order to a person where none is left.
 */
export function policeSender(policy: SenderPolicy): Sender {
  let desk: SenderDesk | undefined;
  const deskAt = (host: Host): SenderDesk => {
    desk ??= new SenderDesk(host, policy);
    return desk;
  };
  return {
    role: "sender",
    run: (host) => deskAt(host).run(),
    send: async (order, host) => ({ reference: await deskAt(host).take(order) }),
  };
}

const sender: Sender = policeSender(soundSender);
export default sender;
