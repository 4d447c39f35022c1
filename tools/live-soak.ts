/**
 * Performs the same run over sockets again and again, and says what it leaves behind and how much memory it adds; `--runs`
 * of `--messages` each, of one `--system`. Ends with 1 where anything is left behind, a run did not pass, or memory grows.
 *
 * A part of `npm run soak`, in a process of its own: what an earlier soak lets go of would hide what this one keeps. It is
 * started with `asCompiledOnce`, so that all that is in the heap is counted and nothing has to be taken off. Left out:
 * what the engine adds by compiling while runs go on, and what Node holds outside the heap without accounting for it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { HarnessError } from "../core/error.ts";
import type { Scenario } from "../core/scenario.ts";
import { sends, waits } from "../core/scenario-verbs.ts";
import { catalogue } from "../integrations/index.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import { asCompiledOnce, bytesPerThousand } from "./memory-growth.ts";

const missing = asCompiledOnce.filter((flag) => !process.execArgv.includes(flag));
if (missing.length > 0)
  throw new HarnessError({
    happened: "Memory was not measured.",
    because: `Node was started without ${missing.join(" ")}: what the engine compiles would be counted.`,
    next: "Run npm run soak -- --runs 0 --ledgers 0 --clocks 0 --paired 0 --live 100",
  });
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes that each 1,000 messages more may add, after warm-up. */
const mostBytesPerThousand = 1024;

/** What there is of ours on this machine, of runs over sockets. */
type Left = {
  readonly processes: number;
  readonly ports: number;
  readonly files: number;
  readonly descriptors: number;
};

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    messages: { type: "string", default: "1000" },
    system: { type: "string", default: "correct/store-then-receipt" },
  },
});
const runs = Number(values.runs);
const messagesEach = Number(values.messages);
const system = catalogue.find(({ name }) => name === values.system);
if (system === undefined)
  throw new HarnessError({
    happened: "No run was performed.",
    because: `There is no system of ours called ${values.system}.`,
    next: "Give one that npx komfrem run --list shows, such as correct/store-then-receipt.",
  });
const sut = { name: system.name, role: system.role, module: fileURLToPath(system.module) };
const scenario = manyMessages(messagesEach);
const world = new LiveWorld();
const began = performance.now();
// Has its room from the start: what is measured is not to grow by being measured.
const held = new Float64Array(runs);
let before = leftNow();
let passed = 0;
for (let nth = 1; nth <= runs; nth++) {
  if (await passes(nth)) passed += 1;
  // What Node itself opens for its first process and socket stays open.
  if (nth === 1) before = { ...before, descriptors: readdirSync("/proc/self/fd").length };
  held[nth - 1] = await bytesHeld();
}
await world.close();
// What was closed is gone once the machine has come round to it.
let now = leftNow();
for (let tries = 0; tries < 50 && now.ports > before.ports; tries++) {
  await wait(20);
  now = leftNow();
}
const left: Left = {
  processes: now.processes - before.processes,
  ports: now.ports - before.ports,
  files: now.files - before.files,
  descriptors: now.descriptors - before.descriptors,
};
const more = bytesPerThousand(Array.from(held, (bytes, at) => ({ messages: (at + 1) * messagesEach, bytes })));
console.log(
  `live: ${passed} of ${runs} runs with ${runs * messagesEach} messages passed in ${((performance.now() - began) / 1000).toFixed(0)} s; left behind: ${left.processes} processes, ${left.ports} ports, ${left.files} files, ${left.descriptors} descriptors; ${more.toFixed(0)} bytes more for each 1,000 messages in the second half of the runs, ${((more * messagesEach) / 1000).toFixed(0)} for each run (heap and buffers, with compiling turned off).`,
);
if (passed < runs || Object.values(left).some((count) => count > 0) || more > mostBytesPerThousand)
  process.exitCode = 1;

/** Keeps nothing of the run: what is still held after it is the harness's. */
async function passes(seed: number): Promise<boolean> {
  return (await world.run(scenario, sut, { seed })).judged.verdict.kind === "passed";
}

/** Bytes in the heap and in buffers outside of it, once all that can be let go of is gone. */
async function bytesHeld(): Promise<number> {
  // A socket that was closed is let go of in a turn of the loop, and what hung on it by the collection after that.
  for (let round = 0; round < 3; round++) {
    await turn();
    collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

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
