import type { Integration } from "../../port/host.ts";
import type { Desk } from "../kit/desk.ts";
import type { Item } from "../kit/item.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { serve } from "../kit/serve.ts";

/**
 * The simplest a careful person writes: one message at a time from each queue or mailbox, one step after the other, all
 * awaited; and nothing is taken for registered, nor for confirmed, before it has been read back.
 */
export function carefulSimple(policy: Policy): Integration {
  const oneByOne: Policy = { ...policy, prefetch: 1, confirmedOnce: "read back" };
  return (host) => serve(host, oneByOne, (desk) => (item) => take(item, desk, oneByOne));
}

async function take(item: Item, desk: Desk, policy: Policy): Promise<void> {
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return item.takeNote();
    case "unknown":
      return item.refuse("unknown-type");
    case "nothing":
      return item.refuse("empty");
    case "defective":
      if (policy.unreadable === "try again") await tryForEver(item, desk, reading.reason);
      return item.refuse(reading.reason);
    case "concern": {
      const ended = await desk.registerAndReadBack(reading.concern, item.signal);
      if (ended.kind === "refused") return item.refuse(ended.reason);
      await item.confirm();
      await item.markAsRead();
      return item.settle();
    }
  }
}

/** As if it could be read another time. */
async function tryForEver({ channel, id, signal }: Item, desk: Desk, reason: string): Promise<never> {
  const about = id === undefined ? { channel } : { channel, id };
  return desk.persist(about, reason, signal, async () => ({ kind: "passing", retryAfterMs: 0 }));
}

const integration: Integration = carefulSimple(sound);
export default integration;
