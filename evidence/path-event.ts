import type { EntryKind, EntryOf, LedgerEntry, ReasonClass, Saying } from "../core/ledger.ts";
import type { ExchangeName, PartyId } from "../core/names.ts";

/** How an exchange ended for its asker. `open` where it never heard anything. */
export type AnswerHeard =
  | { readonly kind: "told"; readonly saying: Saying; readonly code: string }
  | { readonly kind: "untold"; readonly how: EntryOf<"untold">["how"] }
  | { readonly kind: "open" };

/** A time limit that passes while no end is known. */
export type DeadlineMet =
  /** From now somebody must be warned: T_warn. */
  | "warn"
  /** From now another way must be taken: T_escalate. */
  | "escalate"
  /** Nobody has been warned in time. */
  | "unwarned"
  /** No other way has been taken in time. */
  | "stuck"
  /** From now a warning before the last copy on its way is deleted is too late. */
  | "lastWarning";

/** One thing that happened to a delivery. */
export type PathEvent =
  /** `ordered`: its sender is under test, and is yet to be told to send it. */
  | { readonly kind: "submitted"; readonly sender: PartyId; readonly to: string; readonly ordered: boolean }
  | { readonly kind: "ordered"; readonly by: PartyId; readonly sender: PartyId; readonly answer: AnswerHeard }
  | { readonly kind: "accepted"; readonly party: PartyId; readonly answer: AnswerHeard }
  | {
      readonly kind: "offered";
      readonly channel: PartyId;
      readonly to: PartyId;
      /** Absent where no clock ends it. */
      readonly lifeMs?: number;
      /** Who may read it there, where that can be seen and is not just the system under test. */
      readonly readers?: readonly string[];
    }
  | {
      readonly kind: "delivered";
      readonly channel: PartyId;
      readonly to: PartyId;
      readonly again: boolean;
      readonly missing: number;
    }
  | {
      readonly kind: "asked";
      readonly asker: PartyId;
      readonly party: PartyId;
      readonly operation: string;
      readonly subject: string;
      readonly answer: AnswerHeard;
    }
  /** Its sender asks what became of it. */
  | { readonly kind: "inquired"; readonly asker: PartyId; readonly party: PartyId; readonly answer: AnswerHeard }
  | {
      readonly kind: "receipted";
      readonly by: PartyId;
      readonly saying: "positive" | "negative";
      /** Absent where it is part of no exchange. */
      readonly answer?: AnswerHeard;
    }
  | { readonly kind: "settled"; readonly by: PartyId; readonly how: EntryOf<"settled">["how"] }
  | {
      readonly kind: "heard";
      readonly party: PartyId;
      readonly saying: Saying;
      readonly code: string;
      readonly debtor?: PartyId;
    }
  | { readonly kind: "stored"; readonly party: PartyId; readonly durable: boolean; readonly ok: boolean }
  | {
      readonly kind: "registered";
      readonly caseId: string;
      readonly at: string;
      readonly whole: boolean;
      /** A person carried it there, from a screen or from paper. */
      readonly byHand: boolean;
    }
  | { readonly kind: "shown"; readonly to: string }
  | { readonly kind: "dropped"; readonly party: PartyId; readonly why: EntryOf<"dropped">["why"] }
  | { readonly kind: "quarantined"; readonly party: PartyId; readonly retrievable: boolean }
  | { readonly kind: "refused"; readonly party: PartyId; readonly permanent: boolean; readonly code: string }
  | { readonly kind: "returned"; readonly to: PartyId; readonly reason: ReasonClass }
  | { readonly kind: "printed"; readonly to: string; readonly reason: ReasonClass }
  | { readonly kind: "resent"; readonly as: string }
  | { readonly kind: "opened"; readonly opener: "person" | "machine"; readonly who: string }
  | { readonly kind: "entitled"; readonly who: string; readonly resource: string; readonly granted: boolean }
  | { readonly kind: "notified"; readonly person: string; readonly outcome: EntryOf<"notified">["outcome"] }
  | { readonly kind: "alerted"; readonly sink: PartyId; readonly about: string; readonly bounced: boolean }
  | { readonly kind: "seen"; readonly person: string }
  | { readonly kind: "leaked"; readonly where: string; readonly planted: string }
  | {
      readonly kind: "crashed";
      readonly party: PartyId;
      readonly class: "process" | "power";
      readonly why?: string;
      readonly own: boolean;
    }
  | { readonly kind: "stopped"; readonly party: PartyId }
  | { readonly kind: "upgraded"; readonly party: PartyId }
  | { readonly kind: "restored"; readonly party: PartyId }
  | {
      readonly kind: "faulted";
      readonly fault: string;
      readonly boundary: string;
      readonly family: EntryOf<"faulted">["family"];
      readonly forMs?: number;
    }
  | { readonly kind: "phase"; readonly phase: EntryOf<"phase">["phase"] }
  | { readonly kind: "read"; readonly reader: string; readonly resource: string; readonly credit: boolean }
  | { readonly kind: "deadline"; readonly met: DeadlineMet }
  /** An entry about something else, by which a finding sees that a time limit has passed. */
  | { readonly kind: "overdue" }
  /** An entry that a finding rests on and that has no telling of its own. */
  | { readonly kind: "noted"; readonly entry: EntryKind };

/** What came before, as far as the telling of an entry depends on it. */
export type Before = {
  readonly suts: ReadonlySet<PartyId>;
  /** Who sent the delivery; undefined before it is submitted. */
  readonly sender: PartyId | undefined;
  /** Whom its last copy was offered to. */
  readonly offeredTo: PartyId | undefined;
  /** A person has it open, or on paper. */
  readonly inHand: boolean;
  /** Who may read there, where that can be seen. */
  readersOf(resource: string): readonly string[] | undefined;
};

/** Operations in which a sender hands a message to a channel. */
const handIns: ReadonlySet<string> = new Set([
  "portal.submit",
  "altinn-dispatch.send",
  "altinn-correspondence.initialize",
]);
/** Operations by which a sender learns what became of what it sent. */
const inquiries: ReadonlySet<string> = new Set([
  "portal.status",
  "altinn-dispatch.status",
  "altinn-dispatch.unopened",
  "altinn-correspondence.overview",
  "altinn-correspondence.details",
  "altinn-correspondence.list",
]);

const unanswered: AnswerHeard = { kind: "open" };

/** An entry as something that happened to a delivery; undefined where it has no telling of its own. */
export function eventOf(entry: LedgerEntry, before: Before): PathEvent | undefined {
  switch (entry.kind) {
    case "submitted": {
      const to = entry.deliveries.map(
        (one) => `${one.municipalityNumber}${one.district === undefined ? "" : `-${one.district}`}`,
      );
      return { kind: "submitted", sender: entry.sender, to: to.join(", "), ordered: before.suts.has(entry.sender) };
    }
    case "offered": {
      const known = before.readersOf(entry.resource);
      const readers = before.suts.has(entry.to) && known?.includes(entry.to) ? undefined : known;
      return {
        kind: "offered",
        channel: entry.channel,
        to: entry.to,
        ...(entry.lifeEndsMs === undefined ? {} : { lifeMs: entry.lifeEndsMs - entry.atMs }),
        ...(readers === undefined ? {} : { readers }),
      };
    }
    case "asked":
      return askedEvent(entry, before);
    case "told":
      return toldEvent(entry, before);
    case "held":
      // What a channel or the portal holds is seen in its column; a row of its own is for who may hold it or not.
      if (!before.suts.has(entry.party) && entry.party !== "receiver") return undefined;
      return { kind: "stored", party: entry.party, durable: entry.durability !== "memory", ok: entry.ok };
    case "registered":
      return {
        kind: "registered",
        caseId: entry.caseId,
        at: [entry.municipalityNumber, entry.district].filter((part) => part !== undefined).join("-"),
        whole: entry.whole && entry.parts.every((part) => part.ok),
        byHand: before.inHand && entry.exchange === undefined,
      };
    case "shown":
      return { kind: "shown", to: entry.to };
    case "receipted":
      return { kind: "receipted", by: readerOf(before), saying: entry.saying };
    case "settled":
      return { kind: "settled", by: readerOf(before), how: entry.how };
    case "dropped":
      return { kind: "dropped", party: entry.party, why: entry.why };
    case "quarantined":
      return { kind: "quarantined", party: entry.party, retrievable: entry.retrievable };
    case "refused":
      return { kind: "refused", party: entry.party, permanent: entry.permanent, code: entry.code };
    case "returned":
      return { kind: "returned", to: entry.to, reason: entry.reason };
    case "printed":
      return { kind: "printed", to: entry.to, reason: entry.reason };
    case "resent":
      return { kind: "resent", as: entry.as };
    case "opened":
      return { kind: "opened", opener: entry.opener, who: entry.who };
    case "entitled":
      return { kind: "entitled", who: entry.who, resource: entry.resource, granted: entry.granted };
    case "notified":
      return { kind: "notified", person: entry.person, outcome: entry.outcome };
    case "alerted":
      return { kind: "alerted", sink: entry.sink, about: entry.about, bounced: entry.bounced };
    case "seen":
      return { kind: "seen", person: entry.person };
    case "leaked":
      return { kind: "leaked", where: entry.where, planted: entry.planted };
    case "crashed":
      return {
        kind: "crashed",
        party: entry.party,
        class: entry.class,
        own: entry.cause === undefined,
        ...(entry.why === undefined ? {} : { why: entry.why }),
      };
    case "stopped":
      return { kind: "stopped", party: entry.party };
    case "upgraded":
      return { kind: "upgraded", party: entry.party };
    case "restored":
      return { kind: "restored", party: entry.party };
    case "faulted":
      if (entry.outcome !== "injected") return undefined;
      return {
        kind: "faulted",
        fault: entry.faultId,
        boundary: entry.boundary,
        family: entry.family,
        ...(entry.untilMs === undefined ? {} : { forMs: entry.untilMs - entry.atMs }),
      };
    case "phase":
      return { kind: "phase", phase: entry.phase };
    case "alive":
      return { kind: "read", reader: entry.reader, resource: entry.resource, credit: entry.credit };
    case "run":
    case "moved":
    case "started":
    case "paused":
    case "resumed":
    case "effected":
    case "untold":
    case "idle":
    case "linked":
    case "fetched":
    case "doubted":
      return undefined;
  }
}

/** Whoever a receipt outside of any exchange is from: whom the last copy was offered to, else the system under test. */
function readerOf({ offeredTo, suts }: Before): PartyId {
  return offeredTo ?? [...suts][0] ?? "integration";
}

function askedEvent(entry: EntryOf<"asked">, { suts, sender }: Before): PathEvent {
  const { party, operation, subject } = parsed(entry.exchange ?? "");
  const { asker } = entry;
  if (operation === "send" && suts.has(party)) return { kind: "ordered", by: asker, sender: party, answer: unanswered };
  if (handIns.has(`${party}.${operation}`)) return { kind: "accepted", party, answer: unanswered };
  if (operation === "deliver")
    return { kind: "delivered", channel: party, to: asker, again: entry.attempt > 1, missing: 0 };
  if (asker === sender && inquiries.has(`${party}.${operation}`))
    return { kind: "inquired", asker, party, answer: unanswered };
  return { kind: "asked", asker, party, operation: entry.operation, subject, answer: unanswered };
}

function toldEvent(entry: EntryOf<"told">, { sender }: Before): PathEvent {
  const { party, operation } = parsed(entry.exchange ?? "");
  const { to, saying, code, takesDebt } = entry;
  if (to === sender && takesDebt === undefined && inquiries.has(`${party}.${operation}`))
    return { kind: "inquired", asker: to, party, answer: { kind: "told", saying, code } };
  return { kind: "heard", party: to, saying, code, ...(takesDebt === undefined ? {} : { debtor: takesDebt }) };
}

function parsed(exchange: ExchangeName): {
  readonly party: PartyId;
  readonly operation: string;
  readonly subject: string;
} {
  const [party = "", rest = ""] = exchange.split(/\.(.*)/s);
  const open = rest.indexOf("(");
  return { party, operation: rest.slice(0, open), subject: rest.slice(open + 1, rest.lastIndexOf(")")) };
}

/** The exchange's event once this entry of the same exchange is taken into it; undefined where the entry has its own. */
export function mergedInto(event: PathEvent, entry: LedgerEntry): PathEvent | undefined {
  switch (entry.kind) {
    case "told":
      if (entry.takesDebt !== undefined && event.kind === "inquired") return undefined;
      return "answer" in event ? { ...event, answer: { kind: "told", saying: entry.saying, code: entry.code } } : event;
    case "untold":
      return "answer" in event ? { ...event, answer: { kind: "untold", how: entry.how } } : event;
    case "receipted":
      return event.kind === "asked"
        ? { kind: "receipted", by: event.asker, saying: entry.saying, answer: event.answer }
        : undefined;
    case "settled":
      return event.kind === "asked" ? { kind: "settled", by: event.asker, how: entry.how } : undefined;
    case "held":
      return event;
    case "dropped":
      return entry.why === "released" ? event : undefined;
    case "refused":
      return event;
    default:
      return undefined;
  }
}
