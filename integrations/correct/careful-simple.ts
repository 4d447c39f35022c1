import { meaningOf } from "../../contracts/fiks/types.ts";
import type { Host, Integration } from "../../port/host.ts";
import type { Arrival } from "../kit/arrival.ts";
import { contentOf } from "../kit/content.ts";
import { Desk } from "../kit/desk.ts";
import { FiksClient } from "../kit/fiks-client.ts";
import { type Policy, sound } from "../kit/policy.ts";

/**
 * The simplest a careful person writes: one message at a time from each queue, one step after the other, all awaited, and
 * registered only once it has been read back.
 */
export function carefulSimple(policy: Policy): Integration {
  return async (host: Host): Promise<void> => {
    const fiks = new FiksClient(host, { ...policy, prefetch: 1 });
    const desk = new Desk(host, fiks, policy);
    await fiks.run(async (arrival: Arrival): Promise<void> => {
      const meaning = meaningOf(arrival.type);
      if (meaning.kind === "unknown") return desk.refuse(arrival, "unknown-type");
      if (meaning.kind !== "content") return desk.takeNote(arrival);
      const content = contentOf(arrival, meaning.form, policy);
      if (content.kind !== "concern")
        return desk.refuse(arrival, content.kind === "defective" ? content.reason : "empty");
      const ended = await desk.registerAndReadBack(content.concern, arrival.signal);
      if (ended.kind === "refused") return desk.refuse(arrival, ended.reason);
      await desk.receipt(arrival, { kind: "mottatt" });
      arrival.ack();
    });
  };
}

const integration: Integration = carefulSimple(sound);
export default integration;
