import { afterAll, describe, expect, it } from "vitest";
import type { LedgerEntry } from "../core/ledger.ts";
import type { Scenario } from "../core/scenario.ts";
import { restores, sends, strains, waits } from "../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest, World } from "../worlds/world.ts";
import { scenario, shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
const live = new LiveWorld();
afterAll(() => Promise.all([world.close(), live.close()]));
const worlds: [string, World][] = [
  ["in memory", world],
  ["over sockets", live],
];

const pair = (first: string, next: string): SystemUnderTest => ({ ...shipped(first), next: shipped(next).module });
const perform = (of: Scenario, sut: SystemUnderTest): Promise<Run> => world.run(of, sut, { seed: 1 });
const head = ({ ledger }: Run): Extract<LedgerEntry, { kind: "run" }> =>
  ledger.find((entry) => entry.kind === "run") as Extract<LedgerEntry, { kind: "run" }>;
const broken = ({ judged }: Run): string[] => judged.broken.map(({ primary }) => `${primary.rule} ${primary.delivery}`);

const lostElsewhere = ({ judged }: Run): string[] =>
  judged.elsewhere.filter(({ rule }) => rule === "no-loss").map(({ delivery, blames }) => `${delivery} by ${blames}`);

const receiptThenInbox = pair("correct/store-then-receipt", "correct/inbox-first");

describe("two versions over one store", () => {
  it.each(["upgrade-in-flight", "upgrade-rolling", "upgrade-receiver-down"])(
    "of sound designs pass %s where the next one owes nothing to a store it does not know",
    async (id) => {
      const run = await perform(scenario(id), receiptThenInbox);
      expect(run.judged.verdict).toEqual({ kind: "passed" });
      expect(new Set(head(run).suts.map(({ hash }) => hash)).size).toBe(2);
    },
  );

  it.each(worlds)("lose, %s, what waits in an inbox that is rolled back to a version without one", async (_, there) => {
    const run = await there.run(scenario("upgrade-rolled-back"), receiptThenInbox, { seed: 1 });
    expect(broken(run)).toEqual(["no-false-receipt first", "no-false-receipt next"]);
  });

  it("are one where there is no next version, or no upgrade", async () => {
    const alone = await perform(scenario("upgrade-in-flight"), shipped("correct/inbox-first"));
    expect(head(alone).suts).toHaveLength(1);
    expect(alone.ledger.filter(({ kind }) => kind === "upgraded")).toHaveLength(1);
    const unasked = await perform(scenario("stopped-and-started"), receiptThenInbox);
    expect(head(unasked).suts).toHaveLength(1);
  });

  it("read the queues side by side where they overlap, and nobody counts as down", async () => {
    const { ledger } = await perform(scenario("upgrade-rolling"), receiptThenInbox);
    const [started, upgraded] = ["started", "upgraded"].map((kind) => ledger.findLast((entry) => entry.kind === kind));
    expect((upgraded?.atMs ?? 0) - (started?.atMs ?? 0)).toBeGreaterThanOrEqual(10 * 60_000);
    expect(ledger.filter(({ kind }) => kind === "stopped")).toEqual([]);
    const between = ledger
      .slice(started?.seq, upgraded?.seq)
      .filter((entry) => entry.kind === "asked" && entry.asker === "integration");
    expect(new Set(between.map(({ incarnation }) => incarnation))).toEqual(new Set([1, 2]));
  });

  it("give the same ledger from the same seed", async () => {
    const [one, other] = await Promise.all([1, 2].map(() => perform(scenario("upgrade-rolling"), receiptThenInbox)));
    expect(one?.hash).toBe(other?.hash);
  });
});

describe("a restored backup", () => {
  const waiting: Scenario = {
    schema: "komfrem.scenario/v1",
    id: "restored-while-waiting",
    title: "Restored while confirmed messages wait",
    because: "What was confirmed since the backup stands nowhere else.",
    origin: "docs/adr/0024",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps: [
      waits({ hours: 2 }),
      strains("locked", { hours: 2 }),
      sends("A", fjordvik.number),
      waits({ minutes: 10 }),
      restores("integration", { hours: 1 }, { minutes: 5 }),
      waits({ hours: 3 }),
    ],
    faults: [],
    mustHold: ["no-loss"],
  };

  it.each(worlds)(
    "breaks the chain, %s, by nobody's doing, where what was confirmed can be had from nobody",
    async (_, there) => {
      const run = await there.run(waiting, shipped("correct/inbox-first"), { seed: 1 });
      expect(run.judged.verdict).toEqual({ kind: "passed" });
      expect(run.judged.outcomes.get("A")).toBe("lost");
      expect(lostElsewhere(run)).toEqual(["A by configuration"]);
    },
  );

  it("takes nothing from a design that confirms only what the receiver has", async () => {
    const run = await perform(waiting, shipped("correct/store-then-receipt"));
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.judged.outcomes.get("A")).toBe("registered");
  });

  it("of the receiver is the receiver's to answer for", async () => {
    const run = await perform(scenario("receiver-restored"), shipped("correct/store-then-receipt"));
    expect(lostElsewhere(run)).toEqual(["morning by receiver"]);
  });
});
