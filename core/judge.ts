import { HarnessError } from "./error.ts";
import { Folds, type Running } from "./folds.ts";
import type { EntryKind, LedgerEntry } from "./ledger.ts";
import type { DeliveryId, PartyId } from "./names.ts";
import { classify, outcomeFold } from "./outcome.ts";
import { type Doubt, type Excuse, type Finding, type Judgement, type Rule, type RuleId, ruleIds } from "./rule.ts";
import { rules } from "./rules/index.ts";
import {
  type Broken,
  type Judge,
  type Judged,
  type JudgeOptions,
  type OutcomeClass,
  outcomeClasses,
  type RuleOutcome,
  type Verdict,
} from "./verdict.ts";

/** Among findings that broke at the same entry, the first of these is primary: RULES.md, *Primary finding*. */
export const tieOrder: readonly RuleId[] = [
  "receipt-after-store",
  "no-false-receipt",
  "right-recipient",
  "intact",
  "one-case",
  "watched-channel",
  "no-silent-expiry",
  "end-state-deadline",
  "poison-isolated",
  "no-loss",
  "delivers",
  "drains",
  "reconciles",
  "failure-visible",
  "no-leak",
  "all-kinds",
];

/** The rules whose doubts leave open what became of a delivery. */
const aboutEnds: ReadonlySet<RuleId> = new Set(["no-loss", "delivers"]);

/**
 * Judges a ledger by every rule, in one pass.
 *
 * @throws {HarnessError} A rule threw, the ledger has no `run` entry, or its order is broken: an error, never a verdict.
 * @source RULES.md, sections *Blame*, *Exercised*, *Outcome class*.
 */
export const judge: Judge = (ledger, options) => {
  const judging = new Judging(options);
  for (const entry of ledger) judging.step(entry);
  return judging.end();
};

type Pass = { readonly rule: Rule<unknown>; state: unknown };

/** Who looks at one kind of entry: first the folds, then the rules that stand on them. */
type Readers = { readonly folds: readonly Running[]; readonly passes: readonly Pass[] };

/** One judgement in the making, for ledgers that are read as a stream. */
export class Judging {
  readonly #options: JudgeOptions;
  readonly #passes: readonly Pass[];
  readonly #readers = new Map<EntryKind, Readers>();
  readonly #folds = new Folds();
  readonly #outcomes = this.#folds.of(outcomeFold);
  readonly #doubts: Doubt[] = [];
  #lastSeq = -1;

  /** @param judgedBy The rules to judge by; all of them unless said. */
  constructor(options: JudgeOptions, judgedBy: readonly Rule<unknown>[] = rules) {
    this.#options = options;
    this.#passes = judgedBy.map((rule) => ({
      rule,
      state: attempt(rule.id, "at its start", () => rule.start(this.#folds)),
    }));
  }

  /** @throws {HarnessError} A rule threw at this entry, or it stands out of order. */
  step(entry: LedgerEntry): void {
    const { seq, kind } = entry;
    if (seq <= this.#lastSeq || (this.#lastSeq < 0 && kind !== "run")) throw disorder(entry, this.#lastSeq);
    this.#lastSeq = seq;
    const { folds, passes } = this.#readers.get(kind) ?? this.#findReaders(kind);
    let pass: Pass | undefined;
    try {
      for (const { fold, state } of folds) fold.step(state, entry);
      for (pass of passes) pass.state = pass.rule.step(pass.state, entry);
    } catch (thrown) {
      throw broken(pass?.rule.id ?? "", `at entry ${seq} (${kind})`, thrown);
    }
    if (entry.kind === "doubted") this.#doubts.push(doubt(entry));
  }

  /** @throws {HarnessError} A rule threw at its end, or there was no entry at all. */
  end(): Judged {
    if (this.#lastSeq < 0) throw disorder(undefined, -1);
    const judgements = new Map<RuleId, Judgement>();
    for (const { rule, state } of this.#passes)
      judgements.set(
        rule.id,
        attempt(rule.id, "at its end", () => rule.end(state)),
      );
    return this.#conclude(judgements);
  }

  #findReaders(kind: EntryKind): Readers {
    const passes = this.#passes.filter(({ rule }) => rule.reads === undefined || rule.reads.includes(kind));
    const found = { folds: this.#folds.readersOf(kind), passes };
    this.#readers.set(kind, found);
    return found;
  }

  #conclude(judgements: ReadonlyMap<RuleId, Judgement>): Judged {
    const suts = new Set(this.#options.suts);
    const here: Finding[] = [];
    const elsewhere: Finding[] = [];
    const doubts = [...this.#doubts];
    const excuses: Excuse[] = [];
    const notices: Doubt[] = [];
    const doubted = new Set<DeliveryId>();
    for (const { delivery } of this.#doubts) if (delivery !== undefined) doubted.add(delivery);
    const found = new Map<RuleId, Map<DeliveryId, Finding>>();
    const outcomeOf = {} as Record<RuleId, RuleOutcome>;
    for (const id of ruleIds) {
      const judgement = judgements.get(id);
      outcomeOf[id] = ruleOutcome(judgement, suts);
      if (judgement === undefined) continue;
      for (const finding of judgement.findings) {
        (suts.has(finding.blames) ? here : elsewhere).push(finding);
        if (finding.delivery === undefined) continue;
        const byDelivery = found.get(id) ?? new Map<DeliveryId, Finding>();
        byDelivery.set(finding.delivery, finding);
        found.set(id, byDelivery);
      }
      doubts.push(...judgement.doubts);
      excuses.push(...(judgement.excuses ?? []));
      notices.push(...(judgement.notices ?? []));
      if (aboutEnds.has(id))
        for (const { delivery } of judgement.doubts) if (delivery !== undefined) doubted.add(delivery);
    }
    const outcomes = attempt("outcome", "at its end", () => classify(this.#outcomes, { found, doubted }));
    const counts = Object.fromEntries(outcomeClasses.map((name) => [name, 0])) as Record<OutcomeClass, number>;
    for (const outcome of outcomes.values()) counts[outcome] += 1;
    return {
      verdict: verdictOf(here, doubts, outcomeOf, this.#options.mustHold),
      rules: outcomeOf,
      broken: groupByDelivery(here),
      elsewhere: elsewhere.sort(byBreak),
      excuses,
      notices,
      doubts,
      outcomes,
      counts,
    };
  }
}

function ruleOutcome(judgement: Judgement | undefined, suts: ReadonlySet<PartyId>): RuleOutcome {
  if (judgement === undefined) return { kind: "not exercised", judged: 0, because: [] };
  const { judged, findings, doubts } = judgement;
  const because = [...new Set(doubts.map(textOf))];
  if (findings.some(({ blames }) => suts.has(blames))) return { kind: "failed", judged, because };
  if (doubts.length > 0) return { kind: "inconclusive", judged, because };
  return { kind: judged === 0 ? "not exercised" : "held", judged, because };
}

function textOf({ delivery, because }: Doubt): string {
  return delivery === undefined ? because : `${delivery}: ${because}`;
}

function verdictOf(
  findings: readonly Finding[],
  doubts: readonly Doubt[],
  outcomes: Readonly<Record<RuleId, RuleOutcome>>,
  mustHold: readonly RuleId[],
): Verdict {
  const [first, ...rest] = [...findings].sort(byBreak);
  if (first !== undefined) return { kind: "failed", findings: [first, ...rest] };
  const idle = mustHold.filter((id) => outcomes[id].kind === "not exercised");
  const reasons = [
    ...doubts.map(textOf),
    ...(idle.length === 0 ? [] : [`must hold, but not exercised: ${idle.join(", ")}`]),
  ];
  if (reasons.length > 0) return { kind: "inconclusive", because: [...new Set(reasons)].join("; ") };
  return { kind: "passed" };
}

/** Where the handover broke first; ties in the order of RULES.md. */
function byBreak(a: Finding, b: Finding): number {
  const first = (a.entries[0] ?? Number.MAX_SAFE_INTEGER) - (b.entries[0] ?? Number.MAX_SAFE_INTEGER);
  return first === 0 ? tieOrder.indexOf(a.rule) - tieOrder.indexOf(b.rule) : first;
}

function groupByDelivery(findings: readonly Finding[]): Broken[] {
  const groups = new Map<DeliveryId | Finding, Finding[]>();
  for (const finding of [...findings].sort(byBreak)) {
    const key = finding.delivery ?? finding;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const broken: Broken[] = [];
  for (const [primary, ...attached] of groups.values()) {
    if (primary === undefined) continue;
    broken.push({
      ...(primary.delivery === undefined ? {} : { delivery: primary.delivery }),
      primary,
      attached,
    });
  }
  return broken;
}

function doubt(entry: Extract<LedgerEntry, { kind: "doubted" }>): Doubt {
  return entry.delivery === undefined ? { because: entry.what } : { delivery: entry.delivery, because: entry.what };
}

function attempt<T>(rule: RuleId | "outcome", when: string, does: () => T): T {
  try {
    return does();
  } catch (thrown) {
    throw broken(rule, when, thrown);
  }
}

function broken(rule: RuleId | "outcome" | "", when: string, thrown: unknown): HarnessError {
  return new HarnessError({
    happened: `Rule "${rule}" could not judge this ledger: it threw ${when}.`,
    because: thrown instanceof Error ? thrown.message : String(thrown),
    next: "This is an error of Komfrem, not of the system under test. Report it together with the ledger.",
  });
}

function disorder(entry: LedgerEntry | undefined, lastSeq: number): HarnessError {
  return new HarnessError({
    happened:
      entry === undefined
        ? "The ledger is empty."
        : lastSeq < 0
          ? `The ledger begins with "${entry.kind}", not with "run".`
          : `Entry ${entry.seq} (${entry.kind}) stands after entry ${lastSeq}.`,
    because: "A ledger whose beginning or order is broken proves nothing.",
    next: "Record the run again; if it was read from a file, check that the file is whole.",
  });
}
