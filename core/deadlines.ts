import { addDuration, type Duration, dayMs, hourMs, minuteMs, parseRfc3339 } from "./calendar.ts";
import type { Fold } from "./folds.ts";

/** A time limit, and the part of a copy's life it may take at most. */
export type Limit = { readonly lasts: Duration; readonly atMostOfLife?: number };

/**
 * The limits that rules judge by. Inclusive: something is in time at the limit and late one ms after it.
 *
 * @source RULES.md, *Time*; incidents.md, invariants 8, 12 and 13.
 */
export const deadlines: {
  readonly [limit in
    | "warn"
    | "escalate"
    | "reader"
    | "readingPerson"
    | "act"
    | "reconcile"
    | "report"
    | "heal"
    | "lock"]: Limit;
} & { readonly margin: { readonly ofLife: number } } = {
  /** T_warn: somebody is told that a delivery has not reached its end. */
  warn: { lasts: { unit: "working", days: 2 }, atMostOfLife: 1 / 4 },
  /** T_escalate: another way is taken. Together with `margin` always less than a life. */
  escalate: { lasts: { unit: "elapsed", ms: 7 * dayMs }, atMostOfLife: 1 / 2 },
  /** Part of a copy's life that is left after T_escalate at least. */
  margin: { ofLife: 1 / 4 },
  /** T_reader of a machine: how old its last sign of life may be. */
  reader: { lasts: { unit: "elapsed", ms: dayMs } },
  /** T_reader of people. */
  readingPerson: { lasts: { unit: "working", days: 3 } },
  /** T_act: how long what was reported stays retrievable. */
  act: { lasts: { unit: "elapsed", ms: 7 * dayMs } },
  /** T_reconcile: how soon what a channel hid is found by another way. */
  reconcile: { lasts: { unit: "elapsed", ms: dayMs } },
  /** How soon after a deviation its report is due, and how long a report may stay unread. */
  report: { lasts: { unit: "elapsed", ms: dayMs } },
  /** What is healed and registered within this is no deviation. */
  heal: { lasts: { unit: "elapsed", ms: hourMs } },
  /** A neighbour of a poisoned message may wait for one lock. */
  lock: { lasts: { unit: "elapsed", ms: 5 * minuteMs } },
};

/** Turns ms since the run began into the limits of the calendar and back. */
export type Timetable = {
  /** The instant that 0 ms of the run stands for, ms since the Unix epoch. */
  startEpochMs: number;
};

/** When the run began, for all rules at once. */
export const runTimetable: Fold<Timetable> = {
  reads: ["run"],
  start: () => ({ startEpochMs: 0 }),
  step(table, entry) {
    if (entry.kind === "run") table.startEpochMs = timetable(entry.parameters.startsAt).startEpochMs;
  },
};

/** @param startsAt RFC 3339: the `startsAt` of a run's parameters. */
export function timetable(startsAt: string): Timetable {
  return { startEpochMs: parseRfc3339(startsAt) };
}

/**
 * The last instant in time for something that began at `fromMs`; both ms since the run began.
 *
 * @param lifeMs Life of the copy it is about; without one the limit is not shortened.
 */
export function dueMs(table: Timetable, limit: Limit, fromMs: number, lifeMs?: number): number {
  const full = addDuration(table.startEpochMs + fromMs, limit.lasts) - table.startEpochMs;
  if (limit.atMostOfLife === undefined || lifeMs === undefined) return full;
  return Math.min(full, fromMs + Math.floor(lifeMs * limit.atMostOfLife));
}
