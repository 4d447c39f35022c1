import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileName } from "../core/file-name.ts";
import type { RuleId } from "../core/rule.ts";
import type { ChannelName } from "../core/scenario.ts";
import type { Role } from "../worlds/world.ts";
import type { Budget } from "./budget.ts";
import { type Drawn, signaturesOf } from "./fuzz.ts";
import { DoneRuns, RunNumbers, type Stretch } from "./run-numbers.ts";
import { type Shard, shardName } from "./shard.ts";
import { type CampaignFinding, type Tallied, Tally } from "./tally.ts";
import { writeWhole } from "./whole-file.ts";

/** What the runs of a campaign depend on, besides their numbers. */
export type CampaignKey = {
  /** How reports call the system. */
  readonly system: string;
  /** SHA-256 of the system's code, hex: another system is another campaign. */
  readonly systemHash: string;
  readonly role: Role;
  readonly seed: number;
  readonly channels: readonly ChannelName[];
  readonly profile: "default" | "strict";
  /** Stands for how scenarios are drawn: the same seed and number give the same scenario where this is the same. */
  readonly generator: string;
};

/** What a campaign has come to (`komfrem.campaign/v1`): all of it adds up over shards, in whatever order. */
export type CampaignFile = CampaignKey &
  Tallied & {
    readonly schema: "komfrem.campaign/v1";
    /** The shards it has, `1/2`; a whole campaign is `1/1`. */
    readonly shards: readonly string[];
    readonly state: "under way" | "interrupted" | "finished";
    /** The numbers of its runs. */
    readonly done: readonly Stretch[];
    /** Real time spent, ms; over shards the sum. */
    readonly spentMs: number;
  };

/** How a campaign began. */
export type Begun =
  | { readonly kind: "new" }
  /** Goes on with what was interrupted, or killed, after so many runs. */
  | { readonly kind: "resumed"; readonly runs: number }
  /** What stood there is another system's by now, or cannot be read; it was put aside under this name. */
  | { readonly kind: "instead"; readonly because: string; readonly putAside: string };

/** What a campaign begins with. */
type Beginning = {
  readonly folder: string;
  readonly key: CampaignKey;
  readonly shard: Shard;
  /** What is wrong with a value as a `komfrem.campaign/v1`; nothing where it is one. */
  readonly problemsIn: (value: unknown) => readonly string[];
  /** Real time, ms: how long it takes, and when it is written. */
  readonly now: () => number;
};

const writtenEveryMs = 1000;

/**
 * A fuzzing campaign and its journal: which runs are done, and what they came to.
 *
 * The journal is rewritten whole about once a second, and at once with each finding; killed at any moment it loses no
 * finding and the last second's counting, and those runs are done once more.
 *
 *     const campaign = Campaign.begin({ folder, key, shard, problemsIn, now });
 *     await fuzz(drawing, explored, campaign.runs(budget, signal), (drawn) =>
 *       campaign.record(drawn, (rule) => regressions.write(…)),
 *     );
 *     campaign.end();
 */
export class Campaign {
  readonly path: string;
  readonly begun: Begun;
  readonly key: CampaignKey;
  readonly shard: Shard;
  readonly #done: DoneRuns;
  readonly #tally = new Tally();
  readonly #now: () => number;
  readonly #startedAtMs: number;
  readonly #spentBeforeMs: number;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #interrupted = false;

  private constructor(path: string, { key, shard, now }: Beginning, begun: Begun, before: CampaignFile | undefined) {
    this.path = path;
    this.key = key;
    this.shard = shard;
    this.#now = now;
    this.#startedAtMs = now();
    this.begun = begun;
    this.#done = new DoneRuns(shard, new RunNumbers(before?.done ?? []));
    if (before !== undefined) this.#tally.add(before);
    this.#spentBeforeMs = before?.spentMs ?? 0;
    this.#write("under way");
  }

  /**
   * Begins a campaign, or goes on with the same one where it was interrupted or killed. One that was finished begins
   * anew.
   *
   * @throws {HarnessError} The folder cannot be written to.
   */
  static begin(given: Beginning): Campaign {
    const { key, shard } = given;
    const path = join(given.folder, fileNameOf(key, shard));
    const standing = standingAt(path, given.problemsIn);
    const instead = (because: string): Campaign => {
      const putAside = `${path}.${createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 6)}.old`;
      renameSync(path, putAside);
      return new Campaign(path, given, { kind: "instead", because, putAside }, undefined);
    };
    if (standing === undefined) return new Campaign(path, given, { kind: "new" }, undefined);
    if ("because" in standing) return instead(standing.because);
    if (standing.state === "finished") return new Campaign(path, given, { kind: "new" }, undefined);
    if (standing.systemHash !== key.systemHash) return instead(`${key.system} has changed since it was begun`);
    if (standing.generator !== key.generator) return instead("scenarios are drawn in another way since it was begun");
    const runs = new RunNumbers(standing.done).size;
    if (runs === 0) return new Campaign(path, given, { kind: "new" }, undefined);
    return new Campaign(path, given, { kind: "resumed", runs }, standing);
  }

  /** Numbers of the runs that are to be done, in order, until the budget is spent or `signal` asks for an end. */
  *runs(budget: Budget, signal?: AbortSignal): Generator<number, void> {
    for (const run of this.#done.missing()) {
      if (run >= budget.runs || budget.spent()) return;
      if (signal?.aborted === true) {
        this.#interrupted = true;
        return;
      }
      yield run;
    }
  }

  /**
   * Counts a run, once, in whatever order runs end.
   *
   * @param keep Writes a regression and gives its path. Called for each rule that no run with a lower number has
   * broken, before the run counts: what is killed between the two does the run again. `instead`: what was the first so
   * far.
   */
  record(drawn: Drawn, keep: (rule: RuleId, instead: CampaignFinding | undefined) => string): void {
    if (this.#done.has(drawn.run)) return;
    const rules = signaturesOf(drawn.surveyed);
    const kept = new Map<RuleId, string>();
    for (const rule of rules) {
      const known = this.#tally.finding(rule);
      if (known === undefined || drawn.run < known.run) kept.set(rule, here(keep(rule, known)));
    }
    this.#tally.count(drawn, rules, kept);
    this.#done.add(drawn.run);
    if (kept.size > 0 || this.#now() - this.#writtenAtMs >= writtenEveryMs) this.#write("under way");
  }

  /** The finding by this rule has been shrunk since, and is written elsewhere. */
  moved(rule: RuleId, regression: string): void {
    this.#tally.moved(rule, here(regression));
    this.#write("under way");
  }

  get findings(): readonly CampaignFinding[] {
    return this.#tally.findings();
  }

  /** Runs that are done, those of an earlier start among them. */
  get size(): number {
    return this.#done.size;
  }

  /** Writes what the campaign has come to, and that it is over: finished, or interrupted by the signal. */
  end(how: "finished" | "interrupted" = this.#interrupted ? "interrupted" : "finished"): CampaignFile {
    return this.#write(how);
  }

  /** What the campaign has come to so far. */
  file(state: CampaignFile["state"] = "under way"): CampaignFile {
    return {
      schema: "komfrem.campaign/v1",
      ...this.key,
      shards: [shardName(this.shard)],
      state,
      done: this.#done.numbers().stretches,
      ...this.#tally.tallied(),
      spentMs: Math.round(this.#spentBeforeMs + this.#now() - this.#startedAtMs),
    };
  }

  #write(state: CampaignFile["state"]): CampaignFile {
    const file = this.file(state);
    writeWhole(this.path, `${JSON.stringify(file)}\n`);
    this.#writtenAtMs = this.#now();
    return file;
  }
}

/** `correct-store-then-receipt.seed-1.shard-2-of-4.3f9ac1.json`: what is told apart by, but for what may change. */
function fileNameOf({ system, role, seed, channels, profile }: CampaignKey, shard: Shard): string {
  const told = createHash("sha256")
    .update(JSON.stringify([system, role, channels, profile]))
    .digest("hex")
    .slice(0, 6);
  const part = shard.of === 1 ? "" : `.shard-${shard.at}-of-${shard.of}`;
  return `${fileName(system)}.seed-${seed}${part}.${told}.json`;
}

/** A path as seen from where the campaign is run, so that it means the same wherever that is. */
function here(path: string): string {
  return relative("", resolve(path)).replaceAll("\\", "/");
}

function standingAt(
  path: string,
  problemsIn: (value: unknown) => readonly string[],
): CampaignFile | { readonly because: string } | undefined {
  if (!existsSync(path)) return undefined;
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { because: `it could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const [problem] = problemsIn(given);
  return problem === undefined ? (given as CampaignFile) : { because: `it is no komfrem.campaign/v1: ${problem}` };
}
