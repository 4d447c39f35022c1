import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dayMs, hourMs } from "./calendar.ts";
import { deadlines, dueMs, timetable } from "./deadlines.ts";

const monday = timetable("2023-06-05T10:00:00+02:00");
const beforeEaster = timetable("2023-04-05T10:00:00+02:00");

describe("deadlines", () => {
  it("warn after two working days, but at most a quarter of the copy's life", () => {
    expect(dueMs(monday, deadlines.warn, 0, 30 * dayMs)).toBe(2 * dayMs);
    expect(dueMs(monday, deadlines.warn, 0, 24 * hourMs)).toBe(6 * hourMs);
    expect(dueMs(monday, deadlines.warn, 0)).toBe(2 * dayMs);
  });

  it("warn later in Easter week: from Wednesday not until the next Wednesday", () => {
    expect(dueMs(beforeEaster, deadlines.warn, 0, 60 * dayMs)).toBe(7 * dayMs);
    expect(dueMs(beforeEaster, deadlines.warn, hourMs, 60 * dayMs)).toBe(7 * dayMs + hourMs);
    expect(dueMs(beforeEaster, deadlines.warn, 0, 14 * dayMs)).toBe(3.5 * dayMs);
  });

  it("escalate after seven days, but at most half a life", () => {
    expect(dueMs(monday, deadlines.escalate, 0, 30 * dayMs)).toBe(7 * dayMs);
    expect(dueMs(monday, deadlines.escalate, 0, 10 * dayMs)).toBe(5 * dayMs);
  });

  it("escalate with the margin left before the life is over, however short it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * dayMs }), (lifeMs) => {
        expect(dueMs(monday, deadlines.escalate, 0, lifeMs) + deadlines.margin.ofLife * lifeMs).toBeLessThan(lifeMs);
      }),
    );
  });

  it("are the documented ones", () => {
    const of = (
      limit: (typeof deadlines)["act" | "reader" | "readingPerson" | "reconcile" | "report" | "heal" | "lock"],
    ) => dueMs(monday, limit, 0);
    expect([
      of(deadlines.reader),
      of(deadlines.readingPerson),
      of(deadlines.act),
      of(deadlines.reconcile),
      of(deadlines.report),
      of(deadlines.heal),
      of(deadlines.lock),
    ]).toEqual([24 * hourMs, 3 * dayMs, 7 * dayMs, 24 * hourMs, 24 * hourMs, hourMs, hourMs / 12]);
  });
});
