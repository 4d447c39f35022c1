import type { LedgerEntry } from "./ledger.ts";
import type { DeliveryId, PartyId } from "./names.ts";
import type { Doubt, Excuse, Finding, RuleId } from "./rule.ts";

/** What became of a delivery; the first that fits, in this order: RULES.md, *Outcome class*. */
export const outcomeClasses = [
  "unknown",
  "lost",
  "expired silently",
  "dropped",
  "misdelivered",
  "damaged",
  "duplicated",
  "late",
  "recovered",
  "returned",
  "printed",
  "quarantined",
  "open",
  "registered",
] as const;

export type OutcomeClass = (typeof outcomeClasses)[number];

/** `failed` outranks `inconclusive`, which outranks `passed`. */
export type Verdict =
  | { readonly kind: "passed" }
  | { readonly kind: "failed"; readonly findings: readonly [Finding, ...Finding[]] }
  | { readonly kind: "inconclusive"; readonly because: string };

/** How one rule came out: `not exercised` where it had nothing to judge, which is never `held`. */
export type RuleOutcome = {
  readonly kind: "held" | "failed" | "inconclusive" | "not exercised";
  readonly judged: number;
  /** Reasons where inconclusive. */
  readonly because: readonly string[];
};

/** A delivery's findings: the earliest broken handover first, the others attached. */
export type Broken = {
  readonly delivery?: DeliveryId;
  readonly primary: Finding;
  readonly attached: readonly Finding[];
};

/** Everything that the rules say of one ledger. */
export type Judged = {
  readonly verdict: Verdict;
  readonly rules: Readonly<Record<RuleId, RuleOutcome>>;
  /** Findings that blame a system under test, by delivery, in the order the handovers broke. */
  readonly broken: readonly Broken[];
  /** Findings that blame somebody else: the chain broke, not here. */
  readonly elsewhere: readonly Finding[];
  /** Ends other than registration that the world made inevitable. */
  readonly excuses: readonly Excuse[];
  /** Worth telling, yet no finding. */
  readonly notices: readonly Doubt[];
  /** What could not be judged, over all rules and the ledger's own `doubted` entries. */
  readonly doubts: readonly Doubt[];
  readonly outcomes: ReadonlyMap<DeliveryId, OutcomeClass>;
  readonly counts: Readonly<Record<OutcomeClass, number>>;
};

export type JudgeOptions = {
  /** Rules that must be exercised; one that is not makes the run inconclusive. */
  readonly mustHold: readonly RuleId[];
  /** The systems under test: only findings that blame one of these fail a run. */
  readonly suts: readonly PartyId[];
};

/** The ledger may be a stream: it is read once, entry by entry. */
export type Judge = (ledger: Iterable<LedgerEntry>, options: JudgeOptions) => Judged;
