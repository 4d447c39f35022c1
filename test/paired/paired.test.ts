import { afterAll, describe, expect, it } from "vitest";
import type { Fault } from "../../core/fault.ts";
import type { RuleId } from "../../core/rule.ts";
import type { ChannelName } from "../../core/scenario.ts";
import { fault } from "../../core/scenario-verbs.ts";
import { SimulatedWorld } from "../../worlds/simulated/simulated-world.ts";
import { everyPlace, isBetween, pairOf, pairScenario, performed, readers, sendings } from "./pairs.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

/** Every pair once; which run is drawn for it moves on with it, so that together they see many. */
const sample = sendings.flatMap((sending, i) =>
  readers.map((reader, j) => ({
    sending,
    reader,
    run: i * readers.length + j,
    faults: sending.unfailing !== true && j % 2 === 1,
  })),
);

describe("what a sender of ours says it sent", () => {
  it.each(sample.map((one) => [one.sending.by, one.reader, one.sending.channels.join(" and then "), one] as const))(
    "%s: %s holds, on %s",
    async (by, reader, _, { sending, run, faults }) => {
      const seen = await performed(world, pairScenario(sending, 1, run, faults), pairOf(by, reader), 1);
      expect(seen).toEqual({ missing: [], verdict: { kind: "passed" }, blamed: [] });
    },
  );
});

type Defective = {
  readonly sender?: string;
  readonly reader?: string;
  readonly on: readonly [ChannelName, ...ChannelName[]];
  /** What the channel does, where the defect shows only then. */
  readonly fault?: Fault;
  readonly breaks: RuleId;
};

const lost = (at: string): Fault => fault(at, { kind: "reset" }, 3);

/** One side of each pair is sound. */
const defects: readonly Defective[] = [
  { sender: "faulty/police-one-address-for-all", on: ["altinn-correspondence"], breaks: "right-recipient" },
  { sender: "faulty/police-believes-published", on: ["altinn-correspondence"], breaks: "end-state-deadline" },
  { sender: "faulty/police-deletes-at-sent", on: ["altinn-dispatch", "fiks-io"], breaks: "no-loss" },
  { sender: "faulty/police-warns-the-log", on: ["altinn-dispatch", "fiks-io"], breaks: "end-state-deadline" },
  {
    sender: "faulty/police-sends-again",
    on: ["altinn-correspondence"],
    fault: lost("altinn-correspondence.initialize(*)/*:done"),
    breaks: "one-case",
  },
  { sender: "faulty/sinks/police-says-sent", on: ["fiks-io"], breaks: "delivers" },
  { reader: "faulty/knows-by-time", on: ["fiks-io"], breaks: "no-false-receipt" },
  { reader: "faulty/drops-without-district", on: ["altinn-dispatch", "fiks-io"], breaks: "no-loss" },
  {
    reader: "faulty/swallows-receipt-errors",
    on: ["fiks-io"],
    fault: lost("fiks-io.receipt(*)/*:asked"),
    breaks: "drains",
  },
  { reader: "faulty/mail-confirmed-first", on: ["altinn-correspondence"], breaks: "receipt-after-store" },
  { reader: "faulty/mail-first-attachment-only", on: ["altinn-correspondence"], breaks: "intact" },
  { reader: "faulty/mail-not-confidential", on: ["altinn-correspondence"], breaks: "right-recipient" },
  { reader: "faulty/mail-never-looked-at", on: ["altinn-correspondence", "fiks-io"], breaks: "watched-channel" },
  { reader: "faulty/first-municipality-for-all", on: ["altinn-dispatch", "fiks-io"], breaks: "right-recipient" },
  { reader: "faulty/sinks/acknowledge-and-discard", on: ["fiks-io"], breaks: "no-false-receipt" },
];

describe("a pair with one defect", () => {
  it.each(defects.map((one) => [one.sender ?? one.reader ?? "", one.breaks, one.on.join(" and then "), one] as const))(
    "%s fails by %s on %s, and nobody else is blamed",
    async (_, rule, __, { sender, reader, on, fault: struck }) => {
      const pair = pairOf(sender ?? "correct/police-sender", reader ?? "correct/store-then-receipt");
      const run = await world.run(everyPlace(on, struck === undefined ? [] : [struck]), pair, { seed: 1 });
      const { broken, elsewhere } = run.judged;
      const findings = broken.flatMap(({ primary, attached }) => [primary, ...attached]);
      expect(findings.map(({ rule: id }) => id)).toContain(rule);
      expect(new Set(findings.map(({ blames }) => blames))).toEqual(
        new Set([sender === undefined ? "integration" : "sender"]),
      );
      expect(elsewhere.filter(({ blames }) => isBetween(blames))).toEqual([]);
    },
  );
});

describe("between the two", () => {
  it.each([
    ["faulty/sinks/police-says-sent", "correct/store-then-receipt"],
    ["correct/police-sender", "faulty/sinks/acknowledge-and-discard"],
  ])("nothing stands in a case with %s and %s, which the ledger shows by itself", async (by, reader) => {
    const { missing } = await performed(world, everyPlace(["fiks-io"], []), pairOf(by, reader), 1);
    expect(missing.slice(0, 3)).toEqual(
      ["A", "B", "C"].map((label) => `${label} was said to be sent, and stands in no case`),
    );
  });

  it("a crash at an exchange is that of whoever asks there", async () => {
    const crashesAt = async (at: string): Promise<readonly string[]> => {
      const struck = fault(at, { kind: "crash", class: "power", survives: "none" });
      const pair = pairOf("correct/police-sender", "correct/inbox-first");
      const { ledger, judged } = await world.run(everyPlace(["fiks-io"], [struck]), pair, { seed: 1 });
      expect(judged.verdict).toEqual({ kind: "passed" });
      return ledger.flatMap((entry) => (entry.kind === "crashed" ? [entry.party] : []));
    };
    expect(await crashesAt("receiver.register(A)/1:done")).toEqual(["integration"]);
    expect(await crashesAt("portal.status(A)/1:done")).toEqual(["sender"]);
  });

  it("the same pair and seed give the same ledger", async () => {
    const [sending] = sendings;
    if (sending === undefined) throw new Error("there is no way to send");
    const scenario = pairScenario(sending, 1, 1, false);
    const hashOf = async (reader: string): Promise<string> =>
      (await world.run(scenario, pairOf(sending.by, reader), { seed: 7 })).hash;
    expect(await hashOf("correct/two-workers")).toBe(await hashOf("correct/two-workers"));
  });
});
