import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { consoleReport } from "../evidence/console.ts";
import { scenarios } from "../scenarios/index.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { performed, terminal } from "./run.ts";
import { systemsNamed } from "./selection.ts";

/** The two that failed in 2023: the integration that lost what it confirmed, and the sender that believed the channel. */
const incidents = [
  { system: "faulty/receipts-before-storing", in: "familia-2023" },
  { system: "faulty/police-believes-published", in: "police-2023" },
] as const;
/** The designs that are least like each other; every other sound one is a variation of these. */
const shown: readonly string[] = [
  "correct/store-then-receipt",
  "correct/inbox-first",
  "correct/careful-simple",
  "correct/police-sender",
];
const out = "komfrem-out";

/**
 * `komfrem showcase`: four sound systems over every scenario, and each of the two that failed in 2023 in its own incident.
 *
 * @returns 0 where each came out as it should: the sound ones pass everything, those two fail.
 */
export async function showcase(args: readonly string[]): Promise<number> {
  const lang = args.includes("nb") ? "nb" : "en";
  const began = performance.now();
  const sound = new Set(shown);
  const failing: Pair[] = [];
  for (const incident of incidents)
    failing.push(
      ...pairsOf(
        await systemsNamed([incident.system]),
        scenarios.filter(({ id }) => id === incident.in),
        { said: undefined, byName: true },
      ),
    );
  const { runs, errors } = await performed({
    pairs: [...pairsOf(await systemsNamed([...sound]), scenarios, { said: undefined, byName: false }), ...failing],
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
    runs.every(({ sut, judged }) => judged.verdict.kind === (sound.has(sut.name) ? "passed" : "failed"));
  return asExpected ? 0 : errors.length > 0 ? 3 : 1;
}
