import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import type { Fault } from "../core/fault.ts";
import type { Scenario, Step } from "../core/scenario.ts";
import { crashesAt, disconnects, losesAnswer, sends, strains, waits } from "../core/scenario-verbs.ts";
import { catalogue } from "../integrations/index.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest, World } from "../worlds/world.ts";

const worlds = { simulated: new SimulatedWorld(1), live: new LiveWorld() } satisfies Record<World["kind"], World>;
const folder = mkdtempSync(join(tmpdir(), "komfrem-contract-"));

afterAll(async () => {
  await Promise.all(Object.values(worlds).map((world) => world.close()));
  rmSync(folder, { recursive: true, force: true });
});

function shipped(name: string): SystemUnderTest {
  const found = catalogue.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} is not shipped`);
  return { name, role: "integration", module: found.module.pathname };
}

function mine(name: string, text: string): SystemUnderTest {
  const module = join(folder, `${name}.mjs`);
  writeFileSync(module, text);
  return { name, role: "integration", module };
}

function scenario(id: string, steps: readonly Step[], faults: readonly Fault[] = []): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id,
    title: id,
    because: "The same scenario is the same in every world.",
    origin: "DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps,
    faults,
    mustHold: ["no-loss", "delivers", "no-false-receipt", "receipt-after-store", "drains"],
  };
}

const a = sends("A", fjordvik.number, { district: "01" });
const oneMessage = scenario("one-message", [a, waits({ hours: 1 })]);

/** Names of the exchanges that were asked, but for those that saw nothing: RULES.md, C, rule 9. */
function asked(run: Run): string[] {
  const names = run.ledger.flatMap((entry) =>
    entry.kind === "asked" && entry.exchange !== undefined && !entry.exchange.includes("(idle)")
      ? [entry.exchange]
      : [],
  );
  return [...new Set(names)].sort();
}

const sound = shipped("correct/store-then-receipt");
const perform = (kind: World["kind"], what: Scenario, sut: SystemUnderTest): Promise<Run> =>
  worlds[kind].run(what, sut, { seed: 1 });

describe.each(["simulated", "live"] as const)("the %s world", (kind) => {
  it("passes a sound integration that is sent one message", async () => {
    const run = await perform(kind, oneMessage, sound);
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.judged.outcomes.get("A")).toBe("registered");
    expect(run.world).toBe(kind);
  });

  it("fails the receipt that was sent before anything was stored", async () => {
    const run = await perform(
      kind,
      scenario("familia", [strains("overloaded", { hours: 2 }), a, waits({ hours: 3 })]),
      shipped("faulty/receipts-before-storing"),
    );
    expect(run.judged.verdict.kind).toBe("failed");
    expect(run.judged.broken.find(({ delivery }) => delivery === "A")?.primary.rule).toBe("no-false-receipt");
  });

  it("starts a system again that was killed once its message was registered, and sees no second case", async () => {
    const run = await perform(
      kind,
      scenario("killed", [a, waits({ hours: 1 })], [crashesAt("receiver.register(A)/1:done", "process")]),
      sound,
    );
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.ledger.filter(({ kind: entry }) => entry === "started")).toHaveLength(2);
    expect(asked(run)).toContain("receiver.register(A)/2");
    expect(run.ledger.filter(({ kind: entry, delivery }) => entry === "registered" && delivery === "A")).toHaveLength(
      1,
    );
  });

  it("cannot judge a system that never shows itself", async () => {
    const silent = mine("silent", "export default (host) => host.clock.sleep(1e12);");
    await expect(perform(kind, oneMessage, silent)).rejects.toThrow(
      /silent was never ready\.\n {2}Why: .*\n {2}Next: /,
    );
  });

  it("cannot judge a module without a default export", async () => {
    const empty = mine("empty", "export const nothing = 1;");
    await expect(perform(kind, oneMessage, empty)).rejects.toSatisfy(
      (error) => error instanceof HarnessError && error.because.includes("no default export"),
    );
  });

  it("keeps what an integration has stored over a crash", async () => {
    const run = await perform(
      kind,
      scenario("inbox", [a, waits({ hours: 1 })], [crashesAt("fiks-io.settle(A)/1:done", "process")]),
      shipped("correct/inbox-first"),
    );
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.ledger.some((entry) => entry.kind === "held" && entry.party === "integration")).toBe(true);
  });
});

describe("two worlds", () => {
  const bothWorlds = async (what: Scenario, name: string): Promise<readonly [Run, Run]> => [
    await perform("simulated", what, shipped(name)),
    await perform("live", what, shipped(name)),
  ];

  it.each(["correct/store-then-receipt", "correct/inbox-first"])(
    "see the same exchanges of %s, through lost answers, crashes and a lost connection",
    async (name) => {
      const [simulated, live] = await bothWorlds(
        scenario(
          "much-goes-wrong",
          [
            a,
            waits({ hours: 1 }),
            disconnects(),
            sends("B", fjordvik.number, { messageKind: "privat" }),
            waits({ hours: 1 }),
          ],
          [
            losesAnswer("receiver.register(A)/1"),
            crashesAt("fiks-io.deliver(B)/1:told", "process"),
            crashesAt("fiks-io.receipt(B)/1:asked", "process"),
          ],
        ),
        name,
      );
      expect(asked(live)).toEqual(asked(simulated));
      expect(live.judged.outcomes).toEqual(simulated.judged.outcomes);
      expect(live.judged.verdict).toEqual(simulated.judged.verdict);
    },
  );

  it("differ in a power cut: over sockets it is a kill, and the run is in doubt", async () => {
    const [simulated, live] = await bothWorlds(
      scenario("power", [a, waits({ hours: 1 })], [crashesAt("fiks-io.receipt(A)/1:done", "power")]),
      "correct/inbox-first",
    );
    expect(simulated.judged.verdict).toEqual({ kind: "passed" });
    expect(live.judged.verdict).toMatchObject({ kind: "inconclusive", because: expect.stringContaining("power cut") });
  });
});
