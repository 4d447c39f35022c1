import { type Chain, type Custody, custodyFold, deliveryIn, hasEnded, holds } from "./custody.ts";
import type { Folds } from "./folds.ts";
import type { EntryKind, LedgerEntry } from "./ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName } from "./names.ts";
import type { Finding, RuleId } from "./rule.ts";
import { type Course, course, drainBoundMs } from "./rules/course.ts";
import type { OutcomeClass } from "./verdict.ts";

/** What the class of one delivery needs beyond its custody. */
type Told = {
  offeredMs: number;
  /** A party let it go for good: nack without requeue, or a positive settlement. */
  discarded: boolean;
  negative: boolean;
  kept: boolean;
  alerted: boolean;
  caseId: string | undefined;
  twoCases: boolean;
  registeredIn: ExchangeName | undefined;
  recovered: boolean;
};

/** Folds a ledger into what became of each delivery. */
export type Outcomes = { readonly course: Course; readonly chain: Chain; readonly told: Map<DeliveryId, Told> };

/** The kinds of entry an outcome is made of. */
export const outcomeReads: readonly EntryKind[] = [
  "submitted",
  "alerted",
  "offered",
  "settled",
  "receipted",
  "registered",
  "quarantined",
  "untold",
];

export function startOutcomes(folds: Folds): Outcomes {
  return { course: folds.of(course), chain: folds.of(custodyFold), told: new Map() };
}

/** Folds one entry. */
export function stepOutcomes(outcomes: Outcomes, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted":
      for (const { id } of entry.deliveries) outcomes.told.set(id, fresh());
      return;
    case "alerted":
      if (entry.bounced || entry.owner === "") return;
      for (const id of entry.ids) {
        const told = outcomes.told.get(deliveryOf(id));
        if (told !== undefined) told.alerted = true;
      }
      return;
    case "offered":
    case "settled":
    case "receipted":
    case "registered":
    case "quarantined":
    case "untold": {
      const told = outcomes.told.get(deliveryIn(entry) ?? subjectOf(entry) ?? "");
      if (told !== undefined) fold(told, entry);
      return;
    }
    default:
      return;
  }
}

function fresh(): Told {
  return {
    offeredMs: -1,
    discarded: false,
    negative: false,
    kept: false,
    alerted: false,
    caseId: undefined,
    twoCases: false,
    registeredIn: undefined,
    recovered: false,
  };
}

/** An `untold` names its exchange only: `receiver.register(A)/1` is about A. */
function subjectOf(entry: LedgerEntry): DeliveryId | undefined {
  const { exchange } = entry;
  if (exchange === undefined) return undefined;
  return deliveryOf(exchange.slice(exchange.indexOf("(") + 1, exchange.lastIndexOf(")")));
}

type Folded = Extract<
  LedgerEntry,
  { kind: "offered" | "settled" | "receipted" | "registered" | "quarantined" | "untold" }
>;

function fold(told: Told, entry: Folded): void {
  switch (entry.kind) {
    case "offered":
      if (told.caseId === undefined) told.offeredMs = entry.atMs;
      return;
    case "settled":
      if (entry.how !== "requeue") told.discarded = true;
      return;
    case "receipted":
      if (entry.saying === "negative") told.negative = true;
      return;
    case "registered":
      if (told.caseId !== undefined && told.caseId !== entry.caseId) told.twoCases = true;
      told.caseId = entry.caseId;
      told.registeredIn ??= entry.exchange;
      return;
    case "quarantined":
      told.kept = entry.retrievable;
      return;
    case "untold":
      if (told.registeredIn !== undefined && told.registeredIn === entry.exchange) told.recovered = true;
      return;
  }
}

/** What the rules said about deliveries, as far as a class depends on it. */
export type Said = {
  /** Deliveries with a finding, by rule. */
  readonly found: ReadonlyMap<RuleId, ReadonlyMap<DeliveryId, Finding>>;
  /** Deliveries whose end could not be decided. */
  readonly doubted: ReadonlySet<DeliveryId>;
};

/**
 * Exactly one class for every delivery that was taken on; the first that fits, in the order of `outcomeClasses`.
 *
 * @source RULES.md, *Outcome class*.
 */
export function classify(outcomes: Outcomes, said: Said): Map<DeliveryId, OutcomeClass> {
  const classes = new Map<DeliveryId, OutcomeClass>();
  for (const custody of outcomes.chain.deliveries.values()) {
    const told = outcomes.told.get(custody.delivery);
    if (custody.accepted < 0 || told === undefined) continue;
    classes.set(custody.delivery, classOf(custody, told, outcomes, said));
  }
  return classes;
}

function classOf(custody: Custody, told: Told, outcomes: Outcomes, { found, doubted }: Said): OutcomeClass {
  const { delivery, ends } = custody;
  const has = (rule: RuleId): boolean => found.get(rule)?.has(delivery) ?? false;
  const registered = ends.registered >= 0;
  if (doubted.has(delivery) && !hasEnded(custody)) return "unknown";
  if (has("no-loss")) return "lost";
  if (has("no-silent-expiry")) return "expired silently";
  if (!registered && wasDiscarded(custody, told, outcomes)) return "dropped";
  if (has("right-recipient")) return "misdelivered";
  if (has("intact")) return "damaged";
  if (told.twoCases && has("one-case")) return "duplicated";
  if (registered && isLate(custody, told, outcomes.course)) return "late";
  if (registered && told.recovered) return "recovered";
  if (ends.returned >= 0) return "returned";
  if (ends.printed >= 0) return "printed";
  if (!registered && told.kept && told.alerted) return "quarantined";
  return registered ? "registered" : "open";
}

/** Let go knowingly, with no answer that says so and nothing kept. */
function wasDiscarded(custody: Custody, told: Told, { course }: Outcomes): boolean {
  if (!told.discarded || told.negative || told.kept) return false;
  return !(course.run?.suts.some(({ party }) => holds(custody, party)) ?? false);
}

function isLate(custody: Custody, told: Told, course: Course): boolean {
  if (course.healMs === undefined) return false;
  const dueMs = Math.max(course.healMs, told.offeredMs) + drainBoundMs(course, custody.channel);
  return custody.ends.registeredAtMs > dueMs;
}
