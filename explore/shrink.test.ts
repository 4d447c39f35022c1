import { describe, expect, it } from "vitest";
import type { RuleId } from "../core/rule.ts";
import type { Scenario, Step } from "../core/scenario.ts";
import { fault, resends, sends, unreachable, waits } from "../core/scenario-verbs.ts";
import type { Surveyed } from "../worlds/world.ts";
import { drawnScenario } from "./draw/scenario.ts";
import type { Explored } from "./explored.ts";
import { shrink } from "./shrink.ts";
import { sizeOf } from "./size.ts";

const rule: RuleId = "no-loss";

/** A system that breaks the rule wherever a scenario is like this, and reaches one exchange a message. */
function breaking(like: (scenario: Scenario) => boolean, width = 1): { explored: Explored; tried: string[] } {
  const tried: string[] = [];
  const survey = async (scenario: Scenario): Promise<Surveyed> => {
    tried.push(JSON.stringify(scenario));
    const labels = scenario.steps.flatMap((step) => (step.kind === "sends" ? [step.label] : []));
    const finding = { rule, blames: "integration", happened: "", because: "", next: "", entries: [] };
    const fails = like(scenario);
    return {
      verdict: fails ? "failed" : "passed",
      broken: fails ? [{ delivery: labels.at(-1) ?? "morning-1", primary: finding, attached: [] }] : [],
      hash: "",
      reached: {
        exchanges: labels.map((label) => `receiver.register(${label})/1`),
        beforeHeal: labels.length,
        faults: scenario.faults.map(({ id, at }) => ({ faultId: id, boundary: at, outcome: "injected" })),
        changes: [],
      },
      tookMs: 1,
    };
  };
  const run = (): never => {
    throw new Error("not needed here");
  };
  return {
    explored: {
      name: "mine",
      role: "integration",
      seed: 1,
      width,
      inMemory: true,
      performable: (one) => one,
      survey,
      run,
    },
    tried,
  };
}

const big = drawnScenario({ role: "integration", channels: ["fiks-io"] }, 3, 8);
const kinds = ({ steps }: Scenario): string[] => steps.map(({ kind }: Step) => kind);

describe("shrinking", () => {
  it("leaves one plain message where nothing else is needed", async () => {
    const { explored } = breaking(() => true);
    const { scenario } = await shrink(big, explored, { rule });
    expect(sizeOf(big)).toBeGreaterThan(8);
    expect(scenario.steps).toEqual([sends("A", scenario.municipalities[0]?.number ?? "", { district: "01" })]);
    expect(scenario.faults).toEqual([]);
    expect(scenario.switches).toEqual({});
    expect(scenario.startsAt).toBe("2023-05-08T08:00:00");
  });

  it("keeps what is needed, and merges waits into one of the usual length", async () => {
    const needs = (scenario: Scenario): boolean => {
      const steps = kinds(scenario);
      const between = scenario.steps
        .slice(steps.indexOf("sends"), steps.indexOf("resends"))
        .reduce((sum, step) => sum + (step.kind === "waits" ? step.ms : 0), 0);
      return steps.includes("resends") && between >= 3_600_000;
    };
    const scenario: Scenario = {
      ...big,
      steps: [
        sends("x", "4690"),
        waits({ minutes: 50 }),
        sends("y", "4690"),
        waits({ minutes: 70 }),
        resends("x"),
        waits({ days: 3 }),
      ],
    };
    const { explored } = breaking(needs);
    const shrunk = await shrink(scenario, explored, { rule });
    expect(kinds(shrunk.scenario)).toEqual(["sends", "waits", "resends"]);
    expect(sizeOf(shrunk.scenario)).toBe(3);
  });

  it("has the receiver out of reach, and a sound message, where both together show the same in less", async () => {
    const like = ({ steps }: Scenario): boolean => {
      const sent = steps.find(({ kind }) => kind === "sends");
      const cutOff = steps.flatMap((step) => (step.kind === "unreachable" ? [step.party] : []));
      if (sent?.kind !== "sends" || steps.at(-1)?.kind !== "waits") return false;
      return sent.defect === undefined
        ? cutOff.includes("receiver")
        : cutOff.includes("maskinporten") && steps[0]?.kind === "waits";
    };
    const hour = { hours: 1 };
    const astray = sends("x", "4690", { defect: "missing-field" });
    const scenario: Scenario = {
      ...big,
      steps: [waits(hour), unreachable("maskinporten", hour), astray, waits(hour)],
      faults: [],
    };
    const shrunk = await shrink(scenario, breaking(like).explored, { rule });
    expect(kinds(shrunk.scenario)).toEqual(["unreachable", "sends", "waits"]);
  });

  it("has faults at one attempt after the other as one fault that strikes so often", async () => {
    const at = (attempt: string): string => `receiver.register(A)/${attempt}:asked`;
    const reset = { kind: "reset" } as const;
    const like = ({ faults }: Scenario): boolean =>
      faults.reduce((sum, one) => sum + (one.times ?? 1), 0) === 3 && faults.every(({ does }) => does.kind === "reset");
    const scenario: Scenario = {
      ...big,
      steps: [sends("A", "4690")],
      faults: ["1", "2", "3"].map((nth) => fault(at(nth), reset)),
    };
    const shrunk = await shrink(scenario, breaking(like).explored, { rule });
    expect(shrunk.scenario.faults).toEqual([{ ...fault(at("1"), reset), at: at("*"), times: 3 }]);
    expect(sizeOf(shrunk.scenario)).toBe(2);
  });

  it("takes a message that nothing refers to any more out with what referred to it", async () => {
    const scenario: Scenario = {
      ...big,
      steps: [sends("x", "4690"), sends("y", "4690", { twinOf: "x" }), resends("x")],
    };
    const { explored, tried } = breaking(({ steps }) =>
      steps.some((step) => step.kind === "sends" && step.label === "y"),
    );
    await shrink(scenario, explored, { rule });
    for (const text of tried) {
      const { steps } = JSON.parse(text) as Scenario;
      const sent = steps.flatMap((step) => (step.kind === "sends" ? [step.label] : []));
      for (const step of steps) if (step.kind === "resends") expect(sent).toContain(step.label);
    }
  });

  it("puts the fault where one message alone shows the same", async () => {
    const crash = { kind: "crash", class: "process", survives: "none" } as const;
    const like = ({ steps, faults }: Scenario): boolean =>
      (steps.length > 3 && faults.some(({ at }) => at.startsWith("maskinporten"))) ||
      faults.some(({ at }) => at === "receiver.register(x)/1:done" || at === "receiver.register(A)/1:done");
    const scenario: Scenario = {
      ...big,
      steps: [sends("w", "4690"), waits({ hours: 1 }), sends("x", "4690"), waits({ hours: 1 })],
      faults: [fault("maskinporten.grant(start)/1:asked", crash)],
    };
    const { explored } = breaking(like);
    const shrunk = await shrink(scenario, explored, { rule });
    expect(shrunk.scenario.faults.map(({ at }) => at)).toEqual(["receiver.register(A)/1:done"]);
    expect(sizeOf(shrunk.scenario)).toBe(2);
  });

  it("comes to the same whatever is tried at once, and changes nothing that is as small as it gets", async () => {
    const like = ({ faults, steps }: Scenario): boolean => faults.length > 0 && steps.length > 1;
    const [one, four] = await Promise.all([1, 4].map((width) => shrink(big, breaking(like, width).explored, { rule })));
    expect(four).toEqual(one);
    const again = await shrink(one?.scenario ?? big, breaking(like).explored, { rule });
    expect(again.scenario).toEqual(one?.scenario);
  });

  it("tries nothing twice, ends where it is told to, and gives back what does not break the rule", async () => {
    const { explored, tried } = breaking(() => true);
    await shrink(big, explored, { rule });
    expect(new Set(tried).size).toBe(tried.length);
    const few = breaking(() => true);
    expect((await shrink(big, few.explored, { rule, mostTries: 3 })).tries).toBeLessThanOrEqual(3);
    expect(await shrink(big, breaking(() => false).explored, { rule })).toMatchObject({ scenario: big, tries: 1 });
  });
});
