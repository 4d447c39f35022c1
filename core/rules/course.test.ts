import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../ledger.ts";
import {
  type Course,
  clockAtLeast,
  course,
  courseReads,
  drainBoundMs,
  isIntegration,
  isSender,
  isSut,
  parametersOf,
  startCourse,
  stepCourse,
  sutOf,
} from "./course.ts";
import {
  at,
  crashed,
  faulted,
  hours,
  type Item,
  ledger,
  paused,
  phase,
  restored,
  resumed,
  run,
  started,
  stopped,
} from "./fixtures.ts";

function courseOf(...items: readonly Item[]): Course {
  const all = startCourse();
  const read = startCourse();
  for (const entry of ledger(...items)) {
    stepCourse(all, entry);
    if (courseReads.includes(entry.kind)) stepCourse(read, entry);
  }
  expect(read).toEqual(all);
  return all;
}

const suts = (...roles: ("integration" | "sender")[]) => ({
  suts: roles.map((role, i) => ({ party: `${role}${i}`, role, hash: "00" })),
});

describe("the course of a run", () => {
  it("is unknown, and without fault, before the first entry", () => {
    const begun = { run: undefined, healMs: undefined, endMs: undefined, endSeq: -1, faultless: true };
    expect(startCourse()).toEqual(begun);
    expect(course.reads).toEqual(courseReads);
  });

  it("has one heal and one end", () => {
    const whole = courseOf(
      at(hours(1)),
      phase("heal"),
      at(hours(2)),
      phase("drain"),
      phase("age"),
      at(hours(3)),
      phase("end"),
    );
    expect(whole).toMatchObject({ healMs: hours(1), endMs: hours(3), endSeq: 5 });
    expect(courseOf(at(hours(1)), phase("drain"))).toMatchObject({ healMs: undefined, endMs: undefined, endSeq: -1 });
  });

  it.each([
    ["a fault that was injected", [faulted()], false],
    ["a fault that reached nothing", [faulted({ outcome: "not-reached" })], true],
    ["a crash of our making", [crashed({ cause: 1 })], false],
    ["a crash of its own", [crashed({ why: "threw" })], true],
    ["a stop", [stopped()], false],
    ["a pause", [paused()], false],
    ["a restored backup", [restored("receiver", 0)], false],
    ["a start", [started(), resumed()], true],
  ] as [string, Item[], boolean][])("knows whether it was faultless: %s", (_, items, faultless) => {
    expect(courseOf(items).faultless).toBe(faultless);
  });

  it("knows who is under test, and as what", () => {
    const both = courseOf(run(suts("sender", "integration")));
    const asked = (of: typeof isSut) => ["sender0", "integration1", "portal"].map((party) => of(both, party));
    expect([asked(isSut), asked(isIntegration), asked(isSender)]).toEqual([
      [true, true, false],
      [false, true, false],
      [true, false, false],
    ]);
    expect(isSut(startCourse(), "integration")).toBe(false);
  });

  it("calls the one that receives the system under test, else the first, else any integration", () => {
    expect(sutOf(courseOf(run(suts("sender", "integration"))))).toBe("integration1");
    expect(sutOf(courseOf(run(suts("sender", "sender"))))).toBe("sender0");
    expect(sutOf(courseOf(run(suts())))).toBe("integration");
    expect(sutOf(startCourse())).toBe("integration");
  });

  it("cannot be judged without its parameters", () => {
    expect(() => parametersOf(startCourse())).toThrow("the ledger has no run entry");
    expect(parametersOf(courseOf()).profile).toBe("default");
  });

  it("gives a channel that is not listed the longest D", () => {
    const channels = [
      { name: "fiks-io", lifeMs: 1, drainMs: 20 },
      { name: "altinn-dispatch", lifeMs: 1, drainMs: 30 },
      { name: "altinn-correspondence", lifeMs: 1, drainMs: 10 },
    ];
    const known = courseOf(run({ parameters: { channels } }));
    const bounds = ["fiks-io", "altinn-dispatch", "altinn-correspondence", "letter"].map((name) =>
      drainBoundMs(known, name),
    );
    expect(bounds).toEqual([20, 30, 10, 30]);
    expect(drainBoundMs(courseOf(run({ parameters: { channels: [] } })), "fiks-io")).toBe(0);
  });

  it("is on a clock as good as its worst", () => {
    const tiers = ["none", "offset", "compressed", "driven"] as const;
    const reached = (worst: (typeof tiers)[number]) => {
      const mixed = courseOf(run({ tierByDomain: { world: "driven", integration: worst } }));
      return tiers.filter((least) => clockAtLeast(mixed, least));
    };
    expect(tiers.map(reached)).toEqual([
      ["none"],
      ["none", "offset"],
      ["none", "offset", "compressed"],
      ["none", "offset", "compressed", "driven"],
    ]);
    expect(clockAtLeast(startCourse(), "driven")).toBe(true);
  });

  it("takes no notice of other entries", () => {
    const other: LedgerEntry = { seq: 0, atMs: 0, by: "world", kind: "doubted", what: "x" };
    const fresh = startCourse();
    stepCourse(fresh, other);
    expect(fresh).toEqual(startCourse());
  });
});
