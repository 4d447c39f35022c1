import type { Folds } from "./folds.ts";
import type { EntryKind, LedgerEntry } from "./ledger.ts";
import type { DeliveryId, PartyId } from "./names.ts";

/** RULES.md, section A, in the order of that table. */
export const ruleIds = [
  "no-loss",
  "delivers",
  "receipt-after-store",
  "no-false-receipt",
  "no-silent-expiry",
  "end-state-deadline",
  "watched-channel",
  "right-recipient",
  "intact",
  "one-case",
  "poison-isolated",
  "failure-visible",
  "no-leak",
  "drains",
  "reconciles",
  "all-kinds",
] as const;

export type RuleId = (typeof ruleIds)[number];

/** One obligation that was not met. Names messages by id, never by content. */
export type Finding = {
  readonly rule: RuleId;
  /** Absent only where the finding is about no delivery, such as a dead consumer. */
  readonly delivery?: DeliveryId;
  /** The party whose duty it was; only findings that blame a system under test make a run `failed`. */
  readonly blames: PartyId;
  /** What happened, why it is wrong, and what a correct system does there. */
  readonly happened: string;
  readonly because: string;
  readonly next: string;
  /** `seq` of the entries that prove it, in order; the first is where the handover broke. */
  readonly entries: readonly number[];
  /** Where the duty had a time limit of its own: which, and when it was over, ms since the run began. */
  readonly missed?: { readonly limit: "T_warn" | "T_escalate"; readonly atMs: number };
};

/** Why an obligation could not be judged. */
export type Doubt = { readonly delivery?: DeliveryId; readonly because: string };

/** An end other than registration that the world made inevitable; it names the entry that did. */
export type Excuse = { readonly delivery: DeliveryId; readonly because: string; readonly entry: number };

/** What one rule says of one run. `judged` counts decidable obligations; zero is *not exercised*, never passed. */
export type Judgement = {
  readonly judged: number;
  readonly findings: readonly Finding[];
  readonly doubts: readonly Doubt[];
  readonly excuses?: readonly Excuse[];
  /** Worth telling, yet no finding. */
  readonly notices?: readonly Doubt[];
};

/**
 * A pure invariant folded over the ledger: streaming, linear, one small record an open delivery.
 *
 * `start` may ask for shared folds, which have seen an entry before `step` does. `step` may change `state` in place and
 * gives it back; `end` reads it once, after the last entry.
 */
export type Rule<State> = {
  readonly id: RuleId;
  readonly version: number;
  /** The kinds of entry that `step` looks at; all where absent. Others need not be handed to it. */
  readonly reads?: readonly EntryKind[];
  start(folds: Folds): State;
  step(state: State, entry: LedgerEntry): State;
  end(state: State): Judgement;
};
