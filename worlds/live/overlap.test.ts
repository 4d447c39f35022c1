import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { sends, upgrades, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import upgradeRolling from "../../scenarios/upgrades/upgrade-rolling.ts";
import type { Product, Run, SystemUnderTest } from "../world.ts";
import { inMemoryOnly, LiveWorld } from "./live-world.ts";

const world = new LiveWorld();
afterAll(() => world.close());

const linux = process.platform === "linux";
const design = resolve("integrations/correct/store-then-receipt.ts");

/** The starts that asked anything while the second was here and the first had not gone. */
function askedAtOnce({ ledger }: Run): number[] {
  const from = ledger.findIndex((entry) => entry.kind === "started" && entry.incarnation === 2);
  const to = ledger.findIndex((entry) => entry.kind === "upgraded");
  const asked = ledger
    .slice(from, to)
    .flatMap((entry) => (entry.kind === "asked" || entry.kind === "idle" ? [entry.incarnation ?? 0] : []));
  return [...new Set(asked)].sort();
}

/** A design of ours on a clock of its own, as any program is. */
function product(over: Partial<Product>): SystemUnderTest {
  return {
    name: "rolled-out",
    role: "integration",
    module: design,
    product: {
      command: [process.execPath, resolve("bin/komfrem.mjs"), "host", design],
      channels: ["altinn-correspondence"],
      folder: resolve("."),
      environment: {},
      time: { tier: "compressed", dayTakesMs: 1200, pollIntervalMs: 50 },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 800,
      readyWithinMs: 20_000,
      keepsElsewhere: false,
      runsAtOnce: 1,
      ...over,
    },
  };
}

const rollout: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "rollout",
  title: "One version takes over from another while mail comes",
  because: "For a while both run on the same data.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  channels: ["altinn-correspondence"],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true } }),
    upgrades({ overlap: { hours: 12 } }),
    waits({ hours: 6 }),
    sends("B", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true } }),
    waits({ days: 1 }),
  ],
  faults: [],
  mustHold: ["no-loss", "one-case"],
};

describe.runIf(linux)("two versions at once over sockets", () => {
  it("are told apart, on our clock", async () => {
    const run = await world.run(
      upgradeRolling,
      { name: "correct/store-then-receipt", role: "integration", module: design },
      { seed: 1 },
    );
    expect(run.judged.verdict).toMatchObject({ kind: "passed" });
    expect(askedAtOnce(run)).toEqual([1, 2]);
  });

  it("are told apart on a clock of their own, where the config says that they may be", async () => {
    expect(inMemoryOnly(rollout, product({}))).toMatch(/overlaps/);
    const run = await world.run(rollout, product({ overlaps: true }), { seed: 1 });
    expect(run.judged.verdict).toMatchObject({ kind: "passed" });
    expect(askedAtOnce(run)).toEqual([1, 2]);
  });
});
