import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../clock.ts";
import { Spans, Starved } from "./starved.ts";
import { TimeFlow } from "./time-flow.ts";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("time beside a system that is not let run", () => {
  it("does not pass, also where that is known only later", async () => {
    const clock = new VirtualClock(0);
    let starvedMs = 0;
    const flow = new TimeFlow(
      clock,
      1000,
      () => false,
      () => {
        const since = starvedMs;
        starvedMs = 0;
        return since;
      },
    );
    await pause(20);
    flow.catchUp();
    const before = clock.now();
    expect(before).toBeGreaterThanOrEqual(19_000);
    // An hour that it has been kept waiting meanwhile.
    starvedMs = 3_600_000;
    await pause(20);
    flow.catchUp();
    await pause(20);
    flow.catchUp();
    expect(clock.now()).toBe(before);
    // What it waited for while time stood counts for nothing.
    flow.stand();
    await pause(20);
    flow.catchUp();
    expect(clock.now() - before).toBeGreaterThanOrEqual(19_000);
  });
});

describe("spans of waiting", () => {
  it("count once where they lie over each other", () => {
    const spans = new Spans();
    expect(spans.add(0, 100)).toBe(100);
    expect(spans.add(90, 110)).toBe(10);
    expect(spans.add(200, 210)).toBe(10);
    // Told of late: it waited from 105 on, and what was known of that counts no more.
    expect(spans.add(105, 220)).toBe(115 - 5 - 10);
    expect(spans.add(0, 220)).toBe(0);
    expect(spans.add(230, 230)).toBe(0);
    expect(spans.add(220, 230)).toBe(10);
  });
});

const pinned = process.platform === "linux" && spawnSync("taskset", ["-c", "0", "true"]).status === 0;
if (!pinned) console.log("skipped: how long a process was kept waiting. It takes Linux, and taskset.");

describe.runIf(pinned)("how long a process was kept waiting", () => {
  const children: ChildProcess[] = [];
  const spinning = (): ChildProcess => {
    const child = spawn("taskset", ["-c", "0", process.execPath, "-e", "for (;;);"], {
      detached: true,
      stdio: "ignore",
    });
    children.push(child);
    return child;
  };
  afterEach(() => {
    for (const { pid } of children.splice(0)) if (pid !== undefined) process.kill(-pid, "SIGKILL");
  });

  it("is what the machine says: much where four share a processor", async () => {
    const [one] = [spinning(), spinning(), spinning(), spinning()];
    const starved = new Starved(() => one?.pid);
    let waitedMs = 0;
    const began = performance.now();
    while (performance.now() - began < 1500) {
      waitedMs += starved.sinceMs();
      await pause(20);
    }
    // Three quarters, if the processor is theirs alone; the first look only begins to count.
    expect(waitedMs).toBeGreaterThan(400);
    expect(waitedMs).toBeLessThanOrEqual(performance.now() - began);
  });
});
