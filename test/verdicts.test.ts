import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../core/scenario.ts";
import { catalogue, type Shipped } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { type Run, suits } from "../worlds/world.ts";
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
  const sut = shipped(name);
  return Promise.all(
    wanted.filter((scenario) => suits(scenario, sut)).map((scenario) => world.run(scenario, sut, { seed: 1 })),
  );
}

describe("a scenario", () => {
  it.each(scenarios.filter(({ channels }) => channels !== undefined).map((one) => [one.id, one] as const))(
    "%s offers something on the first of its channels",
    async (_, one) => {
      const name = one.tests === "sender" ? "correct/police-sender" : "correct/store-then-receipt";
      const { ledger } = await world.run(one, shipped(name), { seed: 1 });
      const offered = new Set(ledger.flatMap((entry) => (entry.kind === "offered" ? [entry.channel] : [])));
      expect([...offered]).toEqual(
        expect.arrayContaining(one.tests === "sender" ? [one.channels?.[0]] : [...(one.channels ?? [])]),
      );
    },
  );
});

describe("a sound system", () => {
  it("is shipped for both roles", () => {
    expect(
      of("sound")
        .map(({ role }) => role)
        .sort(),
    ).toEqual(["integration", "integration", "integration", "sender"]);
  });

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

/** Flaws in reading mail show where there is mail, those in reading Fiks IO where there is that; a sender's anywhere. */
function whereItShows(name: string): readonly Scenario[] {
  const channel = name.startsWith("faulty/mail-") ? "altinn-correspondence" : "fiks-io";
  return scenarios.filter(({ tests, channels = ["fiks-io"] }) => tests === "sender" || channels.includes(channel));
}

describe("a faulty system", () => {
  it.each(of("faulty").map((one) => [one.name, one.kind === "faulty" ? one.breaks : ""] as const))(
    "%s fails by %s",
    async (name, rule) => {
      const runs = await runAll(name, whereItShows(name));
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
        steps.some((step) => step.kind === "sends" && step.defect === undefined && step.by !== "letter"),
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
