import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DoneRuns, RunNumbers } from "./run-numbers.ts";

const numbersOf = (numbers: RunNumbers, below: number): number[] =>
  Array.from({ length: below }, (_, run) => run).filter((run) => numbers.has(run));

describe("the numbers of a shard", () => {
  it("are the same however they end, and what is missing is what nobody did", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 5 })
          .chain((of) => fc.record({ of: fc.constant(of), at: fc.integer({ min: 1, max: of }) })),
        fc.uniqueArray(fc.nat(30)),
        (shard, positions) => {
          const runs = positions.map((position) => shard.at - 1 + shard.of * position);
          const done = new DoneRuns(shard);
          for (const run of runs) done.add(run);
          const again = new DoneRuns(shard, done.numbers());
          const missing: number[] = [];
          for (const run of again.missing()) if (missing.push(run) === 5) break;
          expect(numbersOf(again.numbers(), 200)).toEqual([...runs].sort((one, other) => one - other));
          expect(again.size).toBe(runs.length);
          const all = Array.from({ length: 40 }, (_, position) => shard.at - 1 + shard.of * position);
          expect(missing).toEqual(all.filter((run) => !runs.includes(run)).slice(0, 5));
        },
      ),
    );
  });

  it("are one stretch together, whatever order they are put together in", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 50 }),
        fc.infiniteStream(fc.nat()),
        (of, runs, order) => {
          const shards = Array.from({ length: of }, (_, at) => new DoneRuns({ at: at + 1, of }));
          for (let run = 0; run < runs; run++) shards[run % of]?.add(run);
          const parts = shards.map((shard) => ({ part: shard.numbers(), place: order.next().value as number }));
          parts.sort((one, other) => one.place - other.place);
          const whole = parts.reduce((sum, { part }) => sum.with(part), new RunNumbers([]));
          expect(whole.stretches).toEqual([{ from: 0, step: 1, count: runs }]);
        },
      ),
    );
  });
});
