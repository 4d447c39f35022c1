import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { LedgerWriter } from "./ledger-writer.ts";
import { System } from "./system.ts";

/** A system that takes a second to stop, and the world's words for what happens to it. */
function staged(stopsAfterMs = 1000) {
  const clock = new VirtualClock(0);
  const ledger = new LedgerWriter(clock, 0);
  const done: string[] = [];
  const running = new Set<number>();
  const system = new System("integration", clock, ledger, {
    start: (nth, version) => {
      running.add(nth);
      done.push(`start ${nth} ${version}`);
    },
    kill: (nth) => void running.delete(nth),
    askToStop: (nth) => void clock.after(stopsAfterMs, () => system.ended(nth, undefined)),
    pause: () => {},
    resume: () => {},
    order: () => {},
    restore: () => {},
  });
  system.start();
  return {
    system,
    done,
    running,
    told: () => ledger.entries.map(({ kind, atMs, incarnation }) => `${kind} ${incarnation} ${atMs}`),
    until: (ms: number) => clock.advanceTo(ms),
  };
}

const restart = { to: "next", graceMs: 10_000, downMs: 5000 } as const;
const rolling = { ...restart, downMs: 0, overlapMs: 60_000 } as const;

describe("an upgrade", () => {
  it("starts the other version once this one has stopped", () => {
    const { system, told, done, until } = staged();
    system.upgrade(restart, 0);
    until(10_000);
    expect(told()).toEqual(["started 1 0", "stopped 1 1000", "started 2 6000", "upgraded 2 6000"]);
    expect(done).toEqual(["start 1 first", "start 2 next"]);
  });

  it("is kept over a crash, and taken back by a roll-back", () => {
    const { system, done, until } = staged();
    system.upgrade(restart, 0);
    until(10_000);
    system.crash({ class: "power", survives: "none" }, 0);
    until(20_000);
    system.upgrade({ ...restart, to: "first" }, 0);
    until(30_000);
    expect(done).toEqual(["start 1 first", "start 2 next", "start 3 next", "start 4 first"]);
  });

  it("that overlaps runs both, and is never down", () => {
    const { system, told, running, until } = staged();
    system.upgrade(rolling, 0);
    until(59_999);
    expect([...running]).toEqual([1, 2]);
    until(120_000);
    expect([...running]).toEqual([2]);
    expect(told()).toEqual(["started 1 0", "started 2 0", "upgraded 2 61000"]);
  });

  it("that overlaps kills a version that does not stop, and one that meets a crash", () => {
    const stubborn = staged(1_000_000);
    stubborn.system.upgrade(rolling, 0);
    stubborn.until(70_001);
    expect([...stubborn.running]).toEqual([2]);
    const struck = staged();
    struck.system.upgrade(rolling, 0);
    struck.until(30_000);
    struck.system.crash({ class: "process", survives: "none" }, 0);
    expect([...struck.running]).toEqual([]);
    struck.until(200_000);
    expect([...struck.running]).toEqual([3]);
    expect(struck.told()).toEqual([
      "started 1 0",
      "started 2 0",
      "upgraded 2 30000",
      "crashed 2 30000",
      "started 3 31000",
    ]);
  });
});

describe("a stop under way", () => {
  it("is forgotten with whoever is killed meanwhile, and does not end the next start", () => {
    const { system, told, running, until } = staged(1_000_000);
    system.stop(10_000, 60_000);
    until(5000);
    system.crash({ class: "process", survives: "none" }, 0);
    until(100_000);
    expect(told()).toEqual(["started 1 0", "crashed 1 5000", "started 2 6000"]);
    expect([...running]).toEqual([2]);
  });

  it.each([
    ["has stopped", 1000, undefined, "stopped 1 1000", "started 2 2000"],
    ["was killed at the end of its grace", 1_000_000, undefined, "stopped 1 10000", "started 2 11000"],
    ["fell over", 1_000_000, 3000, "crashed 1 3000", "started 2 4000"],
  ])("holds nobody down who %s once it was healed", (_, stopsAfterMs, fallsMs, ended, startedAgain) => {
    const { system, told, until } = staged(stopsAfterMs);
    system.stop(10_000, 3_600_000);
    until(500);
    system.heal();
    if (fallsMs !== undefined) {
      until(fallsMs);
      system.ended(1, "RangeError");
    }
    until(60_000);
    expect(told()).toEqual(["started 1 0", ended, startedAgain]);
  });
});

describe("a restore", () => {
  it("puts the store back while nobody runs, also where it crashes on its way down", () => {
    for (const crashes of [false, true]) {
      const { system, running, until } = staged();
      const seen: number[] = [];
      system.restore(10_000, 5000, 0, () => seen.push(running.size));
      if (crashes) system.crash({ class: "process", survives: "none" }, 0);
      until(20_000);
      expect([...running]).toEqual([2]);
      expect(seen).toHaveLength(1);
    }
  });

  it("puts back at once what is down already", () => {
    const { system, running, until } = staged();
    system.crash({ class: "process", survives: "none" }, 0, 60_000);
    let put = 0;
    system.restore(10_000, 0, 0, () => put++);
    expect([put, running.size]).toEqual([1, 0]);
    until(60_000);
    expect([...running]).toEqual([2]);
  });
});
