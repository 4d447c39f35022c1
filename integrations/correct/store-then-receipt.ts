import type { Integration } from "../../port/host.ts";
import type { Concern } from "../kit/concern.ts";
import type { Desk } from "../kit/desk.ts";
import type { Item } from "../kit/item.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { serve } from "../kit/serve.ts";

/**
 * Registers each message in the receiver, then confirms it (`mottatt`, or Altinn's confirmation), then settles it.
 * Several messages are under way at a time; one that must wait keeps its place in the queue's window and the others pass
 * it. Of messages it keeps nothing of its own: what is not settled is handed over, or listed, again after a crash, and
 * the receiver knows it by its key.
 */
export function storeThenReceipt(policy: Policy): Integration {
  return (host) => serve(host, policy, (desk) => (item) => take(item, desk, policy));
}

async function take(item: Item, desk: Desk, policy: Policy): Promise<void> {
  if (policy.receipt === "before reading") await item.confirm();
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return item.takeNote();
    case "unknown":
      return policy.unknownType === "ack" ? item.settle() : item.refuse("unknown-type");
    case "defective":
      if (policy.unreadable === "crash") throw new Error(reading.reason);
      return item.refuse(reading.reason);
    case "nothing":
      await item.confirm();
      return item.settle();
    case "concern":
      return store(item, reading.concern, desk, policy);
  }
}

async function store(item: Item, concern: Concern, desk: Desk, policy: Policy): Promise<void> {
  if (desk.isRepeated(concern)) return item.settle();
  if (policy.ack === "first") await item.settle();
  if (policy.receipt === "before storing") await item.confirm();
  const seen = await desk.seenBefore(concern);
  if (seen && policy.repeats === "refused if registered") return item.refuse("registered-already");
  if (!seen) {
    if (policy.passing === "wait") {
      const ended = await desk.register(concern, item.signal);
      if (ended.kind === "refused") return item.refuse(ended.reason);
    } else if (policy.passing === "give up after five tries") {
      const ended = await desk.registerInFiveTries(concern, item.signal);
      if (ended === undefined) return item.settle();
      if (ended.kind === "refused") return item.refuse(ended.reason);
    } else {
      const tried = await desk.tryOnce(concern);
      if (tried.kind === "refused") return item.refuse(tried.reason);
      if (tried.kind !== "registered") {
        if (policy.passing === "give up") return item.settle();
        return item.putBack(policy.passing === "requeue");
      }
    }
    await desk.noteSeen(concern);
  }
  if (policy.receipt === "once stored") await item.confirm();
  await item.markAsRead();
  await item.settle();
}

const integration: Integration = storeThenReceipt(sound);
export default integration;
