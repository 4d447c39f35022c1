import { rfc3339 } from "../calendar.ts";
import { type Chain, custodyFold, deliveryIn } from "../custody.ts";
import { deadlines, dueMs, type Limit, runTimetable, type Timetable } from "../deadlines.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type PartyId } from "../names.ts";
import type { Doubt, Finding, Judgement, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, idsIn, type Recipients, recipients } from "./alarm.ts";
import { type Course, clockAtLeast, course } from "./course.ts";
import { close, type Hindrance, hindrance, putOff, type Span } from "./hindrance.ts";
import { lifeOf } from "./life.ts";
import { isMunicipality } from "./municipality.ts";
import { reportDueMs, type Sinks, sinks } from "./sinks.ts";

type Reader = {
  /** Consuming, with room for more: alive until said otherwise. */
  attached: boolean;
  /** Last sign of life; undefined before the first. */
  signMs: number | undefined;
  readonly limit: Limit;
};

/** Whether somebody may read, and since when that is so. */
type Right = { readonly granted: boolean; readonly sinceMs: number };

/** One resource of a channel, and who reads it. */
type Watch = {
  readonly channel: PartyId;
  readonly resource: string;
  /** The system under test that must read it; undefined where it is somebody else's. */
  reader: PartyId | undefined;
  openedSeq: number;
  readonly readers: Map<string, Reader>;
  /** Who may read, where rights can be seen at all. */
  readonly rights: Map<string, Right>;
  /** What was sent here while nobody read, and the municipalities that were told of something here and have not looked. */
  readonly unread: Set<Unread>;
  readonly called: Set<Called>;
  /**
   * When the last sign of life of an entitled reader goes stale, and since when that counts; Infinity once the system
   * that must read has told somebody that it no longer may.
   */
  staleMs: number;
  sinceMs: number;
  /** The entry after which nobody read. */
  lastSeq: number;
  broken: { readonly atMs: number; readonly seq: number } | undefined;
};

/** A copy sent where nobody reads, for which its sender must do something else by T_warn. */
type Unread = {
  readonly delivery: DeliveryId;
  readonly sender: PartyId;
  readonly watch: Watch;
  readonly seq: number;
  readonly atMs: number;
  readonly warnMs: number;
};

/** A municipality whose registered address has got a notice of a copy. */
type Called = {
  readonly delivery: DeliveryId;
  readonly copy: CopyId;
  readonly to: PartyId;
  readonly seq: number;
  readonly atMs: number;
  readonly dueMs: number;
};

export type WatchedChannel = {
  readonly course: Course;
  readonly hindrance: Hindrance;
  readonly table: Timetable;
  readonly integrations: Set<PartyId>;
  readonly senders: Set<PartyId>;
  readonly chain: Chain;
  readonly recipients: Recipients;
  readonly sinks: Sinks;
  readonly watches: Map<string, Watch>;
  readonly unread: Map<DeliveryId, Unread>;
  /** Where copies lie that were offered to a municipality which is not under test. */
  readonly lying: Map<CopyId, { readonly watch: Watch; readonly to: PartyId }>;
  /** Polls that were written down just before the sign of life they give. */
  polls: EntryOf<"idle"> | undefined;
  /** When somebody was last told of a channel, and of no message on it. */
  channelAlarmMs: number;
  /** Copies of a sender under test that were sent where somebody reads, or saved in time. */
  sentWell: number;
  /** Faults that may keep a reader from its channel; those without an end last until heal. */
  readonly kept: Span[];
  lastMs: number;
};

/**
 * Judges `watched-channel@2`: a channel in use has a reader who may read and has lately shown a sign of life.
 *
 * `judged` counts resources that a system under test must read, and copies that a sender under test sent. For a reader
 * only time counts in which it could read: not while the world kept it down or something between it and its work broken.
 * A consumer is alive while it is attached and has room for more; polls and opened canaries are signs of their moment.
 * A reader that lost its right owes an alarm about the channel within 24 hours instead, and a sign of life again once it
 * has the right back. A sender whose message another has taken on, such as the portal, has nothing to watch; for one
 * that does, time in which we kept it from warning anybody does not count.
 *
 * @returns Findings that blame the reader for a resource, or the sender for a delivery; the latter also where the
 * sender is not under test, but the rights could be seen. And those that blame a municipality which is not under test:
 * it was told of a copy, and nobody who may read there has looked for three working days.
 * @source RULES.md, watched-channel; PORT.md, ruling 8; incidents.md, invariants 14 and 15; docs/adr/0018.
 */
export const watchedChannel: Rule<WatchedChannel> = {
  id: "watched-channel",
  version: 2,
  reads: [
    "run",
    "phase",
    "stopped",
    "crashed",
    "faulted",
    "offered",
    "entitled",
    "idle",
    "alive",
    "notified",
    "alerted",
    "returned",
    "registered",
    "opened",
  ],
  start: (folds) => ({
    course: folds.of(course),
    hindrance: folds.of(hindrance),
    table: folds.of(runTimetable),
    integrations: new Set(),
    senders: new Set(),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    sinks: folds.of(sinks),
    watches: new Map(),
    unread: new Map(),
    lying: new Map(),
    polls: undefined,
    channelAlarmMs: Number.NEGATIVE_INFINITY,
    sentWell: 0,
    kept: [],
    lastMs: 0,
  }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    state.lastMs = entry.atMs;
    follow(state, entry);
    return state;
  },
  end: judge,
};

function follow(state: WatchedChannel, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      for (const { party, role } of entry.suts)
        (role === "integration" ? state.integrations : state.senders).add(party);
      return;
    case "offered":
      offer(state, entry);
      return;
    case "alive":
      sign(state, entry);
      return;
    case "idle":
      state.polls = entry;
      return;
    case "entitled":
      entitle(state, entry);
      return;
    case "notified":
      if (entry.outcome === "delivered" && entry.copy !== undefined) call(state, entry, entry.copy);
      return;
    case "stopped":
    case "crashed":
      for (const watch of state.watches.values()) {
        const reader = watch.readers.get(entry.party);
        if (reader?.attached !== true) continue;
        settle(state, watch, entry.atMs);
        reader.attached = false;
        watch.lastSeq = entry.seq;
      }
      return;
    case "faulted":
      if (entry.outcome === "injected") keep(state, entry);
      return;
    case "phase":
      if (entry.phase === "heal") close(state.kept, entry.atMs);
      return;
    case "alerted":
      if (flawOf(entry) !== undefined) return;
      if (idsIn(entry).length === 0) tellOfChannel(state, entry.atMs);
      for (const delivery of deliveriesIn(entry, state.recipients)) save(state, delivery, entry.atMs);
      return;
    case "returned":
    case "registered":
    case "opened": {
      const delivery = deliveryIn(entry);
      if (delivery === undefined || (entry.kind === "opened" && entry.opener === "machine")) return;
      save(state, delivery, entry.atMs);
      const place = entry.kind === "opened" ? state.lying.get(entry.copy ?? delivery) : undefined;
      if (place !== undefined) look(place.watch, entry.atMs);
      return;
    }
    default:
      return;
  }
}

function keep(state: WatchedChannel, entry: EntryOf<"faulted">): void {
  const lasts = entry.untilMs ?? Number.POSITIVE_INFINITY;
  // Crashes and pauses are told by entries of their own.
  if (entry.untilMs === undefined && (entry.family === "process" || entry.family === "people")) return;
  if (state.kept.at(-1)?.toMs !== Number.POSITIVE_INFINITY) state.kept.push({ fromMs: entry.atMs, toMs: lasts });
}

function watchOf(state: WatchedChannel, channel: PartyId, resource: string, entry: LedgerEntry): Watch {
  const key = `${channel} ${resource}`;
  let watch = state.watches.get(key);
  if (watch === undefined) {
    watch = {
      channel,
      resource,
      reader: undefined,
      openedSeq: -1,
      readers: new Map(),
      rights: new Map(),
      unread: new Set(),
      called: new Set(),
      staleMs: Number.NEGATIVE_INFINITY,
      sinceMs: entry.atMs,
      lastSeq: entry.seq,
      broken: undefined,
    };
    state.watches.set(key, watch);
  }
  return watch;
}

function offer(state: WatchedChannel, entry: EntryOf<"offered">): void {
  const delivery = deliveryIn(entry);
  if (delivery === undefined) return;
  const watch = watchOf(state, entry.channel, entry.resource, entry);
  if (state.integrations.has(entry.to) && watch.reader === undefined) open(state, watch, entry.to, entry);
  // Another copy on another way is what a sender is to do.
  const before = state.unread.get(delivery);
  if (before !== undefined && before.watch !== watch) save(state, delivery, entry.atMs);
  if (isMunicipality(entry.to)) state.lying.set(entry.copy ?? delivery, { watch, to: entry.to });
  const custody = state.chain.deliveries.get(delivery);
  if (custody === undefined) return;
  const { sender, debtor } = custody;
  if (!state.senders.has(sender) && watch.rights.size === 0) return;
  if (debtor !== sender || isRead(state, watch, entry.atMs)) {
    if (state.senders.has(sender)) state.sentWell += 1;
  } else if (!state.unread.has(delivery)) {
    const { seq, atMs } = entry;
    const warnMs = dueMs(state.table, deadlines.warn, atMs, lifeOf(entry));
    const unread = { delivery, sender, watch, seq, atMs, warnMs };
    state.unread.set(delivery, unread);
    watch.unread.add(unread);
  }
}

function entitle(state: WatchedChannel, entry: EntryOf<"entitled">): void {
  const { who, granted, atMs } = entry;
  const watch = watchOf(state, entry.channel, entry.resource, entry);
  settle(state, watch, atMs);
  if (watch.rights.get(who)?.granted !== granted) {
    watch.rights.set(who, { granted, sinceMs: atMs });
    if (who === watch.reader) grantTime(state, watch, atMs);
  }
  if (!granted) watch.lastSeq = entry.seq;
  refresh(state, watch, atMs);
}

/** From now on the system under test has a day to read here, or to tell somebody that it may not. */
function grantTime(state: WatchedChannel, watch: Watch, nowMs: number): void {
  const staleMs = dueMs(state.table, deadlines.reader, nowMs);
  const isExcused = watch.staleMs === Number.POSITIVE_INFINITY;
  watch.sinceMs = Math.max(watch.sinceMs, nowMs);
  watch.staleMs = isExcused ? staleMs : Math.max(watch.staleMs, staleMs);
}

/** An alarm about a channel and no message: what a system owes that has lost its right to read. */
function tellOfChannel(state: WatchedChannel, nowMs: number): void {
  state.channelAlarmMs = nowMs;
  for (const watch of state.watches.values()) {
    if (watch.reader === undefined || mayRead(watch, watch.reader)) continue;
    settle(state, watch, nowMs);
    watch.staleMs = Number.POSITIVE_INFINITY;
  }
}

/** A municipality is told of what lies there. */
function call(state: WatchedChannel, { seq, atMs }: LedgerEntry, copy: CopyId): void {
  const place = state.lying.get(copy);
  if (place === undefined || isRead(state, place.watch, atMs)) return;
  const { watch, to } = place;
  for (const called of watch.called) if (called.copy === copy) return;
  const limitMs = dueMs(state.table, deadlines.readingPerson, atMs);
  watch.called.add({ delivery: deliveryOf(copy), copy, to, seq, atMs, dueMs: limitMs });
}

/** Somebody who may read there has looked. */
function look(watch: Watch, atMs: number): void {
  for (const called of watch.called) if (atMs >= called.atMs && atMs <= called.dueMs) watch.called.delete(called);
}

/** From now on the system must read here. */
function open(state: WatchedChannel, watch: Watch, reader: PartyId, entry: LedgerEntry): void {
  watch.reader = reader;
  watch.openedSeq = entry.seq;
  if (!isRead(state, watch, entry.atMs)) watch.lastSeq = entry.seq;
  grantTime(state, watch, entry.atMs);
  const right = watch.rights.get(reader);
  if (right?.granted === false && state.channelAlarmMs >= right.sinceMs) watch.staleMs = Number.POSITIVE_INFINITY;
}

function sign(state: WatchedChannel, entry: EntryOf<"alive">): void {
  const watch = watchOf(state, entry.channel, entry.resource, entry);
  const lastMs = entry.lastMs ?? entry.atMs;
  const { polls } = state;
  state.polls = undefined;
  // Polls are written down several at a time: the first of them was a sign of life as well.
  if (polls !== undefined && polls.exchange === entry.exchange && polls.toMs === lastMs)
    signAt(state, watch, entry, polls.fromMs);
  signAt(state, watch, entry, lastMs);
  if (state.integrations.has(entry.reader) && watch.reader === undefined) open(state, watch, entry.reader, entry);
}

function signAt(state: WatchedChannel, watch: Watch, entry: EntryOf<"alive">, atMs: number): void {
  settle(state, watch, atMs);
  let reader = watch.readers.get(entry.reader);
  if (reader === undefined) {
    const machine = entry.how === "attach" || state.hindrance.suts.has(entry.reader) || isMunicipality(entry.reader);
    reader = { attached: false, signMs: undefined, limit: machine ? deadlines.reader : deadlines.readingPerson };
    watch.readers.set(entry.reader, reader);
  }
  const signMs = Math.max(reader.signMs ?? atMs, atMs);
  if (entry.credit) reader.signMs = signMs;
  else if (reader.attached) {
    reader.signMs = signMs;
    watch.lastSeq = entry.seq;
  }
  reader.attached = entry.how === "attach" && entry.credit;
  refresh(state, watch, atMs);
}

function mayRead(watch: Watch, who: string): boolean {
  return watch.rights.size === 0 || watch.rights.get(who)?.granted === true;
}

function isAttached(watch: Watch): boolean {
  for (const [who, reader] of watch.readers) if (reader.attached && mayRead(watch, who)) return true;
  return false;
}

/** Whether somebody who may read has shown a sign of life lately enough. */
function isRead(state: WatchedChannel, watch: Watch, atMs: number): boolean {
  for (const [who, { attached, signMs, limit }] of watch.readers) {
    if (!mayRead(watch, who)) continue;
    if (attached || (signMs !== undefined && atMs <= dueMs(state.table, limit, signMs))) return true;
  }
  return false;
}

/** Takes note of what held until now, before something changes. */
function settle(state: WatchedChannel, watch: Watch, nowMs: number): void {
  if (isAttached(watch)) {
    watch.sinceMs = nowMs;
    watch.staleMs = dueMs(state.table, deadlines.reader, nowMs);
    return;
  }
  if (watch.reader === undefined || watch.broken !== undefined) return;
  const staleMs = putOff(hinders(state), watch.sinceMs, watch.staleMs);
  if (nowMs > staleMs) watch.broken = { atMs: staleMs, seq: watch.lastSeq };
}

/** Takes note of what is new: a sign of life puts off when the watch is stale, and saves what was sent meanwhile. */
function refresh(state: WatchedChannel, watch: Watch, nowMs: number): void {
  for (const [who, { signMs, limit }] of watch.readers) {
    if (signMs !== nowMs || !mayRead(watch, who)) continue;
    look(watch, nowMs);
    const staleMs = dueMs(state.table, limit, nowMs);
    if (staleMs <= watch.staleMs) continue;
    watch.staleMs = staleMs;
    watch.sinceMs = nowMs;
  }
  for (const { delivery, atMs } of watch.unread)
    if (isRead(state, watch, Math.max(atMs, nowMs))) save(state, delivery, nowMs);
}

function save(state: WatchedChannel, delivery: DeliveryId, atMs: number): void {
  const unread = state.unread.get(delivery);
  if (unread === undefined || atMs > saveDueMs(state, unread)) return;
  state.unread.delete(delivery);
  unread.watch.unread.delete(unread);
  if (state.senders.has(unread.sender)) state.sentWell += 1;
}

/** By when a sender must have done something else: T_warn, put off by what kept it from telling anybody. */
function saveDueMs({ sinks, hindrance }: WatchedChannel, { delivery, sender, atMs, warnMs }: Unread): number {
  return hindrance.suts.has(sender) ? reportDueMs(sinks, hindrance, delivery, atMs, warnMs) : warnMs;
}

function hinders(state: WatchedChannel): Span[] {
  if (state.kept.length === 0) return state.hindrance.down;
  return [...state.hindrance.down, ...state.kept].sort((a, b) => a.fromMs - b.fromMs);
}

function judge(state: WatchedChannel): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  const endMs = state.course.endMs ?? state.lastMs;
  const clocked = clockAtLeast(state.course, "compressed");
  let judged = state.sentWell;
  for (const watch of state.watches.values()) {
    if (watch.reader === undefined) continue;
    settle(state, watch, endMs);
    if (watch.broken === undefined && watch.readers.size === 0) continue;
    if (!clocked) {
      doubts.push({ because: `The clock of ${watch.reader} was not ours to move: its signs of life prove nothing.` });
      continue;
    }
    judged += 1;
    if (watch.broken !== undefined) findings.push(unwatched(state, watch, watch.reader, watch.broken));
  }
  for (const unread of state.unread.values()) {
    if (endMs <= saveDueMs(state, unread)) continue;
    const { watch, sender, delivery } = unread;
    const underTest = state.senders.has(sender);
    if (watch.rights.size === 0 && watch.readers.size === 0) {
      doubts.push({ delivery, because: `Nothing tells who may read ${watch.resource} on ${watch.channel}.` });
      continue;
    }
    if (underTest) judged += 1;
    findings.push(sentBlind(state, unread));
  }
  for (const watch of state.watches.values())
    for (const called of watch.called) if (endMs > called.dueMs) findings.push(notLooked(state, watch, called));
  findings.sort((a, b) => (a.entries[0] ?? 0) - (b.entries[0] ?? 0));
  return { judged, findings, doubts };
}

function unwatched(
  state: WatchedChannel,
  watch: Watch,
  reader: PartyId,
  broken: { readonly atMs: number; readonly seq: number },
): Finding {
  const when = rfc3339(state.table.startEpochMs + broken.atMs);
  return {
    rule: "watched-channel",
    blames: reader,
    happened: `Nobody who may read ${watch.resource} on ${watch.channel} had shown a sign of life for longer than allowed at ${when}, while ${reader} could run.`,
    because: "What arrives on a channel that nobody reads waits until its life is over, and nobody is told.",
    next: "Notice a consumer that is gone, full or without its right, attach again by yourself, and raise an alarm where that does not help.",
    entries: broken.seq === watch.openedSeq ? [broken.seq] : [broken.seq, watch.openedSeq].sort((a, b) => a - b),
  };
}

function notLooked(state: WatchedChannel, { channel, resource }: Watch, called: Called): Finding {
  const { delivery, to, seq, dueMs: limitMs } = called;
  return {
    rule: "watched-channel",
    delivery,
    blames: to,
    happened: `${to} was notified of ${delivery}, and by ${rfc3339(state.table.startEpochMs + limitMs)} nobody who may read ${resource} on ${channel} had looked.`,
    because: "A notice tells that something lies there; only somebody with the right to open it can find out what.",
    next: "Have notices go to somebody who reads them, and who holds the rights or can give them at once.",
    entries: [seq],
  };
}

function sentBlind(state: WatchedChannel, unread: Unread): Finding {
  const { delivery, sender, watch, seq } = unread;
  return {
    rule: "watched-channel",
    delivery,
    blames: sender,
    happened: `${sender} sent ${delivery} to ${watch.resource} on ${watch.channel}, where no entitled reader had shown a sign of life, and by ${rfc3339(state.table.startEpochMs + saveDueMs(state, unread))} had neither taken another way nor told anybody.`,
    because: "That a recipient has an account says nothing of whether anybody reads it.",
    next: "Before use and regularly, have a test message opened by a reader with the same rights; without one refuse, take another channel, or raise an alarm.",
    entries: [seq],
  };
}
