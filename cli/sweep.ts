import { relative, resolve } from "node:path";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import { HarnessError } from "../core/error.ts";
import type { RuleId } from "../core/rule.ts";
import { replayFileCommand } from "../evidence/replay.ts";
import { sweepReport } from "../evidence/sweep.ts";
import { type SweepFile, sweptScenario } from "../evidence/sweep-file.ts";
import { sweepJunit } from "../evidence/sweep-junit.ts";
import { basesFor } from "../explore/bases.ts";
import { Budget, budgetMs } from "../explore/budget.ts";
import type { Explored } from "../explore/explored.ts";
import { Regressions } from "../explore/regressions.ts";
import { type FailedSweep, runsOf, type Sweep, sweep as swept } from "../explore/sweep.ts";
import { writeWhole } from "../explore/whole-file.ts";
import type { SystemUnderTest } from "../worlds/world.ts";
import { exitError } from "./exit.ts";
import { exploredIn, realMs } from "./explored.ts";
import { mostSeed, mostWorkers, oneOf, parsed, wholeNumber } from "./flags.ts";
import { channelsDrawn } from "./fuzz.ts";
import { interruptible } from "./interrupt.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { type Exploration, regressionOf } from "./regression.ts";
import { terminal } from "./run.ts";
import { scenariosNamed, systemsNamed } from "./selection.ts";
import { workersFor, worldFor } from "./world.ts";

const flags = {
  integration: { type: "string", multiple: true },
  world: { type: "string", default: "simulated" },
  "upgrade-to": { type: "string" },
  channel: { type: "string", multiple: true },
  seed: { type: "string", default: "1" },
  budget: { type: "string" },
  pairs: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  names: { type: "boolean", default: false },
  estimate: { type: "boolean", default: false },
  profile: { type: "string", default: "default" },
  workers: { type: "string" },
  regressions: { type: "string", default: "komfrem-regressions" },
  junit: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

const unsaidMs = 600_000;

type Values = ReturnType<typeof parsed<typeof flags>>["values"];

/** A sweep of one system in one scenario, and what was kept of it: paths, by the rule that failed first. */
type Done = {
  readonly system: string;
  readonly sweep: Sweep;
  readonly kept: ReadonlyMap<RuleId, string>;
};

/** `komfrem sweep`: breaks a scenario at every boundary, in every way, one at a time. */
export async function sweep(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const seed = wholeNumber("--seed", values.seed, 0, mostSeed);
  const profile = oneOf("--profile", values.profile, ["default", "strict"]);
  const kind = oneOf("--world", values.world, ["simulated", "live"]);
  const systems = await systemsNamed(values.integration ?? [], values["upgrade-to"]);
  const width =
    values.workers === undefined ? workersFor(kind, systems) : wholeNumber("--workers", values.workers, 1, mostWorkers);
  const budget = sweepBudget(values, systems);
  const pairs = await sweptPairs(systems, positionals, values);
  const world = worldFor(kind, width);
  const ends = interruptible();
  const done: Done[] = [];
  try {
    for (const { scenario, sut } of pairs) {
      if (ends.signal.aborted) break;
      const explored = exploredIn(world, sut, { seed, width, profile });
      if (values.estimate) {
        await estimate({ scenario, sut }, explored, values);
        continue;
      }
      const keeping = new Keeping(new Regressions(values.regressions, regressionProblems), { sut, seed, profile });
      const result = await swept(scenario, explored, {
        budget,
        pairs: values.pairs,
        only: values.only,
        signal: ends.signal,
        onProgress: (runs, planned) => progress(values, `${runs} of ${planned} runs, ${sut.name}, ${scenario.id}`),
        onFailed: (failed) => keeping.keep(failed),
      });
      progress(values, "");
      done.push({ system: sut.name, sweep: result, kept: keeping.paths });
      if (!values.json) tell(done, values);
    }
  } finally {
    ends.over();
    await world.close();
  }
  if (values.estimate) return 0;
  if (values.junit !== undefined)
    writeWhole(
      resolve(values.junit),
      sweepJunit(done.map(({ kept, ...one }) => ({ ...one, replay: (rule) => replayOf(kept, rule) }))),
    );
  if (values.json) console.log(JSON.stringify(fileOf(done, seed, profile)));
  return codeOf(done, pairs.length);
}

/**
 * The scenarios that were named, or a few messages on each channel, with every system that they test.
 *
 * @throws {HarnessError} Nothing is left to sweep.
 */
async function sweptPairs(
  systems: readonly SystemUnderTest[],
  named: readonly string[],
  values: Values,
): Promise<Pair[]> {
  if (named.length > 0)
    return pairsOf(systems, await scenariosNamed(named, []), { said: values.channel, byName: true });
  const pairs = systems.flatMap((sut) =>
    basesFor(sut.role, channelsDrawn(sut, values.channel)).map((scenario) => ({ scenario, sut })),
  );
  if (pairs.length > 0) return pairs;
  throw new HarnessError({
    happened: "There is nothing to sweep.",
    because: `${systems.map(({ name }) => name).join(" and ")} serves none of ${values.channel?.join(", ") ?? "the channels"}.`,
    next: "An integration reads fiks-io and altinn-correspondence, a sender sends on altinn-dispatch and altinn-correspondence.",
  });
}

async function estimate({ scenario, sut }: Pair, explored: Explored, values: Values): Promise<void> {
  // The first run also reads the modules.
  await explored.survey(scenario);
  const began = performance.now();
  const clean = await explored.survey(scenario);
  const eachMs = performance.now() - began;
  const about = `${sut.name}, ${scenario.id}`;
  if (clean.verdict !== "passed") {
    console.log(`${about}: the clean run is ${clean.verdict}; nothing would be broken.`);
    return;
  }
  const runs = runsOf(clean, explored, values.only);
  const seconds = Math.ceil((runs * eachMs) / 1000 / explored.width);
  console.log(`${about}: ${runs} runs, about ${seconds} s; what is first seen on the way comes on top.`);
}

/** The first failure by each rule, in the order of the plan, is kept as a regression as soon as it is there. */
class Keeping {
  readonly #regressions: Regressions;
  readonly #exploration: Exploration;
  readonly #kept = new Map<RuleId, { readonly at: number; readonly path: string }>();

  constructor(regressions: Regressions, exploration: Exploration) {
    this.#regressions = regressions;
    this.#exploration = exploration;
  }

  keep({ at, broken, scenario, surveyed }: FailedSweep): void {
    const rule = broken[0]?.primary.rule;
    if (rule === undefined) return;
    const earlier = this.#kept.get(rule);
    if (earlier !== undefined && earlier.at < at) return;
    const found = { rule, found: { how: "sweep" }, shrunk: false, scenario, surveyed } as const;
    const regression = regressionOf(this.#exploration, found);
    const path =
      earlier === undefined ? this.#regressions.write(regression) : this.#regressions.replace(earlier.path, regression);
    this.#kept.set(rule, { at, path });
  }

  get paths(): ReadonlyMap<RuleId, string> {
    return new Map([...this.#kept].map(([rule, { path }]) => [rule, relative("", path)]));
  }
}

function replayOf(kept: Done["kept"], rule: string): string | undefined {
  const path = kept.get(rule as RuleId);
  return path === undefined ? undefined : replayFileCommand(path);
}

function tell(done: readonly Done[], { names }: Values): void {
  const last = done.at(-1);
  if (last === undefined) return;
  const { system, sweep: result, kept } = last;
  console.log(`${sweepReport(system, result, { ...terminal(), names, replay: (rule) => replayOf(kept, rule) })}\n`);
}

/** One line that changes, where somebody looks; an empty one takes it away. */
function progress({ json }: Values, said: string): void {
  if (process.stderr.isTTY === true && !json) process.stderr.write(`\r\u001b[2K${said}`);
}

function fileOf(done: readonly Done[], seed: number, profile: "default" | "strict"): SweepFile {
  return {
    schema: "komfrem.sweep/v1",
    seed,
    profile,
    sweeps: done.map(({ system, sweep: one, kept }) => sweptScenario(system, one, kept)),
  };
}

/** What the command line says; where it says nothing, the longest of what the configs do, for all together. */
export function sweepBudget({ budget }: Pick<Values, "budget">, systems: readonly SystemUnderTest[]): Budget {
  if (budget !== undefined) return new Budget({ ms: budgetMs(budget) }, realMs);
  return new Budget({ ms: Math.max(...systems.map(({ product }) => product?.budgets?.sweepMs ?? unsaidMs)) }, realMs);
}

/** Two at a time are done while the budget lasts; whatever else is left undone leaves it open. */
function codeOf(done: readonly Done[], planned: number): number {
  const sweeps = done.map((one) => one.sweep);
  if (sweeps.some(({ notPerformed }) => notPerformed.length > 0)) return exitError;
  if (sweeps.some(({ clean, failed }) => failed.length > 0 || clean.verdict === "failed")) return 1;
  const isOpen = ({ clean, singles, inconclusive }: Sweep): boolean =>
    clean.verdict !== "passed" || singles.left > 0 || singles.injected === 0 || inconclusive.length > 0;
  return done.length < planned || sweeps.some(isOpen) ? 2 : 0;
}
