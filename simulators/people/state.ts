import { dayMs, hourMs, isWorkingDay, osloDayOf, osloMidnight } from "../../core/calendar.ts";

/** When an office is staffed, Oslo time on working days. Inferred: ordinary office hours. */
export const officeHours = { fromHour: 8, toHour: 16 } as const;

/** 1970-01-01 was a Thursday: days are counted from a Monday, so that a weekly look is on Mondays. */
const mondayShift = 3;

/** Whether somebody who looks every so often looks on a day: every working day, or the first one of each so many days. */
function isLookDay(day: number, everyMs: number): boolean {
  if (!isWorkingDay(day)) return false;
  const days = Math.floor(everyMs / dayMs);
  if (days <= 1) return true;
  for (let first = day; ; first -= 1) {
    if ((first + mondayShift) % days === 0) return true;
    if (isWorkingDay(first - 1)) return false;
  }
}

function opening(day: number): { readonly opens: number; readonly closes: number } {
  const midnight = osloMidnight(day);
  return { opens: midnight + officeHours.fromHour * hourMs, closes: midnight + officeHours.toHour * hourMs };
}

/**
 * The first look at a worklist later than an instant: on the hour the office opens, and every so often from then until
 * it closes. Whoever looks more seldom than once a day looks when the office opens, on the first working day of each so
 * many days.
 *
 * @param everyMs More than 0.
 */
export function nextLook(afterMs: number, everyMs: number): number {
  for (let day = osloDayOf(afterMs); ; day += 1) {
    if (!isLookDay(day, everyMs)) continue;
    const { opens, closes } = opening(day);
    if (afterMs < opens) return opens;
    const look = opens + (Math.floor((afterMs - opens) / everyMs) + 1) * everyMs;
    if (look < closes) return look;
  }
}

/** The last look at a worklist at or before an instant: `nextLook`, backwards. */
export function previousLook(atMs: number, everyMs: number): number {
  for (let day = osloDayOf(atMs); ; day -= 1) {
    const { opens, closes } = opening(day);
    if (atMs < opens || !isLookDay(day, everyMs)) continue;
    return opens + Math.floor((Math.min(atMs, closes - 1) - opens) / everyMs) * everyMs;
  }
}

/** Somebody's absence; `untilMs` is the first instant they are back. A later one takes the place of what is left of it. */
export type Absence = { readonly fromMs: number; readonly untilMs: number; readonly deputy: string | undefined };

/** Everybody's absences, in the order they were told of. */
export type Absences = ReadonlyMap<string, readonly Absence[]>;

function absenceAt(person: string, absences: Absences, atMs: number): Absence | undefined {
  const last = absences.get(person)?.findLast(({ fromMs }) => fromMs <= atMs);
  return last !== undefined && atMs < last.untilMs ? last : undefined;
}

/** Who does a person's work at an instant: they, their deputy while both are not away, or nobody. */
export function standIn(person: string, absences: Absences, atMs: number): string | undefined {
  const absence = absenceAt(person, absences, atMs);
  if (absence === undefined) return person;
  const { deputy } = absence;
  return deputy === undefined || absenceAt(deputy, absences, atMs) !== undefined ? undefined : deputy;
}

/** A look that happened, and who looked. */
export type Look = { readonly who: string; readonly atMs: number };

/**
 * The last time a person or their deputy looked, at or before an instant; found without looking at every day between.
 *
 * @param counts Whether a look by this one at that instant counts; if not, none of theirs before it does.
 */
export function lastLook(
  person: { readonly name: string; readonly looksEveryMs: number },
  absences: Absences,
  atMs: number,
  counts: (who: string, atMs: number) => boolean,
): Look | undefined {
  for (let before = atMs; ; ) {
    const look = previousLook(before, person.looksEveryMs);
    const who = standIn(person.name, absences, look);
    if (who !== undefined && counts(who, look)) return { who, atMs: look };
    const absence = absenceAt(person.name, absences, look);
    if (absence === undefined) return undefined;
    const { fromMs, deputy } = absence;
    const deputyAway = deputy === undefined ? undefined : absenceAt(deputy, absences, look);
    before = Math.max(fromMs, deputyAway?.fromMs ?? fromMs) - 1;
  }
}
