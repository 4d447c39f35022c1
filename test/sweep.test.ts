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
  new Set(failed.flatMap(({ broken }) => broken.map(({ primary }) => primary.rule)));

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
    expect(done.singles.planned).toBeGreaterThan(singles);
    expect(done.singles).toMatchObject({ injected: done.singles.planned, left: 0 });
    expect(done.closure).toContain("receiver.register(A)/2:done");
    expect([done.failed, done.inconclusive, done.notReached, done.notInjectable]).toEqual([[], [], [], []]);
    expect([...done.injectedAt.values()].reduce((sum, count) => sum + count, 0)).toBe(done.singles.injected);
  });

  it.each([
    ["faulty/sends-both-receipts", "fiks-io.receipt(A)", "no-false-receipt"],
    ["faulty/keeps-ids-in-memory", "receiver.register(A)", "one-case"],
    ["faulty/acks-at-stop", "fiks-io.deliver(A)", "no-false-receipt"],
  ] as const)("finds %s where %s is broken", async (name, only, rule) => {
    expect([...rulesIn(await sweptAt(name, only))]).toContain(rule);
  });

  it.each(["receipts-before-storing", "receipts-then-stores"])(
    "finds faulty/%s before anything is broken, and breaks nothing then",
    async (name) => {
      const done = await sweptAt(`faulty/${name}`, "(A)");
      expect(done.clean.verdict).toBe("failed");
      expect(done).toMatchObject({ singles: { planned: 0, injected: 0 }, closure: [], failed: [] });
    },
  );

  it("says what it left undone when its budget is spent", async () => {
    const done = await sweptAt("correct/store-then-receipt", "fiks-io.settle(A)", 5);
    expect(done.singles.left).toBe(done.singles.planned - 5);
    expect(done.singles.injected).toBeLessThanOrEqual(5);
  });
});
