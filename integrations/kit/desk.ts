import { createHash } from "node:crypto";
import type { Channel } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import type { Concern } from "./concern.ts";
import { childrenIn } from "./content.ts";
import { Patience } from "./patience.ts";
import type { Policy } from "./policy.ts";
import { type Deviation, ReceiverClient, type Tried } from "./receiver-client.ts";
import { within } from "./request.ts";

/** Two working days, but at most a quarter of a copy's life: 24 h on the channel where it is shortest. */
const warnAfterMs = 6 * 60 * 60_000;
/** Nobody need be told of what is over within the hour. */
const leastWarnMs = 50 * 60_000;
const dayMs = 24 * 60 * 60_000;
/** An alarm that is not taken by then is raised again later. */
const alarmMs = 60_000;

/** How registering ended, if it has. */
export type Ended = { readonly kind: "registered" } | { readonly kind: "refused"; readonly reason: string };

/** Not now, or not known: the same again, later. */
export type Passing = { readonly kind: "passing"; readonly retryAfterMs: number };

/** Which message something is about, if it is about one. */
export type About = { readonly channel: Channel; readonly id?: string };

/** Idempotency keys of a process that keeps them nowhere else. Gone with the process: that is the flaw. */
const keysInMemory = new Map<string, string>();

/** Source ids of what this process was ever handed, stored or not. */
const handedOver = new Set<string>();

/** What every design does alike, on whichever channel: registers with patience, and tells people. */
export class Desk {
  readonly #host: Host;
  readonly #receiver: ReceiverClient;
  readonly #policy: Policy;
  /** When people were last told of something that is about no message. */
  readonly #toldMs = new Map<string, number>();

  constructor(host: Host, policy: Policy) {
    this.#host = host;
    this.#receiver = new ReceiverClient(host, policy);
    this.#policy = policy;
  }

  /**
   * Tries until the receiver has registered or refused; tells a person once if that takes too long.
   *
   * @param sinceMs When we took it on, where an earlier start did.
   */
  async register(concern: Concern, signal: AbortSignal, sinceMs?: number): Promise<Ended> {
    let queuedAt: string | undefined;
    const tryOnce = async (): Promise<Ended | Passing> => {
      const tried = await this.tryOnce(concern, queuedAt);
      if (tried.kind !== "queued") {
        queuedAt = undefined;
        return tried;
      }
      queuedAt = tried.location;
      return { kind: "passing", retryAfterMs: tried.retryAfterMs };
    };
    return this.persist(aboutOf(concern), "not-registered-yet", signal, tryOnce, sinceMs);
  }

  /** As `register`, but takes nobody's word for it: it is registered once it can be read back. */
  async registerAndReadBack(concern: Concern, signal: AbortSignal): Promise<Ended> {
    return this.persist(aboutOf(concern), "not-registered-yet", signal, async () => {
      if (await this.#receiver.isRegistered(concern)) return { kind: "registered" };
      const tried = await this.tryOnce(concern);
      if (tried.kind === "refused") return tried;
      if (await this.#receiver.isRegistered(concern)) return { kind: "registered" };
      return { kind: "passing", retryAfterMs: tried.kind === "registered" ? 0 : tried.retryAfterMs };
    });
  }

  /** As `register`, but asks first whether it is registered already. */
  async registerUnlessKnown(concern: Concern, signal: AbortSignal): Promise<Ended> {
    return (await this.#receiver.isRegistered(concern)) === true
      ? { kind: "registered" }
      : this.register(concern, signal);
  }

  /** Tries with growing pauses until it has ended, and tells a person once if that takes too long. */
  async persist<End extends { readonly kind: string }>(
    about: About,
    warning: string,
    signal: AbortSignal,
    tryOnce: () => Promise<End | Passing>,
    sinceMs: number = this.#host.clock.now(),
  ): Promise<Exclude<End, Passing>> {
    const patience = new Patience(this.#host);
    let warned = false;
    for (;;) {
      const tried = await tryOnce();
      if (!isPassing(tried)) return tried as Exclude<End, Passing>;
      if (!warned && this.#policy.warns === "in time" && this.#host.clock.now() - sinceMs >= this.#warnAfterMs)
        warned = await this.tryReport({ ...about, reason: warning });
      await patience.pause(signal, tried.retryAfterMs);
    }
  }

  /** What was polled for may have lain there for an interval already. */
  get #warnAfterMs(): number {
    return Math.max(leastWarnMs, warnAfterMs - this.#host.endpoints.pollIntervalMs);
  }

  /** Undefined where five tries were not enough. */
  async registerInFiveTries(concern: Concern, signal: AbortSignal): Promise<Ended | undefined> {
    const patience = new Patience(this.#host);
    for (let tries = 0; tries < 5; tries++) {
      const tried = await this.tryOnce(concern);
      if (tried.kind === "registered" || tried.kind === "refused") return tried;
      await patience.pause(signal, tried.retryAfterMs);
    }
    return undefined;
  }

  /** One try to register, or to hear what became of what is queued. */
  async tryOnce(concern: Concern, queuedAt?: string): Promise<Tried> {
    const tried = await (queuedAt === undefined
      ? this.#receiver.register(concern, this.#keyOf(concern))
      : this.#receiver.outcome(queuedAt));
    if (tried.kind === "passing" && this.#policy.logs === "content")
      this.#host.log(`not registered yet: ${concern.payload}`);
    return tried.kind === "queued" && this.#policy.queued === "stored" ? { kind: "registered" } : tried;
  }

  /** Tells a person, until somebody is known to have been told. */
  async report(deviation: Deviation, signal: AbortSignal): Promise<void> {
    const patience = new Patience(this.#host);
    while (!(await this.tryReport(deviation))) await patience.pause(signal);
  }

  /** Tells a person of something that is about no message, and tells them again only a day later. */
  async reportDaily(deviation: Omit<Deviation, "id">): Promise<void> {
    const nowMs = this.#host.clock.now();
    const key = `${deviation.channel} ${deviation.reason}`;
    if (nowMs < (this.#toldMs.get(key) ?? Number.NEGATIVE_INFINITY) + dayMs) return;
    if (await this.tryReport(deviation)) this.#toldMs.set(key, nowMs);
  }

  /** It has passed: should it come back, that is news at once. */
  passed({ channel, reason }: Pick<Deviation, "channel" | "reason">): void {
    this.#toldMs.delete(`${channel} ${reason}`);
  }

  /** Tells a person once: on the worklist of the case system, and where that cannot be reached by the alarm. */
  async tryReport(deviation: Deviation): Promise<boolean> {
    if (this.#policy.deviations === "to the log") {
      this.#host.log(`deviation: ${deviation.reason} ${deviation.id ?? ""}`);
      return true;
    }
    if (await this.#receiver.deviate(deviation)) return true;
    try {
      const { channel, id } = deviation;
      const source = id === undefined ? { channel } : { channel, id };
      await within(this.#host, alarmMs, "an alarm", this.#host.alarm({ source, reason: deviation.reason }));
      return true;
    } catch {
      return false;
    }
  }

  #keyOf(concern: Concern): string {
    switch (this.#policy.sameBy) {
      case "source id":
      case "children":
        return `${concern.channel}:${concern.sourceId}`;
      case "melding-id":
        return `${concern.channel}:${concern.id}`;
      case "minute sent":
        return `${concern.channel}:${minuteSent(concern)}`;
      case "memory": {
        const key = keysInMemory.get(concern.sourceId) ?? this.#host.uuid();
        keysInMemory.set(concern.sourceId, key);
        return key;
      }
    }
  }

  /** Whether this process was handed it before, by a policy that minds. */
  isRepeated({ sourceId }: Concern): boolean {
    if (this.#policy.repeats !== "acked if seen") return false;
    const known = handedOver.has(sourceId);
    handedOver.add(sourceId);
    return known;
  }

  /** Whether this was registered before, by a policy that goes by the children it is about, or minds repeats. */
  async seenBefore(concern: Concern): Promise<boolean> {
    return this.#notesSeen && (await this.#host.store.get(this.#seenKey(concern))) !== undefined;
  }

  async noteSeen(concern: Concern): Promise<void> {
    if (!this.#notesSeen) return;
    await this.#host.store.set(this.#seenKey(concern), true);
    await this.#host.store.sync();
  }

  get #notesSeen(): boolean {
    return this.#policy.sameBy === "children" || this.#policy.repeats === "refused if registered";
  }

  #seenKey(concern: Concern): string {
    const known = this.#policy.sameBy === "children" ? childrenIn(concern) : concern.sourceId;
    return `seen/${createHash("sha256").update(known).digest("hex")}`;
  }
}

function isPassing(tried: { readonly kind: string }): tried is Passing {
  return tried.kind === "passing";
}

function aboutOf({ channel, sourceId }: Concern): About {
  return { channel, id: sourceId };
}

/** Only a form says when it was sent. */
function minuteSent({ channel, sourceId, payload }: Concern): string {
  if (channel !== "fiks-io") return sourceId;
  const form = JSON.parse(payload) as { readonly sendingstidspunkt: string };
  return form.sendingstidspunkt.slice(0, "2023-05-08T08:00".length);
}
