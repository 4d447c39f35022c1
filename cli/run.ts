import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { HarnessError } from "../core/error.ts";
import { consoleReport, type Failed } from "../evidence/console.ts";
import { junit } from "../evidence/junit.ts";
import { limitsOf, today } from "../evidence/limits.ts";
import { Progress } from "../evidence/progress.ts";
import { report } from "../evidence/report.ts";
import { RunFolder } from "../evidence/write.ts";
import { catalogue } from "../integrations/index.ts";
import { longScenarios, scenarios } from "../scenarios/index.ts";
import type { Role, Run } from "../worlds/world.ts";
import { exitError } from "./exit.ts";
import { mostSeed, mostWorkers, oneOf, parsed, wholeNumber } from "./flags.ts";
import { type Pair, pairsOf } from "./pairs.ts";
import { scenariosNamed, systemsNamed } from "./selection.ts";
import { workersFor, worldFor } from "./world.ts";

const flags = {
  integration: { type: "string", multiple: true },
  "upgrade-to": { type: "string" },
  only: { type: "string", multiple: true },
  channel: { type: "string", multiple: true },
  seed: { type: "string", default: "1" },
  seeds: { type: "string", default: "1" },
  profile: { type: "string", default: "default" },
  world: { type: "string", default: "simulated" },
  workers: { type: "string" },
  out: { type: "string", default: "komfrem-out" },
  junit: { type: "string" },
  json: { type: "boolean", default: false },
  lang: { type: "string", default: "en" },
  list: { type: "boolean", default: false },
} as const;

/** Everything a command needs to perform runs and write them down. */
export type Plan = {
  readonly pairs: readonly Pair[];
  readonly seeds: readonly number[];
  readonly profile: "default" | "strict";
  readonly world: "simulated" | "live";
  readonly workers: number;
  readonly out: string;
};

/**
 * Performs every run of a plan and writes each down as soon as it has ended.
 *
 * @returns The runs in the plan's order, and the runs that the harness could not perform.
 */
export async function performed(
  plan: Plan,
): Promise<{ readonly runs: readonly Run[]; readonly errors: readonly Failed[] }> {
  const folder = new RunFolder(plan.out);
  const world = worldFor(plan.world, plan.workers);
  const wanted = plan.pairs.flatMap((pair) => plan.seeds.map((seed) => ({ ...pair, seed })));
  const progress = new Progress(wanted.length, process.stderr);
  const runs: (Run | undefined)[] = wanted.map(() => undefined);
  const errors: Failed[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < wanted.length; at = next++) {
      const one = wanted[at];
      if (one === undefined) return;
      try {
        const run = await world.run(one.scenario, one.sut, { seed: one.seed, profile: plan.profile });
        folder.run(run);
        runs[at] = run;
        progress.ended(run);
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error;
        errors.push({ scenario: one.scenario, sut: one.sut, seed: one.seed, error });
        progress.failed(one.scenario.id, one.sut.name);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: plan.workers }, work));
  } finally {
    progress.end();
    await world.close();
  }
  const done = runs.filter((run) => run !== undefined);
  folder.report(report(done, errors), junit(done, errors, { accepted: isAccepted }));
  return { runs: done, errors };
}

/** Whether colours may be used on standard output, and how wide it is. */
export function terminal(): { readonly colour: boolean; readonly width: number } {
  return {
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    width: Math.max(60, Math.min(140, process.stdout.columns ?? 100)),
  };
}

/** Whether what a run left open lies within limits that were accepted. */
function isAccepted(run: Run): boolean {
  return limitsOf(run, today()) !== undefined;
}

/** The exit code that runs and errors together call for. */
export function exitCode(runs: readonly Run[], errors: readonly Failed[]): number {
  if (errors.length > 0) return exitError;
  if (runs.some(({ judged }) => judged.verdict.kind === "failed")) return 1;
  if (runs.some((run) => run.judged.verdict.kind === "inconclusive" && !isAccepted(run))) return 2;
  return 0;
}

/** `komfrem run`. */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const lang = oneOf("--lang", values.lang, ["en", "nb"]);
  if (values.list) {
    for (const role of ["integration", "sender"] as const) list(role);
    return 0;
  }
  const first = wholeNumber("--seed", values.seed, 0, mostSeed);
  const count = wholeNumber("--seeds", values.seeds, 1, 100_000);
  const systems = await systemsNamed(values.integration ?? [], values["upgrade-to"]);
  const kind = oneOf("--world", values.world, ["simulated", "live"]);
  const plan: Plan = {
    pairs: pairsOf(systems, await scenariosNamed(positionals, values.only ?? []), {
      said: values.channel,
      byName: positionals.length > 0,
    }),
    seeds: Array.from({ length: count }, (_, i) => first + i),
    profile: oneOf("--profile", values.profile, ["default", "strict"]),
    world: kind,
    workers:
      values.workers === undefined
        ? workersFor(kind, systems)
        : wholeNumber("--workers", values.workers, 1, mostWorkers),
    out: resolve(values.out),
  };
  const { runs, errors } = await performed(plan);
  if (values.junit !== undefined) written(values.junit, junit(runs, errors, { accepted: isAccepted }));
  if (values.json) console.log(JSON.stringify(report(runs, errors)));
  else {
    console.log(consoleReport(runs, { lang, ...terminal(), errors }));
    console.log(`\nWritten to ${values.out}`);
  }
  return exitCode(runs, errors);
}

const listed = {
  integration: ["Scenarios for integrations, which receive", "Integrations that we ship"],
  sender: ["Scenarios for senders", "Senders that we ship"],
} as const;

function list(role: Role): void {
  const [ofScenarios, ofSystems] = listed[role];
  console.log(`${ofScenarios}`);
  for (const { id, title, tests } of [...scenarios, ...longScenarios])
    if ((tests ?? "integration") === role) console.log(`  ${id.padEnd(26)} ${title}`);
  console.log(`\n${ofSystems}`);
  for (const one of catalogue)
    if (one.role === role)
      console.log(`  ${one.name.padEnd(38)} ${(one.kind === "sound" ? "sound" : one.breaks).padEnd(20)} ${one.does}`);
  console.log("");
}

function written(path: string, text: string): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new HarnessError({
      happened: `${path} could not be written.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Give a path in a folder that can be written to; the run's own folder has the same report.",
    });
  }
}
