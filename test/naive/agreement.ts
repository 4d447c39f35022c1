import fc from "fast-check";
import { judge } from "../../core/judge.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Finding, RuleId } from "../../core/rule.ts";
import type { Judged } from "../../core/verdict.ts";
import { disputed, Ledger, type Opinion, opinions } from "./checker.ts";
import { examples, ledgerOf, type Plan, plan } from "./ledgers.ts";

/** A delivery of which the naive checker and `judge` think differently. */
export type Disagreement = {
  readonly rule: RuleId;
  /** Absent where they differ in how many deliveries a rule is about. */
  readonly delivery?: DeliveryId;
  readonly naive: string;
  readonly core: string;
};

/** How often a rule held, failed and had nothing to judge, over deliveries, as the naive checker counts. */
export type Tally = Readonly<Record<Opinion, number>> & { readonly disputed: number };

export type Agreement = {
  readonly ledgers: number;
  readonly tallies: ReadonlyMap<RuleId, Tally>;
  /** Names of the disputes under which the two did differ. */
  readonly differed: ReadonlySet<string>;
  /** The smallest ledger that they disagree on, with both opinions, to be printed; absent where they agree. */
  readonly disagreement?: string;
};

/** Rules whose `judged` counts deliveries; the others count answers, refusals and drops. */
const countsDeliveries: ReadonlySet<RuleId> = new Set<RuleId>([
  "no-loss",
  "delivers",
  "no-false-receipt",
  "right-recipient",
  "intact",
]);

function findingsOf(judged: Judged): readonly Finding[] {
  return [...judged.broken.flatMap(({ primary, attached }) => [primary, ...attached]), ...judged.elsewhere];
}

function disputesOver(ledger: Ledger, rule: RuleId, delivery: DeliveryId): readonly string[] {
  return disputed.filter((one) => one.rules.includes(rule) && one.covers(ledger, delivery)).map(({ name }) => name);
}

type Counting = {
  opinion(rule: RuleId, opinion: Opinion | "disputed"): void;
  dispute(name: string): void;
};

const uncounted: Counting = { opinion: () => undefined, dispute: () => undefined };

/** Where the two differ about one ledger; what is disputed is only counted. */
function compared(entries: readonly LedgerEntry[], counting: Counting = uncounted): readonly Disagreement[] {
  const ledger = new Ledger(entries);
  const judged = judge(entries, { mustHold: [], suts: [ledger.system()] });
  const findings = findingsOf(judged);
  const disagreements: Disagreement[] = [];
  for (const [rule, byDelivery] of opinions(entries)) {
    let settled = true;
    for (const [delivery, opinion] of byDelivery) {
      const found = findings.find((finding) => finding.rule === rule && finding.delivery === delivery);
      const differs = (opinion === "failed") !== (found !== undefined);
      const disputes = disputesOver(ledger, rule, delivery);
      counting.opinion(rule, opinion);
      if (disputes.length > 0) {
        counting.opinion(rule, "disputed");
        settled = false;
        // Where two disputes meet, nobody can say which of them it was.
        const [only, another] = disputes;
        if (differs && only !== undefined && another === undefined) counting.dispute(only);
      } else if (differs) disagreements.push({ rule, delivery, naive: opinion, core: found?.happened ?? "no finding" });
    }
    const about = [...byDelivery.values()].filter((opinion) => opinion !== "not judged").length;
    const { judged: count } = judged.rules[rule];
    if (settled && (countsDeliveries.has(rule) ? count !== about : count > 0 !== about > 0))
      disagreements.push({ rule, naive: `${about} judged`, core: `${count} judged` });
  }
  return disagreements;
}

function told(entries: readonly LedgerEntry[], disagreements: readonly Disagreement[]): string {
  const opinions = disagreements.map(
    ({ rule, delivery, naive, core }) => `${rule} ${delivery ?? ""}: naive says ${naive}; core says ${core}`,
  );
  return [...opinions, ...entries.map((entry) => JSON.stringify(entry))].join("\n");
}

const withoutOne = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.map((_, left) => items.filter((_, at) => at !== left));

/** Plans with one thing less: a message, a hand-over, an act, a change, the stop. */
function smaller(plan: Plan): readonly Plan[] {
  const { stop, ...unstopped } = plan;
  const messages = plan.messages.flatMap((message, at) => {
    const handlings = [
      ...withoutOne(message.handlings),
      ...message.handlings.flatMap((acts, nth) =>
        withoutOne(acts).map((fewer) => message.handlings.map((same, n) => (n === nth ? fewer : same))),
      ),
    ];
    return handlings.map((fewer) =>
      plan.messages.map((same, n) => (n === at ? { ...message, handlings: fewer } : same)),
    );
  });
  return [
    ...withoutOne(plan.messages).map((fewer) => ({ ...plan, messages: fewer })),
    ...(stop === undefined ? [] : [unstopped]),
    ...withoutOne(plan.changes).map((fewer) => ({ ...plan, changes: fewer })),
    ...messages.map((fewer) => ({ ...plan, messages: fewer })),
  ];
}

/** fast-check makes the plan simpler; this takes out of it what the disagreement does not need. */
function shrunk(plan: Plan): Plan {
  const disagreed = smaller(plan).find((fewer) => compared(ledgerOf(fewer)).length > 0);
  return disagreed === undefined ? plan : shrunk(disagreed);
}

/**
 * Lets the naive checker and `judge` judge the same ledgers, drawn from the seed alone.
 *
 * @param count How many ledgers.
 */
export function agreement(count: number, seed: number): Agreement {
  const tallies = new Map<RuleId, Record<Opinion | "disputed", number>>();
  const differed = new Set<string>();
  const counting: Counting = {
    opinion(rule, opinion) {
      const tally = tallies.get(rule) ?? { held: 0, failed: 0, "not judged": 0, disputed: 0 };
      tally[opinion] += 1;
      tallies.set(rule, tally);
    },
    dispute: (name) => differed.add(name),
  };
  const property = fc.property(plan, (drawn) => compared(ledgerOf(drawn), counting).length === 0);
  const checked = fc.check(property, { numRuns: count, seed, examples: examples.map((example): [Plan] => [example]) });
  const agreed = { ledgers: checked.numRuns, tallies, differed };
  const [smallest] = checked.counterexample ?? [];
  if (smallest === undefined) return agreed;
  const entries = ledgerOf(shrunk(smallest));
  return { ...agreed, disagreement: told(entries, compared(entries)) };
}
