import type { Host } from "../../port/host.ts";
import { AltinnTokens } from "./altinn-tokens.ts";
import type { Tokens } from "./maskinporten.ts";
import type { Outward, SenderChannel } from "./sender-channel.ts";
import { correspondenceChannel } from "./sender-correspondence.ts";
import { dispatchChannel } from "./sender-dispatch.ts";
import type { Entry, Part } from "./sender-journal.ts";
import type { SenderPolicy } from "./sender-policy.ts";
import { portalChannel } from "./sender-portal.ts";

/** Whichever comes first here and was not used yet is the other way. */
const otherWays: readonly Outward[] = ["fiks-io", "altinn-correspondence", "altinn-dispatch"];

/** The channels that a sender is given. */
export class SenderChannels implements Iterable<SenderChannel> {
  /** Orders begin on the first one that the endpoints name. */
  readonly first: Outward;
  readonly #byName: ReadonlyMap<Outward, SenderChannel>;

  constructor(host: Host, maskinporten: Tokens, policy: SenderPolicy) {
    const channels = channelsOf(host, maskinporten, policy);
    const [first] = channels;
    if (first === undefined) throw new Error("The endpoints name no channel that this sender can take.");
    this.first = first.name;
    this.#byName = new Map(channels.map((channel) => [channel.name, channel]));
  }

  [Symbol.iterator](): IterableIterator<SenderChannel> {
    return this.#byName.values();
  }

  named(name: Outward): SenderChannel {
    const channel = this.#byName.get(name);
    if (channel === undefined) throw new Error(`Something was sent on ${name}, and the endpoints name it no more.`);
    return channel;
  }

  hasUnused(entry: Entry): boolean {
    return this.#unused(entry).length > 0;
  }

  /** The next way that a delivery can take; undefined where none is left. */
  next(entry: Entry, parts: readonly Part[]): Outward | undefined {
    return this.#unused(entry).find((name) => this.named(name).takes(entry.delivery, parts));
  }

  #unused({ ways }: Entry): readonly Outward[] {
    return otherWays.filter((name) => this.#byName.has(name) && !ways.some(({ channel }) => channel === name));
  }
}

function channelsOf(host: Host, maskinporten: Tokens, policy: SenderPolicy): readonly SenderChannel[] {
  const { channels, altinn, portal } = host.endpoints;
  const made: SenderChannel[] = [];
  for (const name of channels) {
    if (name === "altinn-dispatch" && altinn) made.push(dispatchChannel(host, altinn.baseUrl, maskinporten));
    if (name === "altinn-correspondence" && altinn)
      made.push(correspondenceChannel(host, altinn.baseUrl, new AltinnTokens(host), policy));
    if (name === "fiks-io" && portal) made.push(portalChannel(host, portal, maskinporten));
  }
  return made;
}
