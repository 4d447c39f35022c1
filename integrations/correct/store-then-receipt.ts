import { meaningOf } from "../../contracts/fiks/types.ts";
import type { Host, Integration } from "../../port/host.ts";
import type { Arrival } from "../kit/arrival.ts";
import { type Concern, contentOf } from "../kit/content.ts";
import { Desk } from "../kit/desk.ts";
import { FiksClient } from "../kit/fiks-client.ts";
import { type Policy, sound } from "../kit/policy.ts";

/**
 * Registers each message in the receiver, then sends `mottatt`, then acks. Several messages are under way at a time; one
 * that must wait keeps its place in the queue's window and the others pass it. It keeps nothing of its own: what is not
 * acked is handed over again after a crash, and the receiver knows it by its key.
 */
export function storeThenReceipt(policy: Policy): Integration {
  return async (host: Host): Promise<void> => {
    const fiks = new FiksClient(host, policy);
    const desk = new Desk(host, fiks, policy);
    await fiks.run((arrival) => take(arrival, desk, policy));
  };
}

async function take(arrival: Arrival, desk: Desk, policy: Policy): Promise<void> {
  const meaning = meaningOf(arrival.type);
  switch (meaning.kind) {
    case "control":
    case "receipt":
      return desk.takeNote(arrival);
    case "unknown":
      return policy.unknownType === "ack" ? arrival.ack() : desk.refuse(arrival, "unknown-type");
    case "content": {
      const content = contentOf(arrival, meaning.form, policy);
      switch (content.kind) {
        case "defective":
          return desk.refuse(arrival, content.reason);
        case "nothing":
          await desk.receipt(arrival, { kind: "mottatt" });
          return arrival.ack();
        case "concern":
          return store(arrival, content.concern, desk, policy);
      }
    }
  }
}

async function store(arrival: Arrival, concern: Concern, desk: Desk, policy: Policy): Promise<void> {
  if (policy.ack === "first") arrival.ack();
  if (policy.receipt === "before storing") await desk.receipt(arrival, { kind: "mottatt" });
  if (!(await desk.seenBefore(concern))) {
    if (policy.passing === "wait") {
      const ended = await desk.register(concern, arrival.signal);
      if (ended.kind === "refused") return desk.refuse(arrival, ended.reason);
    } else {
      const tried = await desk.tryOnce(concern);
      if (tried.kind === "refused") return desk.refuse(arrival, tried.reason);
      if (tried.kind !== "registered") {
        if (policy.passing === "give up") return arrival.ack();
        return arrival.nack(policy.passing === "requeue");
      }
    }
    await desk.noteSeen(concern);
  }
  if (policy.receipt === "once stored") await desk.receipt(arrival, { kind: "mottatt" });
  arrival.ack();
}

const integration: Integration = storeThenReceipt(sound);
export default integration;
