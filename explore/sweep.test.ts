import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import type { Fault } from "../core/fault.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import { Budget } from "./budget.ts";
import type { Explored } from "./explored.ts";
import { scenarioCalled, surveyedWith } from "./surveyed.fixture.ts";
import { type FailedSweep, injectionsAt, runsOf, type SweepOptions, sweep } from "./sweep.ts";

const clean = scenarioCalled("clean");
const register = "receiver.register(A)/1";
const token = "maskinporten.grant(start)/1";
const endless = { budget: new Budget({}, () => 0), pairs: false } satisfies SweepOptions;

/** A run of a system that goes these ways and whose faults all strike, unless said. */
function came(
  { faults }: Scenario,
  exchanges: readonly string[],
  more: Partial<Surveyed> = {},
  outcome: "injected" | "not-reached" | "not-injectable" = "injected",
): Surveyed {
  const reached = {
    exchanges,
    beforeHeal: exchanges.length,
    faults: faults.map(({ id, at }) => ({ faultId: id, boundary: at, outcome })),
    changes: [],
  };
  return surveyedWith([], { reached, ...more });
}

function explored(survey: (scenario: Scenario) => Surveyed | Promise<Surveyed>, width = 2): Explored {
  return {
    name: "mine",
    role: "integration",
    inMemory: true,
    performable: (scenario) => scenario,
    seed: 1,
    width,
    survey: async (scenario) => survey(scenario),
    run: () => Promise.reject(new Error("a sweep only surveys")),
  };
}

const failed = surveyedWith(["no-loss"]);

describe("a sweep's plan", () => {
  it("breaks what the clean run came by, then what is first seen, on top of the fault that showed it", async () => {
    const performed: Scenario[] = [];
    const done = await sweep(
      clean,
      explored((scenario) => {
        performed.push(scenario);
        const resets = scenario.faults.some(({ id }) => id === `reset ${register}:done`);
        return came(scenario, [register, ...(resets ? ["receiver.register(A)/2"] : [])]);
      }),
      endless,
    );
    expect(done.enumerated).toEqual([`${register}:asked`, `${register}:done`, `${register}:told`]);
    expect(done.closure).toEqual(done.enumerated.map((name) => name.replace("/1", "/2")));
    const ways = injectionsAt(done.enumerated).length;
    expect(done.singles).toMatchObject({ planned: 2 * ways, injected: 2 * ways, left: 0 });
    const onTop = performed.filter(({ faults }) => faults.length === 2);
    expect(onTop).toHaveLength(ways);
    expect(new Set(onTop.map(({ faults: [first] }) => first?.id))).toEqual(new Set([`reset ${register}:done`]));
  });

  it("tells all ways to break a boundary apart by name", () => {
    const ids = injectionsAt([`${register}:asked`, `${register}:done`]).flatMap(({ faults }) =>
      faults.map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(`crash power (prefix survives) ${register}:done`);
  });

  it("goes on to a second token, and passes over a third and what a party was asked while it was down", async () => {
    const done = await sweep(
      clean,
      explored((scenario) => {
        const [first] = scenario.faults;
        const more =
          first?.does.kind === "crash"
            ? ["maskinporten.grant(start)/2", "maskinporten.grant(start)/3"]
            : first?.does.kind === "crashParty"
              ? ["receiver.register(A)/2"]
              : [];
        return came(scenario, [register, token, ...more]);
      }),
      endless,
    );
    expect(new Set(done.closure.map((name) => name.slice(0, name.lastIndexOf(":"))))).toEqual(
      new Set(["maskinporten.grant(start)/2"]),
    );
    expect(new Set(done.passedOver.map((name) => name.slice(0, name.lastIndexOf(":"))))).toEqual(
      new Set(["maskinporten.grant(start)/3", "receiver.register(A)/2"]),
    );
  });

  it("is the same whatever run ends first", async () => {
    const late = (scenario: Scenario): Promise<Surveyed> =>
      new Promise((resolve) => {
        const turns = scenario.faults[0]?.does.kind === "refuse" ? 5 : 0;
        const wait = (left: number): void => {
          if (left === 0) resolve(came(scenario, [register], failedUnlessClean(scenario)));
          else setImmediate(wait, left - 1);
        };
        wait(turns);
      });
    const names = async (width: number): Promise<string[]> =>
      (await sweep(clean, explored(late, width), endless)).failed.map(({ name }) => name);
    expect(await names(4)).toEqual(await names(1));
  });
});

function failedUnlessClean({ faults }: Scenario): Partial<Surveyed> {
  return faults.length === 0 ? {} : { verdict: failed.verdict, broken: failed.broken };
}

describe("what a sweep counts", () => {
  it("adds up, with what was not reached, could not be injected and could not be performed by name", async () => {
    const done = await sweep(
      clean,
      explored((scenario) => {
        const [first] = scenario.faults;
        if (first?.does.kind === "repeat")
          throw new HarnessError({ happened: "It did not start.", because: "It is so.", next: "Mend it." });
        const outcome =
          first?.does.kind === "stall" ? "not-reached" : first?.does.kind === "cut" ? "not-injectable" : "injected";
        return came(scenario, [register], {}, outcome);
      }),
      endless,
    );
    const { planned, injected, notReached, notInjectable, notPerformed, left } = done.singles;
    expect(injected + notReached + notInjectable + notPerformed + left).toBe(planned);
    expect(done.notReached).toEqual([`stall ${register}:asked`, `stall ${register}:done`]);
    expect(done.notInjectable).toEqual([`cut after 0 bytes ${register}:done`, `cut after 40 bytes ${register}:done`]);
    expect(done.notPerformed).toEqual([{ name: `repeat ${register}:asked`, because: "It did not start." }]);
    expect([notReached, notInjectable, notPerformed]).toEqual([2, 2, 1]);
    expect([...done.injectedAt.values()].reduce((sum, count) => sum + count, 0)).toBe(injected);
  });

  it("breaks no power where it cannot be cut, and says so without a run", async () => {
    const struck: string[] = [];
    const here = explored((scenario) => {
      struck.push(...scenario.faults.map(({ id }) => id));
      return came(scenario, [register]);
    });
    const done = await sweep(clean, { ...here, inMemory: false }, endless);
    expect(struck).toContain(`crash process ${register}:done`);
    expect(struck.filter((name) => name.includes("power"))).toEqual([]);
    expect(done.notInjectable).toContain(`crash power (none survives) ${register}:done`);
    const [all, some] = [true, false].map((inMemory) => runsOf(done.clean, { ...here, inMemory }));
    expect([all, some]).toEqual([done.singles.planned, done.singles.injected]);
  });

  it("tells of a clean run that fails, and breaks nothing", async () => {
    const found: FailedSweep[] = [];
    const done = await sweep(
      clean,
      explored((scenario) => came(scenario, [register], { verdict: failed.verdict, broken: failed.broken })),
      { ...endless, onFailed: (one) => found.push(one) },
    );
    expect(found).toMatchObject([{ at: 0, faults: [], scenario: clean }]);
    expect(done.singles.planned).toBe(0);
  });

  it("has what was found, and what is left, where somebody ends it", async () => {
    const ends = new AbortController();
    const found: FailedSweep[] = [];
    const done = await sweep(
      clean,
      explored((scenario) => came(scenario, [register], failedUnlessClean(scenario)), 1),
      {
        ...endless,
        signal: ends.signal,
        onFailed: (one) => {
          found.push(one);
          if (found.length === 3) ends.abort();
        },
      },
    );
    expect(done.failed).toHaveLength(3);
    expect(found.map(({ scenario }) => scenario.faults.map(({ id }) => id).join())).toEqual(
      done.failed.map(({ name }) => name),
    );
    expect(done.singles.left).toBe(done.singles.planned - 3);
  });
});

describe("two faults at a time", () => {
  it("come once each where both can strike, and unlike ones first", async () => {
    const seen: (readonly Fault[])[] = [];
    const done = await sweep(
      clean,
      explored((scenario) => {
        if (scenario.faults.length === 2) seen.push(scenario.faults);
        return came(scenario, [register, "receiver.register(B)/1"]);
      }, 1),
      { ...endless, pairs: true },
    );
    const all = (of: (fault: Fault) => string): string[] => seen.map((pair) => pair.map(of).sort().join());
    expect(seen).toHaveLength(done.pairs.planned);
    expect(done.pairs.injected).toBe(done.pairs.planned);
    expect(new Set(all(({ id }) => id)).size).toBe(seen.length);
    expect(seen.filter(([one, other]) => one?.at === other?.at)).toEqual([]);
    expect(all(({ id }) => id)).toContain(`delay 2 s ${register}:asked,reset ${register}:done`);
    expect(all(({ id }) => id)).not.toContain(`refuse ${register}:asked,reset ${register}:done`);
    const cells = all(({ at, does }) => `${at.slice(at.lastIndexOf(":"))} ${does.kind}`);
    const distinct = new Set(cells).size;
    expect(new Set(cells.slice(0, distinct)).size).toBe(distinct);
  });
});
