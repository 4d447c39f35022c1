import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { validate } from "../contracts/komfrem/index.ts";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import { HarnessError } from "../core/error.ts";
import type { Scenario } from "../core/scenario.ts";
import { consoleReport } from "../evidence/console.ts";
import { junit } from "../evidence/junit.ts";
import { replayedLines, unusableLine } from "../evidence/regressions.ts";
import { replayFileCommand } from "../evidence/replay.ts";
import { report } from "../evidence/report.ts";
import { RunFolder } from "../evidence/write.ts";
import { atOnce } from "../explore/explored.ts";
import { type Kept, moduleOf, nextOf, readRegression, type Unusable } from "../explore/regressions.ts";
import { type Replayed, type ReplayStatus, replayed } from "../explore/replay.ts";
import { catalogue } from "../integrations/index.ts";
import { type Run, type RunOptions, type SystemUnderTest, suits, type World } from "../worlds/world.ts";
import { exitError } from "./exit.ts";
import { exploredIn } from "./explored.ts";
import { mostSeed, oneOf, parsed, wholeNumber } from "./flags.ts";
import { exitCode, terminal } from "./run.ts";
import { systemsNamed } from "./selection.ts";
import { worldFor } from "./world.ts";

const flags = {
  integration: { type: "string" },
  world: { type: "string", default: "simulated" },
  seed: { type: "string" },
  profile: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean", default: false },
  lang: { type: "string", default: "en" },
} as const;

/** What stands in a file, and all that it takes to perform it. */
type Replay = {
  readonly scenario: Scenario;
  readonly sut: SystemUnderTest;
  readonly options: RunOptions;
  /** Absent where the file is a plain scenario. */
  readonly kept?: Kept;
};

/** What came of one file. */
type Outcome =
  | { readonly kind: "performed"; readonly file: string; readonly run: Run; readonly replayed?: Replayed }
  | { readonly kind: "unusable"; readonly file: string; readonly unusable: Unusable }
  | { readonly kind: "error"; readonly file: string; readonly error: HarnessError };

type Values = ReturnType<typeof parsed<typeof flags>>["values"];

/** `komfrem replay`: performs regressions, or plain scenarios, from what their files say. */
export async function replay(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const lang = oneOf("--lang", values.lang, ["en", "nb"]);
  if (positionals.length === 0)
    throw new HarnessError({
      happened: "Nothing was replayed.",
      because: "No file was named.",
      next: "Name the files: komfrem replay komfrem-regressions/*.json",
    });
  const world = worldFor(oneOf("--world", values.world, ["simulated", "live"]), availableParallelism());
  let outcomes: readonly Outcome[];
  try {
    outcomes = await atOnce(availableParallelism(), positionals, (file) => outcomeOf(file, values, world));
  } finally {
    await world.close();
  }
  const runs = outcomes.flatMap((outcome) => (outcome.kind === "performed" ? [outcome.run] : []));
  if (values.out !== undefined) written(runs, resolve(values.out));
  if (values.json) console.log(JSON.stringify(report(runs)));
  else say(outcomes, runs, values, lang);
  return exitCodeOf(outcomes);
}

async function outcomeOf(file: string, values: Values, world: World): Promise<Outcome> {
  try {
    const read = await replayIn(file, values);
    if ("because" in read) return { kind: "unusable", file, unusable: read };
    const { scenario, sut, options, kept } = read;
    if (kept === undefined) return { kind: "performed", file, run: await world.run(scenario, sut, options) };
    const now = await replayed(kept, exploredIn(world, sut, { ...options, width: 1 }));
    if (now.surveyed === undefined)
      return { kind: "unusable", file, unusable: { path: kept.path, kind: "stale", because: now.because ?? "" } };
    return { kind: "performed", file, run: await world.run(scenario, sut, options), replayed: now };
  } catch (error) {
    if (error instanceof HarnessError) return { kind: "error", file, error };
    throw error;
  }
}

async function replayIn(file: string, values: Values): Promise<Replay | Unusable> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new HarnessError({
      happened: `There is no file ${file}.`,
      because: "A regression is a file that an exploration wrote, mostly in komfrem-regressions/.",
      next: "Name one that is there: komfrem replay komfrem-regressions/*.json",
    });
  const plain = plainScenario(path);
  if (plain !== undefined) return ofScenario(file, plain, values);
  const read = readRegression(path, regressionProblems);
  if ("because" in read) return read;
  const { role, seed, profile, scenario } = read.regression;
  const sut = values.integration === undefined ? await systemOf(read) : await systemCalled(values.integration);
  if (sut.role !== role) throw otherRole(file, scenario, sut);
  return { scenario, sut, options: optionsOf(values, seed, profile), kept: read };
}

/** The file's value where it says that it is a scenario. */
function plainScenario(path: string): unknown {
  try {
    const given: unknown = JSON.parse(readFileSync(path, "utf8"));
    const said = typeof given === "object" && given !== null && "schema" in given ? given.schema : undefined;
    return said === "komfrem.scenario/v1" ? given : undefined;
  } catch {
    // Why it cannot be read is said where a regression is looked for.
    return undefined;
  }
}

async function ofScenario(file: string, given: unknown, values: Values): Promise<Replay> {
  const problems = validate("scenario", given);
  if (problems.length > 0)
    throw new HarnessError({
      happened: `${file} cannot be performed.`,
      because: problems.slice(0, 3).join(" "),
      next: "Correct it after contracts/komfrem/scenario.v1.schema.json.",
    });
  if (values.integration === undefined)
    throw new HarnessError({
      happened: `${file} was not replayed.`,
      because: "It is a plain scenario, which names no system; a regression does.",
      next: `Say which: ${replayFileCommand(file, { integration: "./mine.ts" })}`,
    });
  const scenario = given as Scenario;
  const sut = await systemCalled(values.integration);
  if (!suits(scenario, sut)) throw otherRole(file, scenario, sut);
  return { scenario, sut, options: optionsOf(values, 1, "default") };
}

/** What the command line says; else what the file does. */
function optionsOf(values: Values, seed: number, profile: "default" | "strict"): RunOptions {
  return {
    seed: wholeNumber("--seed", values.seed ?? String(seed), 0, mostSeed),
    profile: oneOf("--profile", values.profile ?? profile, ["default", "strict"]),
  };
}

/** How a regression calls a system's module, so that whoever has the file finds it: `Regressions.write` and `all`. */
export function moduleFor({ name, module }: SystemUnderTest): string {
  return catalogue.some((one) => one.name === name) ? name : module;
}

/** The system that the regression names; it keeps the name by which it was reported. */
async function systemOf(kept: Kept): Promise<SystemUnderTest> {
  return { ...(await systemCalled(moduleOf(kept), nextOf(kept))), name: kept.regression.system };
}

async function systemCalled(name: string, next?: string): Promise<SystemUnderTest> {
  const systems = await systemsNamed([name], next);
  const [sut] = systems;
  if (sut !== undefined && systems.length === 1) return sut;
  throw new HarnessError({
    happened: "Nothing was replayed.",
    because: `${name} is ${systems.length} systems.`,
    next: "Name one of them, or the path of a module: --integration ./mine.ts",
  });
}

function otherRole(file: string, scenario: Scenario, sut: SystemUnderTest): HarnessError {
  const words = { integration: "an integration", sender: "a sender" } as const;
  return new HarnessError({
    happened: `${file} was not replayed.`,
    because: `It tests ${words[scenario.tests ?? "integration"]}, and ${sut.name} is ${words[sut.role]}.`,
    next: "Name a system of that kind with --integration.",
  });
}

function written(runs: readonly Run[], path: string): void {
  const folder = new RunFolder(path);
  for (const run of runs) folder.run(run);
  folder.report(report(runs), junit(runs));
}

function say(outcomes: readonly Outcome[], runs: readonly Run[], values: Values, lang: "en" | "nb"): void {
  const { integration, seed, profile } = values;
  const { colour, width } = terminal();
  const files = new Map(
    outcomes.flatMap((outcome) => (outcome.kind === "performed" ? [[outcome.run.scenario, outcome.file]] : [])),
  );
  const command = ({ scenario }: Pick<Run, "scenario">): string =>
    replayFileCommand(files.get(scenario) ?? scenario.id, { integration, seed, profile });
  if (runs.length > 0) console.log(`${consoleReport(runs, { lang, colour, width, replay: command })}\n`);
  for (const line of outcomes.flatMap((outcome) => linesOf(outcome, colour))) console.log(line);
}

function linesOf(outcome: Outcome, colour: boolean): string[] {
  const { file } = outcome;
  switch (outcome.kind) {
    case "performed": {
      const { replayed } = outcome;
      return replayed === undefined ? [] : replayedLines({ ...replayed, file, rule: replayed.regression.rule }, colour);
    }
    case "unusable":
      return [unusableLine(outcome.unusable, file, colour)];
    case "error":
      return [outcome.error.message];
  }
}

/** What could not be replayed at all outranks what fails, and that what is not known. */
function exitCodeOf(outcomes: readonly Outcome[]): number {
  const codes = new Set(outcomes.map(codeOf));
  return [exitError, 1, 2].find((code) => codes.has(code)) ?? 0;
}

function codeOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case "performed":
      return outcome.replayed === undefined ? exitCode([outcome.run], []) : codeOfStatus[outcome.replayed.status];
    case "unusable":
      return outcome.unusable.kind === "stale" ? 2 : exitError;
    case "error":
      return exitError;
  }
}

const codeOfStatus: Readonly<Record<ReplayStatus, number>> = { FIXED: 0, FAILED: 1, FLAKY: 1, STALE: 2 };
