import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addDuration,
  addWorkingDays,
  civilDayOf,
  dayMs,
  dayNumberOf,
  easterSunday,
  hourMs,
  isHoliday,
  isWorkingDay,
  osloEpochMs,
  osloInstant,
  osloLocal,
  osloMidnight,
  parseRfc3339,
  rfc3339,
  weekdayOf,
  workingMsBetween,
} from "./calendar.ts";
import { HarnessError } from "./error.ts";

const day = (text: string): number => {
  const [year = 0, month = 0, date = 0] = text.split("-").map(Number);
  return dayNumberOf({ year, month, day: date });
};
const inTime = fc.integer({ min: Date.UTC(1996, 0, 2), max: Date.UTC(2100, 0, 1) });

describe("the civil calendar", () => {
  it("agrees with the platform on every day from 1996 to 2100", () => {
    for (let n = day("1996-01-01"); n <= day("2100-12-31"); n++) {
      const platform = new Date(n * dayMs);
      expect([civilDayOf(n), weekdayOf(n)]).toEqual([
        { year: platform.getUTCFullYear(), month: platform.getUTCMonth() + 1, day: platform.getUTCDate() },
        platform.getUTCDay(),
      ]);
      expect(dayNumberOf(civilDayOf(n))).toBe(n);
    }
  });
});

describe("public holidays", () => {
  it.each([
    [1998, 4, 12],
    [2008, 3, 23],
    [2018, 4, 1],
    [2019, 4, 21],
    [2023, 4, 9],
    [2024, 3, 31],
    [2025, 4, 20],
    [2038, 4, 25],
    [2049, 4, 18],
    [2076, 4, 19],
  ])("has Easter Sunday %i on its published date", (year, month, date) => {
    expect(easterSunday(year)).toEqual({ year, month, day: date });
  });

  it("has exactly the twelve of 2023", () => {
    const found: string[] = [];
    for (let n = day("2023-01-01"); n <= day("2023-12-31"); n++)
      if (isHoliday(n)) found.push(rfc3339(osloMidnight(n)).slice(5, 10));
    expect(found).toEqual([
      "01-01",
      "04-06",
      "04-07",
      "04-09",
      "04-10",
      "05-01",
      "05-17",
      "05-18",
      "05-28",
      "05-29",
      "12-25",
      "12-26",
    ]);
  });

  it("works neither Saturdays, Sundays nor holidays, but on Christmas Eve", () => {
    expect([
      isWorkingDay(day("2024-12-21")),
      isWorkingDay(day("2024-12-22")),
      isWorkingDay(day("2024-12-23")),
      isWorkingDay(day("2024-12-24")),
      isWorkingDay(day("2024-12-25")),
    ]).toEqual([false, false, true, true, false]);
  });
});

describe("Oslo time", () => {
  it.each([
    ["2023-03-26T01:59:59", "2023-03-26T00:59:59Z"],
    ["2023-03-26T03:00:00", "2023-03-26T01:00:00Z"],
    ["2023-10-29T01:59:59", "2023-10-28T23:59:59Z"],
    ["2023-10-29T03:00:00", "2023-10-29T02:00:00Z"],
    ["2023-07-01T12:00:00", "2023-07-01T10:00:00Z"],
    ["2024-02-29T12:00:00", "2024-02-29T11:00:00Z"],
  ])("reads %s as %s, and writes it back", (local, utc) => {
    expect(osloInstant(local)).toEqual({ kind: "once", epochMs: Date.parse(utc) });
    expect(osloLocal(Date.parse(utc))).toBe(local);
  });

  it("says that half past two is skipped in March, and reads it by the offset before", () => {
    expect(osloInstant("2023-03-26T02:30:00")).toEqual({
      kind: "skipped",
      epochMs: Date.parse("2023-03-26T01:30:00Z"),
    });
    expect(osloLocal(osloEpochMs("2023-03-26T02:30:00"))).toBe("2023-03-26T03:30:00");
  });

  it("says that half past two passes twice in October, and takes the first", () => {
    const firstMs = Date.parse("2023-10-29T00:30:00Z");
    expect(osloInstant("2023-10-29T02:30:00")).toEqual({ kind: "twice", firstMs, secondMs: firstMs + hourMs });
    expect(osloEpochMs("2023-10-29T02:30:00")).toBe(firstMs);
  });

  it("agrees with the time zone database at every instant", () => {
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: "Europe/Oslo",
      dateStyle: "short",
      timeStyle: "medium",
    });
    fc.assert(
      fc.property(inTime, (at) => {
        const whole = at - (at % 1000);
        expect(osloLocal(whole)).toBe(format.format(whole).replace(" ", "T"));
      }),
    );
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(inTime, (at) => {
        expect(parseRfc3339(rfc3339(at))).toBe(at);
        const instant = osloInstant(osloLocal(at));
        expect(instant.kind === "twice" ? [instant.firstMs, instant.secondMs] : [instant.epochMs]).toContain(at);
      }),
    );
  });

  it("prints RFC 3339 with Oslo's offset, decimals only where there are any", () => {
    expect(rfc3339(Date.parse("2023-05-08T06:00:00Z"))).toBe("2023-05-08T08:00:00+02:00");
    expect(rfc3339(Date.parse("2023-01-08T06:00:00.007Z"))).toBe("2023-01-08T07:00:00.007+01:00");
  });

  it("reads RFC 3339 with any offset", () => {
    expect(parseRfc3339("2023-05-08T06:00:00.1234Z")).toBe(Date.parse("2023-05-08T06:00:00.123Z"));
    expect(parseRfc3339("2023-05-08T01:30:00-04:30")).toBe(Date.parse("2023-05-08T06:00:00Z"));
  });

  it.each([
    "2023-02-29T00:00:00",
    "2023-13-01T00:00:00",
    "2023-04-31T00:00:00",
    "2023-01-00T00:00:00",
    "2023-01-01T24:00:00",
    "2023-01-01",
    "2023-01-01T00:00:00Z",
  ])("refuses %s as a local time", (text) => {
    expect(() => osloInstant(text)).toThrow(SyntaxError);
  });

  it.each(["2023-05-08T08:00:00", "2023-05-08T08:00:00+24:00", "2023-02-30T08:00:00Z"])(
    "refuses %s as RFC 3339",
    (text) => {
      expect(() => parseRfc3339(text)).toThrow(SyntaxError);
    },
  );

  it("begins its days at midnight, on the days the clock changes too", () => {
    for (const date of ["2023-03-25", "2023-03-26", "2023-03-27", "2023-10-28", "2023-10-29", "2023-10-30"])
      expect(osloLocal(osloMidnight(day(date)))).toBe(`${date}T00:00:00`);
  });

  it("says which years it knows", () => {
    expect(() => rfc3339(Date.UTC(1995, 5, 1))).toThrow(HarnessError);
  });
});

describe("working days", () => {
  const at = osloEpochMs;
  it("are not two from the Wednesday before Easter until the Tuesday after, but on the Wednesday", () => {
    const wednesday = at("2023-04-05T10:00:00");
    expect(workingMsBetween(wednesday, at("2023-04-11T10:00:00"))).toBe(dayMs);
    expect(rfc3339(addWorkingDays(wednesday, 2))).toBe("2023-04-12T10:00:00+02:00");
  });

  it.each([
    ["an ordinary Monday", "2023-06-05T10:00:00", 2, "2023-06-07T10:00:00+02:00"],
    ["right after midnight", "2023-06-05T00:30:00", 1, "2023-06-06T00:30:00+02:00"],
    ["right before midnight", "2023-06-09T23:30:00", 1, "2023-06-12T23:30:00+02:00"],
    ["over a week-end", "2023-06-09T16:00:00", 1, "2023-06-12T16:00:00+02:00"],
    ["from a Saturday, as from Monday's midnight", "2023-06-10T10:00:00", 1, "2023-06-13T00:00:00+02:00"],
    ["over the clock change, at the same time of day", "2023-03-24T10:00:00", 1, "2023-03-27T10:00:00+02:00"],
    ["over 1 and 17 May", "2023-04-28T12:00:00", 12, "2023-05-19T12:00:00+02:00"],
    ["over Christmas and New Year", "2024-12-23T12:00:00", 5, "2025-01-02T12:00:00+01:00"],
    ["none", "2023-06-10T10:00:00", 0, "2023-06-10T10:00:00+02:00"],
  ])("are added %s", (_, from, days, to) => {
    expect(rfc3339(addWorkingDays(at(from), days))).toBe(to);
  });

  it("are measured as they are added", () => {
    fc.assert(
      fc.property(inTime, fc.integer({ min: 0, max: 60 }), (from, days) => {
        const to = addWorkingDays(from, days);
        expect(workingMsBetween(from, to)).toBe(days * dayMs);
        if (days > 0) expect(workingMsBetween(from, to - 1)).toBe(days * dayMs - 1);
      }),
    );
  });

  it("measure nothing backwards", () => {
    expect(workingMsBetween(at("2023-06-06T10:00:00"), at("2023-06-05T10:00:00"))).toBe(0);
  });

  it("differ from elapsed time in a duration", () => {
    const friday = at("2023-06-09T16:00:00");
    expect(addDuration(friday, { unit: "elapsed", ms: 2 * dayMs })).toBe(friday + 2 * dayMs);
    expect(addDuration(friday, { unit: "working", days: 2 })).toBe(at("2023-06-13T16:00:00"));
  });
});
