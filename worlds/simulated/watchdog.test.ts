import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { underJudgement, watchdog } from "./watchdog.ts";

const patienceMs = 5000;

describe("a thread that stands still", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  type Share = number | ((realMs: number) => number) | "no answer" | undefined;

  /** Of each real ms, what part it is let run, or what it had by then; where it stands; and where it was found to be stuck. */
  async function found(passMs: number, share: Share, came: () => number = () => 7): Promise<number[]> {
    const stuck: number[] = [];
    const beganMs = performance.now();
    const usedMs = (): Promise<number | undefined> => {
      if (share === "no answer") return new Promise(() => {});
      const realMs = performance.now() - beganMs;
      return Promise.resolve(typeof share === "number" ? 40 + share * realMs : share?.(realMs));
    };
    const unwatch = watchdog({ came, usedMs }, patienceMs, (at) => stuck.push(at));
    await vi.advanceTimersByTimeAsync(passMs);
    unwatch();
    return stuck;
  }

  it("is stuck after as long as it may, where it has a processor to itself", async () => {
    expect(await found(4000, 1)).toEqual([]);
    expect(await found(7000, 1)).toEqual([7]);
  });

  it("is not while a busy machine hardly lets it run, and is once it has had its time", async () => {
    expect(await found(60_000, 0.02)).toEqual([]);
    expect(await found(300_000, 0.02)).toEqual([7]);
  });

  it("is stuck where it has no processor time to speak of, or does not answer: it blocks itself", async () => {
    expect(await found(19_000, 0)).toEqual([]);
    expect(await found(21_000, 0)).toEqual([7]);
    expect(await found(21_000, "no answer")).toEqual([7]);
  });

  it("is not where it is let run once in ten seconds", async () => {
    expect(await found(60_000, (ms) => Math.floor(ms / 10_000) * 100)).toEqual([]);
  });

  it("is judged by real time where this Node does not know", async () => {
    expect(await found(4000, undefined)).toEqual([]);
    expect(await found(7000, undefined)).toEqual([7]);
  });

  it("is not while it goes forward now and then, nor while it judges", async () => {
    const beganMs = performance.now();
    expect(await found(60_000, 1, () => Math.floor((performance.now() - beganMs) / 3000))).toEqual([]);
    expect(await found(60_000, 1, () => underJudgement)).toEqual([]);
  });
});

describe("a worker's processor time", () => {
  it.runIf("cpuUsage" in Worker.prototype)("is told while it spins, and grows only then", async () => {
    const growth = async (does: string): Promise<number> => {
      const worker = new Worker(does, { eval: true });
      await new Promise((resolve) => worker.once("online", resolve));
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = await worker.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { user, system } = await worker.cpuUsage(before);
      await worker.terminate();
      return (user + system) / 1000;
    };
    expect(await growth("for (;;);")).toBeGreaterThan(20);
    expect(await growth("Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);")).toBeLessThan(2);
  });
});
