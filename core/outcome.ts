import { type Chain, type Custody, custodyFold, deliveryIn, hasEnded } from "./custody.ts";
import { deadlines, dueMs, runTimetable, type Timetable } from "./deadlines.ts";
import { ByDelivery } from "./deliveries.ts";
import type { Fold, Folds } from "./folds.ts";
import type { EntryKind, EntryOf, LedgerEntry } from "./ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "./names.ts";
import type { Finding, RuleId } from "./rule.ts";
import { deliveriesIn, flawOf, type Recipients, recipients } from "./rules/alarm.ts";
import { hasNoNegative } from "./rules/channels.ts";
import { type Course, course, drainBoundMs, isIntegration, isSender, isSut } from "./rules/course.ts";
import { lifeOf } from "./rules/life.ts";
import { isMunicipality } from "./rules/municipality.ts";
import type { OutcomeClass } from "./verdict.ts";

/** What the class of one delivery needs beyond its custody. */
type Told = {
  submittedMs: number;
  offeredMs: number;
  /** Where its latest copy lies, and for whom. */
  channel: PartyId;
  reader: PartyId;
  /** How long its first copy lives; Infinity where no clock ends it, undefined before it was offered. */
  firstLifeMs: number | undefined;
  /** When a person first opened it, ms since the run began; Infinity before. */
  openedMs: number;
  /** A party let it go for good: nack without requeue, a positive settlement, or a receipt where nothing is settled. */
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
export type Outcomes = {
  readonly course: Course;
  readonly table: Timetable;
  readonly chain: Chain;
  readonly recipients: Recipients;
  readonly told: ByDelivery<Told>;
};

/** The kinds of entry an outcome is made of. */
const outcomeReads: readonly EntryKind[] = [
  "submitted",
  "alerted",
  "offered",
  "settled",
  "receipted",
  "registered",
  "quarantined",
  "opened",
  "untold",
];

function startOutcomes(folds: Folds): Outcomes {
  return {
    course: folds.of(course),
    table: folds.of(runTimetable),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    told: new ByDelivery(folds.deliveries),
  };
}

/** What becomes of every delivery. */
export const outcomeFold: Fold<Outcomes> = { reads: outcomeReads, start: startOutcomes, step: stepOutcomes };

function stepOutcomes(outcomes: Outcomes, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted":
      for (const { id } of entry.deliveries) outcomes.told.set(id, fresh(entry.atMs));
      return;
    case "alerted":
      if (flawOf(entry) !== undefined) return;
      for (const delivery of deliveriesIn(entry, outcomes.recipients)) {
        const told = outcomes.told.get(delivery);
        if (told === undefined) continue;
        told.alerted = true;
        if (entry.retrievable === true) told.kept = true;
      }
      return;
    case "offered":
    case "settled":
    case "receipted":
    case "registered":
    case "quarantined":
    case "opened":
    case "untold": {
      const told = outcomes.told.get(deliveryIn(entry) ?? subjectOf(entry) ?? "");
      if (told === undefined) return;
      if (entry.kind === "offered") offer(outcomes, told, entry);
      else fold(told, entry);
      return;
    }
    default:
      return;
  }
}

function fresh(submittedMs: number): Told {
  return {
    submittedMs,
    offeredMs: -1,
    channel: "",
    reader: "",
    firstLifeMs: undefined,
    openedMs: Number.POSITIVE_INFINITY,
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
  { kind: "settled" | "receipted" | "registered" | "quarantined" | "opened" | "untold" }
>;

function offer({ chain }: Outcomes, told: Told, entry: EntryOf<"offered">): void {
  if (told.caseId === undefined) told.offeredMs = entry.atMs;
  told.channel = entry.channel;
  told.reader = entry.to;
  const custody = chain.deliveries.get(deliveryIn(entry) ?? "");
  // What somebody sends who has taken the debt has no life of the sender's.
  told.firstLifeMs ??= custody?.debtor === custody?.sender ? lifeOf(entry) : Number.POSITIVE_INFINITY;
}

function fold(told: Told, entry: Folded): void {
  switch (entry.kind) {
    case "opened":
      if (entry.opener === "person") told.openedMs = Math.min(told.openedMs, entry.atMs);
      return;
    case "settled":
      if (entry.how !== "requeue") told.discarded = true;
      return;
    case "receipted":
      if (entry.saying === "negative") told.negative = true;
      else if (hasNoNegative(told.channel)) told.discarded = true;
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
 * Exactly one class for every delivery that was taken on, and for every one that a sender under test was to send; the
 * first that fits, in the order of `outcomeClasses`.
 *
 * Where people read, `late` is what nobody had opened, and no case system had, within a week or half a life: T_escalate.
 * What a sender under test handed back, or sent on paper, and was registered after that, is registered.
 * @source RULES.md, *Outcome class*; incidents.md, invariant 12; docs/adr/0021.
 */
export function classify(outcomes: Outcomes, said: Said): Map<DeliveryId, OutcomeClass> {
  const classes = new Map<DeliveryId, OutcomeClass>();
  for (const custody of outcomes.chain.deliveries.values()) {
    const told = outcomes.told.get(custody.delivery);
    if (told === undefined || (custody.accepted < 0 && !isSender(outcomes.course, custody.sender))) continue;
    classes.set(custody.delivery, classOf(custody, told, outcomes, said));
  }
  return classes;
}

function classOf(custody: Custody, told: Told, outcomes: Outcomes, { found, doubted }: Said): OutcomeClass {
  const { delivery, ends } = custody;
  const has = (rule: RuleId): boolean => found.get(rule)?.has(delivery) ?? false;
  const registered = ends.registered >= 0;
  if (doubted.has(delivery) && !hasEnded(custody)) return "unknown";
  if (has("no-loss") || isNowhere(custody)) return "lost";
  if (has("no-silent-expiry")) return "expired silently";
  if (!registered && wasDiscarded(custody, told, outcomes)) return "dropped";
  if (has("right-recipient")) return "misdelivered";
  if (has("intact")) return "damaged";
  if (told.twoCases && has("one-case")) return "duplicated";
  if (registered && isLate(custody, told, outcomes)) return "late";
  if (registered && told.recovered) return "recovered";
  if (registered && isSender(outcomes.course, custody.sender)) return "registered";
  if (ends.returned >= 0) return "returned";
  if (ends.printed >= 0) return "printed";
  if (!registered && told.alerted && isKept(custody, told, outcomes)) return "quarantined";
  return registered ? "registered" : "open";
}

/** Let go knowingly, with no answer that says so and nothing kept. */
function wasDiscarded(custody: Custody, told: Told, { course }: Outcomes): boolean {
  if (!told.discarded || told.negative || told.kept) return false;
  return !custody.holdings.some(({ party }) => isSut(course, party));
}

/** On no channel, and with nobody who has a copy. */
function isNowhere(custody: Custody): boolean {
  return custody.accepted < 0 && custody.holdings.length === 0 && !hasEnded(custody);
}

function isKept({ holdings }: Custody, { kept, channel }: Told, { course }: Outcomes): boolean {
  return kept || (hasNoNegative(channel) && holdings.some(({ party }) => isIntegration(course, party)));
}

function isLate(custody: Custody, told: Told, { course, table }: Outcomes): boolean {
  if (isSender(course, custody.sender) || isMunicipality(told.reader)) {
    const firstMs = Math.min(told.openedMs, custody.ends.registeredAtMs);
    return firstMs > dueMs(table, deadlines.escalate, told.submittedMs, told.firstLifeMs);
  }
  if (course.healMs === undefined) return false;
  const drainedMs = Math.max(course.healMs, told.offeredMs) + drainBoundMs(course, custody.channel);
  return custody.ends.registeredAtMs > drainedMs;
}
