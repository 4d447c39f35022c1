import type { Host } from "../../port/host.ts";
import { Desk } from "./desk.ts";
import { FiksSource } from "./fiks-source.ts";
import type { Source, Take } from "./item.ts";
import { MailSource } from "./mail-source.ts";
import type { Policy } from "./policy.ts";

/** The channels that the endpoints switch on; no other is connected to. @throws {Error} None of them is served here. */
export function sourcesOf(host: Host, desk: Desk, policy: Policy): readonly Source[] {
  const { channels } = host.endpoints;
  const sources: Source[] = [];
  if (channels.includes("fiks-io")) sources.push(new FiksSource(host, desk, policy));
  if (channels.includes("altinn-correspondence")) sources.push(new MailSource(host, desk, policy));
  if (sources.length === 0) throw new Error(`None of ${channels.join(", ")} is served here.`);
  return sources;
}

/** Takes messages from every channel that is on, side by side, until we are asked to stop. */
export async function serve(host: Host, policy: Policy, take: (desk: Desk) => Take): Promise<void> {
  const desk = new Desk(host, policy);
  const taking = take(desk);
  await Promise.all(sourcesOf(host, desk, policy).map((source) => source.run(taking)));
}
