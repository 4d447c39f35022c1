import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import type { Scenario } from "../core/scenario.ts";
import { replayFileCommand } from "../evidence/replay.ts";
import { sweepReport } from "../evidence/sweep.ts";
import { basesFor } from "../explore/bases.ts";
import { Budget, budgetMs } from "../explore/budget.ts";
import type { Explored } from "../explore/explored.ts";
import { Regressions } from "../explore/regressions.ts";
import { runsOf, type Sweep, type Swept, sweep as swept } from "../explore/sweep.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { type SystemUnderTest, suits } from "../worlds/world.ts";
import { exploredIn } from "./explored.ts";
import { mostSeed, mostWorkers, oneOf, parsed, wholeNumber } from "./flags.ts";
import { channelsDrawn } from "./fuzz.ts";
import { interruptible } from "./interrupt.ts";
import { regressionOf } from "./regression.ts";
import { terminal } from "./run.ts";
import { scenariosNamed, systemsNamed } from "./selection.ts";

const flags = {
  integration: { type: "string", multiple: true },
  channel: { type: "string", multiple: true },
  seed: { type: "string", default: "1" },
  budget: { type: "string", default: "10m" },
  pairs: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  names: { type: "boolean", default: false },
  estimate: { type: "boolean", default: false },
  profile: { type: "string", default: "default" },
  workers: { type: "string" },
  regressions: { type: "string", default: "komfrem-regressions" },
  json: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof parsed<typeof flags>>["values"];
type Stand = { readonly explored: Explored; readonly sut: SystemUnderTest; readonly values: Values };

/** `komfrem sweep`: breaks a scenario at every boundary, in every way, one at a time. */
export async function sweep(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const seed = wholeNumber("--seed", values.seed, 0, mostSeed);
  const profile = oneOf("--profile", values.profile, ["default", "strict"]);
  const width =
    values.workers === undefined ? availableParallelism() : wholeNumber("--workers", values.workers, 1, mostWorkers);
  const budget = new Budget({ ms: budgetMs(values.budget) });
  const named = positionals.length === 0 ? undefined : await scenariosNamed(positionals, []);
  const systems = await systemsNamed(values.integration ?? []);
  const world = new SimulatedWorld(width);
  const ends = interruptible();
  const done: { readonly system: string; readonly sweep: Sweep }[] = [];
  try {
    for (const sut of systems) {
      const explored = exploredIn(world, sut, { seed, width, profile });
      const bases = named?.filter((one) => suits(one, sut)) ?? basesFor(sut.role, channelsDrawn(sut, values.channel));
      for (const base of bases) {
        if (ends.signal.aborted) break;
        const stand = { explored, sut, values };
        if (values.estimate) await estimate(base, stand);
        else done.push({ system: sut.name, sweep: await sweepOne(base, stand, budget, ends.signal) });
      }
    }
  } finally {
    ends.over();
    await world.close();
  }
  if (values.json) console.log(JSON.stringify(done.map(({ system, sweep: one }) => summary(system, one))));
  return codeOf(
    done.map((one) => one.sweep),
    values.estimate,
  );
}

async function estimate(base: Scenario, { explored, sut, values }: Stand): Promise<void> {
  const began = performance.now();
  const clean = await explored.survey(base);
  await explored.survey(base);
  const eachMs = (performance.now() - began) / 2;
  const runs = runsOf(clean, values.only);
  const seconds = Math.ceil((runs * eachMs) / 1000 / explored.width);
  console.log(`${sut.name}, ${base.id}: ${runs} runs, about ${seconds} s; what is first seen on the way comes on top.`);
}

async function sweepOne(base: Scenario, stand: Stand, budget: Budget, signal: AbortSignal): Promise<Sweep> {
  const { explored, values } = stand;
  const quiet = values.json || process.stderr.isTTY !== true;
  const result = await swept(base, explored, {
    budget,
    pairs: values.pairs,
    only: values.only,
    signal,
    ...(quiet ? {} : { onProgress: (done, planned) => process.stderr.write(`\r${done}/${planned} `) }),
  });
  const kept = keptOf(result.failed, stand);
  if (!values.json)
    console.log(
      `${sweepReport(explored.name, result, {
        ...terminal(),
        names: values.names,
        replay: (one) => replayFileCommand(relative("", kept.get(one) ?? "")),
      })}\n`,
    );
  return result;
}

/** The first failure by each rule is kept as a regression. */
function keptOf(failed: readonly Swept[], { explored, sut, values }: Stand): Map<Swept, string> {
  const regressions = new Regressions(values.regressions, regressionProblems);
  const profile = oneOf("--profile", values.profile, ["default", "strict"]);
  const kept = new Map<Swept, string>();
  const rules = new Set<string>();
  for (const one of failed) {
    const rule = one.surveyed.broken[0]?.primary.rule;
    if (rule === undefined || rules.has(rule)) continue;
    rules.add(rule);
    kept.set(
      one,
      regressions.write(
        regressionOf({ sut, seed: explored.seed, profile }, { ...one, rule, found: { how: "sweep" }, shrunk: false }),
      ),
    );
  }
  return kept;
}

function summary(system: string, { scenario, clean, failed, inconclusive, ...rest }: Sweep): object {
  const named = ({ faults, surveyed }: Swept): object => ({
    faults: faults.map(({ id }) => id),
    rules: [...new Set(surveyed.broken.map(({ primary }) => primary.rule))],
  });
  return {
    system,
    scenario: scenario.id,
    clean: clean.verdict,
    ...rest,
    failed: failed.map(named),
    inconclusive: inconclusive.map(named),
  };
}

function codeOf(sweeps: readonly Sweep[], estimated: boolean): number {
  if (estimated) return 0;
  if (sweeps.some(({ clean, failed }) => failed.length > 0 || clean.verdict === "failed")) return 1;
  return sweeps.length === 0 ||
    sweeps.some(({ clean, left, injected }) => clean.verdict !== "passed" || left > 0 || injected === 0)
    ? 2
    : 0;
}
