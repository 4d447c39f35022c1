import { HarnessError } from "./error.ts";

/** How long something may take. `elapsed` is wall time; `working` counts only Norwegian working days, Oslo time. */
export type Duration =
  | { readonly unit: "elapsed"; readonly ms: number }
  | { readonly unit: "working"; readonly days: number };

/** A day of the civil calendar; `month` and `day` count from 1. */
export type CivilDay = { readonly year: number; readonly month: number; readonly day: number };

/** The instants an Oslo local time stands for. In the hour that is skipped in March there is none, in October's there are two. */
export type OsloInstant =
  | { readonly kind: "once"; readonly epochMs: number }
  /** Skipped: the clock went from 02:00 to 03:00. `epochMs` reads it by the offset before the change, as 02:30 → 03:30. */
  | { readonly kind: "skipped"; readonly epochMs: number }
  /** Passed twice: first in summer time, an hour later in normal time. */
  | { readonly kind: "twice"; readonly firstMs: number; readonly secondMs: number };

export const secondMs = 1000;
export const minuteMs: number = 60 * secondMs;
export const hourMs: number = 60 * minuteMs;
export const dayMs: number = 24 * hourMs;

/** Norway has kept the European rule since this year; what went before is of no use to any scenario. */
const firstYear = 1996;
const lastYear = 9999;

/** Days since 1970-01-01 of a day of the Gregorian calendar. */
export function dayNumberOf({ year, month, day }: CivilDay): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The day of the Gregorian calendar that is so many days after 1970-01-01. */
export function civilDayOf(dayNumber: number): CivilDay {
  const z = dayNumber + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** 0 Sunday … 6 Saturday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 4) % 7) + 7) % 7;
}

/** Easter Sunday by the Gregorian computus (Meeus, Jones and Butcher). */
export function easterSunday(year: number): CivilDay {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const sum = h + l - 7 * m + 114;
  return { year, month: Math.floor(sum / 31), day: (sum % 31) + 1 };
}

/** Days from Easter Sunday: Maundy Thursday, Good Friday, both Easter days, Ascension, both Whitsun days. */
const movable = [-3, -2, 0, 1, 39, 49, 50];
/** New Year, Labour Day, Constitution Day, both Christmas days. */
const fixed = [
  [1, 1],
  [5, 1],
  [5, 17],
  [12, 25],
  [12, 26],
] as const;

type Year = {
  /** Its first day and the next year's, as days since 1970-01-01. */
  readonly firstDay: number;
  readonly nextFirstDay: number;
  readonly holidays: ReadonlySet<number>;
  readonly summerStartsMs: number;
  readonly summerEndsMs: number;
};
const years = new Map<number, Year>();
/** What is asked for next is mostly of the same year. */
let latest: Year | undefined;

/** The year that a day since 1970-01-01 is in. */
function yearAt(dayNumber: number): Year {
  if (latest === undefined || dayNumber < latest.firstDay || dayNumber >= latest.nextFirstDay)
    latest = yearOf(civilDayOf(dayNumber).year);
  return latest;
}

/** 01:00 UTC on the last Sunday of a month with 31 days. */
function lastSunday(year: number, month: number): number {
  const last = dayNumberOf({ year, month, day: 31 });
  return (last - weekdayOf(last)) * dayMs + hourMs;
}

function yearOf(year: number): Year {
  const known = years.get(year);
  if (known !== undefined) return known;
  if (!(year >= firstYear && year <= lastYear))
    throw new HarnessError({
      happened: `Oslo time was asked for in the year ${year}.`,
      because: `The calendar knows the rules in force from ${firstYear} on.`,
      next: "Begin the scenario in a later year.",
    });
  const easter = dayNumberOf(easterSunday(year));
  const made: Year = {
    firstDay: dayNumberOf({ year, month: 1, day: 1 }),
    nextFirstDay: dayNumberOf({ year: year + 1, month: 1, day: 1 }),
    holidays: new Set([
      ...movable.map((days) => easter + days),
      ...fixed.map(([month, day]) => dayNumberOf({ year, month, day })),
    ]),
    summerStartsMs: lastSunday(year, 3),
    summerEndsMs: lastSunday(year, 10),
  };
  years.set(year, made);
  return made;
}

/** How far Oslo's clocks are ahead of UTC at an instant, ms: one hour, or two from late March to late October. */
export function osloOffsetMs(epochMs: number): number {
  const { summerStartsMs, summerEndsMs } = yearAt(Math.floor(epochMs / dayMs));
  return epochMs >= summerStartsMs && epochMs < summerEndsMs ? 2 * hourMs : hourMs;
}

/** The day it is in Oslo, as days since 1970-01-01. */
export function osloDayOf(epochMs: number): number {
  return Math.floor((epochMs + osloOffsetMs(epochMs)) / dayMs);
}

/** The instant a day begins in Oslo. Midnight is never skipped nor passed twice. */
export function osloMidnight(dayNumber: number): number {
  const asUtc = dayNumber * dayMs;
  return asUtc - osloOffsetMs(asUtc - hourMs);
}

/** Whether a day (since 1970-01-01) is a Norwegian public holiday, Easter Sunday and Whit Sunday among them. */
export function isHoliday(dayNumber: number): boolean {
  return yearAt(dayNumber).holidays.has(dayNumber);
}

/** Whether public offices work on a day: Monday to Friday, no public holiday. Christmas Eve and New Year's Eve are worked. */
export function isWorkingDay(dayNumber: number): boolean {
  const weekday = weekdayOf(dayNumber);
  return weekday !== 0 && weekday !== 6 && !isHoliday(dayNumber);
}

/** The part of the time between two instants that falls on working days, midnight to midnight in Oslo; ms. 0 if they are not in order. */
export function workingMsBetween(fromMs: number, toMs: number): number {
  let worked = 0;
  for (let day = osloDayOf(fromMs), at = fromMs; at < toMs; day += 1) {
    const ends = Math.min(osloMidnight(day + 1), toMs);
    if (isWorkingDay(day)) worked += ends - at;
    at = ends;
  }
  return worked;
}

/**
 * The first instant by which so many working days have passed. A start on a working day keeps its time of day; one on
 * a day off counts from the next working day's midnight.
 *
 * @param days 0 or more; parts of a day are taken as parts of 24 hours.
 */
export function addWorkingDays(epochMs: number, days: number): number {
  let left = days * dayMs;
  let at = epochMs;
  for (let day = osloDayOf(epochMs); left > 0; day += 1) {
    const ends = osloMidnight(day + 1);
    if (isWorkingDay(day)) {
      // Clocks change on Sundays only, so a working day always has 24 hours.
      if (ends - at >= left) return at + left;
      left -= ends - at;
    }
    at = ends;
  }
  return at;
}

/** The last instant at which something that began at `epochMs` is still in time: inclusive, late one ms after it. */
export function addDuration(epochMs: number, duration: Duration): number {
  switch (duration.unit) {
    case "elapsed":
      return epochMs + duration.ms;
    case "working":
      return addWorkingDays(epochMs, duration.days);
  }
}

const localPattern = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The local time as if it were UTC, ms. */
function readLocal(text: string, what: string): number {
  const found = localPattern.exec(text);
  if (found !== null) {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
      .slice(1, 7)
      .map((digits) => Number(digits ?? 0));
    const leap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0) ? 1 : 0;
    const length = (monthLengths[month - 1] ?? 0) + leap;
    if (day >= 1 && day <= length && hour <= 23 && minute <= 59 && second <= 59) {
      const ms = Number((found[7] ?? "").slice(0, 3).padEnd(3, "0"));
      return dayNumberOf({ year, month, day }) * dayMs + hour * hourMs + minute * minuteMs + second * secondMs + ms;
    }
  }
  throw new SyntaxError(`"${text}" is not ${what}.`);
}

/**
 * The instants that an Oslo local time without offset, `2023-05-08T08:00:00`, stands for.
 *
 * @throws {SyntaxError} The text is no such time; seconds and decimals may be left out.
 */
export function osloInstant(local: string): OsloInstant {
  const asUtc = readLocal(local, "a local time such as 2023-05-08T08:00:00");
  const summer = asUtc - 2 * hourMs;
  const normal = asUtc - hourMs;
  const inSummer = osloOffsetMs(summer) === 2 * hourMs;
  const inNormal = osloOffsetMs(normal) === hourMs;
  if (inSummer && inNormal) return { kind: "twice", firstMs: summer, secondMs: normal };
  if (inSummer) return { kind: "once", epochMs: summer };
  if (inNormal) return { kind: "once", epochMs: normal };
  return { kind: "skipped", epochMs: normal };
}

/**
 * One instant for an Oslo local time: the first where it passes twice, read by the offset before where it is skipped.
 *
 * @throws {SyntaxError} As `osloInstant`.
 */
export function osloEpochMs(local: string): number {
  const instant = osloInstant(local);
  switch (instant.kind) {
    case "once":
    case "skipped":
      return instant.epochMs;
    case "twice":
      return instant.firstMs;
  }
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

function written(asUtcMs: number): string {
  const dayNumber = Math.floor(asUtcMs / dayMs);
  const { year, month, day } = civilDayOf(dayNumber);
  const inDay = asUtcMs - dayNumber * dayMs;
  const ms = inDay % secondMs;
  const decimals = ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`;
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  const hour = two(Math.floor(inDay / hourMs));
  const minute = two(Math.floor(inDay / minuteMs) % 60);
  return `${date}T${hour}:${minute}:${two(Math.floor(inDay / secondMs) % 60)}${decimals}`;
}

/** Oslo local time without offset, `2023-05-08T08:00:00`; decimals only where there are any. */
export function osloLocal(epochMs: number): string {
  return written(epochMs + osloOffsetMs(epochMs));
}

/** RFC 3339 in Oslo time, `2023-05-08T08:00:00+02:00`; decimals only where there are any. */
export function rfc3339(epochMs: number): string {
  const offset = osloOffsetMs(epochMs);
  return `${written(epochMs + offset)}+${two(offset / hourMs)}:00`;
}

/**
 * The instant an RFC 3339 time stands for; any offset, `Z` among them.
 *
 * @throws {SyntaxError} The text is no such time, or has no offset.
 */
export function parseRfc3339(text: string): number {
  const what = "an RFC 3339 time such as 2023-05-08T08:00:00+02:00";
  const found = /^(.+?)(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (found?.[1] === undefined) throw new SyntaxError(`"${text}" is not ${what}.`);
  const hours = Number(found[3] ?? 0);
  const minutes = Number(found[4] ?? 0);
  if (hours > 23 || minutes > 59) throw new SyntaxError(`"${text}" is not ${what}.`);
  const offset = (hours * hourMs + minutes * minuteMs) * (found[2] === "-" ? -1 : 1);
  return readLocal(found[1].toUpperCase(), what) - offset;
}
