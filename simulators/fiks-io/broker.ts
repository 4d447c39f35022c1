import { customHeaders, customPrefix, headers as wire } from "../../contracts/fiks/headers.ts";
import { serverfeil, tidsavbrudd } from "../../contracts/fiks/types.ts";
import type { Due } from "../../core/clock.ts";
import { HarnessError } from "../../core/error.ts";
import type { CopyId } from "../../core/names.ts";
import { aboutCopy } from "../about.ts";
import type { Manifest } from "../manifest.ts";
import type { About, Given } from "../wire.ts";
import { contentHeader } from "./amqp-codec.ts";
import { afterReturn, moved, type Queued, ReadyLine } from "./state.ts";
import type { FiksIoSwitches } from "./switches.ts";

/** An account in Fiks IO's catalogue; its queue is `fiksio.konto.<accountId>`. */
export type Account = {
  readonly accountId: string;
  /** `4601-01`; absent for the portal's own, which no connection may read. */
  readonly recipient?: string;
  /** Whether the integration has the right to read and send as it; true unless said, for accounts with a recipient. */
  readonly served?: boolean;
  /** PEM, what is encrypted for this account; the catalogue answers 404 without one. */
  readonly certificate?: string;
  readonly organizationNumber?: string;
  readonly municipalityNumber?: string;
  readonly name?: string;
};

/** What a sender hands to Fiks IO. `ttlMs` is at least 1000; `headers` are the sender's own, without prefix. */
export type Envelope = {
  readonly copy?: CopyId;
  /** Account ids. */
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly ttlMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `svarPaMelding`: the melding-id that this answers. */
  readonly replyTo?: string;
  readonly body: Uint8Array;
};

/** What an account inside the world is told of, in the instant it arrives. */
export type Received = {
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly to: string;
  readonly replyTo: string | undefined;
  /** The copy that `replyTo` stands for, where it is one of this run. */
  readonly copy: CopyId | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** `seq` of the entry that led here: `receipted`, or `dropped`. */
  readonly cause: number | undefined;
};

/** Who takes from a queue. */
export type Consumer = {
  /** Whether it may be given one more now. */
  ready(): boolean;
  /** It shares its queue with no other. */
  readonly exclusive: boolean;
  take(queued: Queued): void;
};

export type AccountQueue = {
  readonly account: Account;
  readonly name: string;
  readonly line: ReadyLine;
  readonly consumers: Consumer[];
  nextPlace: number;
  headDue: { readonly queued: Queued; readonly due: Due } | undefined;
  giving: boolean;
  again: boolean;
  /** What the last `alive` entry said; undefined before the first. */
  said: boolean | undefined;
  saidDue: boolean;
  readonly sub: About;
};

const leastTtlMs = 1000;
/** Fiks IO's own account, as sender of `tidsavbrudd` and `serverfeil`. */
export const fiksIoAccount = "f1c50000-0000-4000-8000-000000000001";
const nothing = new Uint8Array(0);

/** Fiks IO behind its wires: queues, lifetimes, attempts, and what the parties are told of them. */
export class Broker {
  readonly given: Given;
  readonly manifest: Manifest;
  readonly switches: FiksIoSwitches;
  readonly #accounts = new Map<string, Account>();
  readonly #queues = new Map<string, AccountQueue>();
  readonly #listeners = new Map<string, (message: Received) => void>();
  readonly #sent = new Map<string, { readonly type: string; readonly copy: CopyId | undefined }>();
  readonly #fetched = new Map<CopyId, Queued>();
  readonly #sinceStart: (epochMs: number) => number;
  #waiting: Set<AccountQueue> | undefined;
  readonly #handedOver:
    | ((message: { headers: Readonly<Record<string, string>>; body: Uint8Array }) => void)
    | undefined;
  #unknown = 0;

  constructor(
    given: Given,
    setup: {
      readonly manifest: Manifest;
      readonly accounts: readonly Account[];
      readonly switches: FiksIoSwitches;
      readonly sinceStart?: (epochMs: number) => number;
      readonly handedOver?: (message: {
        readonly headers: Readonly<Record<string, string>>;
        readonly body: Uint8Array;
      }) => void;
    },
  ) {
    const startMs = given.clock.now();
    this.given = given;
    this.manifest = setup.manifest;
    this.switches = setup.switches;
    this.#handedOver = setup.handedOver;
    this.#sinceStart = setup.sinceStart ?? ((epochMs) => epochMs - startMs);
    for (const account of setup.accounts) {
      const name = `fiksio.konto.${account.accountId}`;
      this.#accounts.set(account.accountId, account);
      this.#queues.set(name, {
        account,
        name,
        line: new ReadyLine(),
        consumers: [],
        nextPlace: 0,
        headDue: undefined,
        giving: false,
        again: false,
        said: undefined,
        saidDue: false,
        sub: { subject: { kind: "sub", name: account.recipient ?? "portal" }, copies: [] },
      });
    }
  }

  account(id: string): Account | undefined {
    return this.#accounts.get(id);
  }

  queue(name: string): AccountQueue | undefined {
    return this.#queues.get(name);
  }

  queueOf(accountId: string): AccountQueue | undefined {
    return this.#queues.get(`fiksio.konto.${accountId}`);
  }

  /** Whether the integration may read and send as this account. */
  isOurs(account: Account): boolean {
    return account.recipient !== undefined && account.served !== false;
  }

  onMessage(accountId: string, then: (message: Received) => void): void {
    this.#listeners.set(accountId, then);
  }

  /** An exchange whose message is none of this run's; numbered once, so that a retry has the same name. */
  unknown(doubt?: string): About {
    this.#unknown += 1;
    return {
      subject: { kind: "unknown", n: this.#unknown },
      copies: [],
      ...(doubt === undefined ? {} : { doubt }),
    };
  }

  /** The copy that a melding-id was given to. */
  copyOf(id: string): CopyId | undefined {
    return this.#sent.get(id)?.copy ?? this.manifest.copyWith(id);
  }

  /**
   * Takes an envelope in and gives its melding-id. A listener is told at once; else it waits in the account's queue.
   *
   * @throws {HarnessError} Nobody has the account it is addressed to.
   */
  put(envelope: Envelope, cause?: number): string {
    const queue = this.queueOf(envelope.to);
    if (queue === undefined)
      throw new HarnessError({
        happened: `Fiks IO was given a message to ${envelope.to}.`,
        because: "No account of this run has that id.",
        next: "Give Fiks IO every account of the scenario, the portal's own among them.",
      });
    const { given, manifest } = this;
    const id = given.random.uuid();
    const { copy } = envelope;
    const ttlMs = Math.max(leastTtlMs, envelope.ttlMs);
    const expiresAtMs = given.clock.now() + ttlMs;
    this.#sent.set(id, { type: envelope.type, copy });
    if (copy !== undefined) {
      manifest.link(copy, "melding-id", id);
      const clientId = envelope.headers[customHeaders.clientId];
      if (clientId !== undefined) manifest.link(copy, customHeaders.clientId, clientId);
      given.facts.record({ kind: "held", party: "fiks-io", durability: "power", ok: true, copy });
      given.facts.record({
        kind: "offered",
        channel: "fiks-io",
        resource: resourceOf(queue),
        to: "integration",
        lifeEndsMs: this.#sinceStart(expiresAtMs),
        copy,
      });
    }
    const listener = this.#listeners.get(envelope.to);
    if (listener !== undefined) {
      listener({
        id,
        type: envelope.type,
        from: envelope.from,
        to: envelope.to,
        replyTo: envelope.replyTo,
        copy: envelope.replyTo === undefined ? copy : this.copyOf(envelope.replyTo),
        headers: envelope.headers,
        body: envelope.body,
        cause,
      });
      return id;
    }
    const queued: Queued = {
      id,
      type: envelope.type,
      from: envelope.from,
      to: envelope.to,
      headers: envelope.headers,
      body: envelope.body,
      ttlMs,
      expiresAtMs,
      replyTo: envelope.replyTo,
      replyToType: envelope.replyTo === undefined ? undefined : this.#sent.get(envelope.replyTo)?.type,
      copy,
      about: copy === undefined ? this.unknown() : aboutCopy(copy),
      place: queue.nextPlace++,
      wireHeader: undefined,
      state: "ready",
      attempts: 0,
      redelivered: false,
    };
    queue.line.put(queued);
    if (!this.switches.expiresAtHead)
      given.clock.after(ttlMs, () => {
        if (queued.state === "ready" && queue.line.remove(queued)) this.#expire(queued);
      });
    this.give(queue);
    return id;
  }

  attach(queue: AccountQueue, consumer: Consumer): void {
    queue.consumers.push(consumer);
    this.#sayAlive(queue);
  }

  detach(queue: AccountQueue, consumer: Consumer): void {
    const at = queue.consumers.indexOf(consumer);
    if (at >= 0) queue.consumers.splice(at, 1);
    this.credit(queue);
  }

  /** Does something to several connections as one; only then is anything handed out again. */
  together(does: () => void): void {
    const waiting = new Set<AccountQueue>();
    this.#waiting = waiting;
    does();
    this.#waiting = undefined;
    for (const queue of waiting) this.give(queue);
  }

  /** Hands out what is ready to whom has room, in turn; what is overdue at the head expires instead. */
  give(queue: AccountQueue): void {
    if (this.#waiting !== undefined) {
      this.#waiting.add(queue);
      return;
    }
    if (queue.giving) {
      queue.again = true;
      return;
    }
    queue.giving = true;
    do {
      queue.again = false;
      for (;;) {
        if (this.head(queue) === undefined) break;
        const consumer = nextReady(queue.consumers);
        if (consumer === undefined) break;
        consumer.take(queue.line.take() as Queued);
      }
    } while (queue.again);
    queue.giving = false;
    this.#awaitHead(queue);
    this.credit(queue);
  }

  /** The envelope at the head, once those overdue before it have expired. */
  head(queue: AccountQueue): Queued | undefined {
    const now = this.given.clock.now();
    for (;;) {
      const head = queue.line.head();
      if (head === undefined || head.expiresAtMs > now) return head;
      queue.line.take();
      this.#expire(head);
    }
  }

  /** An envelope has left the queue for a consumer that will settle it. */
  left(queued: Queued): string {
    if (queued.copy !== undefined) this.#fetched.set(queued.copy, queued);
    return moved(queued, "deliver");
  }

  /** An envelope was settled for good. */
  settled(queued: Queued, how: "ack" | "nack"): string {
    if (queued.copy !== undefined) this.#fetched.delete(queued.copy);
    return moved(queued, how);
  }

  /**
   * Takes back what was fetched, or what never got as far; the caller then calls `give`.
   *
   * @param counts Whether it costs an attempt.
   */
  takeBack(queue: AccountQueue, queued: Queued, counts: boolean): void {
    if (queued.state === "unacked") {
      if (queued.copy !== undefined) this.#fetched.delete(queued.copy);
      moved(queued, "requeue");
      queued.redelivered = true;
      if (counts) queued.attempts += 1;
    }
    if (queued.state !== "ready") return;
    switch (afterReturn(queued.attempts, this.switches.attempts)) {
      case "ready":
        queue.line.put(queued);
        return;
      case "deadlettered":
        moved(queued, "deadletter");
        this.#lose(queued, "deadlettered", serverfeil);
    }
  }

  /** A fetched envelope's time is over; only by the switch `prefetchedMessagesExpire`. False if it is no longer fetched. */
  expireFetched(queued: Queued): boolean {
    if (queued.state !== "unacked") return false;
    if (queued.copy !== undefined) this.#fetched.delete(queued.copy);
    moved(queued, "expireFetched");
    this.#lose(queued, "expired", tidsavbrudd);
    return true;
  }

  /** Takes a copy away as if it had never been there, for experiments. Nobody is told. */
  discard(copy: CopyId): void {
    const fetched = this.#fetched.get(copy);
    if (fetched !== undefined) {
      this.#fetched.delete(copy);
      moved(fetched, "discardFetched");
    }
    for (const queue of this.#queues.values())
      for (const queued of queue.line.all())
        if (queued.copy === copy) {
          queue.line.remove(queued);
          moved(queued, "discard");
          this.#awaitHead(queue);
        }
    this.given.facts.record({ kind: "dropped", party: "fiks-io", why: "lost", lastPath: false, copy });
  }

  /** A consumer's room may have changed; says so once the instant is over, if it is still so. */
  credit(queue: AccountQueue): void {
    if (queue.saidDue || queue.said === undefined || queue.said === hasCredit(queue)) return;
    queue.saidDue = true;
    this.given.clock.after(0, () => {
      queue.saidDue = false;
      if (queue.said !== hasCredit(queue)) this.#sayAlive(queue);
    });
  }

  /** The content header of an envelope: the official headers as long strings, and `expiration`. */
  header(queued: Queued): Uint8Array {
    if (queued.wireHeader !== undefined) return queued.wireHeader;
    queued.wireHeader = contentHeader(queued.body.length, this.#headersOf(queued), String(queued.ttlMs));
    return queued.wireHeader;
  }

  #headersOf(queued: Queued): Readonly<Record<string, string>> {
    const table: Record<string, string> = {
      [wire.id]: queued.id,
      [wire.type]: queued.type,
      [wire.sender]: queued.from,
    };
    if (queued.replyTo !== undefined) table[wire.answers] = queued.replyTo;
    if (queued.replyToType !== undefined) table[wire.answersType] = queued.replyToType;
    for (const [name, value] of Object.entries(queued.headers)) {
      const bare =
        this.switches.bareHeaders && (name === customHeaders.concernId || name === customHeaders.districtResourceId);
      table[bare ? name : customPrefix + name] = value;
    }
    return table;
  }

  /** It was handed over in full. */
  fetched(queued: Queued): void {
    this.#handedOver?.({ headers: this.#headersOf(queued), body: queued.body });
  }

  #sayAlive(queue: AccountQueue): void {
    queue.said = hasCredit(queue);
    this.#isAlive(queue, "attach", queue.said);
  }

  /** Its next message was asked for, and there was one: a sign of life. The wrapper writes those of idle polls. */
  polled(queue: AccountQueue): void {
    this.#isAlive(queue, "poll", true);
  }

  #isAlive(queue: AccountQueue, how: "attach" | "poll", credit: boolean): void {
    const resource = resourceOf(queue);
    this.given.facts.record({ kind: "alive", reader: "integration", channel: "fiks-io", resource, how, credit });
  }

  #expire(queued: Queued): void {
    moved(queued, "expire");
    this.#lose(queued, "expired", tidsavbrudd);
  }

  /** Ends an envelope that nobody settled, and sends a notice to whoever sent it. */
  #lose(queued: Queued, why: "expired" | "deadlettered", noticeType: string): void {
    const { facts } = this.given;
    const { copy } = queued;
    const cause =
      copy === undefined ? undefined : facts.record({ kind: "dropped", party: "fiks-io", why, lastPath: false, copy });
    // Fiks IO's own notices are not answered by further ones, and a sender that has no queue hears nothing.
    if (queued.from === fiksIoAccount || this.queueOf(queued.from) === undefined) return;
    this.put(
      {
        from: this.switches.noticeSender === "fiks-io" ? fiksIoAccount : queued.to,
        to: queued.from,
        type: noticeType,
        ttlMs: this.switches.defaultTtlMs,
        headers: {},
        replyTo: queued.id,
        body: nothing,
      },
      cause,
    );
  }

  #awaitHead(queue: AccountQueue): void {
    const head = queue.line.head();
    if (queue.headDue?.queued === head) return;
    queue.headDue?.due.cancel();
    queue.headDue = undefined;
    if (head === undefined) return;
    queue.headDue = {
      queued: head,
      due: this.given.clock.after(Math.max(0, head.expiresAtMs - this.given.clock.now()), () => {
        queue.headDue = undefined;
        this.give(queue);
      }),
    };
  }
}

/** How the ledger calls a queue: by the recipient whose account it is. */
export function resourceOf({ account }: AccountQueue): string {
  return account.recipient ?? account.accountId;
}

function hasCredit(queue: AccountQueue): boolean {
  return queue.consumers.some((consumer) => consumer.ready());
}

/** The next consumer in turn that has room; it goes to the end of the turn. */
function nextReady(consumers: Consumer[]): Consumer | undefined {
  for (let i = 0; i < consumers.length; i++) {
    const consumer = consumers[i] as Consumer;
    if (!consumer.ready()) continue;
    if (consumers.length > 1) {
      consumers.splice(i, 1);
      consumers.push(consumer);
    }
    return consumer;
  }
  return undefined;
}
