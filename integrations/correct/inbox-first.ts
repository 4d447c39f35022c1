import { meaningOf } from "../../contracts/fiks/types.ts";
import type { Host, Integration } from "../../port/host.ts";
import type { Account } from "../kit/accounts.ts";
import type { Arrival } from "../kit/arrival.ts";
import { type Content, contentOf } from "../kit/content.ts";
import { Desk } from "../kit/desk.ts";
import { FiksClient } from "../kit/fiks-client.ts";
import { Patience } from "../kit/patience.ts";
import { type Policy, sound } from "../kit/policy.ts";
import { within } from "../kit/request.ts";

/** A message in the inbox: as it came, and not read again before it is registered. */
type Kept = {
  readonly accountId: string;
  readonly id: string;
  readonly type: string;
  readonly sourceId: string;
  readonly body: Uint8Array;
};

const prefix = "inbox/";
const stopMs = 5000;

/**
 * Writes each message, raw, into an inbox of its own that outlives a power cut; then sends `mottatt` and acks. A worker
 * registers from the inbox, begins again with all of it after a crash, and deletes a message once it is registered.
 */
export function inboxFirst(policy: Policy): Integration {
  return async (host: Host): Promise<void> => {
    const fiks = new FiksClient(host, policy);
    const desk = new Desk(host, fiks, policy);
    const worker = new Worker(host, desk, fiks.accounts, policy);
    await worker.resume();
    await fiks.run((arrival) => take(arrival, host, desk, worker, policy));
    await worker.stopped();
  };
}

async function take(arrival: Arrival, host: Host, desk: Desk, worker: Worker, policy: Policy): Promise<void> {
  const meaning = meaningOf(arrival.type);
  switch (meaning.kind) {
    case "control":
    case "receipt":
      return desk.takeNote(arrival);
    case "unknown":
      return policy.unknownType === "ack" ? arrival.ack() : desk.refuse(arrival, "unknown-type");
    case "content": {
      // Read before it is kept: what can never be registered must not be confirmed.
      const content = contentOf(arrival, meaning.form, policy);
      switch (content.kind) {
        case "defective":
          return desk.refuse(arrival, content.reason);
        case "nothing":
          await desk.receipt(arrival, { kind: "mottatt" });
          return arrival.ack();
        case "concern": {
          const { sourceId, id, type } = content.concern;
          const key = prefix + sourceId;
          const kept: Kept = {
            accountId: arrival.account.id,
            id,
            type,
            sourceId,
            body: Uint8Array.from(arrival.body),
          };
          if (policy.receipt === "before storing") await desk.receipt(arrival, { kind: "mottatt" });
          await host.store.transaction(async (view) => {
            if ((await view.get(key)) === undefined) await view.set(key, kept);
          });
          if (policy.sync === "always") await host.store.sync();
          if (policy.receipt === "once stored") await desk.receipt(arrival, { kind: "mottatt" });
          arrival.ack();
          worker.begin(key);
        }
      }
    }
  }
}

/** Registers what is in the inbox; each message has its own patience, so that none waits for another. */
class Worker {
  readonly #host: Host;
  readonly #desk: Desk;
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #policy: Policy;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(host: Host, desk: Desk, accounts: readonly Account[], policy: Policy) {
    this.#host = host;
    this.#desk = desk;
    this.#accounts = new Map(accounts.map((account) => [account.id, account]));
    this.#policy = policy;
  }

  /** Begins with everything that an earlier start left behind. */
  async resume(): Promise<void> {
    for (const key of await this.#host.store.keys(prefix)) this.begin(key);
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
    const kept = (await this.#host.store.get(key)) as Kept | undefined;
    if (kept === undefined) return;
    const content = this.#read(kept);
    if (content?.kind !== "concern") return this.#setAside(key, kept, "not-readable-any-more");
    const ended = await this.#desk.register(content.concern, this.#host.signal);
    // Confirmed and yet refused: a person has to take it from here, and finds it as it came.
    if (ended.kind === "refused") return this.#setAside(key, kept, ended.reason);
    await this.#host.store.delete(key);
    await this.#host.store.sync();
  }

  #read(kept: Kept): Content | undefined {
    const account = this.#accounts.get(kept.accountId);
    const meaning = meaningOf(kept.type);
    if (account === undefined || meaning.kind !== "content") return undefined;
    const arrival: Arrival = { ...kept, account, signal: this.#host.signal, ack: () => {}, nack: () => {} };
    return contentOf(arrival, meaning.form, this.#policy);
  }

  async #setAside(key: string, kept: Kept, reason: string): Promise<void> {
    await this.#host.store.transaction(async (view) => {
      await view.set(`aside/${kept.sourceId}`, kept);
      await view.delete(key);
    });
    await this.#host.store.sync();
    await this.#desk.report({ id: kept.sourceId, reason }, this.#host.signal);
  }
}

const integration: Integration = inboxFirst(sound);
export default integration;
