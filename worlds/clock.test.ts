import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { seededRandom } from "./random.ts";

describe("virtual time", () => {
  it("does what is due in the order of its instants, ties in the order they were asked for", () => {
    const clock = new VirtualClock(1000);
    const random = seededRandom(1);
    const asked = Array.from({ length: 500 }, (_, nth) => ({ nth, atMs: random.between(0, 20) }));
    const done: typeof asked = [];
    for (const one of asked) clock.after(one.atMs, () => done.push(one));
    clock.advanceTo(1020);
    expect(done).toEqual(asked.toSorted((a, b) => a.atMs - b.atMs || a.nth - b.nth));
  });

  it("stands at each instant while what is due there happens", () => {
    const clock = new VirtualClock(1000);
    const seen: number[] = [];
    clock.after(5, () => {
      seen.push(clock.now());
      clock.after(0, () => seen.push(clock.now()));
      clock.after(2, () => seen.push(clock.now()));
    });
    clock.after(6, () => seen.push(clock.now()));
    while (clock.runNext());
    expect(seen).toEqual([1005, 1005, 1006, 1007]);
  });

  it("never does what was cancelled, and does not move to its instant", () => {
    const clock = new VirtualClock(0);
    const done: string[] = [];
    const gone = clock.after(1, () => done.push("cancelled"));
    clock.after(2, () => done.push("kept"));
    gone.cancel();
    gone.cancel();
    expect([clock.pending, clock.nextAt()]).toEqual([1, 2]);
    expect(clock.runNext()).toBe(true);
    expect([done, clock.now(), clock.pending]).toEqual([["kept"], 2, 0]);
    expect([clock.nextAt(), clock.runNext()]).toEqual([undefined, false]);
  });

  it("counts nothing twice where something is cancelled after it happened", () => {
    const clock = new VirtualClock(0);
    const first = clock.after(1, () => {});
    clock.after(2, () => {});
    clock.runNext();
    first.cancel();
    expect(clock.pending).toBe(1);
  });

  it("leaves alone what is due after the limit", () => {
    const clock = new VirtualClock(0);
    clock.after(10, () => {});
    expect(clock.runNext(9)).toBe(false);
    expect(clock.now()).toBe(0);
    expect(clock.runNext(10)).toBe(true);
  });

  it("moves forwards, never backwards", () => {
    const clock = new VirtualClock(50);
    clock.moveTo(70);
    clock.moveTo(60);
    expect(clock.now()).toBe(70);
    clock.after(-30, () => {});
    expect(clock.nextAt()).toBe(70);
  });
});
