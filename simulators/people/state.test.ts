import { describe, expect, it } from "vitest";
import { dayMs, hourMs, osloEpochMs, osloLocal } from "../../core/calendar.ts";
import { type Absence, lastLook, nextLook, previousLook } from "./state.ts";

const at = osloEpochMs;
const absence = (from: string, until: string, deputy?: string): Absence => ({
  fromMs: at(from),
  untilMs: at(until),
  deputy,
});
const last = (
  local: string,
  absences: Record<string, readonly Absence[]> = {},
  counts: (who: string, atMs: number) => boolean = () => true,
): string => {
  const look = lastLook({ name: "Per", looksEveryMs: hourMs }, new Map(Object.entries(absences)), at(local), counts);
  return look === undefined ? "never" : `${look.who} ${osloLocal(look.atMs)}`;
};

describe("nextLook", () => {
  it.each([
    ["2023-05-08T07:59:59", "2023-05-08T08:00:00"],
    ["2023-05-08T08:00:00", "2023-05-08T09:00:00"],
    ["2023-05-08T15:00:00", "2023-05-09T08:00:00"],
    ["2023-05-12T15:30:00", "2023-05-15T08:00:00"],
    ["2023-05-16T16:00:00", "2023-05-19T08:00:00"],
  ])("after %s is %s", (after, look) => {
    expect(osloLocal(nextLook(at(after), hourMs))).toBe(look);
  });

  it.each([
    ["2023-05-08T07:59:59", "2023-05-08T08:00:00"],
    ["2023-05-08T08:00:00", "2023-05-15T08:00:00"],
    ["2023-05-27T12:00:00", "2023-05-30T08:00:00"],
  ])("of somebody who looks once a week after %s is %s", (after, look) => {
    expect(osloLocal(nextLook(at(after), 7 * dayMs))).toBe(look);
  });
});

describe("previousLook", () => {
  it.each([
    ["2023-05-08T08:00:00", "2023-05-08T08:00:00"],
    ["2023-05-08T09:59:59", "2023-05-08T09:00:00"],
    ["2023-05-08T16:00:00", "2023-05-08T15:00:00"],
    ["2023-05-09T07:59:59", "2023-05-08T15:00:00"],
    ["2023-05-18T12:00:00", "2023-05-16T15:00:00"],
  ])("at %s is %s", (local, look) => {
    expect(osloLocal(previousLook(at(local), hourMs))).toBe(look);
  });

  it("is the look that nextLook led to, however often somebody looks", () => {
    for (const every of [hourMs / 3, 5 * hourMs, dayMs, 3 * dayMs, 7 * dayMs, 30 * dayMs])
      for (let look = nextLook(at("2023-03-20T12:00:00"), every), n = 0; n < 20; n += 1) {
        const next = nextLook(look, every);
        expect([previousLook(next, every), previousLook(next - 1, every)]).toEqual([next, look]);
        look = next;
      }
  });
});

describe("lastLook", () => {
  it("is the person's own while they are there", () => {
    expect(last("2023-07-10T12:30:00")).toBe("Per 2023-07-10T12:00:00");
  });

  it("is from before the holiday where nobody stands in", () => {
    const away = { Per: [absence("2023-07-03T10:00:00", "2023-08-01T10:00:00")] };
    expect(last("2023-07-20T12:30:00", away)).toBe("Per 2023-07-03T09:00:00");
    expect(last("2023-08-01T10:00:00", away)).toBe("Per 2023-08-01T10:00:00");
  });

  it("is the deputy's where one stands in, but for the time that one is away", () => {
    const away = {
      Per: [absence("2023-07-03T10:00:00", "2023-08-01T10:00:00", "Nils")],
      Nils: [absence("2023-07-10T08:00:00", "2023-07-31T08:00:00")],
    };
    expect(last("2023-07-07T12:30:00", away)).toBe("Nils 2023-07-07T12:00:00");
    expect(last("2023-07-20T12:30:00", away)).toBe("Nils 2023-07-07T15:00:00");
    expect(last("2023-07-31T12:30:00", away)).toBe("Nils 2023-07-31T12:00:00");
  });

  it("is the person's own where the deputy's does not count", () => {
    const away = { Per: [absence("2023-07-03T10:00:00", "2023-08-01T10:00:00", "Nils")] };
    expect(last("2023-07-20T12:30:00", away, (who) => who === "Per")).toBe("Per 2023-07-03T09:00:00");
  });

  it("is none where none has counted yet", () => {
    const since = at("2023-07-10T12:30:00");
    expect(last("2023-07-10T12:45:00", {}, (_, atMs) => atMs >= since)).toBe("never");
    expect(last("2023-07-10T13:00:00", {}, (_, atMs) => atMs >= since)).toBe("Per 2023-07-10T13:00:00");
  });

  it("goes by the absence that was told of last", () => {
    const away = {
      Per: [
        absence("2023-07-03T10:00:00", "2023-08-01T10:00:00"),
        absence("2023-07-04T10:00:00", "2023-07-04T12:00:00"),
      ],
    };
    expect(last("2023-07-04T11:30:00", away)).toBe("Per 2023-07-03T09:00:00");
    expect(last("2023-07-04T12:30:00", away)).toBe("Per 2023-07-04T12:00:00");
  });
});
