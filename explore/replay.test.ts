import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import type { Surveyed } from "../worlds/world.ts";
import type { Explored } from "./explored.ts";
import type { Kept, Regression } from "./regressions.ts";
import { replayed, replayedAll } from "./replay.ts";
import { drawnRun, key, regressionOf, surveyedWith } from "./surveyed.fixture.ts";

const kept = (more: Partial<Regression> = {}): Kept => ({
  path: "/there/one.json",
  regression: { ...regressionOf(drawnRun(6), "no-loss"), ...more },
});

/** A system that comes to these, one performance after the other. */
function comesTo(...all: (Surveyed | HarnessError)[]): Explored {
  let nth = 0;
  const survey = async (): Promise<Surveyed> => {
    const one = all[Math.min(nth++, all.length - 1)];
    if (one === undefined || one instanceof HarnessError) throw one;
    return one;
  };
  return {
    name: key.system,
    role: key.role,
    seed: 1,
    width: 2,
    inMemory: true,
    performable: (scenario) => scenario,
    survey,
    run: () => expect.unreachable(),
  };
}

const struck = (outcome: "injected" | "not-reached"): Partial<Surveyed> => ({
  reached: {
    exchanges: [],
    beforeHeal: 0,
    changes: [],
    faults: [{ faultId: "f1", boundary: "receiver.register(A)/1:done", outcome }],
  },
});
const came = (hash: string, ...rules: Regression["rule"][]): Surveyed => surveyedWith(rules, { hash: hash.repeat(64) });

describe("a regression, replayed", () => {
  it("FAILED where the same rule is broken, be it after another", async () => {
    expect(await replayed(kept(), comesTo(came("a", "no-loss")))).toMatchObject({ status: "FAILED" });
    const { broken, ...rest } = came("a", "one-case", "no-loss");
    const [first, second] = broken;
    if (first === undefined || second === undefined) throw new Error("two were broken");
    const attached: Surveyed = { ...rest, broken: [{ ...first, attached: [second.primary] }] };
    const now = await replayed(kept(), comesTo(attached));
    expect([now.status, now.because]).toEqual(["FAILED", undefined]);
  });

  it("FAILED, by another rule, is said", async () => {
    expect(await replayed(kept(), comesTo(came("a", "one-case")))).toMatchObject({
      status: "FAILED",
      because: "It no longer breaks no-loss, but one-case.",
    });
  });

  it("FIXED where it passes and every fault that struck then strikes now", async () => {
    expect(await replayed(kept({ injected: ["f1"] }), comesTo(surveyedWith([], struck("injected"))))).toMatchObject({
      status: "FIXED",
    });
  });

  it("STALE where it passes because a fault is not reached any more, but FAILED where it fails all the same", async () => {
    const regression = kept({ injected: ["f1"] });
    const passes = await replayed(regression, comesTo(surveyedWith([], struck("not-reached"))));
    expect(passes).toMatchObject({ status: "STALE", because: expect.stringContaining('"f1"') });
    const fails = await replayed(regression, comesTo(surveyedWith(["no-loss"], struck("not-reached"))));
    expect(fails.status).toBe("FAILED");
  });

  it("is performed three times over sockets, where no two are alike, and said how often it was reproduced", async () => {
    const overSockets = (...all: Surveyed[]): Explored => ({ ...comesTo(...all), inMemory: false });
    const once = await replayed(kept(), overSockets(came("a"), came("b", "no-loss"), came("c")));
    expect(once).toMatchObject({ status: "FAILED", because: "Reproduced 1 of 3." });
    expect(once.surveyed?.hash).toBe("b".repeat(64));
    expect(await replayed(kept(), overSockets(came("a"), came("b"), came("c")))).toMatchObject({
      status: "FIXED",
      because: "Reproduced 0 of 3.",
    });
    const open = surveyedWith([], { verdict: "inconclusive", because: "it never came to rest" });
    expect(await replayed(kept(), overSockets(came("a"), open, came("c")))).toMatchObject({
      status: "STALE",
      because: "Reproduced 0 of 3. Inconclusive: it never came to rest.",
    });
  });

  it("STALE where it cannot be judged or performed", async () => {
    const undecided = surveyedWith([], { verdict: "inconclusive", because: "nothing was sent" });
    expect(await replayed(kept(), comesTo(undecided))).toMatchObject({
      status: "STALE",
      because: "Inconclusive: nothing was sent.",
    });
    const unknown = new HarnessError({ happened: "No run.", because: "There is no party x.", next: "Mend." });
    const now = await replayed(kept(), comesTo(unknown));
    expect([now.status, now.because, now.surveyed]).toEqual([
      "STALE",
      "It could not be performed: No run. There is no party x.",
      undefined,
    ]);
  });

  it("FLAKY where it fails in some of three, and where it fails in another way each time", async () => {
    expect(await replayed(kept(), comesTo(came("a"), came("b", "no-loss"), came("a")))).toMatchObject({
      status: "FLAKY",
      because: "Performed 3 times it came out in 2 ways, and broke no-loss in 1.",
    });
    const always = comesTo(came("a", "no-loss"), came("b", "no-loss"), came("c", "no-loss"));
    expect(await replayed(kept(), always)).toMatchObject({
      status: "FLAKY",
      because: "Performed 3 times it came out in 3 ways, and broke no-loss in 3.",
    });
  });

  it("several stand in the order they were given in", async () => {
    const all = [3, 1, 2].map((tookMs) => kept({ tookMs }));
    const now = await replayedAll(all, comesTo(came("a", "no-loss")));
    expect(now.map(({ regression }) => regression.tookMs)).toEqual([3, 1, 2]);
  });
});
