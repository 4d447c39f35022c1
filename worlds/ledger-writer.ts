import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { Draft, LedgerEntry } from "../core/ledger.ts";
import { deliveryOf, messageOf } from "../core/names.ts";

/** The run's ledger while it is being written: stamps order, time and the exchange that an entry is part of. */
export class LedgerWriter {
  readonly entries: LedgerEntry[] = [];
  readonly #clock: Clock;
  readonly #startMs: number;
  #exchange: string | undefined;
  #incarnation = 0;
  #before: (draft: Draft) => void = () => {};

  constructor(clock: Clock, startMs: number) {
    this.#clock = clock;
    this.#startMs = startMs;
  }

  /** Appends an entry and gives its `seq`. What is about a copy is about its delivery and message too. */
  record(draft: Draft): number {
    this.#before(draft);
    const seq = this.entries.length;
    const copy = draft.copy;
    const delivery = draft.delivery ?? (copy === undefined ? undefined : deliveryOf(copy));
    const message = draft.message ?? (delivery === undefined ? undefined : messageOf(delivery));
    const stamped: Record<string, unknown> = { seq, atMs: this.#clock.now() - this.#startMs, by: draft.by ?? "world" };
    if (draft.exchange === undefined && this.#exchange !== undefined) {
      stamped.exchange = this.#exchange;
      stamped.incarnation = this.#incarnation;
    }
    if (message !== undefined) stamped.message = message;
    if (delivery !== undefined) stamped.delivery = delivery;
    Object.assign(stamped, draft);
    this.entries.push(stamped as unknown as LedgerEntry);
    return seq;
  }

  /** Called before anything is recorded, so that what was put off can be written first. */
  before(does: (draft: Draft) => void): void {
    this.#before = does;
  }

  /** What is recorded meanwhile carries the exchange's name. */
  within<T>(exchange: string, incarnation: number, does: () => T): T {
    const outer = this.#exchange;
    const outerIncarnation = this.#incarnation;
    this.#exchange = exchange;
    this.#incarnation = incarnation;
    try {
      return does();
    } finally {
      this.#exchange = outer;
      this.#incarnation = outerIncarnation;
    }
  }

  /** Ms since the run began, for an instant of the clock. */
  sinceStart(epochMs: number): number {
    return epochMs - this.#startMs;
  }
}

/** SHA-256 of a ledger's NDJSON, hex. */
export function ledgerHash(entries: readonly LedgerEntry[]): string {
  const hash = createHash("sha256");
  for (const entry of entries) hash.update(`${JSON.stringify(entry)}\n`);
  return hash.digest("hex");
}
