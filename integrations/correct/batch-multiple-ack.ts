import type { Integration } from "../../port/host.ts";
import { Batches } from "../kit/batch.ts";
import type { Desk } from "../kit/desk.ts";
import type { Item } from "../kit/item.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { serve } from "../kit/serve.ts";

/**
 * Gathers several messages, registers and confirms all of them, and then settles them at one go: with one ack for every
 * message up to the last, or with one write for all mail. Such an ack never reaches past a message that is under way.
 */
export function batchMultipleAck(policy: Policy): Integration {
  return (host) =>
    serve(host, policy, (desk) => {
      const batches = new Map<AbortSignal, Batches>();
      return (item) => {
        const { signal } = item;
        const known = batches.get(signal);
        const batch = known ?? new Batches(host, signal);
        if (known === undefined) {
          batches.set(signal, batch);
          signal.addEventListener("abort", () => batches.delete(signal), { once: true });
        }
        return take(item, desk, batch);
      };
    });
}

async function take(item: Item, desk: Desk, batch: Batches): Promise<void> {
  await batch.gather(item);
  const refused = await store(item, desk);
  if (refused === undefined) return batch.settle(item);
  await refused();
  batch.leave(item);
}

/** Registers and confirms it; gives what is to be done with it where it is not to be registered. */
async function store(item: Item, desk: Desk): Promise<(() => Promise<void>) | undefined> {
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return () => item.takeNote();
    case "unknown":
      return () => item.refuse("unknown-type");
    case "nothing":
      return () => item.refuse("empty");
    case "defective":
      return () => item.refuse(reading.reason);
    case "concern": {
      const ended = await desk.register(reading.concern, item.signal);
      if (ended.kind === "refused") return () => item.refuse(ended.reason);
      await item.confirm();
      await item.markAsRead();
      return undefined;
    }
  }
}

const integration: Integration = batchMultipleAck(sound);
export default integration;
