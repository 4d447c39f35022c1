import { hourMs, isWorkingDay, osloDayOf, osloMidnight } from "../../core/calendar.ts";

/** When an office is staffed, Oslo time on working days. Inferred: ordinary office hours. */
export const officeHours = { fromHour: 8, toHour: 16 } as const;

/**
 * The first look at a worklist later than an instant: on the hour the office opens, and every so often from then until
 * it closes.
 *
 * @param everyMs More than 0.
 */
export function nextLook(afterMs: number, everyMs: number): number {
  for (let day = osloDayOf(afterMs); ; day += 1) {
    if (!isWorkingDay(day)) continue;
    const opens = osloMidnight(day) + officeHours.fromHour * hourMs;
    const closes = osloMidnight(day) + officeHours.toHour * hourMs;
    if (afterMs < opens) return opens;
    const look = opens + (Math.floor((afterMs - opens) / everyMs) + 1) * everyMs;
    if (look < closes) return look;
  }
}

/** Somebody's absence; `untilMs` is the first instant they are back. */
export type Absence = { readonly untilMs: number; readonly deputy: string | undefined };

/** Who does a person's work at an instant: they, their deputy while both are not away, or nobody. */
export function standIn(person: string, absences: ReadonlyMap<string, Absence>, nowMs: number): string | undefined {
  const absence = absences.get(person);
  if (absence === undefined || nowMs >= absence.untilMs) return person;
  const { deputy } = absence;
  if (deputy === undefined || nowMs < (absences.get(deputy)?.untilMs ?? nowMs)) return undefined;
  return deputy;
}
