import { hourMs } from "../calendar.ts";
import { type Chain, custodyFold, deliveryIn, isTakenOn, isUndone } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type ExchangeName, isOperation, type PartyId } from "../names.ts";
import type { Doubt, Excuse, Finding, Rule } from "../rule.ts";
import { type Course, drainBoundMs, isSender, sutOf } from "./course.ts";
import { type Conditions, conditionsFold, excuseFor, unfair } from "./excuse.ts";
import { isMunicipality } from "./municipality.ts";
import { isReport } from "./sinks.ts";

type Open = {
  readonly sender: PartyId;
  readonly submittedSeq: number;
  accepted: number;
  debtor: PartyId;
  reader: PartyId | undefined;
  channel: PartyId;
  /** Latest offer before it was registered; -1 before the first. */
  offeredSeq: number;
  offeredMs: number;
  /** Where its way broke off: refused, or let go by its channel; -1 while it lives. */
  brokenSeq: number;
  registeredSeq: number;
  registeredMs: number;
  /** Where a person has it back, or on paper; -1 before. */
  handedBackSeq: number;
  acceptedMs: number;
  /** Its sender was told no: then handing it back needs no waiting. */
  hasCause: boolean;
  /** Where it was handed back although nothing had gone wrong with it; -1 if it was not. */
  tooEarlySeq: number;
  /** Somebody at the recipient's was told of it, or has opened it. */
  heardOf: boolean;
};

type State = {
  readonly conditions: Conditions;
  readonly chain: Chain;
  readonly deliveries: ByDelivery<Open>;
  /** What a sender under test has asked, its own reports aside, and never heard what became of. */
  readonly unanswered: Map<ExchangeName, Unanswered>;
  /** What it heard of last: where it is killed in that instant it has not. */
  heard: { readonly exchange: ExchangeName; readonly asked: Unanswered; readonly atMs: number } | undefined;
};

/** `struckSeq`: where the world kept the answer from its asker; -1 if it did not. */
type Unanswered = { readonly copies: readonly CopyId[]; struckSeq: number };

/**
 * Judges `delivers@2`: a well-formed delivery is registered – where there were faults, within D of the later of heal and
 * its offer – unless the world made another end inevitable.
 *
 * Every excuse names its entry; what a restored backup took is for `no-loss` to judge. A system under test that sends
 * owes that a channel takes its message on at all; from then on it may as well hand it back to a person, who sends a
 * letter. So it may where we kept from it what became of a try at the portal, which nobody can look up. Nothing else
 * excuses it. Where people read, nobody is held to D.
 * @returns `judged` counts healthy deliveries.
 * @source RULES.md, delivers; DESIGN.md, section 1; docs/adr/0021.
 */
export const delivers: Rule<State> = {
  id: "delivers",
  version: 2,
  reads: [
    "submitted",
    "asked",
    "effected",
    "told",
    "offered",
    "receipted",
    "dropped",
    "registered",
    "returned",
    "printed",
    "notified",
    "opened",
    "faulted",
    "crashed",
    "stopped",
  ],
  start: (folds) => ({
    conditions: folds.of(conditionsFold),
    chain: folds.of(custodyFold),
    deliveries: new ByDelivery(folds.deliveries),
    unanswered: new Map(),
    heard: undefined,
  }),
  step(state, entry) {
    const { deliveries } = state;
    switch (entry.kind) {
      case "submitted":
        for (const { id } of entry.deliveries)
          deliveries.set(id, {
            sender: entry.sender,
            submittedSeq: entry.seq,
            accepted: -1,
            debtor: entry.sender,
            reader: undefined,
            channel: "",
            offeredSeq: -1,
            offeredMs: 0,
            brokenSeq: -1,
            registeredSeq: -1,
            registeredMs: -1,
            handedBackSeq: -1,
            acceptedMs: 0,
            hasCause: false,
            tooEarlySeq: -1,
            heardOf: false,
          });
        break;
      case "asked":
        if (entry.exchange === undefined || entry.copies.length === 0 || isReport(entry.exchange)) break;
        if (isSender(state.conditions.course, entry.asker))
          state.unanswered.set(entry.exchange, { copies: entry.copies, struckSeq: -1 });
        break;
      case "effected": {
        if (!isTakenOn(entry)) break;
        const open = deliveries.get(deliveryIn(entry) ?? "");
        if (open === undefined || open.accepted >= 0) break;
        open.accepted = entry.seq;
        open.acceptedMs = entry.atMs;
        break;
      }
      case "told": {
        if (entry.exchange !== undefined && state.unanswered.size > 0) hear(state, entry, entry.exchange);
        if (entry.takesDebt === undefined && entry.saying !== "negative") break;
        for (const copy of entry.copies) {
          const open = deliveries.get(deliveryOf(copy));
          if (open === undefined) continue;
          if (entry.takesDebt !== undefined) open.debtor = entry.takesDebt;
          if (entry.saying === "negative" && entry.to === open.sender) open.hasCause = true;
        }
        break;
      }
      case "offered": {
        const open = deliveries.get(deliveryIn(entry) ?? "");
        if (open === undefined || open.registeredSeq >= 0) break;
        open.reader = entry.to;
        open.channel = entry.channel;
        open.brokenSeq = -1;
        open.offeredSeq = entry.seq;
        open.offeredMs = entry.atMs;
        break;
      }
      case "receipted":
      case "dropped": {
        const open = deliveries.get(deliveryIn(entry) ?? "");
        if (open === undefined || open.brokenSeq >= 0) break;
        if (entry.kind === "receipted" ? entry.saying === "negative" : entry.party === open.channel)
          open.brokenSeq = entry.seq;
        break;
      }
      case "registered": {
        const open = deliveries.get(deliveryIn(entry) ?? "");
        if (open === undefined || open.registeredSeq >= 0) break;
        open.registeredSeq = entry.seq;
        open.registeredMs = entry.atMs;
        break;
      }
      case "notified":
      case "opened": {
        const open = deliveries.get(deliveryIn(entry) ?? "");
        const hears = entry.kind === "notified" ? entry.outcome === "delivered" : entry.opener === "person";
        if (open !== undefined && hears) open.heardOf = true;
        break;
      }
      case "returned":
      case "printed": {
        const delivery = deliveryIn(entry) ?? "";
        const open = deliveries.get(delivery);
        // What the portal has back it goes on with itself: nobody has it yet.
        const nobodys = entry.kind === "returned" && entry.to === "portal";
        if (open === undefined || nobodys || open.handedBackSeq >= 0) break;
        open.handedBackSeq = entry.seq;
        const early = open.accepted >= 0 && entry.atMs - open.acceptedMs < leastTriedMs;
        if (entry.kind === "returned" && early && !open.hasCause && !isUnsure(state, delivery))
          open.tooEarlySeq = entry.seq;
        break;
      }
      case "faulted": {
        if (entry.outcome !== "injected" || entry.exchange === undefined) break;
        const asked = state.unanswered.get(entry.exchange);
        if (asked !== undefined) asked.struckSeq = entry.seq;
        break;
      }
      case "crashed":
      case "stopped":
        if (entry.kind === "crashed" && entry.cause === undefined) break;
        if (state.heard?.atMs === entry.atMs) state.unanswered.set(state.heard.exchange, state.heard.asked);
        for (const asked of state.unanswered.values()) if (asked.struckSeq < 0) asked.struckSeq = entry.seq;
        break;
      default:
        break;
    }
    return state;
  },
  end(state) {
    const { conditions, chain, deliveries } = state;
    const { course } = conditions;
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    const excuses: Excuse[] = [];
    let judged = 0;
    for (const [delivery, open] of deliveries) {
      const sends = isSender(course, open.sender);
      if (open.accepted < 0 && !sends) continue;
      const circumstances = conditions.deliveries.get(delivery);
      if (circumstances?.planted === "invalid" || circumstances?.planted === "poison") {
        excuses.push({ delivery, because: `planted ${circumstances.planted}`, entry: open.submittedSeq });
        continue;
      }
      const custody = chain.deliveries.get(delivery);
      if (custody !== undefined && isUndone(custody)) {
        excuses.push({ delivery, because: "gone with a restored backup", entry: custody.undone });
        continue;
      }
      const dueMs = course.healMs === undefined ? undefined : dueAt(conditions, open, course.healMs);
      const registered = open.registeredSeq >= 0;
      if (sends && open.tooEarlySeq >= 0) {
        judged += 1;
        findings.push(givenUp(delivery, open));
        continue;
      }
      if (sends && open.accepted >= 0 && (registered || open.handedBackSeq >= 0)) {
        judged += 1;
        continue;
      }
      if (
        !sends &&
        registered &&
        (isMunicipality(open.reader ?? "") || course.faultless || dueMs === undefined || open.registeredMs <= dueMs)
      ) {
        judged += 1;
        continue;
      }
      const excuse =
        circumstances === undefined || (sends && open.handedBackSeq < 0)
          ? undefined
          : (excuseFor(conditions, circumstances) ?? unknowable(state, delivery));
      if (excuse !== undefined) {
        excuses.push(excuse);
        continue;
      }
      const doubt =
        !registered && (course.endMs === undefined || dueMs === undefined || course.endMs < dueMs)
          ? "the run ended before its time to be registered was over"
          : circumstances === undefined || sends
            ? undefined
            : unfair(conditions, circumstances);
      if (doubt !== undefined) {
        doubts.push({ delivery, because: doubt });
        continue;
      }
      judged += 1;
      findings.push(undelivered(delivery, open, dueMs, course));
    }
    return { judged, findings, doubts, excuses };
  },
};

function dueAt(conditions: Conditions, open: Open, healMs: number): number {
  return Math.max(healMs, open.offeredMs) + drainBoundMs(conditions.course, open.channel);
}

/** A way must have been given a day, or have failed, before it is given up: RULES.md, *Alarm*, a permanent cause. */
const leastTriedMs = 24 * hourMs;

function hear(state: State, { atMs }: EntryOf<"told">, exchange: ExchangeName): void {
  const asked = state.unanswered.get(exchange);
  if (asked === undefined) return;
  state.unanswered.delete(exchange);
  state.heard = { exchange, asked, atMs };
}

/** Whether its sender never heard what became of a try: the answer was lost, stalled, or the sender had crashed. */
function isUnsure({ unanswered }: State, delivery: DeliveryId): boolean {
  for (const asked of unanswered.values()) if (isAbout(asked, delivery)) return true;
  return false;
}

/** The portal knows no key and no look-up: whether it has what we kept the answer about cannot be known. */
function unknowable({ unanswered }: State, delivery: DeliveryId): Excuse | undefined {
  for (const [exchange, asked] of unanswered)
    if (asked.struckSeq >= 0 && isOperation(exchange, "portal", "submit") && isAbout(asked, delivery))
      return { delivery, because: "nobody can look up what became of a try at the portal", entry: asked.struckSeq };
  return undefined;
}

function isAbout({ copies }: Unanswered, delivery: DeliveryId): boolean {
  return copies.some((copy) => deliveryOf(copy) === delivery);
}

function givenUp(delivery: DeliveryId, open: Open): Finding {
  return {
    rule: "delivers",
    delivery,
    blames: open.sender,
    happened: `${open.sender} handed ${delivery} back to a person within a day of a channel taking it on, and nothing had gone wrong with it.`,
    because:
      "A message that people send again is a second one, and a sender that hands back everything delivers nothing.",
    next: `Give ${delivery} its time, warn by T_warn, and hand it back when no other way is left.`,
    entries: [open.tooEarlySeq, open.accepted].sort((a, b) => a - b),
  };
}

function undelivered(delivery: DeliveryId, open: Open, dueMs: number | undefined, course: Course): Finding {
  const sut = sutOf(course);
  const common = { rule: "delivers", delivery } as const;
  if (open.accepted < 0)
    return {
      ...common,
      blames: open.sender,
      happened:
        open.handedBackSeq < 0
          ? `${delivery} was never taken on by any channel.`
          : `${delivery} was never taken on by any channel, and was left to a person to send.`,
      because:
        "Whoever has taken a message on, or has had no answer for it, owes a try or a look-up until a channel has it.",
      next: `Let ${open.sender} send ${delivery}, and again with the same identifier, until a channel has taken it on.`,
      entries: [open.submittedSeq],
    };
  if (open.offeredSeq < 0)
    return {
      ...common,
      blames: open.debtor,
      happened: `${delivery} was taken on, but never offered to ${open.sender === sut ? "anybody" : sut}.`,
      because: "A well-formed message must reach the recipient's case system.",
      next: `Let ${open.debtor} dispatch ${delivery}.`,
      entries: [open.accepted],
    };
  // A municipality can break no duty that it was never told of: published relieves nobody.
  const unheard = open.reader !== undefined && isMunicipality(open.reader) && !open.heardOf;
  const blames = unheard ? open.debtor : (open.reader ?? sut);
  const broken = open.brokenSeq >= 0 ? open.brokenSeq : course.endSeq;
  return {
    ...common,
    blames,
    happened:
      open.registeredSeq < 0
        ? `${delivery} was offered to ${open.reader ?? sut}${unheard ? ", where nobody heard of it," : ""} and never registered.`
        : `${delivery} was registered ${open.registeredMs - (dueMs ?? 0)} ms after its time was over.`,
    because: unheard
      ? "It was well-formed. Who has sent a message owes its delivery until somebody has it."
      : "It was well-formed, nothing made another end inevitable, and the system had its fair chance.",
    next: unheard
      ? `Ask what became of ${delivery}; take another way, or hand it to a person, where nobody opens it.`
      : `Fetch and register ${delivery}; keep retrying while an error is passing, and refuse only for good reason.`,
    entries: [open.registeredSeq >= 0 ? open.registeredSeq : broken, open.offeredSeq],
  };
}
