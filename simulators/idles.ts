import { hourMs } from "../core/calendar.ts";
import type { Clock } from "../core/clock.ts";
import type { LedgerBody } from "../core/ledger.ts";
import type { ExchangeName, PartyId } from "../core/names.ts";
import type { Begun, ExchangeRecorder } from "./boundaries.ts";

/** Polls of one asker that saw nothing new, not written down yet. Times are the clock's own. */
type Row = {
  readonly begun: Begun;
  readonly resource: string;
  readonly after: ExchangeName;
  count: number;
  readonly fromMs: number;
  toMs: number;
};

/** No row spans longer, so that signs of life stand in the ledger at least twice a day: half of what T_reader allows. */
const longestMs = 12 * hourMs;
/** Before one of these is recorded the polls that came before it must stand in the ledger. */
const writesBefore: ReadonlySet<LedgerBody["kind"]> = new Set([
  "phase",
  "offered",
  "entitled",
  "faulted",
  "stopped",
  "crashed",
  "paused",
]);

/**
 * Polls that see nothing new: counted, and written down several at a time, each row with the asker's sign of life.
 *
 * @source RULES.md, section B (`idle`), section C rules 3 and 10
 */
export class Idles {
  readonly #clock: Clock;
  readonly #ledger: ExchangeRecorder;
  readonly #rows = new Map<string, Row>();
  /** By asker: its last exchange about a message, or before the first of those the first about anything. */
  readonly #anchors = new Map<PartyId, ExchangeName>();

  constructor(clock: Clock, ledger: ExchangeRecorder) {
    this.#clock = clock;
    this.#ledger = ledger;
    ledger.before((draft) => {
      if (this.#rows.size > 0 && writesBefore.has(draft.kind)) this.#writeAll();
    });
  }

  /** By what exchange the asker's idle polls are named now; undefined before its first. */
  anchorOf(asker: PartyId): ExchangeName | undefined {
    return this.#anchors.get(asker);
  }

  /** The asker has begun an exchange that has a name. */
  follow(asker: PartyId, exchange: ExchangeName, aboutMessage: boolean): void {
    if (!aboutMessage && this.#anchors.has(asker)) return;
    for (const [key, row] of this.#rows) if (row.begun.asker.party === asker) this.#write(key, row);
    this.#anchors.set(asker, exchange);
  }

  /** One more poll that saw nothing new. */
  count(begun: Begun, resource: string): void {
    const now = this.#clock.now();
    const key = `${begun.party}.${begun.operation} ${begun.asker.party} ${begun.asker.incarnation} ${resource}`;
    const row = this.#rows.get(key);
    if (row !== undefined && now - row.fromMs < longestMs) {
      row.count += 1;
      row.toMs = now;
      return;
    }
    if (row !== undefined) this.#write(key, row);
    const after = this.#anchors.get(begun.asker.party) ?? "";
    this.#rows.set(key, { begun, resource, after, count: 1, fromMs: now, toMs: now });
  }

  #writeAll(): void {
    for (const [key, row] of [...this.#rows]) this.#write(key, row);
  }

  #write(key: string, { begun, resource, after, count, fromMs, toMs }: Row): void {
    const { party, operation, asker } = begun;
    const lastMs = this.#ledger.sinceStart(toMs);
    const stamp = { exchange: `${party}.${operation}(idle)@${after}`, incarnation: asker.incarnation };
    this.#rows.delete(key);
    this.#ledger.record({
      kind: "idle",
      operation,
      asker: asker.party,
      count,
      fromMs: this.#ledger.sinceStart(fromMs),
      toMs: lastMs,
      ...stamp,
    });
    this.#ledger.record({
      kind: "alive",
      reader: asker.party,
      channel: party,
      resource,
      how: "poll",
      credit: true,
      lastMs,
      ...stamp,
    });
  }
}
