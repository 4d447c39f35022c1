import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Scenario } from "../core/scenario.ts";
import { sends, waits } from "../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import type { SystemUnderTest } from "../worlds/world.ts";

/** What is there of ours on this machine, of runs over sockets. */
type Left = {
  readonly processes: number;
  readonly ports: number;
  readonly files: number;
  readonly descriptors: number;
};

/** What came of many runs over sockets, one after the other. */
export type LiveSoak = {
  readonly runs: number;
  readonly messages: number;
  readonly passed: number;
  /** More than before the first run (descriptors: than after it), once the world is closed. */
  readonly left: Left;
  /** Bytes of heap in use for each 1,000 messages more, in the second half of the runs: before it code is still being compiled. */
  readonly bytesPerThousand: number;
  readonly tookMs: number;
};

/** A run over sockets with so many messages, all at once. */
function manyMessages(messages: number): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "many-messages",
    title: "Many messages over sockets",
    because: "A harness that grows with what it has seen falls over in the night.",
    origin: "DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps: [...Array.from({ length: messages }, (_, nth) => sends(`m${nth}`, fjordvik.number)), waits({ hours: 1 })],
    faults: [],
    mustHold: ["no-loss"],
  };
}

/** Performs the same run again and again, and looks at what it leaves behind and what it adds to the heap. */
export async function liveSoak(sut: SystemUnderTest, runs: number, messagesEach: number): Promise<LiveSoak> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const scenario = manyMessages(messagesEach);
  let before = leftNow();
  const world = new LiveWorld();
  const began = performance.now();
  const heap: { readonly messages: number; readonly bytes: number }[] = [];
  let passed = 0;
  for (let nth = 1; nth <= runs; nth++) {
    const run = await world.run(scenario, sut, { seed: nth });
    if (run.judged.verdict.kind === "passed") passed += 1;
    // What Node itself opens for its first process and socket stays open.
    if (nth === 1) before = { ...before, descriptors: readdirSync("/proc/self/fd").length };
    collect();
    heap.push({ messages: nth * messagesEach, bytes: process.memoryUsage().heapUsed });
  }
  await world.close();
  // What was closed is gone once the machine has come round to it.
  let now = leftNow();
  for (let tries = 0; tries < 50 && now.ports > before.ports; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = leftNow();
  }
  return {
    runs,
    messages: runs * messagesEach,
    passed,
    left: {
      processes: now.processes - before.processes,
      ports: now.ports - before.ports,
      files: now.files - before.files,
      descriptors: now.descriptors - before.descriptors,
    },
    bytesPerThousand: 1000 * slopeOf(heap.slice(Math.floor(runs / 2))),
    tookMs: performance.now() - began,
  };
}

function leftNow(): Left {
  const ours = readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && isOurs(pid));
  return {
    processes: ours.length,
    ports: process.getActiveResourcesInfo().filter((name) => name === "TCPServerWrap" || name === "TCPSocketWrap")
      .length,
    files: readdirSync(tmpdir()).filter((name) => name.startsWith("komfrem-live-") && isMade(name)).length,
    descriptors: readdirSync("/proc/self/fd").length,
  };
}

/** Whether a process was started by a run over sockets of this harness. */
function isOurs(pid: string): boolean {
  try {
    const ancestor = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return (
      ancestor === String(process.pid) && readFileSync(`/proc/${pid}/environ`, "utf8").includes("KOMFREM_ENDPOINTS=")
    );
  } catch {
    return false;
  }
}

/** Whether a run's folder was made by this harness: others may be at work on the machine. */
function isMade(name: string): boolean {
  try {
    const { pid } = JSON.parse(readFileSync(join(tmpdir(), name, "harness.json"), "utf8")) as { readonly pid: number };
    return pid === process.pid;
  } catch {
    return false;
  }
}

/** Least squares: how much more a message adds. */
function slopeOf(points: readonly { readonly messages: number; readonly bytes: number }[]): number {
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(({ messages }) => messages), mean(({ bytes }) => bytes)];
  const above = points.reduce((sum, { messages, bytes }) => sum + (messages - x) * (bytes - y), 0);
  return above / points.reduce((sum, { messages }) => sum + (messages - x) ** 2, 0);
}
