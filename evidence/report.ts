import type { ClockTier, Evidence } from "../core/ledger.ts";
import type { DeliveryId } from "../core/names.ts";
import type { Doubt, Excuse, Finding, RuleId } from "../core/rule.ts";
import { type Broken, type OutcomeClass, outcomeClasses, type RuleOutcome, type Verdict } from "../core/verdict.ts";
import type { AcceptedLimit, Run } from "../worlds/world.ts";
import type { Failed } from "./console.ts";
import { limitsOf, today } from "./limits.ts";
import { replayCommand } from "./replay.ts";

type Counts = Readonly<Record<OutcomeClass, number>>;

/** One run in the report. Whole numbers count; times are ms. */
export type ReportedRun = {
  readonly scenario: string;
  readonly title: string;
  readonly system: string;
  readonly role: "integration" | "sender";
  readonly seed: number;
  readonly world: "simulated" | "live";
  /** Identifies the run: SHA-256 of its ledger's lines, hex. */
  readonly ledgerSha256: string;
  readonly tierByDomain: Readonly<Record<string, ClockTier>>;
  readonly verdict: Verdict["kind"];
  /** Limits that cover all that it left open, where there are such. */
  readonly accepted?: readonly AcceptedLimit[];
  /** Why it is inconclusive. */
  readonly because?: string;
  readonly counts: Counts;
  readonly outcomes: Readonly<Record<DeliveryId, OutcomeClass>>;
  readonly rules: Readonly<Record<RuleId, RuleOutcome>>;
  readonly broken: readonly Broken[];
  /** Findings that blame somebody else: the chain broke, not here. */
  readonly elsewhere: readonly Finding[];
  readonly excuses: readonly Excuse[];
  readonly notices: readonly Doubt[];
  readonly doubts: readonly Doubt[];
  readonly switches: readonly {
    readonly name: string;
    readonly value: string | number | boolean;
    readonly evidence: Evidence;
  }[];
  readonly replay: string;
  readonly tookMs: number;
};

/** A run that the harness could not perform. */
export type ReportedError = {
  readonly scenario: string;
  readonly system: string;
  readonly seed: number;
  readonly happened: string;
  readonly because: string;
  readonly next: string;
  readonly replay: string;
};

/** What became of every delivery, and what the rules say, over a set of runs (`komfrem.report/v1`). */
export type Report = {
  readonly schema: "komfrem.report/v1";
  /** Over all runs that were performed. */
  readonly verdict: Verdict["kind"];
  readonly counts: Counts;
  readonly runs: readonly ReportedRun[];
  readonly errors: readonly ReportedError[];
};

/** The report for a set of runs, in their order. No runs at all are inconclusive, never passed. */
export function report(runs: readonly Run[], errors: readonly Failed[] = []): Report {
  return {
    schema: "komfrem.report/v1",
    verdict: verdictOf(runs),
    counts: sumOf(runs.map(({ judged }) => judged.counts)),
    runs: runs.map(reportedRun),
    errors: errors.map((failed) => ({
      scenario: failed.scenario.id,
      system: failed.sut.name,
      seed: failed.seed,
      happened: failed.error.happened,
      because: failed.error.because,
      next: failed.error.next,
      replay: replayCommand(failed),
    })),
  };
}

function verdictOf(runs: readonly Run[]): Verdict["kind"] {
  const kinds = new Set(runs.map(({ judged }) => judged.verdict.kind));
  if (kinds.has("failed")) return "failed";
  return kinds.has("inconclusive") || runs.length === 0 ? "inconclusive" : "passed";
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = Object.fromEntries(outcomeClasses.map((outcome) => [outcome, 0])) as Record<OutcomeClass, number>;
  for (const counts of all) for (const outcome of outcomeClasses) sum[outcome] += counts[outcome];
  return sum;
}

function reportedRun(run: Run): ReportedRun {
  const { scenario, sut, seed, world, hash, judged, tookMs } = run;
  const head = run.ledger[0]?.kind === "run" ? run.ledger[0] : undefined;
  const limits = limitsOf(run, today());
  return {
    scenario: scenario.id,
    title: scenario.title,
    system: sut.name,
    role: sut.role,
    seed,
    world,
    ledgerSha256: hash,
    tierByDomain: head?.tierByDomain ?? {},
    verdict: judged.verdict.kind,
    ...(judged.verdict.kind === "inconclusive" ? { because: judged.verdict.because } : {}),
    ...(limits === undefined ? {} : { accepted: limits }),
    counts: judged.counts,
    outcomes: Object.fromEntries(judged.outcomes),
    rules: judged.rules,
    broken: judged.broken,
    elsewhere: judged.elsewhere,
    excuses: judged.excuses,
    notices: judged.notices,
    doubts: judged.doubts,
    switches: head?.switches ?? [],
    replay: replayCommand(run),
    tookMs,
  };
}
