import { type Chain, custodyFold, deliveryIn, isTakenOn, isUndone } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, isOperation, type PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, type Recipients, recipients } from "./alarm.ts";
import { hasNoNegative } from "./channels.ts";
import { drainBoundMs, isIntegration, isSender, isSut } from "./course.ts";
import { type Conditions, conditionsFold, unfair } from "./excuse.ts";
import { isMunicipality } from "./municipality.ts";

type Open = {
  readonly planted: boolean;
  /** Sent by a system under test, which owes that a channel takes it on; what comes then is `end-state-deadline`'s. */
  readonly sending: boolean;
  /** Who owes it: its reader, or a sender under test. */
  reader: PartyId;
  /** Whom it was offered to last. */
  offeredTo: PartyId;
  channel: PartyId;
  /** First offer, for a sender when it took the order; -1 before it: nothing is owed by the system under test yet. */
  birthSeq: number;
  birthMs: number;
  /**
   * When it was registered, returned, printed, handed back to its sender, or reported for good, and for a sender when a
   * channel took it on or somebody was told of it; -1 while open.
   */
  endedMs: number;
  endedSeq: number;
  quarantined: boolean;
  alertedMs: number;
  registered: boolean;
  /** Where its sender, never answered, sent paper for what was registered long before; -1 if that did not happen. */
  unansweredSeq: number;
  /** Exchanges about it after its time was over. */
  busy: number;
  busySeq: number;
};

/** A resource that was read: whether a consumer with room is there, by the last word up to H + D. */
type Watch = {
  readonly channel: PartyId;
  readonly reader: string;
  seq: number;
  there: boolean;
};

type State = {
  readonly conditions: Conditions;
  readonly chain: Chain;
  readonly recipients: Recipients;
  readonly deliveries: ByDelivery<Open>;
  readonly watches: Map<string, Watch>;
  /** Until when a person is away by scenario, ms. */
  awayUntilMs: number;
};

/** More exchanges than this about one delivery, after its time was over, go round in a circle. */
export const livelockAfter = 100;

/** Asking how things stand, or being handed a message, is no work done in a circle by itself. */
const looking: ReadonlySet<string> = new Set([
  "lookup",
  "await",
  "status",
  "unopened",
  "list",
  "overview",
  "details",
  "deliver",
  // Its own store, where a look and a change are the same bytes to us.
  "flush",
]);

/**
 * Judges `drains@2`: what the system under test owes when faults heal, and what comes later, ends within D; nothing
 * goes round in a circle; what is registered is answered for; and whoever read a resource reads it again within D, without a person.
 *
 * A sender owes that a channel takes on what it said it would send, or that somebody is told. What people read has no D.
 *
 * @returns `judged` counts deliveries offered, those a sender under test said it would send, and resources read.
 * @source RULES.md, drains, *End of a run*; docs/adr/0021.
 */
export const drains: Rule<State> = {
  id: "drains",
  version: 2,
  reads: [
    "submitted",
    "effected",
    "told",
    "faulted",
    "alive",
    "alerted",
    "asked",
    "offered",
    "registered",
    "returned",
    "printed",
    "dropped",
    "quarantined",
  ],
  start: (folds) => ({
    conditions: folds.of(conditionsFold),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    deliveries: new ByDelivery(folds.deliveries),
    watches: new Map(),
    awayUntilMs: -1,
  }),
  step(state, entry) {
    fold(state, entry);
    return state;
  },
  end(state) {
    const { conditions, deliveries, watches } = state;
    const { course } = conditions;
    const { healMs, endMs } = course;
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    for (const [delivery, open] of deliveries) {
      if (open.birthSeq < 0 || isMunicipality(open.reader)) continue;
      if (isUndone(state.chain.deliveries.get(delivery))) continue;
      const dueMs = Math.max(healMs ?? 0, open.birthMs) + drainBoundMs(course, open.channel);
      const inTime = open.endedMs >= 0 && (healMs === undefined || open.endedMs <= dueMs);
      const circumstances = conditions.deliveries.get(delivery);
      if (open.unansweredSeq >= 0 && !receipted(state, delivery)) {
        const noChance = circumstances === undefined ? undefined : unfair(conditions, circumstances);
        if (noChance !== undefined) {
          doubts.push({ delivery, because: noChance });
          continue;
        }
        judged += 1;
        findings.push(unanswered(delivery, open));
        continue;
      }
      if (inTime && open.busy <= livelockAfter) {
        judged += 1;
        continue;
      }
      if (!inTime && open.alertedMs >= 0 && state.awayUntilMs > dueMs) continue;
      const doubt =
        healMs === undefined || endMs === undefined || (open.endedMs < 0 && endMs < dueMs)
          ? "the run ended before D was over"
          : inTime || circumstances === undefined || open.sending
            ? undefined
            : unfair(conditions, circumstances);
      if (doubt !== undefined) {
        doubts.push({ delivery, because: doubt });
        continue;
      }
      judged += 1;
      findings.push(open.busy > livelockAfter ? circling(delivery, open) : stuck(delivery, open, dueMs, course.endSeq));
    }
    for (const [resource, watch] of watches) {
      if (healMs === undefined || endMs === undefined) continue;
      const dueMs = healMs + drainBoundMs(course, watch.channel);
      if (endMs < dueMs) {
        doubts.push({ because: `the run ended before D was over for ${resource}` });
        continue;
      }
      judged += 1;
      if (!watch.there) findings.push(deaf(resource, watch));
    }
    return { judged, findings, doubts };
  },
};

function fold(state: State, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted": {
      const sending = isSender(state.conditions.course, entry.sender);
      for (const { id } of entry.deliveries)
        state.deliveries.set(id, {
          planted: entry.planted === "invalid" || entry.planted === "poison",
          sending,
          reader: sending ? entry.sender : "",
          offeredTo: "",
          channel: "",
          birthSeq: -1,
          birthMs: 0,
          endedMs: -1,
          endedSeq: -1,
          quarantined: false,
          alertedMs: -1,
          registered: false,
          unansweredSeq: -1,
          busy: 0,
          busySeq: -1,
        });
      return;
    }
    case "told":
      if (entry.saying === "positive" && entry.exchange !== undefined) takeOrder(state, entry, entry.exchange);
      return;
    case "effected": {
      const open = state.deliveries.get(deliveryIn(entry) ?? "");
      if (open?.sending === true && isTakenOn(entry)) end(open, entry);
      return;
    }
    case "faulted":
      if (entry.family === "people" && entry.outcome === "injected" && entry.untilMs !== undefined)
        state.awayUntilMs = Math.max(state.awayUntilMs, entry.untilMs);
      return;
    case "alive":
      watch(state, entry);
      return;
    case "alerted":
      if (flawOf(entry) !== undefined) return;
      for (const delivery of deliveriesIn(entry, state.recipients)) {
        const open = state.deliveries.get(delivery);
        if (open === undefined) continue;
        if (open.alertedMs < 0) open.alertedMs = entry.atMs;
        if (open.sending) end(open, entry);
        if (entry.retrievable === true) open.quarantined = true;
        endByReport(state, delivery, open, entry);
      }
      return;
    case "asked":
      if (state.conditions.course.healMs !== undefined && !looking.has(entry.operation))
        for (const copy of entry.copies) work(state, deliveryOf(copy), entry);
      return;
    case "offered":
    case "registered":
    case "returned":
    case "printed":
    case "dropped":
    case "quarantined": {
      const delivery = deliveryIn(entry);
      const open = delivery === undefined ? undefined : state.deliveries.get(delivery);
      if (delivery !== undefined && open !== undefined) change(state, delivery, open, entry);
      return;
    }
    default:
      return;
  }
}

/** A sender under test has said that it will send, or has sent. */
function takeOrder(state: State, entry: EntryOf<"told">, exchange: ExchangeName): void {
  for (const copy of entry.copies) {
    const open = state.deliveries.get(deliveryOf(copy));
    if (open?.sending !== true || open.birthSeq >= 0 || !isOperation(exchange, open.reader, "send")) continue;
    open.birthSeq = entry.seq;
    open.birthMs = entry.atMs;
  }
}

function change(
  state: State,
  delivery: DeliveryId,
  open: Open,
  entry: Extract<LedgerEntry, { kind: "offered" | "registered" | "returned" | "printed" | "dropped" | "quarantined" }>,
): void {
  switch (entry.kind) {
    case "offered":
      open.channel = entry.channel;
      open.offeredTo = entry.to;
      if (open.sending) return;
      open.reader = entry.to;
      if (open.birthSeq >= 0) return;
      open.birthSeq = entry.seq;
      open.birthMs = entry.atMs;
      return;
    case "registered":
      open.registered = true;
      end(open, entry);
      return;
    case "printed":
      if (entry.reason === "unreceipted" && open.registered && open.unansweredSeq < 0) open.unansweredSeq = entry.seq;
      end(open, entry);
      return;
    case "returned":
      end(open, entry);
      return;
    case "dropped":
      // The channel gave it up and its sender goes on with it, unless it has been answered for.
      if (
        entry.party === open.channel &&
        (entry.why === "expired" || entry.why === "deadlettered") &&
        !answered(state, delivery)
      )
        end(open, entry);
      return;
    case "quarantined":
      open.quarantined = entry.retrievable;
      endByReport(state, delivery, open, entry);
      return;
  }
}

function end(open: Open, { atMs, seq }: LedgerEntry): void {
  if (open.endedMs >= 0) return;
  open.endedMs = atMs;
  open.endedSeq = seq;
}

function answered(state: State, delivery: DeliveryId): boolean {
  return state.conditions.deliveries.get(delivery)?.answered ?? false;
}

/**
 * A report ends what will never go through, as long as the content is kept and nobody was told yes: RULES.md, *Alarm*.
 * Where a receiver can only say yes, that is no untruth: PORT.md, ruling 4.
 */
function endByReport(state: State, delivery: DeliveryId, open: Open, entry: LedgerEntry): void {
  const forGood = open.planted || (state.conditions.deliveries.get(delivery)?.refusedSeq ?? -1) >= 0;
  const saidYes = receipted(state, delivery) && !hasNoNegative(open.channel);
  if (forGood && isKept(state, delivery, open) && open.alertedMs >= 0 && !saidYes) end(open, entry);
}

function isKept(state: State, delivery: DeliveryId, open: Open): boolean {
  if (open.quarantined || !hasNoNegative(open.channel)) return open.quarantined;
  const holdings = state.chain.deliveries.get(delivery)?.holdings ?? [];
  return holdings.some(({ party }) => isIntegration(state.conditions.course, party));
}

function receipted(state: State, delivery: DeliveryId): boolean {
  return state.conditions.deliveries.get(delivery)?.receipted ?? false;
}

function work(state: State, delivery: DeliveryId, entry: EntryOf<"asked">): void {
  const { course } = state.conditions;
  const open = state.deliveries.get(delivery);
  if (open === undefined || course.healMs === undefined || entry.asker !== open.reader) return;
  if (entry.atMs <= Math.max(course.healMs, open.birthMs) + drainBoundMs(course, open.channel)) return;
  open.busy += 1;
  if (open.busySeq < 0) open.busySeq = entry.seq;
}

function watch(state: State, entry: EntryOf<"alive">): void {
  const { course } = state.conditions;
  if (!isSut(course, entry.reader) || entry.how === "canary") return;
  const { healMs } = course;
  if (healMs !== undefined && entry.atMs > healMs + drainBoundMs(course, entry.channel)) return;
  const key = `${entry.channel} ${entry.resource}`;
  // Whoever only asks is no consumer, but who asks where it once consumed reads there again.
  if (entry.how === "poll") {
    const known = state.watches.get(key);
    if (known !== undefined) known.there = true;
    return;
  }
  state.watches.set(key, {
    channel: entry.channel,
    reader: entry.reader,
    seq: entry.seq,
    there: entry.credit,
  });
}

function stuck(delivery: DeliveryId, open: Open, dueMs: number, endSeq: number): Finding {
  const ended = open.endedMs >= 0;
  if (open.sending) return unsent(delivery, open, ended ? open.endedSeq : endSeq);
  return {
    rule: "drains",
    delivery,
    blames: open.reader,
    happened: ended
      ? `${delivery} came to an end ${open.endedMs - dueMs} ms after its time was over.`
      : `${delivery} never came to an end, although nothing stood in the way after heal.`,
    because: "Once faults are over everything that is owed must be registered, returned or reported within D.",
    next: `Let ${open.reader} take ${delivery} up again by itself after a fault: on a timer, and at every start.`,
    entries: [ended ? open.endedSeq : endSeq, open.birthSeq],
  };
}

function unsent(delivery: DeliveryId, open: Open, brokeSeq: number): Finding {
  return {
    rule: "drains",
    delivery,
    blames: open.reader,
    happened: `${delivery} was on no channel when its time was over, and nobody had been told.`,
    because:
      "Once faults are over, what a sender said it would send must be on its way within D, or back with a person.",
    next: `Let ${open.reader} keep its orders durably, and take ${delivery} up again by itself after a fault: on a timer, and at every start.`,
    entries: [brokeSeq, open.birthSeq],
  };
}

/** Whoever it was offered to has it to answer for, also where its sender is under test as well. */
function unanswered(delivery: DeliveryId, open: Open): Finding {
  const { offeredTo } = open;
  return {
    rule: "drains",
    delivery,
    blames: offeredTo,
    happened: `${delivery} was registered, its sender was never told, and sent it on paper as well.`,
    because:
      "Until it is answered the sender still owes the message: what it owed never came to an end, and the office has it twice.",
    next: `Let ${offeredTo} send a positive receipt for ${delivery} once it is stored, and try again until the channel has taken it.`,
    entries: [open.unansweredSeq],
  };
}

function circling(delivery: DeliveryId, open: Open): Finding {
  return {
    rule: "drains",
    delivery,
    blames: open.reader,
    happened: `${open.reader} made ${open.busy} more exchanges about ${delivery} after its time was over.`,
    because: "Work that goes round in a circle never ends, and keeps the system from what can still be done.",
    next: `Let ${open.reader} remember what has become of ${delivery}, and stop.`,
    entries: [open.busySeq],
  };
}

function deaf(resource: string, { reader, seq }: Watch): Finding {
  return {
    rule: "drains",
    blames: reader,
    happened: `${reader} read ${resource} before, and has no consumer with room there after heal and D.`,
    because:
      "A consumer that is gone, while its process lives, leaves every later message lying until a person notices.",
    next: "Attach again, with a pause between tries, whenever the connection, the channel or the consumer is lost.",
    entries: [seq],
  };
}
