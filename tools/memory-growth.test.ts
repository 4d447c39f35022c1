import { describe, expect, it } from "vitest";
import { bytesPerThousand, type MemoryAt } from "./memory-growth.ts";

/** Runs of 100 messages; what is held after each, bytes. */
function series(runs: number, bytes: (nth: number) => number): readonly MemoryAt[] {
  return Array.from({ length: runs }, (_, nth) => ({ messages: 100 * (nth + 1), bytes: bytes(nth) }));
}

describe("growth of memory", () => {
  it("is what 1,000 messages add, however many a run has", () => {
    expect(bytesPerThousand(series(40, (nth) => 20e6 + 300 * nth))).toBeCloseTo(3000);
  });

  it("leaves out what is added once, in the first half", () => {
    expect(bytesPerThousand(series(40, (nth) => 20e6 + Math.min(nth, 20) * 50_000))).toBeCloseTo(0);
  });

  it("finds a leak that begins as the warm-up ends, or comes in steps", () => {
    expect(bytesPerThousand(series(40, (nth) => 20e6 + Math.max(0, nth - 20) * 500))).toBeGreaterThan(1024);
    expect(bytesPerThousand(series(40, (nth) => 20e6 + Math.floor(nth / 8) * 4_000))).toBeGreaterThan(1024);
  });

  it("is not hidden by what comes and goes", () => {
    expect(bytesPerThousand(series(100, (nth) => 20e6 + 300 * nth + (nth % 2) * 2_000))).toBeGreaterThan(1024);
    expect(Math.abs(bytesPerThousand(series(100, (nth) => 20e6 + (nth % 2) * 2_000)))).toBeLessThan(1024);
  });
});
