import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { consoleReport } from "../evidence/console.ts";
import { catalogue } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import { performed, terminal } from "./run.ts";
import { systemsNamed } from "./selection.ts";

const familia = "faulty/receipts-before-storing";
const out = "komfrem-out";

/**
 * `komfrem showcase`: the sound systems and the one that lost the Familia messages, over every scenario.
 *
 * @returns 0 where each came out as it should: the sound ones pass everything, Familia's fails.
 */
export async function showcase(args: readonly string[]): Promise<number> {
  const lang = args.includes("nb") ? "nb" : "en";
  const began = performance.now();
  const sound = new Set(catalogue.filter(({ kind }) => kind === "sound").map(({ name }) => name));
  const { runs, errors } = await performed({
    scenarios,
    systems: systemsNamed(["correct", familia]),
    seeds: [1],
    profile: "default",
    world: "simulated",
    workers: availableParallelism(),
    out: resolve(out),
  });
  console.log(
    consoleReport(runs, {
      lang,
      ...terminal(),
      errors,
      expectation: (run) => (sound.has(run.sut.name) ? "pass" : "fail"),
    }),
  );
  console.log(
    `\n${runs.length} runs in ${((performance.now() - began) / 1000).toFixed(1)} s. Written to ${out}/: report.json, junit.xml, and for each run its ledger and scenario.`,
  );
  const asExpected =
    errors.length === 0 &&
    runs.every((run) => !sound.has(run.sut.name) || run.judged.verdict.kind === "passed") &&
    runs.some((run) => run.sut.name === familia && run.judged.verdict.kind === "failed");
  return asExpected ? 0 : errors.length > 0 ? 3 : 1;
}
