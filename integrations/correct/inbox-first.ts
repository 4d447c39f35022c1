import type { Host, HostStore, Integration } from "../../port/host.ts";
import { Desk } from "../kit/desk.ts";
import type { Item, Kept, Source } from "../kit/item.ts";
import { Patience } from "../kit/patience.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { within } from "../kit/request.ts";
import { sourcesOf } from "../kit/serve.ts";
import { storeInMemory } from "../kit/store-in-memory.ts";

const everyInbox = "inbox/";
const stopMs = 5000;
/** For a day after its start, every half-hour. */
const looks = 48;
const betweenLooksMs = 30 * 60_000;

/**
 * Writes each message, as it came, into an inbox of its own that outlives a power cut; only then confirms and settles it. A
 * worker registers from the inbox, begins again with all of it after a crash, and deletes a message once it is registered.
 */
export function inboxFirst(policy: Policy): Integration {
  return async (host: Host): Promise<void> => {
    const desk = new Desk(host, policy);
    const sources = sourcesOf(host, desk, policy);
    const inbox = inboxOf(host, policy);
    const worker = new Worker(host, inbox, desk, sources, policy);
    await worker.resume();
    const looking = worker.lookAgain();
    await Promise.all(sources.map((source) => source.run((item) => take(item, inbox, worker, policy))));
    await looking;
    await worker.stopped();
  };
}

/** A message in the inbox; one that an older version kept does not say since when. */
type Standing = Kept & { readonly keptAtMs?: number };

/** Where messages stand until they are registered: what is kept, and under which names. */
type Inbox = { readonly store: HostStore; readonly prefix: string };

function inboxOf({ store, uuid }: Host, { inbox }: Policy): Inbox {
  switch (inbox) {
    case "until registered":
    case "until begun":
      return { store, prefix: everyInbox };
    case "until the next start":
      return { store, prefix: `${everyInbox}${uuid()}/` };
    case "in memory":
      return { store: storeInMemory(), prefix: everyInbox };
  }
}

async function take(item: Item, { store, prefix }: Inbox, worker: Worker, policy: Policy): Promise<void> {
  if (policy.receipt === "before reading") await item.confirm();
  // Read before it is kept: what can never be registered must not be confirmed.
  const reading = await item.read();
  switch (reading.kind) {
    case "note":
      return item.takeNote();
    case "unknown":
      return policy.unknownType === "ack" ? item.settle() : item.refuse("unknown-type");
    case "defective":
      return item.refuse(reading.reason);
    case "nothing":
      await item.confirm();
      return item.settle();
    case "concern": {
      const key = prefix + reading.concern.sourceId;
      const kept: Standing = { ...item.kept(), keptAtMs: worker.nowMs };
      if (policy.receipt === "before storing") await item.confirm();
      await store.transaction(async (view) => {
        if ((await view.get(key)) === undefined) await view.set(key, kept);
      });
      if (policy.sync === "always") await store.sync();
      // What can be registered need not wait for a receipt that cannot be given just now.
      worker.begin(key);
      if (policy.receipt === "once stored") await item.confirm();
      await item.settle();
    }
  }
}

/** Registers what is in the inbox; each message has its own patience, so that none waits for another. */
class Worker {
  readonly #host: Host;
  readonly #desk: Desk;
  readonly #sources: readonly Source[];
  readonly #inbox: Inbox;
  readonly #policy: Policy;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(host: Host, inbox: Inbox, desk: Desk, sources: readonly Source[], policy: Policy) {
    this.#host = host;
    this.#inbox = inbox;
    this.#policy = policy;
    this.#desk = desk;
    this.#sources = sources;
  }

  get nowMs(): number {
    return this.#host.clock.now();
  }

  /** Begins with everything that an earlier start left behind. */
  async resume(): Promise<void> {
    const { store, prefix } = this.#inbox;
    for (const key of await store.keys(prefix)) this.begin(key);
  }

  /** Another version may still be at work for a while after this one has begun, and leave something behind. */
  async lookAgain(): Promise<void> {
    const { clock, signal } = this.#host;
    for (let nth = 0; nth < looks && !signal.aborted; nth++) {
      await clock.sleep(betweenLooksMs, signal).catch(() => {});
      if (!signal.aborted) await this.resume().catch(() => {});
    }
  }

  begin(key: string): void {
    if (this.#underWay.has(key)) return;
    const work = this.#until(key).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, work);
  }

  /** Resolves when nothing is under way any more; what waits stays in the inbox for the next start. */
  async stopped(): Promise<void> {
    await within(this.#host, stopMs, "ending", Promise.all(this.#underWay.values())).catch(() => {});
  }

  async #until(key: string): Promise<void> {
    const patience = new Patience(this.#host);
    while (!this.#host.signal.aborted) {
      try {
        return await this.#register(key);
      } catch (error) {
        if (this.#host.signal.aborted) return;
        this.#host.log(`inbox: ${error instanceof Error ? error.message : "failed"}`);
        await patience.pause(this.#host.signal).catch(() => {});
      }
    }
  }

  async #register(key: string): Promise<void> {
    const kept = (await this.#inbox.store.get(key)) as Standing | undefined;
    if (kept === undefined) return;
    if (this.#policy.inbox === "until begun") await this.#delete(key);
    const source = this.#sources.find(({ channel }) => channel === kept.channel);
    const content = source?.reread(kept);
    if (source === undefined || content?.kind !== "concern") return this.#setAside(key, kept, "not-readable-any-more");
    const ended = await this.#desk.register(content.concern, this.#host.signal, kept.keptAtMs);
    // Confirmed and yet refused: a person has to take it from here, and finds it as it came.
    if (ended.kind === "refused") return this.#setAside(key, kept, ended.reason);
    await source.markAsRead(kept, this.#host.signal);
    await this.#delete(key);
  }

  async #delete(key: string): Promise<void> {
    await this.#inbox.store.delete(key);
    await this.#inbox.store.sync();
  }

  async #setAside(key: string, kept: Kept, reason: string): Promise<void> {
    const { channel, sourceId } = kept;
    const { store } = this.#inbox;
    await store.transaction(async (view) => {
      await view.set(`aside/${sourceId}`, kept);
      await view.delete(key);
    });
    await store.sync();
    await this.#desk.report({ channel, id: sourceId, reason }, this.#host.signal);
  }
}

const integration: Integration = inboxFirst(sound);
export default integration;
