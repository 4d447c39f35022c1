import { afterAll, describe, expect, it } from "vitest";
import { catalogue, type Shipped } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run } from "../worlds/world.ts";
import { shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

const of = (kind: Shipped["kind"]): Shipped[] => catalogue.filter((one) => one.kind === kind);

/** Every rule that a run's system is found to have broken. */
function rulesBroken(run: Run): string[] {
  return [
    ...new Set(run.judged.broken.flatMap(({ primary, attached }) => [primary, ...attached].map(({ rule }) => rule))),
  ];
}

function runAll(name: string, wanted = scenarios): Promise<Run[]> {
  return Promise.all(wanted.map((scenario) => world.run(scenario, shipped(name), { seed: 1 })));
}

describe("a sound system", () => {
  it.each(of("sound").map(({ name }) => name))(
    "%s passes every scenario, and nothing is inconclusive",
    async (name) => {
      const runs = await runAll(name);
      expect(runs.filter(({ judged }) => judged.verdict.kind !== "passed").map(({ scenario }) => scenario.id)).toEqual(
        [],
      );
    },
  );
});

describe("a faulty system", () => {
  it.each(of("faulty").map((one) => [one.name, one.kind === "faulty" ? one.breaks : ""] as const))(
    "%s fails by %s",
    async (name, rule) => {
      const runs = await runAll(name);
      expect(runs.flatMap(rulesBroken)).toContain(rule);
      for (const { judged } of runs) if (judged.broken.length > 0) expect(judged.verdict.kind).toBe("failed");
    },
  );
});

/** incidents.md, invariant 22: false success is impossible to configure. */
describe("a sink", () => {
  it.each(of("sink").map((one) => [one.name, one.kind === "sink" ? one.breaks : ""] as const))(
    "%s is red in every scenario that has a healthy message, and fails by %s",
    async (name, rule) => {
      const healthy = scenarios.filter(({ steps }) =>
        steps.some((step) => step.kind === "sends" && step.defect === undefined),
      );
      expect(healthy.length).toBeGreaterThan(20);
      const runs = await runAll(name, healthy);
      expect(runs.filter(({ judged }) => judged.verdict.kind !== "failed").map(({ scenario }) => scenario.id)).toEqual(
        [],
      );
      expect(runs.flatMap(rulesBroken)).toContain(rule);
    },
  );
});
