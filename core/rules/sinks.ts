import { deadlines, dueMs, type Timetable, timetable } from "../deadlines.ts";
import type { Fold } from "../folds.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "../names.ts";
import { type Hindrance, putOff, type Span } from "./hindrance.ts";

/** Where systems under test report, and which of their reports the world cut off. */
export type Sinks = {
  readonly suts: Set<PartyId>;
  table: Timetable;
  /** Sinks that some system has tried; an outage of another puts nothing off. */
  readonly tried: Set<PartyId>;
  /** Reports on their way. */
  readonly underway: Map<ExchangeName, { readonly fromMs: number; readonly deliveries: readonly DeliveryId[] }>;
  readonly cuts: Map<DeliveryId, Span[]>;
  /** Exchanges in which planted content was found. */
  readonly leaking: Set<ExchangeName>;
};

/** Reports and what became of them, for all rules at once. */
export const sinks: Fold<Sinks> = {
  reads: ["run", "asked", "told", "untold", "leaked"],
  start: () => ({
    suts: new Set(),
    table: { startEpochMs: 0 },
    tried: new Set(["alarm"]),
    underway: new Map(),
    cuts: new Map(),
    leaking: new Set(),
  }),
  step: stepSinks,
};

/** Answers that say that a sink is down or busy; anything else it says against a report is the report's own fault. */
const passingCode = /^(423|429|5\d\d)$/;

/** Whether an exchange is a report of a deviation: at the alarm sink, or at the receiver's worklist. */
export function isReport(exchange: ExchangeName): boolean {
  return exchange.startsWith("alarm.") || exchange.startsWith("deviate(", exchange.indexOf(".") + 1);
}

function stepSinks(state: Sinks, entry: LedgerEntry): void {
  if (entry.kind === "run") {
    for (const { party } of entry.suts) state.suts.add(party);
    state.table = timetable(entry.parameters.startsAt);
    return;
  }
  const { exchange } = entry;
  if (exchange === undefined || entry.by === "claim") return;
  switch (entry.kind) {
    case "asked":
      if (state.suts.has(entry.asker) && isReport(exchange)) ask(state, entry, exchange);
      return;
    case "told":
      if (state.underway.size === 0) return;
      if (entry.saying === "negative" && passingCode.test(entry.code)) cutOff(state, exchange, entry.atMs);
      else state.underway.delete(exchange);
      return;
    case "untold":
      cutOff(state, exchange, entry.atMs);
      return;
    case "leaked":
      state.leaking.add(exchange);
      return;
    default:
      return;
  }
}

/**
 * The last instant at which a report about a delivery is in time. Time in which the world kept the system down does
 * not count; what the world cut off is owed anew from when its sink can be reached again.
 *
 * @param limitMs When it would be due but for that; ms since the run began, like `fromMs`.
 * @source PORT.md, ruling 7.
 */
export function reportDueMs(
  state: Sinks,
  hindrance: Hindrance,
  delivery: DeliveryId,
  fromMs: number,
  limitMs: number = dueMs(state.table, deadlines.report, fromMs),
): number {
  const { table } = state;
  const spans = [...(state.cuts.get(delivery) ?? [])];
  for (const sink of state.tried) spans.push(...(hindrance.outages.get(sink) ?? []));
  spans.sort((a, b) => a.fromMs - b.fromMs);
  const dueFrom = (ms: number): number => putOff(hindrance.down, ms, dueMs(table, deadlines.report, ms));
  let due = putOff(hindrance.down, fromMs, limitMs);
  for (const span of spans) if (span.fromMs <= due && span.toMs >= fromMs) due = Math.max(due, dueFrom(span.toMs));
  return due;
}

function ask(state: Sinks, entry: EntryOf<"asked">, exchange: ExchangeName): void {
  state.tried.add(exchange.slice(0, exchange.indexOf(".")));
  state.underway.set(exchange, { fromMs: entry.atMs, deliveries: entry.copies.map(deliveryOf) });
}

function cutOff(state: Sinks, exchange: ExchangeName, atMs: number): void {
  const report = state.underway.get(exchange);
  if (report === undefined) return;
  state.underway.delete(exchange);
  for (const delivery of report.deliveries) {
    const cuts = state.cuts.get(delivery) ?? [];
    const last = cuts.at(-1);
    // Tries that follow each other are one cut, so that a patient system leaves one span and not thousands.
    if (last !== undefined && report.fromMs <= dueMs(state.table, deadlines.report, last.toMs)) last.toMs = atMs;
    else cuts.push({ fromMs: report.fromMs, toMs: atMs });
    state.cuts.set(delivery, cuts);
  }
}
