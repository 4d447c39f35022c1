import { availableParallelism } from "node:os";
import { afterAll, describe, expect, it } from "vitest";
import { exploredIn } from "../cli/explored.ts";
import { basesFor } from "../explore/bases.ts";
import { Budget } from "../explore/budget.ts";
import { actionsAt, phases } from "../explore/draw/grid.ts";
import { boundariesOf, type Sweep, sweep } from "../explore/sweep.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { shipped } from "./systems.ts";

const width = availableParallelism();
const world = new SimulatedWorld(width);
afterAll(() => world.close());

/** The first base scenario of a system, swept where boundaries are about its first message. */
function sweptAt(name: string, only: string, runs = Number.POSITIVE_INFINITY): Promise<Sweep> {
  const sut = shipped(name);
  const [base] = basesFor(sut.role, sut.role === "sender" ? ["altinn-dispatch", "fiks-io"] : ["fiks-io"]);
  if (base === undefined) throw new Error("there is no base scenario");
  let left = runs;
  const counted = new Budget({}, () => 0);
  return sweep(base, exploredIn(world, sut, { seed: 1, width }), {
    budget: Object.assign(counted, { spent: () => left-- <= 0 }),
    pairs: false,
    only,
  });
}

const rulesIn = ({ failed }: Sweep): Set<string> =>
  new Set(failed.flatMap(({ surveyed }) => surveyed.broken.map(({ primary }) => primary.rule)));

describe("a sweep", () => {
  it("breaks every boundary of the clean run in every way, and what it counts adds up", async () => {
    const done = await sweptAt("correct/store-then-receipt", "(A)");
    expect(done.clean.verdict).toBe("passed");
    expect(done.enumerated).toEqual(boundariesOf(done.clean, "(A)"));
    expect(done.enumerated).toEqual(
      ["fiks-io.deliver", "receiver.register", "fiks-io.receipt", "fiks-io.settle"].flatMap((operation) =>
        phases.map((phase) => `${operation}(A)/1:${phase}`),
      ),
    );
    const singles = done.enumerated.reduce(
      (sum, name) =>
        sum + actionsAt(name.slice(0, name.indexOf("(")), name.slice(name.lastIndexOf(":") + 1) as "asked").length,
      0,
    );
    expect(done.injected).toBeGreaterThan(singles);
    expect(done.closure).toContain("receiver.register(A)/2:done");
    expect(done.notInjectable).toEqual([]);
    expect(done.failed.map(({ faults }) => faults)).toEqual([]);
    expect(done.inconclusive).toEqual([]);
    expect(done.left).toBe(0);
  });

  it.each([
    ["faulty/sends-both-receipts", "fiks-io.receipt(A)", "no-false-receipt"],
    ["faulty/keeps-ids-in-memory", "receiver.register(A)", "one-case"],
    ["faulty/acks-at-stop", "fiks-io.deliver(A)", "no-false-receipt"],
  ] as const)("finds %s where %s is broken", async (name, only, rule) => {
    expect([...rulesIn(await sweptAt(name, only))]).toContain(rule);
  });

  it("breaks nothing where the clean run fails already", async () => {
    const done = await sweptAt("faulty/receipts-before-storing", "(A)");
    expect(done.clean.verdict).toBe("failed");
    expect(done).toMatchObject({ injected: 0, closure: [], failed: [] });
  });

  it("says what it left undone when its budget is spent", async () => {
    const done = await sweptAt("correct/store-then-receipt", "fiks-io.settle(A)", 5);
    expect(done.left).toBeGreaterThan(0);
    expect(done.injected).toBeLessThanOrEqual(5);
  });
});
