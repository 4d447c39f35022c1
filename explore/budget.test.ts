import { describe, expect, it } from "vitest";
import { HarnessError } from "../core/error.ts";
import { Budget, budgetMs } from "./budget.ts";
import { shardOf } from "./shard.ts";

describe("a budget", () => {
  it("is a number of seconds, minutes or hours", () => {
    expect(["5s", "10m", "8h", "1.5m"].map((text) => budgetMs(text))).toEqual([5000, 600_000, 28_800_000, 90_000]);
  });

  it.each(["", "5", "s", "0s", "-1s", "5 s", "5S", "1e3s", "1d", "9999h"])("is not %j", (text) => {
    expect(() => budgetMs(text)).toThrow(HarnessError);
  });

  it("is spent once its time is over, and not before", () => {
    let now = 100;
    const budget = new Budget({ ms: 50 }, () => now);
    now = 149;
    expect([budget.spent(), budget.leftMs]).toEqual([false, 1]);
    now = 160;
    expect([budget.spent(), budget.leftMs]).toEqual([true, 0]);
  });

  it("leaves as long again, and a minute at least, to make smaller what was found", () => {
    const shrinkingMs = (ms: number, gone: number): number => {
      let now = 0;
      const budget = new Budget({ ms }, () => now);
      now = gone;
      return budget.shrinkingMs;
    };
    expect([shrinkingMs(5000, 0), shrinkingMs(5000, 0.5), shrinkingMs(5000, 9000)]).toEqual([65_000, 65_000, 60_000]);
    expect([shrinkingMs(600_000, 400_000), shrinkingMs(600_000, 700_000)]).toEqual([800_000, 600_000]);
    expect(new Budget({ runs: 10 }, () => 0).shrinkingMs).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("a shard", () => {
  it("is one of so many", () => {
    expect(shardOf("2/4")).toEqual({ at: 2, of: 4 });
  });

  it.each(["0/4", "5/4", "1", "1/0", "a/b", "1/4/2", "1/99999"])("is not %s", (text) => {
    expect(() => shardOf(text)).toThrow(/--shard/);
  });
});
