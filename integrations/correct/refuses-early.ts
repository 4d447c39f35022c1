import type { Integration } from "../../port/host.ts";
import type { Desk } from "../kit/desk.ts";
import type { Item } from "../kit/item.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { serve } from "../kit/serve.ts";

/**
 * Looks for everything that could be permanently wrong before anything is stored: it validates all of the message, asks
 * whether the receiver has it already, and lets the receiver take each document by itself. Only then it asks for a case,
 * confirms and settles.
 */
export function refusesEarly(policy: Policy): Integration {
  return (host) => serve(host, { ...policy, ahead: "all" }, (desk) => (item) => take(item, desk));
}

async function take(item: Item, desk: Desk): Promise<void> {
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return item.takeNote();
    case "unknown":
      return item.refuse("unknown-type");
    case "nothing":
      return item.refuse("empty");
    case "defective":
      return item.refuse(reading.reason);
    case "concern": {
      const ended = await desk.registerUnlessKnown(reading.concern, item.signal);
      if (ended.kind === "refused") return item.refuse(ended.reason);
      await item.confirm();
      await item.markAsRead();
      return item.settle();
    }
  }
}

const integration: Integration = refusesEarly(sound);
export default integration;
