import { appended } from "../appended.ts";
import { rfc3339 } from "../calendar.ts";
import { deliveryIn, isTakenOn } from "../custody.ts";
import { deadlines, dueMs, type Limit, runTimetable, type Timetable } from "../deadlines.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type ExchangeName, isOperation, type PartyId } from "../names.ts";
import type { Doubt, Finding, Judgement, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, hasNoSink, type Recipients, recipients } from "./alarm.ts";
import { type Course, clockAtLeast, course } from "./course.ts";
import { type Hindrance, hindrance } from "./hindrance.ts";
import { lifeOf } from "./life.ts";
import { reportDueMs, type Sinks, sinks } from "./sinks.ts";

/** One way on which a sender has tried to reach an end: from the first copy on a channel to the first on another. */
type Leg = {
  /** The first offer; before it the entry that gave the sender the message. */
  seq: number;
  atMs: number;
  /** Undefined before the first offer. */
  channel: PartyId | undefined;
  /** When the first copy was offered: their lives are counted from then. */
  offeredMs: number;
  /**
   * Shortest life of its copies; Infinity where no clock of the sender's ends any, undefined before the first offer.
   */
  lifeMs: number | undefined;
  copies: readonly CopyId[];
  /** The sender chose it, asked for it, or was told of it; a fallback that the channel chose must be told. */
  known: boolean;
};

type Sent = {
  readonly delivery: DeliveryId;
  readonly sender: PartyId;
  readonly legs: Leg[];
  /** Copies the sender asked something about, or was told of. */
  heardOf: readonly CopyId[];
  /** Copies that the sender was told another than a reader took on: the lives of what that one sends are its affair. */
  carried: readonly CopyId[];
  /** Everybody whom a copy was offered to. */
  readers: readonly PartyId[];
  /** A registration, a person who opened it, or paper: what ends it in fact. */
  endSeq: number;
  endMs: number | undefined;
  /** When its sender knew of that end. */
  knownMs: number | undefined;
  /** When its sender was told that a reader took the debt: by that reader, or by whoever had carried the message there. */
  relievedMs: number | undefined;
  /** A reader has told whoever carried the message there that it took the debt. */
  takenByReader: boolean;
  /** When its sender first asked a person to take it back, and when a person had it back. */
  handedBackMs: number | undefined;
  returnedMs: number | undefined;
  /** The latest order to send it. Until one was taken, whoever gives them has the message. */
  ordered: { readonly seq: number; readonly atMs: number } | undefined;
  taken: boolean;
  /** When somebody was warned of it. */
  alertsMs: readonly number[];
};

export type EndStateDeadline = {
  readonly course: Course;
  readonly hindrance: Hindrance;
  readonly sinks: Sinks;
  readonly table: Timetable;
  readonly recipients: Recipients;
  readonly senders: Set<PartyId>;
  readonly open: ByDelivery<Sent>;
  /** What senders have asked and not been answered yet. */
  readonly asking: Map<ExchangeName, PartyId>;
  /** In which a channel took something on: what is told in them says nothing of an end. */
  readonly taking: Set<ExchangeName>;
  judged: number;
  lastMs: number;
};

/** What an alarm is about that hands a message back to a person: the word its reason begins with. */
export const handsBack = "returned";

/**
 * Judges `end-state-deadline@2`: a sender that does not know of an end warns at T_warn and takes another way at T_escalate.
 *
 * `judged` counts the deliveries of senders under test. An end is a registration, a person who opened it, or paper, and
 * known once a positive telling about a copy came after it; a machine that opened it, a generated receipt and
 * "published" never are. Whoever was told that a reader took the debt is relieved, also where it is told by who carried
 * the message to that reader. A first copy on another channel
 * restarts the clocks, and a sender that did not ask for it must be told by then. T_escalate is at most half of the
 * shortest life, so a quarter of it is always left; what another sends on behalf of the sender, having taken the debt,
 * has no life of the sender's. A message that an alarm handed back is back from that alarm on, once a person has it.
 *
 * @returns Findings that blame the sender; one that is not under test is held to the facts alone, whatever it was told.
 * @source RULES.md, end-state-deadline; incidents.md, invariants 11 to 13 and 17; docs/adr/0019.
 */
export const endStateDeadline: Rule<EndStateDeadline> = {
  id: "end-state-deadline",
  version: 2,
  reads: [
    "run",
    "phase",
    "submitted",
    "asked",
    "effected",
    "told",
    "untold",
    "offered",
    "registered",
    "opened",
    "printed",
    "returned",
    "alerted",
  ],
  start: (folds) => ({
    course: folds.of(course),
    hindrance: folds.of(hindrance),
    sinks: folds.of(sinks),
    table: folds.of(runTimetable),
    recipients: folds.of(recipients),
    senders: new Set(),
    open: new ByDelivery(folds.deliveries),
    asking: new Map(),
    taking: new Set(),
    judged: 0,
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

function follow(state: EndStateDeadline, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      for (const { party, role } of entry.suts) if (role === "sender") state.senders.add(party);
      return;
    case "submitted":
      for (const { id } of entry.deliveries) state.open.set(id, submitted(id, entry));
      return;
    case "asked":
      for (const copy of entry.copies) {
        const sent = state.open.get(deliveryOf(copy));
        if (sent === undefined) continue;
        if (isOrder(sent, entry) && !sent.taken) sent.ordered = { seq: entry.seq, atMs: entry.atMs };
        if (sent.sender !== entry.asker) continue;
        take(sent);
        sent.heardOf = withOne(sent.heardOf, copy);
        if (entry.exchange !== undefined) state.asking.set(entry.exchange, entry.asker);
      }
      return;
    case "effected":
      make(state, entry);
      return;
    case "untold":
      if (entry.exchange !== undefined && state.asking.size > 0) state.asking.delete(entry.exchange);
      return;
    case "told":
      for (const copy of entry.copies) hear(state, copy, entry);
      if (entry.exchange !== undefined) {
        if (state.asking.size > 0) state.asking.delete(entry.exchange);
        if (state.taking.size > 0) state.taking.delete(entry.exchange);
      }
      return;
    case "alerted":
      alert(state, entry);
      return;
    case "offered":
    case "registered":
    case "opened":
    case "printed":
    case "returned": {
      const delivery = deliveryIn(entry);
      const sent = delivery === undefined ? undefined : state.open.get(delivery);
      if (sent !== undefined) change(state, sent, entry);
      return;
    }
    default:
      return;
  }
}

/** A copy that came of what its sender asked is one that it knows of, also before it is answered. */
function make(state: EndStateDeadline, entry: EntryOf<"effected">): void {
  const { exchange, copy } = entry;
  if (exchange === undefined || copy === undefined) return;
  if (state.senders.size > 0 && isTakenOn(entry)) state.taking.add(exchange);
  const sent = state.open.get(deliveryOf(copy));
  if (sent !== undefined && state.asking.get(exchange) === sent.sender) sent.heardOf = withOne(sent.heardOf, copy);
}

const none: readonly never[] = [];
const never = Number.POSITIVE_INFINITY;

function withOne(list: readonly string[], one: string): readonly string[] {
  return list.includes(one) ? list : appended(list, one);
}

function submitted(delivery: DeliveryId, entry: EntryOf<"submitted">): Sent {
  const first = {
    seq: entry.seq,
    atMs: entry.atMs,
    channel: undefined,
    offeredMs: entry.atMs,
    lifeMs: undefined,
    copies: none,
  };
  return {
    delivery,
    sender: entry.sender,
    legs: [{ ...first, known: true }],
    heardOf: none,
    carried: none,
    readers: none,
    endSeq: -1,
    endMs: undefined,
    knownMs: undefined,
    relievedMs: undefined,
    takenByReader: false,
    handedBackMs: undefined,
    returnedMs: undefined,
    ordered: undefined,
    taken: false,
    alertsMs: none,
  };
}

function hear(state: EndStateDeadline, copy: CopyId, entry: EntryOf<"told">): void {
  const sent = state.open.get(deliveryOf(copy));
  if (sent !== undefined && entry.saying === "positive" && isOrder(sent, entry)) take(sent);
  if (sent === undefined) return;
  if (entry.to !== sent.sender) {
    if (entry.takesDebt !== undefined && sent.readers.includes(entry.takesDebt)) sent.takenByReader = true;
    return;
  }
  sent.heardOf = withOne(sent.heardOf, copy);
  for (const leg of sent.legs) if (leg.copies.includes(copy)) leg.known = true;
  if (entry.saying !== "positive") return;
  if (entry.takesDebt !== undefined) hearOfDebt(state, sent, copy, entry);
  if (!state.taking.has(entry.exchange ?? "")) {
    if (sent.endSeq >= 0) sent.knownMs ??= entry.atMs;
    if (sent.takenByReader) sent.relievedMs ??= entry.atMs;
  }
  close(state, sent);
}

/** Whether an entry is of the sender being told to send. */
function isOrder({ sender }: Sent, { exchange }: LedgerEntry): boolean {
  return exchange !== undefined && isOperation(exchange, sender, "send");
}

/** Its sender has it, by what it answered or did: the clocks began with the order that it took, and not with an earlier one. */
function take(sent: Sent): void {
  const { ordered, taken } = sent;
  const [leg] = sent.legs;
  if (taken) return;
  sent.taken = true;
  if (ordered === undefined || leg === undefined || leg.channel !== undefined || ordered.atMs <= leg.atMs) return;
  leg.atMs = ordered.atMs;
  leg.seq = ordered.seq;
}

function hearOfDebt(state: EndStateDeadline, sent: Sent, copy: CopyId, entry: EntryOf<"told">): void {
  if (sent.readers.includes(entry.takesDebt ?? "")) {
    sent.relievedMs ??= entry.atMs;
    return;
  }
  if (!state.senders.has(sent.sender)) return;
  sent.carried = withOne(sent.carried, copy);
  for (const leg of sent.legs) if (leg.copies.includes(copy)) leg.lifeMs = Number.POSITIVE_INFINITY;
}

function alert(state: EndStateDeadline, entry: EntryOf<"alerted">): void {
  if (flawOf(entry) !== undefined) return;
  if (entry.exchange !== undefined && state.sinks.leaking.has(entry.exchange)) return;
  for (const delivery of deliveriesIn(entry, state.recipients)) {
    const sent = state.open.get(delivery);
    if (sent === undefined) continue;
    sent.alertsMs = appended(sent.alertsMs, entry.atMs);
    if (entry.about.startsWith(handsBack)) sent.handedBackMs ??= entry.atMs;
  }
}

function change(
  state: EndStateDeadline,
  sent: Sent,
  entry: EntryOf<"offered" | "registered" | "opened" | "printed" | "returned">,
): void {
  switch (entry.kind) {
    case "offered":
      offer(sent, entry);
      return;
    case "returned":
      sent.returnedMs ??= sent.handedBackMs ?? entry.atMs;
      return;
    case "opened":
      if (entry.opener === "machine") return;
      end(state, sent, entry);
      return;
    case "registered":
    case "printed":
      end(state, sent, entry);
      return;
  }
}

function offer(sent: Sent, entry: EntryOf<"offered">): void {
  const leg = sent.legs.at(-1);
  if (leg === undefined) return;
  const copy = entry.copy ?? sent.delivery;
  const lifeMs = sent.carried.includes(copy) ? Number.POSITIVE_INFINITY : lifeOf(entry);
  sent.readers = withOne(sent.readers, entry.to);
  if (leg.channel === undefined || leg.channel === entry.channel) {
    if (leg.channel === undefined) {
      leg.seq = entry.seq;
      leg.offeredMs = entry.atMs;
    }
    leg.channel = entry.channel;
    leg.lifeMs = Math.min(leg.lifeMs ?? lifeMs, lifeMs);
    leg.copies = appended(leg.copies, copy);
    return;
  }
  const { seq, atMs, channel } = entry;
  const known = sent.heardOf.includes(copy);
  sent.legs.push({ seq, atMs, channel, offeredMs: atMs, lifeMs, copies: [copy], known });
}

function end(state: EndStateDeadline, sent: Sent, entry: LedgerEntry): void {
  if (sent.endSeq >= 0) return;
  sent.endSeq = entry.seq;
  sent.endMs = entry.atMs;
  if (!state.senders.has(sent.sender)) close(state, sent);
}

/** Forgets what ended before anything was due. */
function close(state: EndStateDeadline, sent: Sent): void {
  const doneMs = doneAt(state, sent);
  const [leg, ...more] = sent.legs;
  if (leg === undefined || more.length > 0 || doneMs === undefined || doneMs > warnMs(state, leg)) return;
  if (state.senders.has(sent.sender)) state.judged += clockAtLeast(state.course, "compressed") ? 1 : 0;
  state.open.delete(sent.delivery);
}

/** When the delivery was over for its sender: in fact, and for a sender under test by what it was told. */
function doneAt(state: EndStateDeadline, sent: Sent): number | undefined {
  const endedMs = state.senders.has(sent.sender) ? sent.knownMs : sent.endMs;
  const { relievedMs = never, returnedMs = never } = sent;
  const doneMs = Math.min(endedMs ?? never, relievedMs, returnedMs);
  return doneMs === never ? undefined : doneMs;
}

const warnMs = (state: EndStateDeadline, leg: Leg): number => limitMs(state, leg, deadlines.warn);
const escalateMs = (state: EndStateDeadline, leg: Leg): number => limitMs(state, leg, deadlines.escalate);

/** The limit itself is counted from when the sender had it, the part of a life from when that began. */
function limitMs({ table }: EndStateDeadline, { atMs, offeredMs, lifeMs }: Leg, limit: Limit): number {
  return Math.min(dueMs(table, limit, atMs), dueMs(table, limit, offeredMs, lifeMs));
}

/** Whether T_warn is counted in working days: a product on a clock of its own has no calendar that goes along with ours. */
function isWorking(state: EndStateDeadline, leg: Leg): boolean {
  return leg.lifeMs === undefined || warnMs(state, leg) < leg.offeredMs + Math.floor(leg.lifeMs / 4);
}

function judge(state: EndStateDeadline): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  let { judged } = state;
  const endMs = state.course.endMs ?? state.lastMs;
  for (const sent of state.open.values()) {
    const underTest = state.senders.has(sent.sender);
    // Never taken on by anybody: see `delivers`.
    if (sent.ordered !== undefined && !sent.taken && sent.legs[0]?.channel === undefined) continue;
    const doubt = whyUnsure(state, sent);
    if (doubt !== undefined) {
      if (underTest) doubts.push({ delivery: sent.delivery, because: doubt });
      continue;
    }
    const found = broken(state, sent, endMs);
    if (found === "undecided") continue;
    if (found === "not counted") {
      if (underTest) doubts.push({ delivery: sent.delivery, because: noCalendar });
      continue;
    }
    if (underTest) judged += 1;
    if (found !== undefined) findings.push(found);
  }
  findings.sort((a, b) => (a.entries[0] ?? 0) - (b.entries[0] ?? 0));
  return { judged, findings, doubts };
}

const noCalendar = "Working days pass only on a driven clock.";

function whyUnsure(state: EndStateDeadline, sent: Sent): string | undefined {
  if (hasNoSink(state.course)) return "No alarm sink is declared, so nobody can tell whether somebody was warned.";
  if (!clockAtLeast(state.course, "compressed")) return "The clocks were not ours to move, so no deadline passed.";
  if (state.senders.has(sent.sender) || clockAtLeast(state.course, "driven")) return undefined;
  if (sent.legs.some((leg) => isWorking(state, leg))) return noCalendar;
  return undefined;
}

/**
 * The first duty that was not met, leg by leg; `undecided` where the run ended before any was due. A T_warn in working
 * days that was kept is kept on any clock; one that was missed is `not counted` where the clock is not driven, unless
 * T_escalate, which has no calendar, was missed too.
 */
function broken(state: EndStateDeadline, sent: Sent, endMs: number): Finding | "undecided" | "not counted" | undefined {
  const doneMs = doneAt(state, sent) ?? Number.POSITIVE_INFINITY;
  const isDriven = clockAtLeast(state.course, "driven");
  let decided = doneMs < Number.POSITIVE_INFINITY;
  let isCounted = true;
  for (const [i, leg] of sent.legs.entries()) {
    const nextMs = sent.legs[i + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const warn = warnMs(state, leg);
    const isCountable = isDriven || !isWorking(state, leg);
    if (!leg.known && Math.min(doneMs, nextMs, endMs) > warn) {
      if (isCountable) return untold(sent, leg);
      isCounted = false;
    }
    if (Math.min(doneMs, nextMs) > awakeMs(state, sent, warn)) {
      const due = reportDueMs(state.sinks, state.hindrance, sent.delivery, warn);
      const warned = sent.alertsMs.some((ms) => ms >= leg.atMs && ms <= due);
      if (!warned && endMs > due) {
        if (isCountable) return unwarned(state, sent, leg, due);
        isCounted = false;
      }
      decided ||= warned;
    }
    const escalate = escalateMs(state, leg);
    if (Math.min(doneMs, nextMs, endMs) > escalate) return stuck(state, sent, leg, escalate);
  }
  if (!isCounted) return "not counted";
  return decided ? undefined : "undecided";
}

/** Whoever was down at a limit by our doing, and learns within the hour of its start that all is over, need warn nobody. */
function awakeMs({ senders, hindrance, table }: EndStateDeadline, { sender }: Sent, limit: number): number {
  if (!senders.has(sender)) return limit;
  const down = hindrance.down.find(({ fromMs, toMs }) => fromMs <= limit && limit < toMs);
  return down === undefined ? limit : dueMs(table, deadlines.heal, down.toMs);
}

function proofs(sent: Sent, leg: Leg): number[] {
  return sent.endSeq > leg.seq ? [leg.seq, sent.endSeq] : [leg.seq];
}

function on(leg: Leg): string {
  return leg.channel === undefined ? "nowhere yet" : `on ${leg.channel}`;
}

function unwarned(state: EndStateDeadline, sent: Sent, leg: Leg, due: number): Finding {
  const { sender, delivery } = sent;
  return {
    rule: "end-state-deadline",
    delivery,
    blames: sender,
    happened: `${sender} sent ${delivery} ${on(leg)} and knew of no end at T_warn; by ${rfc3339(state.table.startEpochMs + due)} it had warned nobody.`,
    because: "Sent, published and delivered to an inbox are no ends: nobody may have read it.",
    next: "Ask what became of each delivery, and raise an alarm by its id at T_warn where no case system or person is known to have it.",
    entries: proofs(sent, leg),
    missed: { limit: "T_warn", atMs: due },
  };
}

function stuck(state: EndStateDeadline, sent: Sent, leg: Leg, escalate: number): Finding {
  const { sender, delivery } = sent;
  return {
    rule: "end-state-deadline",
    delivery,
    blames: sender,
    happened: `${sender} did not know of an end of ${delivery}, sent ${on(leg)}, at T_escalate, ${rfc3339(state.table.startEpochMs + escalate)}, and had neither taken another channel nor handed it back to a person.`,
    because: "The content is deleted when its life is over; the law gives the office one week.",
    next: "Send it on another channel, or hand it to a person, before T_escalate.",
    entries: proofs(sent, leg),
    missed: { limit: "T_escalate", atMs: escalate },
  };
}

function untold({ delivery, sender }: Sent, leg: Leg): Finding {
  return {
    rule: "end-state-deadline",
    delivery,
    blames: leg.channel ?? sender,
    happened: `${delivery} fell back to ${leg.channel}, and ${sender} was not told by T_warn.`,
    because: "A sender watches the way it believes its message to take; on another it is nobody's to watch.",
    next: "Tell the sender of a fallback at once, with the channel and its lifetimes.",
    entries: [leg.seq],
  };
}
