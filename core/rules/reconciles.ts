import { rfc3339 } from "../calendar.ts";
import { deliveryIn } from "../custody.ts";
import { deadlines, dueMs, runTimetable, type Timetable } from "../deadlines.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type PartyId } from "../names.ts";
import type { Doubt, Finding, Judgement, Rule } from "../rule.ts";
import { flawOf, idsIn, names } from "./alarm.ts";
import { type Course, clockAtLeast, course } from "./course.ts";
import { type Hindrance, hindrance, putOff } from "./hindrance.ts";

/** By the party that can lose sight of a copy: the channels whose own list, cursor or count still shows it. */
const shownBy: Readonly<Record<PartyId, readonly PartyId[]>> = {
  "altinn-events": ["altinn-broker", "altinn-correspondence", "altinn-dispatch"],
};

type Shown = { readonly channel: PartyId; readonly reader: PartyId };
type Hidden = {
  readonly delivery: DeliveryId;
  readonly copy: CopyId;
  readonly channel: PartyId;
  readonly reader: PartyId;
  readonly by: PartyId;
  readonly seq: number;
  readonly atMs: number;
  foundMs: number | undefined;
  /** When the channel itself no longer showed it. */
  goneMs: number | undefined;
};

export type Reconciles = {
  readonly course: Course;
  readonly hindrance: Hindrance;
  readonly table: Timetable;
  readonly shown: Map<CopyId, Shown>;
  readonly hidden: Map<CopyId, Hidden>;
  lastMs: number;
};

const listing: ReadonlySet<PartyId> = new Set(Object.values(shownBy).flat());

/**
 * Judges `reconciles@1`: what a channel's announcements lost while its own list still shows it is found within 24 hours.
 *
 * `judged` counts copies lost so. A channel that has no independent view, such as Fiks IO, never exercises it.
 *
 * @returns Findings that blame the reader, each with the entry that lost sight of the copy.
 * @source RULES.md, reconciles; incidents.md, invariants 6 and 7.
 */
export const reconciles: Rule<Reconciles> = {
  id: "reconciles",
  version: 1,
  reads: ["phase", "offered", "dropped", "fetched", "alerted"],
  start: (folds) => ({
    course: folds.of(course),
    hindrance: folds.of(hindrance),
    table: folds.of(runTimetable),
    shown: new Map(),
    hidden: new Map(),
    lastMs: 0,
  }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    state.lastMs = entry.atMs;
    follow(state, entry);
    return state;
  },
  end: judge,
};

function follow(state: Reconciles, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "offered":
      if (entry.copy !== undefined && listing.has(entry.channel) && state.hindrance.suts.has(entry.to))
        state.shown.set(entry.copy, { channel: entry.channel, reader: entry.to });
      return;
    case "fetched": {
      if (entry.copy === undefined || !state.hindrance.suts.has(entry.reader)) return;
      state.shown.delete(entry.copy);
      const hidden = state.hidden.get(entry.copy);
      if (hidden !== undefined) hidden.foundMs ??= entry.atMs;
      return;
    }
    case "alerted":
      if (flawOf(entry) !== undefined) return;
      for (const hidden of state.hidden.values())
        if (idsIn(entry).some((id) => names(id, hidden.delivery))) hidden.foundMs ??= entry.atMs;
      return;
    case "dropped":
      if (entry.copy !== undefined) lose(state, entry, entry.copy);
      return;
    default:
      return;
  }
}

function lose(state: Reconciles, entry: EntryOf<"dropped">, copy: CopyId): void {
  const hidden = state.hidden.get(copy);
  if (hidden !== undefined && hidden.channel === entry.party) hidden.goneMs ??= entry.atMs;
  const shown = state.shown.get(copy);
  if (shown === undefined) return;
  if (shown.channel === entry.party) state.shown.delete(copy);
  if (entry.why !== "lost" || shownBy[entry.party]?.includes(shown.channel) !== true || hidden !== undefined) return;
  state.hidden.set(copy, {
    delivery: deliveryIn(entry) ?? deliveryOf(copy),
    copy,
    ...shown,
    by: entry.party,
    seq: entry.seq,
    atMs: entry.atMs,
    foundMs: undefined,
    goneMs: undefined,
  });
}

function judge(state: Reconciles): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  let judged = 0;
  const endMs = state.course.endMs ?? state.lastMs;
  for (const hidden of state.hidden.values()) {
    const { atMs, channel, delivery } = hidden;
    const due = dueMs(state.table, deadlines.reconcile, atMs);
    const spans = [...state.hindrance.down, ...(state.hindrance.outages.get(channel) ?? [])];
    const late = putOff(
      spans.sort((a, b) => a.fromMs - b.fromMs),
      atMs,
      due,
    );
    const found = hidden.foundMs !== undefined && hidden.foundMs <= late;
    if (!found && Math.min(hidden.goneMs ?? endMs, endMs) <= late) continue;
    if (!clockAtLeast(state.course, "compressed"))
      doubts.push({ delivery, because: "The system's clock was not ours to move, so 24 hours never passed for it." });
    else {
      judged += 1;
      if (!found) findings.push(missed(hidden, rfc3339(state.table.startEpochMs + late)));
    }
  }
  return { judged, findings, doubts };
}

function missed({ delivery, copy, channel, reader, by, seq }: Hidden, late: string): Finding {
  return {
    rule: "reconciles",
    delivery,
    blames: reader,
    happened: `${by} lost sight of ${copy}, which ${channel} still listed, and ${reader} had neither fetched nor reported it by ${late}.`,
    because:
      "Announcements get lost; only a comparison with the channel's own list finds the one message that is missing.",
    next: `Compare what ${channel} lists with what was received at least every 24 hours, whatever was announced, and never by a cursor alone.`,
    entries: [seq],
  };
}
