import { hourMs, rfc3339 } from "../calendar.ts";
import { type Chain, custodyFold, deliveryIn, hasEnded, isTakenOn } from "../custody.ts";
import { deadlines, dueMs, runTimetable, type Timetable } from "../deadlines.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "../names.ts";
import type { Doubt, Finding, Judgement, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, hasNoSink, idsIn, type Recipients, recipients } from "./alarm.ts";
import { type Course, clockAtLeast, course } from "./course.ts";
import { type Hindrance, hindrance, isDown } from "./hindrance.ts";
import { lifeOf } from "./life.ts";
import { isPassing } from "./passing.ts";
import { isReport, reportDueMs, type Sinks, sinks } from "./sinks.ts";
import { WireIds } from "./wire-ids.ts";

type DeviationKind =
  | "refused"
  | "feilet"
  | "discarded"
  | "quarantined"
  | "ended"
  | "overdue"
  | "receipt-expired"
  | "not-taken"
  | "failed";
type Deviation = {
  readonly kind: DeviationKind;
  readonly atMs: number;
  readonly seq: number;
  /** The party that told a sender of it, and of which copy. */
  readonly teller?: PartyId;
  readonly copy?: CopyId;
};
type Report = {
  readonly atMs: number;
  readonly seq: number;
  readonly exchange: ExchangeName | undefined;
  readonly flaw: string | undefined;
};

/** One delivery that a system under test was offered, or has sent in vain, and that is not registered in good order yet. */
type Open = {
  readonly delivery: DeliveryId;
  readonly sut: PartyId;
  /** Of the copy that was offered last, where a clock ends it. */
  lifeMs: number | undefined;
  /** The world made a system forget what it had in hand, or held it down when it would have had it. */
  forgotten: boolean;
  /** T_warn of the copy in hand. */
  warnAtMs: number;
  /** Since when the running system has known of it; undefined while it cannot. */
  knownMs: number | undefined;
  /** Knows it still, once it is resumed. */
  paused: boolean;
  /** Has it in a store of its own, and so knows it again once started. */
  stored: boolean;
  /** Gave it back, or fell over with it in hand, and so can tell why it was given up. */
  failedIt: boolean;
  refused: boolean;
  gone: boolean;
  registeredMs: number | undefined;
  receiptedMs: number | undefined;
  /** When it came to another end: returned, on paper, or opened by a person. */
  doneMs: number | undefined;
  /** The first of each kind, for a sender of each copy. */
  deviations: Deviation[];
  readonly reports: Report[];
};

type Unread = { readonly alert: EntryOf<"alerted">; readonly delivery: DeliveryId };

export type FailureVisible = {
  readonly course: Course;
  readonly hindrance: Hindrance;
  readonly table: Timetable;
  readonly integrations: Set<PartyId>;
  readonly senders: Set<PartyId>;
  readonly chain: Chain;
  readonly recipients: Recipients;
  /** What persons have opened of what senders under test sent. */
  readonly read: Set<DeliveryId>;
  readonly open: Map<DeliveryId, Open>;
  /** What channels have taken on of what senders under test sent. */
  readonly taken: Map<DeliveryId, { readonly copy: CopyId | undefined; readonly by: PartyId; readonly atMs: number }[]>;
  /** Registered in good order: nothing more is owed. */
  readonly closed: ByDelivery<true>;
  readonly wireIds: WireIds;
  readonly sinks: Sinks;
  readonly unread: Map<number, Unread>;
  looked: boolean;
  lastMs: number;
  lastSeq: number;
  /** When the hour began that is being seen. */
  hourMs: number;
  /** The first entry seen in each hour, in order: what proves that an hour passed in silence. */
  readonly hours: { readonly atMs: number; readonly seq: number }[];
};

const permanentCodes: ReadonlySet<string> = new Set(["400", "413", "422"]);

/**
 * Judges `failure-visible@2`: a deviation that a system knows of reaches a staffed sink within 24 hours, with an id.
 *
 * `judged` counts deliveries with a deviation that was not healed within the hour. Time in which the world kept the
 * system down does not count, and a report that the world cut off is owed within 24 hours from when its sink can be
 * reached again. For a sender it is a deviation to be told that a copy is refused for good, has failed, or is gone; it is
 * healed by an end, or by a copy that another channel takes on. What only grows old is `end-state-deadline`'s.
 *
 * @returns Findings that blame the system, each with the deviation and the reports that do not count; and those that
 * blame the owner of a sink who did not look within 24 hours, where the run shows who looks.
 * @source RULES.md, failure-visible and *Alarm*; PORT.md, rulings 3, 6 and 7; incidents.md, invariant 8; docs/adr/0021.
 */
export const failureVisible: Rule<FailureVisible> = {
  id: "failure-visible",
  version: 2,
  reads: [
    "run",
    "phase",
    "started",
    "stopped",
    "crashed",
    "paused",
    "resumed",
    "offered",
    "linked",
    "held",
    "dropped",
    "effected",
    "told",
    "refused",
    "receipted",
    "settled",
    "quarantined",
    "registered",
    "opened",
    "returned",
    "printed",
    "alerted",
    "seen",
  ],
  start: (folds) => ({
    course: folds.of(course),
    hindrance: folds.of(hindrance),
    table: folds.of(runTimetable),
    integrations: new Set(),
    senders: new Set(),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    read: new Set(),
    open: new Map(),
    taken: new Map(),
    closed: new ByDelivery(folds.deliveries),
    wireIds: new WireIds(),
    sinks: folds.of(sinks),
    unread: new Map(),
    looked: false,
    lastMs: 0,
    lastSeq: 0,
    hourMs: Number.NEGATIVE_INFINITY,
    hours: [],
  }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    const { atMs, seq } = entry;
    if (atMs < state.hourMs || atMs >= state.hourMs + hourMs) {
      state.hourMs = Math.floor(atMs / hourMs) * hourMs;
      state.hours.push({ atMs, seq });
    }
    state.lastMs = atMs;
    state.lastSeq = seq;
    follow(state, entry);
    return state;
  },
  end: judge,
};

function follow(state: FailureVisible, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      for (const { party, role } of entry.suts)
        (role === "integration" ? state.integrations : state.senders).add(party);
      return;
    case "offered":
      offer(state, entry);
      return;
    case "told":
      if (state.senders.has(entry.to)) hearAsSender(state, entry);
      else hear(state, entry);
      return;
    case "effected":
      if (isTakenOn(entry)) accept(state, entry);
      else if (entry.change.endsWith("→ requeued") && entry.exchange === undefined) takenBack(state, entry);
      return;
    case "opened":
      if (entry.opener === "person") read(state, entry);
      return;
    case "alerted":
      report(state, entry);
      return;
    case "seen":
      state.looked = true;
      if (entry.atMs <= dueMs(state.table, deadlines.report, state.unread.get(entry.alert)?.alert.atMs ?? 0))
        state.unread.delete(entry.alert);
      return;
    case "stopped":
    case "crashed":
    case "paused":
      forget(state, entry);
      return;
    case "started":
    case "resumed":
      remember(state, entry);
      return;
    case "linked": {
      const delivery = deliveryIn(entry);
      if (delivery !== undefined && !state.closed.has(delivery)) state.wireIds.learn(entry.wireId, delivery);
      return;
    }
    case "held":
    case "dropped":
    case "refused":
    case "receipted":
    case "settled":
    case "quarantined":
    case "registered":
    case "returned":
    case "printed": {
      const delivery = deliveryIn(entry);
      const open = delivery === undefined ? undefined : state.open.get(delivery);
      if (open !== undefined && (state.integrations.has(open.sut) || isEnd(entry))) change(state, open, entry);
      return;
    }
    default:
      return;
  }
}

function opened(delivery: DeliveryId, sut: PartyId): Open {
  return {
    delivery,
    sut,
    warnAtMs: Number.POSITIVE_INFINITY,
    lifeMs: undefined,
    forgotten: false,
    knownMs: undefined,
    paused: false,
    stored: false,
    failedIt: false,
    refused: false,
    gone: false,
    registeredMs: undefined,
    receiptedMs: undefined,
    doneMs: undefined,
    deviations: [],
    reports: [],
  };
}

function offer(state: FailureVisible, entry: EntryOf<"offered">): void {
  const delivery = deliveryIn(entry);
  if (delivery === undefined || !state.integrations.has(entry.to) || state.closed.has(delivery)) return;
  let open = state.open.get(delivery);
  if (open === undefined) {
    open = opened(delivery, entry.to);
    state.open.set(delivery, open);
  }
  // A resend of what the system still has in hand makes it no younger.
  if (open.knownMs === undefined) {
    open.lifeMs = lifeOf(entry);
    open.warnAtMs = dueMs(state.table, deadlines.warn, entry.atMs, open.lifeMs);
    open.gone = false;
    if (isDown(state.hindrance)) open.forgotten = true;
  }
}

function hear(state: FailureVisible, entry: EntryOf<"told">): void {
  if (!state.integrations.has(entry.to)) return;
  const { exchange } = entry;
  if (exchange !== undefined && isReport(exchange)) return;
  for (const copy of entry.copies) {
    const delivery = deliveryOf(copy);
    if (entry.saying === "negative" && isAboutReceipt(entry)) {
      let open = state.open.get(delivery);
      if (open === undefined) {
        open = opened(delivery, entry.to);
        open.registeredMs = entry.atMs;
        state.open.set(delivery, open);
      }
      deviate(open, { kind: "receipt-expired", atMs: entry.atMs, seq: entry.seq });
      continue;
    }
    const open = state.open.get(delivery);
    if (open === undefined) continue;
    if (entry.saying === "news") know(state, open, entry);
    if (entry.saying !== "negative") continue;
    // Who stores it says nothing of what its channel has done with it.
    if (open.gone && partyOf(entry) !== "receiver") deviate(open, { kind: "ended", atMs: entry.atMs, seq: entry.seq });
    else if (open.refused || (permanentCodes.has(entry.code) && exchange?.startsWith("receiver") === true))
      deviate(open, { kind: "refused", atMs: entry.atMs, seq: entry.seq });
  }
}

/** What a sender is told of its own: a copy that is refused, has failed or is gone, while nothing else came of it. */
function hearAsSender(state: FailureVisible, entry: EntryOf<"told">): void {
  const { exchange } = entry;
  if (entry.saying !== "negative" || isPassing(entry.code)) return;
  if (exchange !== undefined && isReport(exchange)) return;
  for (const copy of entry.copies) {
    const delivery = deliveryOf(copy);
    const custody = state.chain.deliveries.get(delivery);
    if (custody?.sender !== entry.to || hasEnded(custody) || state.read.has(delivery)) continue;
    if (custody.readers.includes(custody.debtor)) continue;
    let open = state.open.get(delivery);
    if (open === undefined) {
      open = opened(delivery, entry.to);
      state.open.set(delivery, open);
    }
    const { atMs, seq } = entry;
    deviate(open, { kind: custody.accepted < 0 ? "not-taken" : "failed", atMs, seq, teller: partyOf(entry), copy });
  }
}

function accept(state: FailureVisible, entry: EntryOf<"effected">): void {
  const delivery = deliveryIn(entry);
  if (delivery === undefined || !state.senders.has(state.chain.deliveries.get(delivery)?.sender ?? "")) return;
  const one = { copy: entry.copy, by: partyOf(entry), atMs: entry.atMs };
  const taken = state.taken.get(delivery);
  if (taken === undefined) state.taken.set(delivery, [one]);
  else taken.push(one);
}

function read(state: FailureVisible, entry: EntryOf<"opened">): void {
  const delivery = deliveryIn(entry);
  if (delivery === undefined || !state.senders.has(state.chain.deliveries.get(delivery)?.sender ?? "")) return;
  state.read.add(delivery);
  const open = state.open.get(delivery);
  if (open !== undefined) open.doneMs ??= entry.atMs;
}

/** The party of the exchange an entry is part of. */
function partyOf({ exchange = "" }: LedgerEntry): PartyId {
  return exchange.slice(0, Math.max(0, exchange.indexOf(".")));
}

/** A system that receives sends nothing but receipts: a control message to it is about one of those. */
function isAboutReceipt(entry: EntryOf<"told">): boolean {
  return entry.code === "tidsavbrudd" || entry.code === "serverfeil";
}

/** What the world made it forget is as new to it as it was at first. */
function know(state: FailureVisible, open: Open, entry: LedgerEntry): void {
  if (open.knownMs !== undefined) return;
  open.knownMs = entry.atMs;
  if (open.forgotten && !open.stored && entry.kind === "told")
    open.warnAtMs = Math.max(open.warnAtMs, dueMs(state.table, deadlines.warn, entry.atMs, open.lifeMs));
  open.forgotten = false;
}

function deviate(open: Open, deviation: Deviation): void {
  const { kind, copy } = deviation;
  if (!open.deviations.some((each) => each.kind === kind && each.copy === copy)) open.deviations.push(deviation);
}

/**
 * Whether what the running system knew had grown older than its warning time, and was not healed within the hour, by now.
 * It is proved by the first entry that finds it so: what led the message astray came before, and is the earlier break.
 */
function age(state: FailureVisible, open: Open, now: { readonly atMs: number; readonly seq: number }): void {
  if (open.knownMs === undefined) return;
  const overdueMs = Math.max(open.warnAtMs, open.knownMs);
  if (now.atMs > dueMs(state.table, deadlines.heal, overdueMs))
    deviate(open, { kind: "overdue", atMs: overdueMs, seq: now.seq });
}

function forget(state: FailureVisible, entry: EntryOf<"stopped" | "crashed" | "paused">): void {
  const own = entry.kind === "crashed" && entry.why !== undefined;
  for (const open of state.open.values()) {
    if (open.sut !== entry.party) continue;
    if (!own && entry.kind !== "paused") open.forgotten = true;
    if (own && (open.knownMs !== undefined || open.deviations.length > 0)) open.failedIt = true;
    if (own || open.knownMs === undefined) continue;
    age(state, open, entry);
    open.knownMs = undefined;
    open.paused = entry.kind === "paused";
  }
}

function remember(state: FailureVisible, entry: EntryOf<"started" | "resumed">): void {
  for (const open of state.open.values()) {
    if (open.sut !== entry.party) continue;
    if (open.stored || (open.paused && entry.kind === "resumed")) know(state, open, entry);
    open.paused = false;
  }
}

/** The channel took a copy back when the connection was gone: who has not stored it has it in hand no more. */
function takenBack(state: FailureVisible, entry: EntryOf<"effected">): void {
  const open = state.open.get(deliveryIn(entry) ?? "");
  // Whoever fell over with it lost the connection by that.
  if (open === undefined || open.stored || open.failedIt || open.knownMs === undefined) return;
  age(state, open, entry);
  open.knownMs = undefined;
  open.forgotten = true;
}

type Changing = EntryOf<
  "held" | "dropped" | "refused" | "receipted" | "settled" | "quarantined" | "registered" | "returned" | "printed"
>;

/** All that a sender's message can come to; what becomes of its copies on the way is their readers' affair. */
function isEnd({ kind }: LedgerEntry): boolean {
  return kind === "registered" || kind === "returned" || kind === "printed";
}

function change(state: FailureVisible, open: Open, entry: Changing): void {
  switch (entry.kind) {
    case "held":
      if (entry.party === open.sut && entry.ok) open.stored = true;
      return;
    case "dropped":
      if (entry.party === open.sut) open.stored = false;
      if (entry.why !== "expired" && entry.why !== "deadlettered" && entry.why !== "purged") return;
      age(state, open, entry);
      // What it answered, forgot by our doing and is never handed again it cannot tell of.
      if (entry.why === "deadlettered" && open.forgotten && !open.stored && !open.failedIt)
        open.deviations = open.deviations.filter(({ kind }) => kind !== "feilet");
      if (entry.party === open.sut || open.failedIt) deviate(open, { kind: "ended", atMs: entry.atMs, seq: entry.seq });
      open.gone = true;
      open.knownMs = undefined;
      return;
    case "refused":
      if (entry.permanent && !state.integrations.has(entry.party)) open.refused = true;
      return;
    case "receipted":
      if (entry.saying === "positive") open.receiptedMs = entry.atMs;
      else {
        deviate(open, { kind: "feilet", atMs: entry.atMs, seq: entry.seq });
        age(state, open, entry);
        open.knownMs = undefined;
      }
      return;
    case "settled":
      if (entry.how === "requeue") open.failedIt = true;
      if (entry.how === "nack") deviate(open, { kind: "discarded", atMs: entry.atMs, seq: entry.seq });
      return;
    case "quarantined":
      if (entry.party === open.sut) deviate(open, { kind: "quarantined", atMs: entry.atMs, seq: entry.seq });
      return;
    case "registered":
      age(state, open, entry);
      open.knownMs = undefined;
      open.registeredMs ??= entry.atMs;
      if (open.deviations.every((deviation) => isHealed(state, open, deviation))) {
        state.open.delete(open.delivery);
        state.closed.set(open.delivery, true);
      }
      return;
    case "returned":
    case "printed":
      age(state, open, entry);
      open.knownMs = undefined;
      open.doneMs ??= entry.atMs;
      return;
  }
}

/** Whether a sender's message came to an end within the hour, or another channel took it on; any, where none had. */
function isHealedBySender(state: FailureVisible, open: Open, { kind, atMs, teller }: Deviation): boolean {
  const dueAtMs = dueMs(state.table, deadlines.heal, atMs);
  const inTime = (ms: number | undefined): boolean => ms !== undefined && ms <= dueAtMs;
  if (inTime(open.registeredMs) || inTime(open.doneMs)) return true;
  const hasFailed = (copy: CopyId | undefined): boolean =>
    open.deviations.some((each) => each.kind === "failed" && each.copy === copy);
  return (state.taken.get(open.delivery) ?? []).some(
    ({ copy, by, atMs: takenMs }) => inTime(takenMs) && !hasFailed(copy) && (kind === "not-taken" || by !== teller),
  );
}

function isHealed(state: FailureVisible, open: Open, deviation: Deviation): boolean {
  const { kind, atMs } = deviation;
  if (kind === "not-taken" || kind === "failed") return isHealedBySender(state, open, deviation);
  const healedMs = kind === "receipt-expired" ? open.receiptedMs : open.registeredMs;
  if (healedMs === undefined || healedMs > dueMs(state.table, deadlines.heal, atMs)) return false;
  return kind !== "receipt-expired" || healedMs > atMs;
}

function report(state: FailureVisible, entry: EntryOf<"alerted">): void {
  const flaw = flawOf(entry);
  const named = deliveriesIn(entry, state.recipients);
  for (const id of idsIn(entry)) for (const delivery of state.wireIds.of(id)) named.add(delivery);
  for (const delivery of named) {
    const open = state.open.get(delivery);
    if (open === undefined) continue;
    const atMs = entry.notAfterMs ?? entry.atMs;
    open.reports.push({ atMs, seq: entry.seq, exchange: entry.exchange, flaw });
    if (flaw === undefined && !state.unread.has(entry.seq))
      state.unread.set(entry.seq, { alert: entry, delivery: open.delivery });
  }
}

function judge(state: FailureVisible): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  let judged = 0;
  const endMs = state.course.endMs ?? state.lastMs;
  const unsure = whyUnsure(state.course);
  for (const open of state.open.values()) {
    age(state, open, { atMs: endMs, seq: state.lastSeq });
    let decided = false;
    let broken: Finding | undefined;
    for (const deviation of [...open.deviations].sort((a, b) => a.atMs - b.atMs || a.seq - b.seq)) {
      if (isHealed(state, open, deviation)) continue;
      const due = reportDueMs(state.sinks, state.hindrance, open.delivery, deviation.atMs);
      const about = open.reports.filter(({ atMs }) => deviation.kind !== "receipt-expired" || atMs >= deviation.atMs);
      const warned = about.some((each) => each.atMs <= due && flawIn(state, each) === undefined);
      if (!warned && endMs <= due) continue;
      decided = true;
      if (!warned) broken ??= silent(state, open, deviation, about, due);
    }
    if (!decided) continue;
    if (unsure !== undefined) doubts.push({ delivery: open.delivery, because: unsure });
    else {
      judged += 1;
      if (broken !== undefined) findings.push(broken);
    }
  }
  if (unsure === undefined) findings.push(...unseen(state, endMs));
  findings.sort((a, b) => (a.entries[0] ?? 0) - (b.entries[0] ?? 0) || (a.entries[1] ?? 0) - (b.entries[1] ?? 0));
  return { judged, findings, doubts };
}

function whyUnsure(course: Course): string | undefined {
  if (hasNoSink(course)) return "No alarm sink is declared, so nobody can tell whether somebody was warned.";
  if (!clockAtLeast(course, "compressed"))
    return "The system's clock was not ours to move, so 24 hours never passed for it.";
  return undefined;
}

function flawIn(state: FailureVisible, report: Report): string | undefined {
  if (report.flaw !== undefined) return report.flaw;
  return report.exchange !== undefined && state.sinks.leaking.has(report.exchange) ? "it carried content" : undefined;
}

function instant(state: FailureVisible, atMs: number): string {
  return rfc3339(state.table.startEpochMs + atMs);
}

function silent(
  state: FailureVisible,
  open: Open,
  deviation: Deviation,
  reports: readonly Report[],
  due: number,
): Finding {
  const useless = reports.map((each) => flawIn(state, each) ?? `it came at ${instant(state, each.atMs)}`);
  const heard =
    useless.length === 0
      ? "nobody had been told"
      : `no alarm that counts had been raised (${[...new Set(useless)].join("; ")})`;
  return {
    rule: "failure-visible",
    delivery: open.delivery,
    blames: open.sut,
    happened: `${whatHappened(open, deviation.kind)} at ${instant(state, deviation.atMs)}; by ${instant(state, due)} ${heard}.`,
    because:
      "A failure that only a log knows of is found months later, when the copies that could restore it are gone.",
    next: `Report ${open.delivery} to a sink that somebody owns, by an id of the message and with none of its content, within 24 hours; try again until the sink has taken it.`,
    entries: [...new Set([firstAfter(state, due), deviation.seq, ...reports.map(({ seq }) => seq)])],
  };
}

/**
 * The entry that shows that a report is overdue: the failure is the silence, not what should have been reported. So what
 * led the message astray, which came before, is the earlier break.
 */
function firstAfter(state: FailureVisible, dueMs: number): number {
  return state.hours.find(({ atMs }) => atMs > dueMs)?.seq ?? state.lastSeq;
}

function whatHappened({ sut, delivery }: Open, kind: DeviationKind): string {
  switch (kind) {
    case "refused":
      return `${sut} was told that ${delivery} is refused for good`;
    case "feilet":
      return `${sut} answered ${delivery} with a negative receipt`;
    case "discarded":
      return `${sut} discarded ${delivery} from the queue`;
    case "quarantined":
      return `${sut} put ${delivery} aside`;
    case "ended":
      return `${sut} could see that ${delivery} was given up`;
    case "overdue":
      return `${sut} had ${delivery} in hand, unregistered, past its warning time`;
    case "receipt-expired":
      return `${sut} was told that its receipt for ${delivery} never arrived`;
    case "not-taken":
      return `${sut} was told that ${delivery} is not taken on`;
    case "failed":
      return `${sut} was told that a copy of ${delivery} has failed or is gone`;
  }
}

/** Alarms that nobody looked at, where the run shows who looks at all, and no other alarm followed. */
function unseen(state: FailureVisible, endMs: number): Finding[] {
  if (!state.looked) return [];
  const findings: Finding[] = [];
  for (const { alert, delivery } of state.unread.values()) {
    const unreadMs = dueMs(state.table, deadlines.report, alert.atMs);
    const due = dueMs(state.table, deadlines.report, unreadMs);
    const again = state.open
      .get(delivery)
      ?.reports.some(({ atMs, seq, flaw }) => seq > alert.seq && flaw === undefined && atMs <= due);
    if (again === true || endMs <= due) continue;
    findings.push({
      rule: "failure-visible",
      delivery,
      blames: alert.owner,
      happened: `The alarm about ${delivery} stood unread at ${alert.sink} for more than 24 hours, and nobody else was told.`,
      because: "An alarm that nobody reads warns nobody.",
      next: `See to it that ${alert.owner} or a deputy looks every day, and that an unread alarm goes to somebody else.`,
      entries: [alert.seq],
    });
  }
  return findings;
}
