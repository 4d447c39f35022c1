import type { Host, Order } from "../../port/host.ts";
import { Tokens } from "./maskinporten.ts";
import { Patience } from "./patience.ts";
import { within } from "./request.ts";
import { Backoff } from "./sender-backoff.ts";
import { Bell } from "./sender-bell.ts";
import type { Outward, SenderChannel, Standing } from "./sender-channel.ts";
import { SenderChannels } from "./sender-channels.ts";
import { type Delivery, type Entry, Journal, type Way } from "./sender-journal.ts";
import type { SenderPolicy } from "./sender-policy.ts";
import { SenderTimetable } from "./sender-timetable.ts";
import { warn } from "./sender-warner.ts";
import { storeInMemory } from "./store-in-memory.ts";

const stopMs = 5000;
/** Nothing is gained by going round faster, whatever is due. */
const roundMs = 1000;

/**
 * Sees every order through: sends it, asks what became of it, warns, takes another way, and hands it to a person where
 * none is left. Everything it goes by stands in its journal.
 *
 * @source PORT.md, *Sender*; incidents.md, invariants 11-15, 18 and 21
 */
export class SenderDesk {
  readonly #host: Host;
  readonly #policy: SenderPolicy;
  readonly #journal: Journal;
  readonly #bell: Bell;
  readonly #maskinporten: Tokens;
  readonly #channels: SenderChannels;
  readonly #timetable: SenderTimetable;
  readonly #backoffs = new Map<Outward | "people", Backoff>();
  readonly #open = new Map<string, Entry>();

  constructor(host: Host, policy: SenderPolicy) {
    this.#host = host;
    this.#policy = policy;
    this.#journal = new Journal(policy.remembers === "on disk" ? host.store : storeInMemory());
    this.#bell = new Bell(host);
    this.#maskinporten = new Tokens(host);
    this.#channels = new SenderChannels(host, this.#maskinporten, policy);
    this.#timetable = new SenderTimetable(host, this.#channels, policy);
  }

  /** Takes an order on: from then on it is not lost. The same label is the same order. */
  async take(order: Order): Promise<string> {
    const { label, parts } = order;
    const entry = await this.#journal.take(
      { delivery: this.#deliveryOf(order), ways: [this.#wayOn(this.#channels.first)], owed: [], returned: false },
      parts.map(({ name, mediaType, contentBase64 }) => ({
        name,
        mediaType,
        bytes: Uint8Array.from(Buffer.from(contentBase64, "base64")),
      })),
    );
    if (entry !== undefined && !this.#open.has(label)) {
      this.#open.set(label, entry);
      this.#bell.ring();
    }
    return label;
  }

  /** Works until it is asked to stop. What is under way then is taken up again by the next start. */
  async run(): Promise<void> {
    const { signal } = this.#host;
    for (const entry of await this.#journal.open())
      if (!this.#open.has(entry.delivery.reference) && this.#takesUp(entry))
        this.#open.set(entry.delivery.reference, entry);
    // Who has no token cannot send: better known now than with the first order.
    await this.#maskinporten.get().catch(() => {});
    const working = this.#work();
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([working, stopped]);
    await within(this.#host, stopMs, "ending", working).catch(() => {});
  }

  async #work(): Promise<void> {
    const { signal, clock } = this.#host;
    let patience = new Patience(this.#host);
    while (!signal.aborted) {
      try {
        await this.#round();
        patience = new Patience(this.#host);
        await this.#bell.waitUntil(Math.max(this.#dueMs(), clock.now() + roundMs));
      } catch (error) {
        if (signal.aborted) return;
        this.#host.log(`sender: ${error instanceof Error ? error.message : "a round failed"}`);
        await patience.pause(signal).catch(() => {});
      }
    }
  }

  async #round(): Promise<void> {
    await this.#each((entry) => this.#sendDue(entry));
    for (const channel of this.#channels) await this.#askDue(channel);
    await this.#each((entry) => this.#decide(entry));
    await this.#each((entry) => this.#sendDue(entry));
    await this.#each((entry) => this.#tellDue(entry));
  }

  async #each(does: (entry: Entry) => Promise<void>): Promise<void> {
    for (const reference of [...this.#open.keys()]) {
      const entry = this.#open.get(reference);
      if (entry !== undefined && !this.#host.signal.aborted) await does(entry);
    }
  }

  /** Sends what is on its way; of earlier ways it looks up what a try without an answer came to. */
  async #sendDue({ delivery, ways }: Entry): Promise<void> {
    for (const { key } of ways) {
      const entry = this.#open.get(delivery.reference);
      const way = entry?.ways.find((one) => one.key === key);
      if (entry === undefined || way === undefined || !this.#isUnsent(entry, way)) continue;
      if (this.#backoff(way.channel).isOver) await this.#send(entry, way);
    }
  }

  async #send(entry: Entry, way: Way): Promise<void> {
    const { delivery } = entry;
    const channel = this.#channels.named(way.channel);
    if (way.tried && this.#policy.unanswered === "look it up") {
      const found = await channel.find(delivery, way.key);
      if (found.kind === "passing") return this.#backoff(way.channel).failed(found.retryAfterMs);
      if (found.kind === "sent") return this.#isSent(entry, way, found.id);
      if (found.kind === "unsure") return this.#hasFailed(entry, way, "not-known-whether-sent");
      if (way !== entry.ways.at(-1)) {
        await this.#change(entry, way, { failed: { gone: true } });
        return;
      }
    }
    const parts = await this.#journal.parts(delivery.reference);
    if (parts === undefined) {
      this.#open.delete(delivery.reference);
      return this.#journal.drop(entry);
    }
    if (!channel.takes(delivery, parts)) return this.#hasFailed(entry, way, "not-for-this-channel");
    const hindered = await channel.hindered?.(delivery);
    if (hindered?.kind === "refused") return this.#hasFailed(entry, way, hindered.reason);
    if (hindered?.kind === "passing") return this.#backoff(way.channel).failed(hindered.retryAfterMs);
    const key = way.tried && this.#policy.unanswered === "send again" ? this.#host.uuid() : way.key;
    // Written down before it is tried: after a crash nobody else knows.
    const trying = way.tried && key === way.key ? entry : await this.#change(entry, way, { tried: true, key });
    const sent = await channel.send(delivery, key, parts);
    switch (sent.kind) {
      case "sent":
        return this.#isSent(trying, { ...way, key }, sent.id);
      case "refused":
        return this.#hasFailed(trying, { ...way, key }, sent.reason);
      case "passing":
        if (sent.untried) await this.#change(trying, { ...way, key }, { tried: false });
        return this.#backoff(way.channel).failed(sent.retryAfterMs);
    }
  }

  async #isSent(entry: Entry, way: Way, id: string): Promise<void> {
    this.#backoff(way.channel).heard();
    // Whoever was told that it was not sent can now be told by which name to look for it.
    await this.#change(entry, way, { sent: { id, atMs: this.#host.clock.now() }, warned: false });
    if (this.#policy.keeps === "until sent") await this.#journal.forgetContent(entry.delivery.reference);
  }

  #takesUp({ ways }: Entry): boolean {
    return this.#policy.takesUp === "all that is open" || ways.every(({ sent }) => sent === undefined);
  }

  async #hasFailed(entry: Entry, way: Way, reason: string): Promise<void> {
    this.#backoff(way.channel).heard();
    if (this.#policy.refused === "closed") return this.#close(entry);
    await this.#owe(await this.#change(entry, way, { failed: { gone: true } }), way, reason);
  }

  /** Asks a channel about everything that was sent on it, once any of it is due. */
  async #askDue(channel: SenderChannel): Promise<void> {
    const now = this.#host.clock.now();
    const backoff = this.#backoff(channel.name);
    if (!backoff.isOver || this.#host.signal.aborted) return;
    const asked = [...this.#open.values()].flatMap((entry) =>
      entry.ways.flatMap((way) => {
        const dueMs = way.channel === channel.name ? this.#timetable.asks(entry, way) : never;
        const { sent } = way;
        // Who looks once looks at nothing before its time.
        const tooEarly = this.#policy.watches === "once" && dueMs > now;
        return sent === undefined || dueMs === never || tooEarly ? [] : [{ entry, way, sent, dueMs }];
      }),
    );
    if (!asked.some(({ dueMs }) => dueMs <= now)) return;
    const standings = await channel.ask(
      asked.map(({ entry, way, sent }) => ({
        id: sent.id,
        delivery: entry.delivery,
        sentMs: sent.atMs,
        pressing: Math.min(this.#timetable.warns(entry, way), this.#timetable.takesOtherWay(entry, way)) <= now,
      })),
    );
    if (standings === undefined) return backoff.failed();
    backoff.heard();
    for (const { entry, way, sent } of asked)
      await this.#learn(entry.delivery.reference, way.key, standings.get(sent.id) ?? { kind: "open" });
  }

  async #learn(reference: string, key: string, standing: Standing): Promise<void> {
    const entry = this.#open.get(reference);
    const way = entry?.ways.find((one) => one.key === key);
    if (entry === undefined || way === undefined) return;
    if (standing.kind === "ended") return this.#close(entry);
    this.#timetable.asked(way);
    if (this.#policy.watches === "once") {
      await this.#change(entry, way, { looked: true });
      return;
    }
    if (standing.kind === "open" || way.failed?.gone === standing.gone) return;
    const changed = await this.#change(entry, way, { failed: { gone: standing.gone } });
    if (way.failed === undefined) await this.#owe(changed, way, standing.reason);
  }

  async #close(entry: Entry): Promise<void> {
    this.#open.delete(entry.delivery.reference);
    this.#timetable.isOver(entry);
    await this.#journal.close(entry);
  }

  /** Warns of what nobody has for too long, and takes another way; without one a person has to. */
  async #decide({ delivery, ways }: Entry): Promise<void> {
    const now = this.#host.clock.now();
    for (const { key } of ways) {
      const entry = this.#open.get(delivery.reference);
      const way = entry?.ways.find((one) => one.key === key);
      if (entry === undefined || way === undefined || this.#timetable.warns(entry, way) > now) continue;
      await this.#owe(await this.#change(entry, way, { warned: true }), way, reasonOf(way));
    }
    const entry = this.#open.get(delivery.reference);
    const current = entry?.ways.at(-1);
    if (entry === undefined || current === undefined || this.#timetable.takesOtherWay(entry, current) > now) return;
    const next = this.#channels.next(entry, (await this.#journal.parts(delivery.reference)) ?? []);
    if (next !== undefined) return this.#keep({ ...entry, ways: [...entry.ways, this.#wayOn(next)] });
    const onItsWay = entry.ways.findLast(({ sent }) => sent !== undefined) ?? current;
    await this.#owe({ ...entry, returned: true }, onItsWay, `returned:${reasonOf(onItsWay)}`);
  }

  async #tellDue({ delivery }: Entry): Promise<void> {
    const backoff = this.#backoff("people");
    for (;;) {
      const entry = this.#open.get(delivery.reference);
      const [first, ...rest] = entry?.owed ?? [];
      if (entry === undefined || first === undefined || !backoff.isOver) break;
      if (!(await warn(this.#host, first, this.#policy))) return backoff.failed();
      backoff.heard();
      await this.#keep({ ...entry, owed: rest });
    }
    const entry = this.#open.get(delivery.reference);
    if (entry?.returned !== true || entry.owed.length > 0) return;
    this.#open.delete(delivery.reference);
    this.#timetable.isOver(entry);
    await this.#journal.handOver(entry);
  }

  /** When something is to be done next. */
  #dueMs(): number {
    let dueMs = never;
    for (const entry of this.#open.values()) {
      if (entry.owed.length > 0) dueMs = Math.min(dueMs, this.#backoff("people").untilMs);
      for (const way of entry.ways) {
        const { untilMs } = this.#backoff(way.channel);
        dueMs = Math.min(
          dueMs,
          this.#isUnsent(entry, way) ? untilMs : never,
          Math.max(this.#timetable.asks(entry, way), untilMs),
          this.#timetable.warns(entry, way),
          this.#timetable.takesOtherWay(entry, way),
        );
      }
    }
    return dueMs;
  }

  /** The way it takes now, not sent yet; or an earlier one that may have been. */
  #isUnsent(entry: Entry, way: Way): boolean {
    if (way.sent !== undefined || way.failed !== undefined || entry.returned) return false;
    return way === entry.ways.at(-1) || (way.tried && this.#policy.unanswered === "look it up");
  }

  #wayOn(channel: Outward): Way {
    return { channel, key: this.#host.uuid(), sinceMs: this.#host.clock.now(), tried: false, warned: false };
  }

  #deliveryOf({ label, kind, recipient, district, confidential }: Order): Delivery {
    const [first] = this.#host.endpoints.recipients;
    const { organizationNumber, municipalityNumber } =
      this.#policy.recipient === "first configured" && first !== undefined ? first : recipient;
    return {
      reference: label,
      kind,
      recipient: { organizationNumber, municipalityNumber },
      ...(district === undefined ? {} : { district }),
      confidential,
    };
  }

  #backoff(party: Outward | "people"): Backoff {
    const known = this.#backoffs.get(party);
    if (known !== undefined) return known;
    const made = new Backoff(this.#host);
    this.#backoffs.set(party, made);
    return made;
  }

  async #change(entry: Entry, way: Way, changes: Partial<Way>): Promise<Entry> {
    const replace = (one: Way): Way => (one.key === way.key ? { ...one, ...changes } : one);
    const [first, ...more] = entry.ways;
    const changed: Entry = { ...entry, ways: [replace(first), ...more.map(replace)] };
    await this.#keep(changed);
    return changed;
  }

  /** People are owed this: by the channel's id, and before there is one by the order's name. */
  async #owe(entry: Entry, { channel, sent }: Way, reason: string): Promise<void> {
    const source = { channel, id: sent?.id ?? entry.delivery.reference };
    await this.#keep({ ...entry, owed: [...entry.owed, { source, reason }] });
  }

  async #keep(entry: Entry): Promise<void> {
    this.#open.set(entry.delivery.reference, entry);
    await this.#journal.keep(entry);
  }
}

const never = Number.POSITIVE_INFINITY;

function reasonOf({ sent, failed }: Way): string {
  if (failed !== undefined) return "failed";
  return sent === undefined ? "unsent" : "unopened";
}
