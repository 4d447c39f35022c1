/**
 * Measures the simulated world: `npm run bench`. Every figure stands beside a calibration loop of the same run (plain
 * fast-check over an empty model), since machines differ and are noisy; `--check` fails below DESIGN.md's floors.
 */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { judge } from "../core/judge.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import { catalogue } from "../integrations/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";
import { workloadF } from "./workload-f.ts";

/** A busy office: concern messages a day. */
const messagesADay = 4;
const floors = { workloadFMs: 75, exchangesPerSecond: 40_000, entriesPerSecond: 2_000_000 };

function perSecond(count: number, ms: number): number {
  return Math.round((count / ms) * 1000);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function exchangesIn(ledger: readonly LedgerEntry[]): number {
  return ledger.reduce((count, entry) => count + (entry.kind === "asked" ? 1 : 0), 0);
}

/** Plain fast-check over an empty model: runs a second of `fc.property` over arrays of 50. */
function calibration(): number {
  const runs = 20_000;
  const began = performance.now();
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 50, maxLength: 50 }), () => true),
    { numRuns: runs, seed: 1 },
  );
  return perSecond(runs, performance.now() - began);
}

const soundDesign = catalogue.find(({ name }) => name === "correct/store-then-receipt");
if (soundDesign === undefined) throw new Error("correct/store-then-receipt is gone from the catalogue");
const sut: SystemUnderTest = { name: soundDesign.name, role: "integration", module: fileURLToPath(soundDesign.module) };
const world = new SimulatedWorld(1);
const calibrations = [calibration()];

const scenario = workloadF(messagesADay);
let run: Run = await world.run(scenario, sut, { seed: 1 });
const took: number[] = [];
for (let i = 0; i < 60; i++) {
  run = await world.run(scenario, sut, { seed: 1 });
  // The first ones still warm up.
  if (i >= 40) took.push(run.tookMs);
}
calibrations.push(calibration());
const exchanges = exchangesIn(run.ledger);
const workloadMs = median(took);

const judging: number[] = [];
for (let i = 0; i < 12; i++) {
  const began = performance.now();
  judge(run.ledger, { mustHold: scenario.mustHold, suts: ["integration"] });
  judging.push(performance.now() - began);
}
calibrations.push(calibration());
await world.close();

const calibrated = median(calibrations);
const figures = [
  ["verdict", run.judged.verdict.kind, ""],
  ["workload F, 31 days and ageing, warm", `${workloadMs.toFixed(1)} ms`, `floor ${floors.workloadFMs} ms`],
  ["  exchanges", String(exchanges), "at most 3,000"],
  ["  exchanges a second", String(perSecond(exchanges, workloadMs)), `floor ${floors.exchangesPerSecond}`],
  ["  entries", String(run.ledger.length), ""],
  ["  entries a second", String(perSecond(run.ledger.length, workloadMs)), ""],
  [
    "judging, entries a second",
    String(perSecond(run.ledger.length, median(judging))),
    `floor ${floors.entriesPerSecond}`,
  ],
  ["calibration: fast-check, arrays of 50, a second", String(calibrated), ""],
  ["ratio: exchanges / calibration", (perSecond(exchanges, workloadMs) / calibrated).toFixed(2), ""],
] as const;
for (const [what, value, beside] of figures) console.log(`${what.padEnd(50)} ${value.padStart(12)}  ${beside}`);
if (process.argv.includes("--check") && workloadMs > floors.workloadFMs) {
  console.error(`Workload F took ${workloadMs.toFixed(1)} ms, above its floor of ${floors.workloadFMs} ms.`);
  process.exitCode = 1;
}
