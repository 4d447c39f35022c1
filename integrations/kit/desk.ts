import { createHash } from "node:crypto";
import type { Host } from "../../port/host.ts";
import type { Arrival } from "./arrival.ts";
import { type Concern, childrenIn } from "./content.ts";
import type { FiksClient, Receipt } from "./fiks-client.ts";
import { Patience } from "./patience.ts";
import type { Policy } from "./policy.ts";
import { type Deviation, ReceiverClient, type Tried } from "./receiver-client.ts";

/** Two working days, but at most a quarter of a copy's life of 24 h. */
const warnAfterMs = 6 * 60 * 60_000;
const channel = "fiks-io";

/** How registering ended, if it has. */
export type Ended = { readonly kind: "registered" } | { readonly kind: "refused"; readonly reason: string };

/** Idempotency keys of a process that keeps them nowhere else. Gone with the process: that is the flaw. */
const keysInMemory = new Map<string, string>();

/** What every design does alike: registers with patience, sends receipts until they are heard, tells people. */
export class Desk {
  readonly #host: Host;
  readonly #fiks: FiksClient;
  readonly #receiver: ReceiverClient;
  readonly #policy: Policy;

  constructor(host: Host, fiks: FiksClient, policy: Policy) {
    this.#host = host;
    this.#fiks = fiks;
    this.#receiver = new ReceiverClient(host);
    this.#policy = policy;
  }

  /** Tries until the receiver has registered or refused; tells a person once if that takes too long. */
  async register(concern: Concern, signal: AbortSignal): Promise<Ended> {
    let queuedAt: string | undefined;
    return this.#persist(concern, signal, async () => {
      const tried = await this.tryOnce(concern, queuedAt);
      queuedAt = tried.kind === "queued" ? tried.location : undefined;
      return tried;
    });
  }

  /** As `register`, but takes nobody's word for it: it is registered once it can be read back. */
  async registerAndReadBack(concern: Concern, signal: AbortSignal): Promise<Ended> {
    return this.#persist(concern, signal, async () => {
      if (await this.#receiver.isRegistered(concern)) return { kind: "registered" };
      const tried = await this.tryOnce(concern);
      if (tried.kind === "refused") return tried;
      if (await this.#receiver.isRegistered(concern)) return { kind: "registered" };
      return { kind: "passing", retryAfterMs: tried.kind === "registered" ? 0 : tried.retryAfterMs };
    });
  }

  /** Tries with growing pauses until it has ended, and tells a person once if that takes too long. */
  async #persist(concern: Concern, signal: AbortSignal, tryOnce: () => Promise<Tried>): Promise<Ended> {
    const patience = new Patience(this.#host);
    const begunMs = this.#host.clock.now();
    let warned = false;
    for (;;) {
      const tried = await tryOnce();
      if (tried.kind === "registered" || tried.kind === "refused") return tried;
      if (!warned && this.#host.clock.now() - begunMs >= warnAfterMs)
        warned = await this.#tell({ id: concern.sourceId, reason: "not-registered-yet" });
      await patience.pause(signal, tried.retryAfterMs);
    }
  }

  /** One try to register, or to hear what became of what is queued. */
  async tryOnce(concern: Concern, queuedAt?: string): Promise<Tried> {
    const tried = await (queuedAt === undefined
      ? this.#receiver.register(concern, this.#keyOf(concern))
      : this.#receiver.outcome(queuedAt));
    return tried.kind === "queued" && this.#policy.queued === "stored" ? { kind: "registered" } : tried;
  }

  /** Sends a receipt until it is known to be accepted. The same one twice does no harm. */
  async receipt(arrival: Arrival, receipt: Receipt): Promise<void> {
    if (arrival.sender === undefined || arrival.id === undefined) return;
    const patience = new Patience(this.#host);
    const begunMs = this.#host.clock.now();
    let warned = false;
    let saying = receipt;
    while (!(await this.#fiks.send(arrival, saying))) {
      if (this.#policy.receiptLost === "send feilet") saying = { kind: "feilet", reason: "not-received" };
      if (!warned && this.#host.clock.now() - begunMs >= warnAfterMs)
        warned = await this.#tell({ ...idOf(arrival), reason: "receipt-not-sent-yet" });
      await patience.pause(arrival.signal);
    }
  }

  /** Sends it back for good: the portal takes it to paper, a person hears of it, and then it leaves the queue. */
  async refuse(arrival: Arrival, reason: string): Promise<void> {
    await this.receipt(arrival, { kind: "feilet", reason });
    await this.report(
      { ...idOf(arrival), reason, ...(this.#policy.deviationSays === "content" ? { detail: quoted(arrival) } : {}) },
      arrival.signal,
    );
    arrival.ack();
  }

  /** A message about a message of ours: no concern, and not answered. One about our own receipt is for a person. */
  async takeNote(arrival: Arrival): Promise<void> {
    if (arrival.answers !== undefined) await this.report({ id: arrival.answers, reason: "control" }, arrival.signal);
    arrival.ack();
  }

  /** Tells a person, until somebody is known to have been told. */
  async report(deviation: Deviation, signal: AbortSignal): Promise<void> {
    const patience = new Patience(this.#host);
    while (!(await this.#tell(deviation))) await patience.pause(signal);
  }

  /** The worklist of the case system, and where that cannot be reached the alarm. */
  async #tell(deviation: Deviation): Promise<boolean> {
    if (this.#policy.deviations === "to the log") {
      this.#host.log(`deviation: ${deviation.reason} ${deviation.id ?? ""}`);
      return true;
    }
    if (await this.#receiver.deviate(deviation)) return true;
    try {
      const source = deviation.id === undefined ? { channel } : { channel, id: deviation.id };
      await this.#host.alarm({ source, reason: deviation.reason });
      return true;
    } catch {
      return false;
    }
  }

  #keyOf(concern: Concern): string {
    switch (this.#policy.sameBy) {
      case "source id":
      case "children":
        return `${channel}:${concern.sourceId}`;
      case "melding-id":
        return `${channel}:${concern.id}`;
      case "memory": {
        const key = keysInMemory.get(concern.sourceId) ?? this.#host.uuid();
        keysInMemory.set(concern.sourceId, key);
        return key;
      }
    }
  }

  /** Whether this was registered before, by a policy that goes by the children it is about. */
  async seenBefore(concern: Concern): Promise<boolean> {
    return this.#policy.sameBy === "children" && (await this.#host.store.get(seenKey(concern))) !== undefined;
  }

  async noteSeen(concern: Concern): Promise<void> {
    if (this.#policy.sameBy !== "children") return;
    await this.#host.store.set(seenKey(concern), true);
    await this.#host.store.sync();
  }
}

function seenKey(concern: Concern): string {
  return `seen/${createHash("sha256").update(childrenIn(concern)).digest("hex")}`;
}

function idOf(arrival: Arrival): { readonly id?: string } {
  const id = arrival.sourceId ?? arrival.id;
  return id === undefined ? {} : { id };
}

function quoted(arrival: Arrival): string {
  return new TextDecoder()
    .decode(arrival.body)
    .replace(/[^\p{L}\p{N} .,:-]/gu, " ")
    .slice(0, 4000);
}
