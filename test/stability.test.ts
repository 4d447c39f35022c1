import { afterAll, describe, expect, it } from "vitest";
import { parseExchange, subjectText } from "../core/boundary.ts";
import type { Scenario } from "../core/scenario.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";
import { scenario, shipped, written } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

/** The names of all exchanges about message A. */
function namesOfA(run: Run): string[] {
  const names = new Set<string>();
  for (const entry of run.ledger)
    if (entry.kind === "asked" && entry.exchange !== undefined) {
      if (subjectText(parseExchange(entry.exchange).subject) === "A") names.add(entry.exchange);
    }
  return [...names].sort();
}

const districts = scenario("districts");
const plain: Scenario = {
  ...districts,
  steps: districts.steps.map((step) =>
    step.kind === "sends" && step.label === "fjordvik" ? { ...step, label: "A" } : step,
  ),
};
const sound = shipped("correct/store-then-receipt");

async function names(of: Scenario, sut: SystemUnderTest = sound): Promise<string[]> {
  const run = await world.run(of, sut, { seed: 1 });
  expect(run.judged.verdict).toEqual({ kind: "passed" });
  return namesOfA(run);
}

/** RULES.md, section C rule 9. */
describe("the names of A's exchanges stay the same", () => {
  it("names each handover of A once where nothing goes wrong", async () => {
    expect(await names(plain)).toEqual([
      "fiks-io.deliver(A)/1",
      "fiks-io.receipt(A)/1",
      "fiks-io.settle(A)/1",
      "portal.submit(A)/1",
      "receiver.register(A)/1",
    ]);
  });

  it("with prefetch 1 and 10", async () => {
    expect(await names(plain, written("prefetch-1.ts"))).toEqual(await names(plain));
  });

  it("with one worker and two", async () => {
    expect(await names(plain, written("two-workers.ts"))).toEqual(await names(plain));
  });

  it("with an unrelated step removed", async () => {
    const sends = plain.steps.filter((step) => step.kind === "sends" && step.label !== "A");
    for (const gone of sends)
      expect(await names({ ...plain, steps: plain.steps.filter((step) => step !== gone) })).toEqual(await names(plain));
  });

  it("with an answer lost elsewhere", async () => {
    const other = plain.steps.find((step) => step.kind === "sends" && step.label !== "A");
    const label = other?.kind === "sends" ? other.label : "";
    const faulted: Scenario = {
      ...plain,
      faults: [{ id: "lost", at: `receiver.register(${label})/1:done`, does: { kind: "reset" } }],
    };
    expect(await names(faulted)).toEqual(await names(plain));
  });

  it("and a second attempt after a lost answer is one name", async () => {
    const faulted: Scenario = {
      ...plain,
      faults: [{ id: "lost", at: "receiver.register(A)/1:done", does: { kind: "reset" } }],
    };
    expect(await names(faulted)).toEqual([...(await names(plain)), "receiver.register(A)/2"].sort());
  });
});
