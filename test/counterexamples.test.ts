import { afterAll, describe, expect, it } from "vitest";
import { counterexampleOf } from "../cli/counterexample.ts";
import { exploredIn } from "../cli/explored.ts";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import { fault, sends, strains, waits } from "../core/scenario-verbs.ts";
import { counterexampleReport } from "../evidence/counterexample.ts";
import { staffOf, village } from "../explore/draw/places.ts";
import { sizeOf } from "../explore/size.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { shipped } from "./systems.ts";

const width = 2;
const world = new SimulatedWorld(width);
afterAll(() => world.close());

const sendsA = sends("A", village.number, { district: "01" });
const small = (steps: Scenario["steps"], faults: Scenario["faults"] = []): Scenario => ({
  schema: "komfrem.scenario/v1",
  id: "small",
  title: "Small",
  because: "It shows one flaw and nothing else.",
  origin: "test/counterexamples.test.ts",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [village],
  people: staffOf([village]),
  switches: {},
  steps,
  faults,
  mustHold: [],
});

type Told = {
  readonly name: string;
  readonly rule: RuleId;
  readonly scenario: Scenario;
  /** What the picture marks: where the handover broke. */
  readonly broke: string;
  /** Kind and exchange of each entry that proves it. */
  readonly proofs: readonly string[];
  /** The lines below "Where it parts from", without their heads. */
  readonly parts: readonly [from: string, both: string, here: string, sound: string];
};

const counterexamples: readonly Told[] = [
  {
    name: "faulty/acks-before-storing",
    rule: "receipt-after-store",
    scenario: small([sendsA]),
    broke: "The integration takes it off the queue (ack)",
    proofs: ["asked fiks-io.settle(A)/1", "settled fiks-io.settle(A)/1", "registered receiver.register(A)/1"],
    parts: [
      "correct/store-then-receipt",
      "fiks-io.deliver(A)/1 → deliver",
      "fiks-io.settle(A)/1 → ack",
      "receiver.register(A)/1 → 201 (4690-01, confidential, whole)",
    ],
  },
  {
    // A design with an inbox goes the same way for longer, and for a reason of its own.
    name: "faulty/receipts-on-queued",
    rule: "no-false-receipt",
    scenario: small([
      strains("queues", { hours: 1 }),
      sendsA,
      waits({ minutes: 10 }),
      { kind: "receiverCrashes", downMs: 60_000 },
    ]),
    broke: "The integration says “received”",
    proofs: ["receipted fiks-io.receipt(A)/1", "phase "],
    parts: [
      "correct/store-then-receipt",
      "receiver.register(A)/1 → 202",
      "fiks-io.receipt(A)/1 → 202 (“received”)",
      "receiver.await(A)/1 → 200",
    ],
  },
  {
    // The same exchange with the same answer: what it says is the difference.
    name: "faulty/sends-both-receipts",
    rule: "no-false-receipt",
    scenario: small([sendsA, waits({ hours: 1 })], [fault("fiks-io.receipt(A)/1:done", { kind: "reset" })]),
    broke: "The integration says “received” – the answer is lost",
    proofs: ["receipted fiks-io.receipt(A)/1", "receipted fiks-io.receipt(A)/2"],
    parts: [
      "correct/store-then-receipt",
      "fiks-io.receipt(A)/1 → lost (“received”)",
      "fiks-io.receipt(A)/2 → 202 (“refused”)",
      "fiks-io.receipt(A)/2 → 202 (“received”)",
    ],
  },
  {
    name: "faulty/keeps-ids-in-memory",
    rule: "one-case",
    scenario: small(
      [sendsA, waits({ hours: 1 })],
      [fault("receiver.register(A)/1:done", { kind: "crash", class: "process", survives: "none" })],
    ),
    broke: "It is case x4 at 4690-01",
    proofs: ["registered receiver.register(A)/2", "registered receiver.register(A)/1"],
    parts: [
      "correct/store-then-receipt",
      "fiks-io.deliver(A)/2 → deliver",
      "receiver.register(A)/2 → 201 (4690-01, confidential, whole)",
      "receiver.register(A)/2 → 200",
    ],
  },
  {
    name: "faulty/registers-without-pdf",
    rule: "no-false-receipt",
    scenario: small([sendsA]),
    broke: "at 4690-01, but not whole",
    proofs: ["registered receiver.register(A)/1", "receipted fiks-io.receipt(A)/1"],
    parts: [
      "correct/store-then-receipt",
      "fiks-io.deliver(A)/1 → deliver",
      "receiver.register(A)/1 → 201 (4690-01, confidential, not whole)",
      "receiver.register(A)/1 → 201 (4690-01, confidential, whole)",
    ],
  },
];

describe("a counterexample", () => {
  it.each(counterexamples.map((one) => [one.name, one] as const))(
    "of %s shows where the handover broke, what proves it, and what a sound design does there",
    async (name, { rule, scenario, broke, proofs, parts: [from, both, here, sound] }) => {
      const explored = exploredIn(world, shipped(name), { seed: 1, width });
      const shrunk = { scenario, surveyed: await explored.survey(scenario), tries: 7 };
      const found = await counterexampleOf(shrunk, rule, scenario, explored, world);
      if (found === undefined) throw new Error(`${name} does not break ${rule}`);

      const { primary, delivery } = found.broken;
      expect([primary.rule, primary.blames, delivery]).toEqual([rule, "integration", "A"]);
      const proved = primary.entries.map((seq) => found.run.ledger[seq]);
      expect(proved.map((entry) => `${entry?.kind} ${entry?.exchange ?? ""}`)).toEqual(proofs);

      const lines = counterexampleReport(found, { lang: "en", width: 160, colour: false }).split("\n");
      const marked = lines.findIndex((line) => line.includes("◄ the handover broke here"));
      expect(lines.slice(0, marked).findLast((line) => line.startsWith("  ✗ "))).toContain(broke);
      const at = lines.findIndex((line) => line.includes("Where it parts from"));
      expect(lines.slice(at, at + 4).map((line) => line.trim().replace(/^(Both|Here|Sound) +/, ""))).toEqual([
        `Where it parts from ${from}`,
        both,
        here,
        sound,
      ]);
      expect(lines.at(-1)).toContain(`size ${sizeOf(scenario)};`);
    },
  );

  it("is none where the system does not break the rule", async () => {
    const explored = exploredIn(world, shipped("correct/store-then-receipt"), { seed: 1, width });
    const scenario = small([sendsA]);
    const shrunk = { scenario, surveyed: await explored.survey(scenario), tries: 1 };
    expect(await counterexampleOf(shrunk, "no-loss", scenario, explored, world)).toBeUndefined();
  });
});
