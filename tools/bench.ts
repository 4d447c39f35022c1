/**
 * Measures the simulated world: `npm run bench`. Every figure stands beside a calibration loop of the same run (plain
 * fast-check over an empty model), since machines differ and are noisy; `--check` fails where the office's month takes longer than DESIGN.md's floor.
 */
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { judge } from "../core/judge.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { Scenario } from "../core/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";
import { servedOverHttp } from "./bench-http.ts";
import { workloadAltinn } from "./workload-altinn.ts";
import { workloadF, workloadFInSteps } from "./workload-f.ts";

/** Concern messages a day: a busy office, and as many as 3,000 exchanges a month hold. */
const [office, full] = [4, 18];
const floors = {
  workloadFMs: 75,
  altinnMs: 500,
  exchangesPerSecond: 40_000,
  runsPerSecond: 300,
  entriesPerSecond: 2_000_000,
  httpPerSecond: 1000,
  httpP99Ms: 10,
};

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

/** Plain fast-check over an empty model: how many arrays of 50 it makes a second. */
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

/** Runs a workload until it is warm, then measures. */
async function measured(
  scenario: Scenario,
): Promise<{ readonly run: Run; readonly exchanges: number; readonly ms: number }> {
  let run: Run = await world.run(scenario, sut, { seed: 1 });
  const took: number[] = [];
  for (let i = 0; i < 50; i++) {
    run = await world.run(scenario, sut, { seed: 1 });
    if (i >= 30) took.push(run.tookMs);
  }
  return { run, exchanges: exchangesIn(run.ledger), ms: median(took) };
}

const month = await measured(workloadF(office));
calibrations.push(calibration());
const most = await measured(workloadF(full));
calibrations.push(calibration());
const altinn = await measured(workloadAltinn());
calibrations.push(calibration());
const { run } = most;

/** Runs of 50 steps, each with a seed of its own: nothing that an earlier one signed can be used again. */
const inSteps = workloadFInSteps();
const steps: number[] = [];
for (let seed = 0; seed < 120; seed++) {
  const { tookMs } = await world.run(inSteps, sut, { seed });
  if (seed >= 60) steps.push(tookMs);
}
calibrations.push(calibration());

const judging: number[] = [];
for (let i = 0; i < 60; i++) {
  const began = performance.now();
  judge(run.ledger, { mustHold: run.scenario.mustHold, suts: ["integration"] });
  if (i >= 30) judging.push(performance.now() - began);
}
calibrations.push(calibration());
await world.close();

const { served, entriesPerRequest } = await servedOverHttp(floors.httpPerSecond, 10);
const [, ours, theirs] = served;

const calibrated = median(calibrations);
const figures = [
  ["verdicts", `${month.run.judged.verdict.kind}, ${run.judged.verdict.kind}`, ""],
  [
    "workload F, 31 days and ageing, warm, 4 messages a day",
    `${month.ms.toFixed(1)} ms`,
    `floor ${floors.workloadFMs} ms`,
  ],
  ["  exchanges", String(month.exchanges), "at most 3,000"],
  ["the same, 18 messages a day", `${most.ms.toFixed(1)} ms`, `floor ${floors.workloadFMs} ms`],
  ["  exchanges", String(most.exchanges), "at most 3,000"],
  ["Altinn: 31 days, a poll an hour, tokens signed", `${altinn.ms.toFixed(1)} ms`, `floor ${floors.altinnMs} ms`],
  ["  verdict, exchanges with a name", `${altinn.run.judged.verdict.kind}, ${altinn.exchanges}`, ""],
  ["  exchanges a second", String(perSecond(most.exchanges, most.ms)), `floor ${floors.exchangesPerSecond}`],
  ["  entries a second", String(perSecond(run.ledger.length, most.ms)), ""],
  ["runs of 50 steps a second", String(perSecond(1, median(steps))), `floor ${floors.runsPerSecond}`],
  [
    "judging, entries a second",
    String(perSecond(run.ledger.length, median(judging))),
    `floor ${floors.entriesPerSecond}`,
  ],
  ...served.map(
    ({ name, p50, p99, perSecond: kept, wrong }) =>
      [
        `over HTTP at ${floors.httpPerSecond}/s: ${name}`,
        `p99 ${p99.toFixed(1)} ms`,
        `p50 ${p50.toFixed(2)} ms, ${Math.round(kept)}/s kept, ${wrong} wrong${name.startsWith("receiver") ? `, ${entriesPerRequest.toFixed(1)} entries a request, floor ${floors.httpP99Ms} ms` : ""}`,
      ] as const,
  ),
  ["calibration: fast-check, arrays of 50, a second", String(calibrated), ""],
  ["ratio: exchanges / calibration", (perSecond(most.exchanges, most.ms) / calibrated).toFixed(3), ""],
] as const;
for (const [what, value, beside] of figures) console.log(`${what.padEnd(56)} ${value.padStart(12)}  ${beside}`);
const tooSlow = [
  ["Workload F", month.ms, floors.workloadFMs],
  ["The Altinn workload", altinn.ms, floors.altinnMs],
  ["The slowest hundredth over HTTP", ours?.p99 ?? Number.NaN, floors.httpP99Ms],
  ["The same, beside mockttp,", ours?.p99 ?? Number.NaN, theirs?.p99 ?? Number.POSITIVE_INFINITY],
] as const;
for (const [what, ms, floor] of process.argv.includes("--check") ? tooSlow : []) {
  if (ms <= floor) continue;
  console.error(`${what} took ${ms.toFixed(1)} ms, above its floor of ${floor} ms.`);
  process.exitCode = 1;
}
