import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import { validate } from "../contracts/komfrem/index.ts";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import { HarnessError } from "../core/error.ts";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import { campaignReport, coverageReport } from "../evidence/campaign.ts";
import { counterexampleReport } from "../evidence/counterexample.ts";
import { replayedLines, unusableLine } from "../evidence/regressions.ts";
import { replayFileCommand } from "../evidence/replay.ts";
import { Budget, budgetMs } from "../explore/budget.ts";
import { Campaign, type CampaignFile, type CampaignKey } from "../explore/campaign.ts";
import { missed } from "../explore/coverage.ts";
import { type Drawing, drawingVersion } from "../explore/draw/scenario.ts";
import type { Explored } from "../explore/explored.ts";
import { type Drawn, fuzz as fuzzed } from "../explore/fuzz.ts";
import { type Regression, Regressions } from "../explore/regressions.ts";
import { replayedAll } from "../explore/replay.ts";
import { shardOf, wholeCampaign } from "../explore/shard.ts";
import { shrink } from "../explore/shrink.ts";
import { generatorVersion } from "../worlds/random.ts";
import { bundleOf } from "../worlds/simulated/bundle.ts";
import type { SystemUnderTest, World } from "../worlds/world.ts";
import { counterexampleOf } from "./counterexample.ts";
import { exploredIn, realMs } from "./explored.ts";
import { mostSeed, mostWorkers, oneOf, parsed, wholeNumber } from "./flags.ts";
import { type Interrupt, interruptible } from "./interrupt.ts";
import { campaignCode } from "./merge.ts";
import { channelsSaid, channelsUnsaid } from "./pairs.ts";
import { type Exploration, regressionOf } from "./regression.ts";
import { moduleFor } from "./replay.ts";
import { terminal } from "./run.ts";
import { systemsNamed } from "./selection.ts";
import { workersFor, worldFor } from "./world.ts";

const flags = {
  integration: { type: "string", multiple: true },
  world: { type: "string", default: "simulated" },
  "upgrade-to": { type: "string" },
  channel: { type: "string", multiple: true },
  seed: { type: "string", default: "1" },
  budget: { type: "string" },
  runs: { type: "string" },
  shard: { type: "string" },
  first: { type: "boolean", default: false },
  profile: { type: "string", default: "default" },
  workers: { type: "string" },
  out: { type: "string", default: "komfrem-out" },
  regressions: { type: "string", default: "komfrem-regressions" },
  json: { type: "boolean", default: false },
  lang: { type: "string", default: "en" },
} as const;

const unsaidMs = 60_000;
/** A timer of Node's for longer would end at once. */
const longestTimerMs = 2 ** 31 - 1;
const mostRuns = 100_000_000;

type Values = ReturnType<typeof parsed<typeof flags>>["values"];
type Stand = { readonly world: World; readonly width: number; readonly ends: Interrupt };

/** `komfrem fuzz`: draws scenarios, and shows the smallest ones that a system fails. */
export async function fuzz(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  if (positionals.length > 0)
    throw new HarnessError({
      happened: `"${positionals[0]}" was not fuzzed.`,
      because: "Fuzzing draws its scenarios; none can be named.",
      next: "komfrem sweep breaks a scenario at every boundary; komfrem replay performs one from its file.",
    });
  const systems = await systemsNamed(values.integration ?? [], values["upgrade-to"]);
  const kind = oneOf("--world", values.world, ["simulated", "live"]);
  const width =
    values.workers === undefined ? workersFor(kind, systems) : wholeNumber("--workers", values.workers, 1, mostWorkers);
  const world = worldFor(kind, width);
  const ends = interruptible();
  try {
    const codes: number[] = [];
    for (const sut of systems)
      if (!ends.signal.aborted) codes.push(await new Fuzzing(sut, values, { world, width, ends }).perform());
    return codes.includes(1) ? 1 : Math.max(0, ...codes);
  } finally {
    ends.over();
    await world.close();
  }
}

/** One system, fuzzed: first what it failed before, then a campaign, and each finding made smaller as it comes. */
class Fuzzing {
  readonly #sut: SystemUnderTest;
  readonly #values: Values;
  readonly #stand: Stand;
  readonly #explored: Explored;
  readonly #drawing: Drawing;
  readonly #regressions: Regressions;
  readonly #budget: Budget;
  readonly #lang: "en" | "nb";
  readonly #exploration: Exploration;
  readonly #enough = new AbortController();
  readonly #stories: Promise<void>[] = [];

  constructor(sut: SystemUnderTest, values: Values, stand: Stand) {
    this.#sut = sut;
    this.#values = values;
    this.#stand = stand;
    this.#lang = oneOf("--lang", values.lang, ["en", "nb"]);
    const profile = oneOf("--profile", values.profile, ["default", "strict"]);
    const seed = wholeNumber("--seed", values.seed, 0, mostSeed);
    this.#exploration = { sut, seed, profile };
    this.#explored = exploredIn(stand.world, sut, { seed, width: stand.width, profile });
    this.#drawing = { role: sut.role, channels: channelsDrawn(sut, values.channel) };
    this.#regressions = new Regressions(values.regressions, regressionProblems);
    this.#budget = fuzzBudget(values, sut);
  }

  /** @returns The exit code. */
  async perform(): Promise<number> {
    const stillFails = await this.#replayKept();
    const campaign = await this.#begun();
    const signal = AbortSignal.any([this.#stand.ends.signal, this.#enough.signal]);
    await fuzzed(this.#drawing, this.#explored, campaign.runs(this.#budget, signal), (drawn) => {
      campaign.record(drawn, (rule, instead) => instead?.regression ?? this.#found(campaign, rule, drawn));
      this.#progress(campaign);
    });
    await Promise.all(this.#stories);
    this.#progress(undefined);
    const file = this.#stand.ends.signal.aborted ? campaign.end() : campaign.end("finished");
    this.#tell(file);
    return stillFails ? 1 : campaignCode(file, false);
  }

  async #begun(): Promise<Campaign> {
    const key: CampaignKey = {
      system: this.#sut.name,
      systemHash: await versionsHash(this.#sut),
      role: this.#sut.role,
      seed: this.#explored.seed,
      channels: this.#drawing.channels,
      profile: this.#exploration.profile,
      generator: `${drawingVersion} ${generatorVersion}`,
    };
    const campaign = Campaign.begin({
      folder: resolve(join(this.#values.out, "campaigns")),
      key,
      shard: this.#values.shard === undefined ? wholeCampaign : shardOf(this.#values.shard),
      problemsIn: (value) => validate("campaign", value),
      now: realMs,
    });
    const { begun } = campaign;
    if (begun.kind === "resumed")
      this.#say(
        `Goes on with seed ${key.seed}: it was interrupted after ${begun.runs} runs, with ${campaign.findings.length} findings, which are kept.`,
      );
    if (begun.kind === "instead") this.#say(`Begins anew: ${begun.because}. What stood there is in ${begun.putAside}.`);
    return campaign;
  }

  /** Writes down at once what was found, and begins to make it smaller. */
  #found(campaign: Campaign, rule: RuleId, { run, scenario, surveyed }: Drawn): string {
    const found = { how: "fuzz", run } as const;
    const path = this.#regressions.write(
      regressionOf(this.#exploration, { rule, found, shrunk: false, scenario, surveyed }),
    );
    this.#meanwhile(this.#story(campaign, rule, run, scenario, path));
    if (this.#values.first) this.#enough.abort();
    return path;
  }

  /** Goes on beside the campaign, which ends once this is over. */
  #meanwhile(story: Promise<void>): void {
    // Whether one could not be told is heard of once the campaign is over.
    story.catch(() => {});
    this.#stories.push(story);
  }

  async #story(campaign: Campaign, rule: RuleId, nth: number, drawn: Scenario, path: string): Promise<void> {
    const patience = this.#patience();
    const shrunk = await shrink(drawn, this.#explored, { rule, signal: patience });
    const { scenario, surveyed } = shrunk;
    const smaller = regressionOf(this.#exploration, {
      rule,
      found: { how: "fuzz", run: nth },
      shrunk: !patience.aborted,
      scenario,
      surveyed,
    });
    const kept = this.#regressions.replace(path, smaller, (moved) => campaign.moved(rule, moved));
    if (this.#values.json) return;
    const found = await counterexampleOf(shrunk, rule, drawn, this.#explored, this.#stand.world);
    if (found === undefined) return;
    const replay = (): string => replayFileCommand(relative("", kept));
    this.#say(`${counterexampleReport(found, { lang: this.#lang, ...terminal(), replay })}\n`);
    if (patience.aborted && !this.#stand.ends.signal.aborted)
      this.#say(
        `The time to make ${relative("", kept)} smaller was over after ${shrunk.tries} runs: the next start goes on.\n`,
      );
  }

  /** Ends the making smaller: once somebody asks for an end, or the time for it is over. */
  #patience(): AbortSignal {
    const { signal } = this.#stand.ends;
    const ms = this.#budget.shrinkingMs;
    return ms > longestTimerMs ? signal : AbortSignal.any([signal, AbortSignal.timeout(ms)]);
  }

  /** @returns Whether any of them is still broken. */
  async #replayKept(): Promise<boolean> {
    const { kept, unusable } = this.#regressions.all(moduleFor(this.#sut));
    const { colour } = terminal();
    for (const one of unusable) this.#say(unusableLine(one, relative("", one.path), colour));
    const all = await replayedAll(kept, this.#explored);
    for (const { status, because, path, regression } of all)
      for (const line of replayedLines(
        { status, ...(because === undefined ? {} : { because }), file: relative("", path), rule: regression.rule },
        colour,
      ))
        this.#say(line);
    for (const { status, path, regression } of all)
      if (status === "FAILED" && !regression.shrunk) this.#meanwhile(this.#finishShrinking(path, regression));
    return all.some(({ status }) => status === "FAILED" || status === "FLAKY");
  }

  /** What was found and not made smaller: a sweep does not, and whoever is killed comes no further. */
  async #finishShrinking(path: string, regression: Regression): Promise<void> {
    const { rule, scenario } = regression;
    const patience = this.#patience();
    const shrunk = await shrink(scenario, this.#explored, { rule, signal: patience });
    if (shrunk.tries === 1) return;
    const kept = this.#regressions.replace(
      path,
      regressionOf(this.#exploration, { ...shrunk, rule, found: regression.found, shrunk: !patience.aborted }),
    );
    this.#say(`${" ".repeat(11)}made smaller in ${shrunk.tries} runs: ${relative("", kept)}`);
  }

  /** One line that changes, where somebody looks; taken away at the end. */
  #progress(campaign: Campaign | undefined): void {
    if (process.stderr.isTTY !== true || this.#values.json) return;
    const said = campaign === undefined ? "" : `${campaign.size} runs, ${campaign.findings.length} findings`;
    process.stderr.write(`\r\u001b[2K${said}`);
  }

  #tell(file: CampaignFile): void {
    if (this.#values.json) return console.log(JSON.stringify(file));
    const { width } = terminal();
    this.#say(campaignReport(file, terminal()));
    this.#say(coverageReport(missed(this.#drawing, file.covered), width));
  }

  #say(line: string): void {
    if (!this.#values.json) console.log(line);
  }
}

/** Of the system's code, and of the version that it is upgraded to. */
async function versionsHash({ module, next }: SystemUnderTest): Promise<string> {
  const { hash } = await bundleOf(module);
  if (next === undefined) return hash;
  return createHash("sha256")
    .update(`${hash} ${(await bundleOf(next)).hash}`)
    .digest("hex");
}

/** An integration is fuzzed on every channel that it serves and that ours read; a sender on each way into Altinn. */
export function channelsDrawn(sut: SystemUnderTest, said: readonly string[] | undefined): Drawing["channels"] {
  const served = channelsSaid(said) ?? channelsUnsaid(sut);
  return sut.role === "sender" ? served : served.filter((name) => name !== "altinn-dispatch");
}

/** What the command line says; where it says nothing, what the product's config does. */
export function fuzzBudget({ budget, runs }: Pick<Values, "budget" | "runs">, { product }: SystemUnderTest): Budget {
  const most = runs === undefined ? {} : { runs: wholeNumber("--runs", runs, 1, mostRuns) };
  if (budget === undefined && runs !== undefined) return new Budget(most, realMs);
  const ms = budget === undefined ? (product?.budgets?.fuzzMs ?? unsaidMs) : budgetMs(budget);
  return new Budget({ ms, ...most }, realMs);
}
