import type { Integration } from "../../port/host.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { storeThenReceipt } from "./store-then-receipt.ts";

/**
 * Consumes nothing: once in a poll interval it asks each queue for its next message until there is none, and each
 * mailbox for its list. What it has got is registered, confirmed and settled as it comes.
 */
export function pollOnly(policy: Policy): Integration {
  return storeThenReceipt({ ...policy, queues: "polled" });
}

const integration: Integration = pollOnly(sound);
export default integration;
