/** How long something may take. Weekday hours stand still on Saturdays and Sundays, so they are never over too late. */
export type Limit = { readonly unit: "elapsed" | "weekday"; readonly hours: number };

/** When a sender that still does not know of an end warns somebody, and when it takes another way. */
export type Limits = { readonly warn: Limit; readonly otherWay: Limit };

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const morningMs = 7 * hourMs;

/**
 * Where nobody need open it the same day. Two working days and one week are the limits; both are left with hours to
 * spare, for public holidays are not known here, and clocks may be those of UTC.
 *
 * @source RULES.md, *Time*; incidents.md, invariants 12 and 13
 */
export const peoplesLimits: Limits = {
  warn: { unit: "weekday", hours: 40 },
  otherWay: { unit: "weekday", hours: 72 },
};

/** All other ways together have until this; then a person has it back, with a day of the week left to reach one. */
export const waysLimit: Limit = { unit: "elapsed", hours: 144 };

/** When a limit that began at an instant is over; both ms since the epoch. */
export function over(fromMs: number, { unit, hours }: Limit): number {
  if (unit === "elapsed") return fromMs + hours * hourMs;
  let leftMs = hours * hourMs;
  let atMs = fromMs;
  for (;;) {
    const dayEndsMs = (Math.floor(atMs / dayMs) + 1) * dayMs;
    if (isWeekday(atMs)) {
      if (atMs + leftMs <= dayEndsMs) return atMs + leftMs;
      leftMs -= dayEndsMs - atMs;
    }
    atMs = dayEndsMs;
  }
}

/** The first morning of a weekday after this day. */
export function nextWorkingMorning(fromMs: number): number {
  let beginsMs = (Math.floor(fromMs / dayMs) + 1) * dayMs;
  while (!isWeekday(beginsMs)) beginsMs += dayMs;
  return beginsMs + morningMs;
}

/** The epoch began on a Thursday. */
function isWeekday(epochMs: number): boolean {
  const weekday = (Math.floor(epochMs / dayMs) + 4) % 7;
  return weekday !== 0 && weekday !== 6;
}
