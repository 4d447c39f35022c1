import type { Fold } from "../folds.ts";
import type { LedgerEntry } from "../ledger.ts";
import type { PartyId } from "../names.ts";

/** From one instant to another, ms since the run began; `toMs` is Infinity while it lasts. */
export type Span = { readonly fromMs: number; toMs: number };

/** When the world, not the system itself, kept it from doing its duty. Spans are in order of their beginning. */
export type Hindrance = {
  readonly suts: Set<PartyId>;
  /** Stopped, paused or killed by us. What a system does to itself hinders nobody. */
  readonly down: Span[];
  /** Parties out of reach for a while, by party. */
  readonly outages: Map<PartyId, Span[]>;
};

/** What the world did to the systems under test, for all rules at once. */
export const hindrance: Fold<Hindrance> = {
  reads: ["run", "phase", "started", "stopped", "crashed", "paused", "resumed", "faulted"],
  start: () => ({ suts: new Set(), down: [], outages: new Map() }),
  step: stepHindrance,
};

function stepHindrance(hindrance: Hindrance, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      for (const { party } of entry.suts) hindrance.suts.add(party);
      return;
    case "stopped":
    case "paused":
      if (hindrance.suts.has(entry.party)) goDown(hindrance, entry.atMs);
      return;
    case "crashed":
      if (hindrance.suts.has(entry.party) && entry.why === undefined) goDown(hindrance, entry.atMs);
      return;
    case "started":
    case "resumed":
      if (hindrance.suts.has(entry.party)) close(hindrance.down, entry.atMs);
      return;
    case "faulted":
      if (entry.outcome === "injected" && entry.untilMs !== undefined)
        cutOff(hindrance, entry.boundary, entry.atMs, entry.untilMs);
      return;
    case "phase":
      if (entry.phase === "heal") for (const spans of hindrance.outages.values()) close(spans, entry.atMs);
      return;
    default:
      return;
  }
}

/** Whether the world keeps the system down just now. */
export function isDown(hindrance: Hindrance): boolean {
  return hindrance.down.at(-1)?.toMs === Number.POSITIVE_INFINITY;
}

/** `dueMs` put off by the time after `fromMs` that falls in these spans, in order; Infinity where one never ended. */
export function putOff(spans: readonly Span[], fromMs: number, dueMs: number): number {
  let due = dueMs;
  let countedMs = fromMs;
  for (const span of spans) {
    if (span.fromMs > due) break;
    if (span.toMs <= countedMs) continue;
    due += span.toMs - Math.max(span.fromMs, countedMs);
    countedMs = span.toMs;
  }
  return due;
}

function goDown(hindrance: Hindrance, atMs: number): void {
  if (!isDown(hindrance)) hindrance.down.push({ fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
}

/** Ends what lasts. */
export function close(spans: readonly Span[], atMs: number): void {
  for (const span of spans) if (span.toMs > atMs) span.toMs = atMs;
}

function cutOff(hindrance: Hindrance, boundary: string, fromMs: number, toMs: number): void {
  const party = boundary.slice(0, Math.max(0, boundary.indexOf(".")));
  const spans = hindrance.outages.get(party);
  if (spans === undefined) hindrance.outages.set(party, [{ fromMs, toMs }]);
  else spans.push({ fromMs, toMs });
}
