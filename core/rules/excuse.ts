import { appended } from "../appended.ts";
import { minuteMs } from "../calendar.ts";
import { deliveryIn } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { Fold, Folds } from "../folds.ts";
import type { EntryKind, EntryOf, LedgerEntry } from "../ledger.ts";
import {
  type BoundaryName,
  type CopyId,
  type DeliveryId,
  deliveryOf,
  type ExchangeName,
  type PartyId,
} from "../names.ts";
import type { Excuse } from "../rule.ts";
import { type Course, clockAtLeast, course, drainBoundMs, isSut } from "./course.ts";
import { lifeEndOf } from "./life.ts";

/** A copy's way: from its offer to its end of life, or to where its channel gave it up. Times in ms. */
type Way = {
  readonly copy: CopyId | undefined;
  readonly channel: PartyId;
  readonly resource: string;
  readonly to: PartyId;
  readonly offeredSeq: number;
  readonly offeredMs: number;
  /** Infinity where no clock ends it: it lives until the run ends. */
  readonly lifeEndsMs: number;
  /** How many completed polls, breaks and own breaks had been seen at the offer, for what came after. */
  readonly polls: number;
  readonly credit: boolean;
  readonly breaks: number;
  readonly ownBreaks: number;
  /** Latest instant at which the system under test could have learnt of it. */
  reached: boolean;
  attempts: number;
  /** Attempts of which the system was told. */
  fetched: number;
  gaveBack: number;
  exhausted: number;
};

/** What the world did about one delivery, and what it gave the system under test. */
export type Circumstances = {
  readonly id: DeliveryId;
  readonly planted: "invalid" | "poison" | "twin" | undefined;
  /** A permanent refusal of the world's making; -1 if none. */
  refusedSeq: number;
  /** The system under test answered for it positively: from then on it owes it whatever happens. */
  answered: boolean;
  /** It gave a positive receipt. */
  receipted: boolean;
  ways: readonly Way[];
};

type Interval = {
  readonly fromMs: number;
  toMs: number;
  readonly seq: number;
  readonly kind: "down" | "paused" | "out" | "no right";
  /** The channel that it keeps the system from; undefined where it is all of them. */
  readonly channel?: PartyId;
};

export type Conditions = {
  readonly course: Course;
  readonly deliveries: ByDelivery<Circumstances>;
  /** When the world kept the system under test from working, and by which entry. */
  readonly intervals: Interval[];
  readonly faulted: Set<ExchangeName>;
  /** When each of our faults struck, by its entry. */
  readonly struckMs: Map<number, number>;
  readonly polls: Map<PartyId, number>;
  readonly credit: Map<string, boolean>;
  /** Where the clock is not driven: what waits on a resource for a consumer with room. */
  readonly waiting: Map<string, Way[]>;
  /** When systems under test had no right to read, by channel and resource, and by who; absent where that is not told. */
  readonly rightless: Map<string, Interval[]>;
  /** Who may read each resource, and the entry that took away the last right. */
  readonly readers: Map<string, { readonly who: Set<string>; revokedSeq: number }>;
  readonly granted: { readonly resource: string; readonly seq: number; readonly atMs: number }[];
  breaks: number;
  /** When lines were last broken, ms. */
  readonly linesBrokenMs: number[];
  ownBreaks: number;
  /** A start of the system under test runs; two of them while one takes over from another. */
  running: 0 | 1 | 2;
  /** Ways that were given up since the last break, and had one too few. */
  readonly lettingGo: { readonly way: Way; readonly atMs: number; readonly seq: number }[];
  asked: boolean;
};

/** The kinds of entry excuses and fair chances are made of. */
export const excuseReads: readonly EntryKind[] = [
  "phase",
  "faulted",
  "stopped",
  "paused",
  "crashed",
  "started",
  "upgraded",
  "resumed",
  "submitted",
  "offered",
  "effected",
  "fetched",
  "dropped",
  "refused",
  "told",
  "settled",
  "receipted",
  "idle",
  "alive",
  "entitled",
];

const none: readonly never[] = [];

/** Answers that say "never, for this content": PORT.md, *Receiver API*. */
const permanent: ReadonlySet<string> = new Set(["400", "413", "422"]);

export function startConditions(folds: Folds): Conditions {
  return {
    course: folds.of(course),
    deliveries: new ByDelivery(folds.deliveries),
    intervals: [],
    faulted: new Set(),
    struckMs: new Map(),
    polls: new Map(),
    credit: new Map(),
    waiting: new Map(),
    rightless: new Map(),
    readers: new Map(),
    granted: [],
    breaks: 0,
    linesBrokenMs: [],
    ownBreaks: 0,
    running: 0,
    lettingGo: [],
    asked: false,
  };
}

/** What the world did and gave, for all rules at once. */
export const conditionsFold: Fold<Conditions> = {
  reads: excuseReads,
  start: startConditions,
  step: stepConditions,
};

/** Folds one entry into what the world did. */
export function stepConditions(conditions: Conditions, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted":
      for (const { id } of entry.deliveries)
        conditions.deliveries.set(id, {
          id,
          planted: entry.planted,
          refusedSeq: -1,
          answered: false,
          receipted: false,
          ways: none,
        });
      return;
    case "offered":
      offer(conditions, entry);
      return;
    case "effected":
      if (entry.change === "ready → unacked") lastWay(conditions, entry, (way) => (way.attempts += 1));
      return;
    case "fetched":
      conditions.asked = true;
      lastWay(conditions, entry, (way) => {
        way.reached = true;
        way.fetched += 1;
      });
      return;
    case "settled":
      if (entry.positive) answer(conditions, entry);
      else lastWay(conditions, entry, (way) => (way.gaveBack += 1));
      return;
    case "receipted":
      if (entry.saying === "positive") answer(conditions, entry);
      return;
    case "dropped":
      if (entry.why === "deadlettered") lastWay(conditions, entry, (way) => exhaust(conditions, way, entry));
      return;
    case "refused":
      if (entry.permanent && !isSut(conditions.course, entry.party) && isWorldMade(conditions, entry))
        refuse(conditions, entry, entry.seq);
      return;
    case "told":
      if (conditions.faulted.size > 0 && entry.saying === "negative" && permanent.has(entry.code))
        toldPermanently(conditions, entry);
      return;
    case "idle":
      if (!isSut(conditions.course, entry.asker)) return;
      conditions.asked = true;
      poll(conditions, entry);
      return;
    case "alive":
      if (!isSut(conditions.course, entry.reader)) return;
      conditions.asked = true;
      conditions.credit.set(`${entry.channel} ${entry.resource}`, entry.credit);
      if (entry.credit && entry.how === "attach") reach(conditions, entry);
      return;
    case "entitled":
      entitle(conditions, entry);
      return;
    case "faulted":
    case "stopped":
    case "crashed":
    case "paused":
    case "started":
    case "upgraded":
    case "resumed":
    case "phase":
      interrupt(conditions, entry);
      return;
    default:
      return;
  }
}

function known(conditions: Conditions, entry: LedgerEntry): Circumstances | undefined {
  const delivery = deliveryIn(entry);
  return delivery === undefined ? undefined : conditions.deliveries.get(delivery);
}

function lastWay(conditions: Conditions, entry: LedgerEntry, then: (way: Way) => void): void {
  const ways = known(conditions, entry)?.ways;
  const way = ways?.findLast(({ copy }) => copy === entry.copy) ?? ways?.at(-1);
  if (way !== undefined) then(way);
}

function offer(conditions: Conditions, entry: EntryOf<"offered">): void {
  const { copy, channel, resource, to } = entry;
  const key = `${channel} ${resource}`;
  const way: Way = {
    copy,
    channel,
    resource,
    to,
    offeredSeq: entry.seq,
    offeredMs: entry.atMs,
    lifeEndsMs: lifeEndOf(entry),
    polls: conditions.polls.get(channel) ?? 0,
    credit: conditions.credit.get(key) ?? false,
    breaks: conditions.breaks - lingering(conditions, entry.atMs),
    ownBreaks: conditions.ownBreaks,
    reached: false,
    attempts: 0,
    fetched: 0,
    gaveBack: 0,
    exhausted: -1,
  };
  const circumstances = known(conditions, entry);
  if (circumstances !== undefined) circumstances.ways = appended(circumstances.ways, way);
  if (clockAtLeast(conditions.course, "driven")) return;
  const waiting = conditions.waiting.get(key);
  if (waiting === undefined) conditions.waiting.set(key, [way]);
  else waiting.push(way);
}

function answer(conditions: Conditions, entry: LedgerEntry): void {
  const circumstances = known(conditions, entry);
  if (circumstances === undefined) return;
  circumstances.answered = true;
  if (entry.kind === "receipted") circumstances.receipted = true;
}

function refuse(conditions: Conditions, entry: LedgerEntry, seq: number): void {
  const circumstances = known(conditions, entry);
  if (circumstances !== undefined && circumstances.refusedSeq < 0) circumstances.refusedSeq = seq;
}

/** A refusal in answer to the system under test may be of its own making, unless a fault stands behind it. */
function isWorldMade(conditions: Conditions, entry: EntryOf<"refused">): boolean {
  return entry.exchange === undefined || entry.cause !== undefined || conditions.faulted.has(entry.exchange);
}

function toldPermanently(conditions: Conditions, entry: EntryOf<"told">): void {
  if (entry.exchange === undefined || !conditions.faulted.has(entry.exchange) || !isSut(conditions.course, entry.to))
    return;
  if (!entry.exchange.startsWith("receiver")) return;
  for (const copy of entry.copies) {
    const circumstances = conditions.deliveries.get(deliveryOf(copy));
    if (circumstances !== undefined && circumstances.refusedSeq < 0) circumstances.refusedSeq = entry.seq;
  }
}

/**
 * Every failed attempt was broken by the world, none given back by the system under test or lost to its own crash. One
 * that never reached the system needs no break of its own: what broke the line may have come before the offer.
 */
function exhaust(conditions: Conditions, way: Way, entry: LedgerEntry): void {
  if (!isExhausted(conditions, way)) {
    // Whoever is asked to stop lets go of its messages first, and has stopped then.
    conditions.lettingGo.push({ way, atMs: entry.atMs, seq: entry.seq });
    return;
  }
  way.exhausted = entry.seq;
}

function isExhausted(conditions: Conditions, way: Way): boolean {
  const broken = conditions.breaks - way.breaks;
  return (
    way.attempts > 0 &&
    way.gaveBack === 0 &&
    conditions.ownBreaks === way.ownBreaks &&
    broken >= Math.max(1, way.fetched)
  );
}

function poll(conditions: Conditions, entry: EntryOf<"idle">): void {
  const channel = entry.exchange?.slice(0, entry.exchange.indexOf(".")) ?? "";
  conditions.polls.set(channel, (conditions.polls.get(channel) ?? 0) + entry.count);
}

/** A consumer with room attached: everything that waits on its resource is within reach. */
function reach(conditions: Conditions, entry: EntryOf<"alive">): void {
  const key = `${entry.channel} ${entry.resource}`;
  for (const way of conditions.waiting.get(key) ?? []) if (entry.atMs < way.lifeEndsMs) way.reached = true;
  conditions.waiting.delete(key);
}

function entitle(conditions: Conditions, entry: EntryOf<"entitled">): void {
  if (isSut(conditions.course, entry.who)) turn(conditions, entry);
  const key = `${entry.channel} ${entry.resource}`;
  const readers = conditions.readers.get(key) ?? { who: new Set<string>(), revokedSeq: -1 };
  conditions.readers.set(key, readers);
  if (entry.granted) {
    readers.who.add(entry.who);
    conditions.granted.push({ resource: key, seq: entry.seq, atMs: entry.atMs });
  } else {
    readers.who.delete(entry.who);
    if (readers.who.size === 0) readers.revokedSeq = entry.seq;
  }
}

/** The right of a system under test begins or ends. */
function turn(conditions: Conditions, entry: EntryOf<"entitled">): void {
  const key = rightOf(entry.channel, entry.resource, entry.who);
  const intervals = conditions.rightless.get(key) ?? [];
  conditions.rightless.set(key, intervals);
  const last = intervals.at(-1);
  const lasts = last?.toMs === Number.POSITIVE_INFINITY;
  if (entry.granted && lasts) last.toMs = entry.atMs;
  if (!entry.granted && !lasts)
    intervals.push({ fromMs: entry.atMs, toMs: Number.POSITIVE_INFINITY, seq: entry.seq, kind: "no right" });
}

function rightOf(channel: PartyId, resource: string, who: PartyId): string {
  return `${channel} ${resource} ${who}`;
}

type Interrupting = Extract<
  LedgerEntry,
  { kind: "faulted" | "stopped" | "crashed" | "paused" | "started" | "upgraded" | "resumed" | "phase" }
>;

function interrupt(conditions: Conditions, entry: Interrupting): void {
  switch (entry.kind) {
    case "faulted":
      if (entry.outcome !== "injected") return;
      conditions.struckMs.set(entry.seq, entry.atMs);
      if (entry.exchange !== undefined) conditions.faulted.add(entry.exchange);
      // A crash or stop of our making is counted where it happens.
      if (entry.family === "network" && breaksAttempts(entry.boundary)) breakLine(conditions, entry.atMs);
      if (entry.untilMs !== undefined && cutsOff(entry))
        conditions.intervals.push({ fromMs: entry.atMs, toMs: entry.untilMs, seq: entry.seq, ...outageAt(entry) });
      return;
    case "crashed":
      // With a queue goes whatever it had handed over.
      if (entry.party === "fiks-io") broken(conditions, entry);
      if (!isSut(conditions.course, entry.party)) return;
      conditions.running = 0;
      if (entry.cause === undefined) conditions.ownBreaks += 1;
      else down(conditions, entry, "down");
      return;
    case "stopped":
      if (!isSut(conditions.course, entry.party)) return;
      conditions.running = 0;
      down(conditions, entry, "down");
      return;
    case "paused":
      if (isSut(conditions.course, entry.party)) down(conditions, entry, "paused");
      return;
    case "started":
      if (!isSut(conditions.course, entry.party)) return;
      conditions.running = conditions.running === 0 ? 1 : 2;
      up(conditions, entry.atMs, "down");
      return;
    case "upgraded":
      // The version that another took over from while both ran: what it had in hand went with it.
      if (conditions.running !== 2) return;
      conditions.running = 1;
      broken(conditions, entry);
      return;
    case "resumed":
      if (!isSut(conditions.course, entry.party)) return;
      // Its patience ran on: it lets go of lines on which it was answered while it could not hear.
      breakLine(conditions, entry.atMs);
      up(conditions, entry.atMs, "paused");
      return;
    case "phase":
      // Heal ends every fault, also those that were to last longer.
      if (entry.phase === "heal")
        for (const interval of conditions.intervals) interval.toMs = Math.min(interval.toMs, entry.atMs);
      return;
  }
}

function breaksAttempts(boundary: BoundaryName): boolean {
  return boundary === "step" || boundary.startsWith("fiks-io.");
}

/** Parties that a message does not pass on its way from its channel into a case. */
const aside: ReadonlySet<PartyId> = new Set(["alarm", "portal", "sender", "police"]);

/** What is needed for one channel only. */
const neededFor: Readonly<Record<PartyId, PartyId>> = {
  "fiks-io": "fiks-io",
  "altinn-correspondence": "altinn-correspondence",
  "altinn-dispatch": "altinn-dispatch",
  "altinn-authentication": "altinn-correspondence",
};

function partyAt(boundary: BoundaryName): PartyId {
  return boundary.split(".", 1)[0] ?? "";
}

/** Whether an outage keeps a message from getting from the channel into a case. */
function cutsOff({ boundary, family }: EntryOf<"faulted">): boolean {
  return family !== "people" && !aside.has(partyAt(boundary));
}

function outageAt({ boundary }: EntryOf<"faulted">): Pick<Interval, "kind" | "channel"> {
  const channel = neededFor[partyAt(boundary)];
  return channel === undefined ? { kind: "out" } : { kind: "out", channel };
}

/** A line that was held up breaks once its reader's patience is at an end, and takes with it what came meanwhile. */
const lingersMs = 2 * minuteMs;
const mostLines = 16;

function breakLine(conditions: Conditions, atMs: number): void {
  conditions.breaks += 1;
  conditions.linesBrokenMs.push(atMs);
  if (conditions.linesBrokenMs.length > mostLines) conditions.linesBrokenMs.shift();
}

/** How many broken lines may still take what is offered now with them. */
function lingering({ linesBrokenMs }: Conditions, nowMs: number): number {
  let count = 0;
  for (const atMs of linesBrokenMs) if (atMs > nowMs - lingersMs) count += 1;
  return count;
}

/**
 * A start of the system under test, or its queue, was ended by us, and every attempt that it had in hand: also those that
 * it let go of since it was asked to stop.
 */
function broken(conditions: Conditions, { atMs: endedMs, cause }: LedgerEntry): void {
  conditions.breaks += 1;
  const fromMs = (cause === undefined ? undefined : conditions.struckMs.get(cause)) ?? endedMs;
  for (const { way, atMs, seq } of conditions.lettingGo.splice(0))
    if (atMs >= fromMs && isExhausted(conditions, way)) way.exhausted = seq;
}

function down(conditions: Conditions, entry: LedgerEntry, kind: "down" | "paused"): void {
  if (kind === "down") broken(conditions, entry);
  conditions.intervals.push({ fromMs: entry.atMs, toMs: Number.POSITIVE_INFINITY, seq: entry.seq, kind });
}

function up(conditions: Conditions, atMs: number, kind: "down" | "paused"): void {
  for (const interval of conditions.intervals)
    if (interval.kind === kind && interval.toMs === Number.POSITIVE_INFINITY) interval.toMs = atMs;
}

/**
 * `excused(d)`: the entry, made by the world and never by the system under test, that made another end inevitable.
 *
 * A permanent refusal by another party; the system kept from working, or without its right to read, for the whole life
 * of every copy; all attempts at a copy broken by us; nobody entitled to read. A system that has answered positively owes
 * the message whatever happens.
 * @source RULES.md, section A, notation.
 */
export function excuseFor(conditions: Conditions, of: Circumstances): Excuse | undefined {
  const excuse = (because: string, entry: number): Excuse => ({ delivery: of.id, because, entry });
  if (of.refusedSeq >= 0) return excuse("refused for good by another party", of.refusedSeq);
  if (of.ways.length === 0 || of.answered) return undefined;
  const proofs = of.ways.map((way) => blocked(conditions, way));
  if (proofs.some((proof) => proof === undefined)) return undefined;
  return proofs[0];

  function blocked(conditions: Conditions, way: Way): Excuse | undefined {
    if (way.exhausted >= 0) return excuse("every attempt at it was broken by a fault", way.exhausted);
    const covering = spans(conditions, way);
    const [first] = covering;
    if (first !== undefined && longestFreeMs(conditions, covering, way) === 0)
      return excuse(
        first.kind === "no right"
          ? "the system had no right to read it"
          : "out of the system's reach for its whole life",
        first.seq,
      );
    if (conditions.rightless.has(rightOf(way.channel, way.resource, way.to))) return undefined;
    const readers = conditions.readers.get(`${way.channel} ${way.resource}`);
    if (readers !== undefined && readers.who.size === 0 && !grantedDuring(conditions, way))
      return excuse("nobody was entitled to read it", readers.revokedSeq);
    return undefined;
  }
}

function grantedDuring(conditions: Conditions, way: Way): boolean {
  const resource = `${way.channel} ${way.resource}`;
  return conditions.granted.some(
    (grant) => grant.resource === resource && grant.seq > way.offeredSeq && grant.atMs < way.lifeEndsMs,
  );
}

/** The intervals that touch a copy's life and way, in the order they began. */
function spans(conditions: Conditions, way: Way): Interval[] {
  const { channel: on, resource, to, offeredMs, lifeEndsMs } = way;
  const touching = ({ fromMs, toMs, channel }: Interval): boolean =>
    fromMs < lifeEndsMs && toMs > offeredMs && (channel === undefined || channel === on);
  const found = conditions.intervals.filter(touching);
  const rightless = conditions.rightless.get(rightOf(on, resource, to))?.filter(touching) ?? [];
  return rightless.length === 0 ? found : [...found, ...rightless].sort((a, b) => a.fromMs - b.fromMs);
}

/** The longest stretch of a copy's life that nothing covers; a copy that no clock ends lives until the run does. */
function longestFreeMs({ course }: Conditions, covering: readonly Interval[], { offeredMs, lifeEndsMs }: Way): number {
  let free = 0;
  let cursor = offeredMs;
  for (const { fromMs, toMs } of covering) {
    free = Math.max(free, fromMs - cursor);
    cursor = Math.max(cursor, toMs);
  }
  const endsMs = lifeEndsMs === Number.POSITIVE_INFINITY ? (course.endMs ?? lifeEndsMs) : lifeEndsMs;
  return cursor < endsMs ? Math.max(free, endsMs - cursor) : free;
}

/**
 * Why the system under test never had a fair chance at a delivery; undefined where it had one.
 *
 * It had none if between our interruptions there was never a stretch as long as D (or the copy's life, if shorter); or
 * if its clock is not driven, and it neither held the copy, nor was attached with room, nor polled three times. A
 * system that never asked for anything in the whole run had its chance.
 * @source RULES.md, *Fair chance*.
 */
export function unfair(conditions: Conditions, of: Circumstances): string | undefined {
  const { course } = conditions;
  if (of.ways.length === 0 || of.answered) return undefined;
  const interrupted = of.ways.every((way) => {
    const covering = spans(conditions, way);
    const lifeMs = way.lifeEndsMs - way.offeredMs;
    const free = longestFreeMs(conditions, covering, way);
    return covering.length > 0 && free < Math.min(drainBoundMs(course, way.channel), lifeMs);
  });
  if (interrupted) return "the world left the system under test no stretch of time as long as D while it lived";
  if (clockAtLeast(course, "driven") || !conditions.asked) return undefined;
  const reached = of.ways.some(
    (way) => way.reached || way.credit || (conditions.polls.get(way.channel) ?? 0) - way.polls >= 3,
  );
  return reached ? undefined : "its clock is not driven, and it had fewer than three polls while the message was there";
}
