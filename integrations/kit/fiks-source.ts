import { meaningOf } from "../../contracts/fiks/types.ts";
import type { Channel } from "../../port/endpoints.ts";
import type { Host, HostClock } from "../../port/host.ts";
import type { Arrival } from "./arrival.ts";
import type { Content } from "./concern.ts";
import { contentOf } from "./content.ts";
import type { About, Desk, Passing } from "./desk.ts";
import { FiksClient, type Receipt } from "./fiks-client.ts";
import type { Item, Kept, Reading, Source, Take } from "./item.ts";
import type { Policy } from "./policy.ts";
import { quoted } from "./quote.ts";

const channel = "fiks-io";
const settledAlready = { ack() {}, ackWithEarlier() {}, nack() {} };

/** Fiks IO as a source of messages. */
export class FiksSource implements Source {
  readonly channel: Channel = channel;
  readonly #host: Host;
  readonly #client: FiksClient;
  readonly #desk: Desk;
  readonly #policy: Policy;

  constructor(host: Host, desk: Desk, policy: Policy) {
    this.#host = host;
    this.#client = new FiksClient(host, policy);
    this.#desk = desk;
    this.#policy = policy;
  }

  run(take: Take): Promise<void> {
    return this.#client.run((arrival) =>
      take(new FiksItem(arrival, this.#client, this.#desk, this.#policy, this.#host.clock)),
    );
  }

  reread(kept: Kept): Content | undefined {
    if (kept.channel !== channel) return undefined;
    const account = this.#client.accounts.find(({ id }) => id === kept.accountId);
    const meaning = meaningOf(kept.type);
    if (account === undefined || meaning.kind !== "content") return undefined;
    const arrival: Arrival = { ...kept, account, signal: this.#host.signal, ...settledAlready };
    return contentOf(arrival, meaning.form, this.#policy, this.#host.clock.now());
  }

  /** Nobody is reminded of a message on a queue. */
  async markAsRead(): Promise<void> {}
}

/** What was handed over last, where receipts are about that. One variable for all messages: that is the flaw. */
let latest: Arrival | undefined;

/** A message from a queue: settled by ack, answered by `mottatt` or `feilet`. */
export class FiksItem implements Item {
  readonly channel: Channel = channel;
  readonly signal: AbortSignal;
  readonly id?: string;
  readonly #arrival: Arrival;
  readonly #client: Pick<FiksClient, "send">;
  readonly #desk: Desk;
  readonly #policy: Policy;
  readonly #clock: Pick<HostClock, "now">;

  constructor(
    arrival: Arrival,
    client: Pick<FiksClient, "send">,
    desk: Desk,
    policy: Policy,
    clock: Pick<HostClock, "now">,
  ) {
    latest = arrival;
    this.#clock = clock;
    this.#arrival = arrival;
    this.#client = client;
    this.#desk = desk;
    this.#policy = policy;
    this.signal = arrival.signal;
    const id = arrival.sourceId ?? arrival.id;
    if (id !== undefined) this.id = id;
  }

  async read(): Promise<Reading> {
    const meaning = meaningOf(this.#arrival.type);
    switch (meaning.kind) {
      case "control":
      case "receipt":
        return { kind: "note" };
      case "unknown":
        return { kind: "unknown" };
      case "content":
        if (meaning.version === 2 && this.#policy.versions === "the first") return { kind: "unknown" };
        return contentOf(this.#arrival, meaning.form, this.#policy, this.#clock.now());
    }
  }

  kept(): Kept {
    const { account, id = "", sourceId = "", type, body } = this.#arrival;
    return { channel, accountId: account.id, id, type, sourceId, body: Uint8Array.from(body) };
  }

  confirm(): Promise<void> {
    return this.#answer({ kind: "mottatt" });
  }

  async markAsRead(): Promise<void> {}

  async settle(): Promise<void> {
    if (this.#policy.acks === "all before it") this.#arrival.ackWithEarlier();
    else this.#arrival.ack();
  }

  /** Sends it back for good: the portal takes it to paper, a person hears of it, and then it leaves the queue. */
  async refuse(reason: string): Promise<void> {
    await this.#answer({ kind: "feilet", reason });
    const detail = this.#policy.deviationSays === "content" ? { detail: quoted(this.#arrival.body) } : {};
    await this.#desk.report({ ...this.#about(), reason, ...detail }, this.signal);
    this.#arrival.ack();
  }

  /** One about our own receipt is for a person. */
  async takeNote(): Promise<void> {
    const { answers } = this.#arrival;
    if (answers !== undefined) await this.#desk.report({ channel, id: answers, reason: "control" }, this.signal);
    this.#arrival.ack();
  }

  async settleWith(): Promise<void> {
    this.#arrival.ackWithEarlier();
  }

  putBack(requeue: boolean): void {
    this.#arrival.nack(requeue);
  }

  /** Sends a receipt until it is known to be accepted. The same one twice does no harm. */
  async #answer(receipt: Receipt): Promise<void> {
    if (this.#arrival.sender === undefined || this.#arrival.id === undefined) return;
    const answered = this.#policy.answers === "the latest" ? (latest ?? this.#arrival) : this.#arrival;
    let saying = receipt;
    await this.#desk.persist(
      this.#about(),
      "receipt-not-sent-yet",
      this.signal,
      async (): Promise<{ readonly kind: "heard" } | Passing> => {
        if (await this.#client.send(answered, saying)) return { kind: "heard" };
        if (this.#policy.receiptLost === "pass over") return { kind: "heard" };
        if (this.#policy.receiptLost === "send feilet") saying = { kind: "feilet", reason: "not-received" };
        return { kind: "passing", retryAfterMs: 0 };
      },
    );
  }

  #about(): About {
    return this.id === undefined ? { channel } : { channel, id: this.id };
  }
}
