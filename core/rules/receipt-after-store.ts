import { appended } from "../appended.ts";
import { deliveryIn, endures } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type ExchangeName, isReceiver, type PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course, isIntegration, parametersOf, sutOf } from "./course.ts";
import { isMunicipality } from "./municipality.ts";

/** What stood in the recipient's domain when an answer was asked for. */
type Asked = {
  readonly copy: CopyId;
  readonly seq: number;
  readonly asker: PartyId | undefined;
  readonly stored: boolean;
  readonly unsure: boolean;
  readonly registered: boolean;
};

/** A first positive answer about a copy. */
type Answer = Asked & { readonly kind: "receipted" | "settled"; readonly answered: number };

type Store = { readonly party: PartyId; readonly copy: CopyId };

type Open = {
  /** Who a copy was offered to last. */
  reader: PartyId | undefined;
  registered: number;
  /** Durable copies in the recipient's domain. */
  stores: readonly Store[];
  unsure: boolean;
  answers: readonly Answer[];
};

type State = {
  readonly course: Course;
  readonly deliveries: ByDelivery<Open>;
  /** Answers on their way: asked for, not yet told or untold. */
  readonly asking: Map<ExchangeName, readonly Asked[]>;
};

const none: readonly never[] = [];

/** The operations that answer for a message: RULES.md B, `settled`, `receipted`. */
const answering: ReadonlySet<string> = new Set([
  "receipt",
  "settle",
  "confirm",
  "delete",
  "archive",
  // Where the sender's end state is Read, these answer as well.
  "content",
  "markasread",
]);

/**
 * Judges `receipt-after-store@2`: the first positive settlement and the first positive receipt of a copy are asked for
 * only when a durable copy stands in the recipient's domain – the integration's own store or the receiver. Profile
 * `strict`: a receipt only when it is registered. What is never registered at all is `no-false-receipt`'s.
 *
 * @returns `judged` counts first positive answers about deliveries that were registered, but those of municipalities which
 * are not under test: these are only told of.
 * @source RULES.md, receipt-after-store; PORT.md, ruling 1; incidents.md, invariant 1.
 */
export const receiptAfterStore: Rule<State> = {
  id: "receipt-after-store",
  version: 2,
  reads: ["submitted", "asked", "told", "untold", "offered", "held", "dropped", "registered", "receipted", "settled"],
  start: (folds) => ({
    course: folds.of(course),
    deliveries: new ByDelivery(folds.deliveries),
    asking: new Map(),
  }),
  step(state, entry) {
    switch (entry.kind) {
      case "submitted":
        for (const { id } of entry.deliveries)
          state.deliveries.set(id, { reader: undefined, registered: -1, stores: none, unsure: false, answers: none });
        break;
      case "asked":
        if (answering.has(entry.operation) && entry.exchange !== undefined) ask(state, entry.exchange, entry);
        break;
      case "told":
      case "untold":
        if (entry.exchange !== undefined && state.asking.size > 0) state.asking.delete(entry.exchange);
        break;
      case "offered":
      case "held":
      case "dropped":
      case "registered":
      case "receipted":
      case "settled": {
        const delivery = deliveryIn(entry);
        const open = delivery === undefined ? undefined : state.deliveries.get(delivery);
        if (open !== undefined) fold(state, open, entry);
        break;
      }
    }
    return state;
  },
  end({ course, deliveries }) {
    const strict = parametersOf(course).profile === "strict";
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    for (const [delivery, { reader, registered, answers }] of deliveries) {
      if (registered < 0) continue;
      let found = false;
      const underTest = reader === undefined || !isMunicipality(reader);
      for (const answer of answers) {
        const sound = answer.stored && (!strict || answer.kind !== "receipted" || answer.registered);
        if (!answer.stored && answer.unsure) {
          doubts.push({ delivery, because: "how durably it was stored could not be seen; isolate-and-kill decides" });
          continue;
        }
        if (underTest) judged += 1;
        if (sound || found) continue;
        found = true;
        findings.push(premature(delivery, answer, registered, reader ?? sutOf(course)));
      }
    }
    return { judged, findings, doubts };
  },
};

function ask(state: State, exchange: ExchangeName, entry: Extract<LedgerEntry, { kind: "asked" }>): void {
  const asked: Asked[] = [];
  for (const copy of entry.copies) {
    const open = state.deliveries.get(deliveryOf(copy));
    if (open !== undefined) asked.push(standing(open, copy, entry.seq, entry.asker));
  }
  if (asked.length > 0) state.asking.set(exchange, asked);
}

function standing(open: Open, copy: CopyId, seq: number, asker: PartyId | undefined): Asked {
  const { registered, stores, unsure } = open;
  return { copy, seq, asker, stored: stores.length > 0, unsure, registered: registered >= 0 };
}

/** The recipient's own side: systems under test that receive, and receivers. */
function inDomain(course: Course, party: PartyId): boolean {
  return isReceiver(party) || isIntegration(course, party);
}

function fold(
  state: State,
  open: Open,
  entry: Extract<LedgerEntry, { kind: "offered" | "held" | "dropped" | "registered" | "receipted" | "settled" }>,
): void {
  const copy = entry.copy ?? entry.delivery ?? "";
  switch (entry.kind) {
    case "offered":
      open.reader = entry.to;
      return;
    case "held":
      if (!inDomain(state.course, entry.party) || !entry.ok) return;
      if (entry.durability === "unknown") open.unsure = true;
      if (endures(entry.durability, parametersOf(state.course).durability)) store(open, entry.party, copy);
      return;
    case "dropped": {
      // What a restore took had been stored: it is the backup's age that lost it.
      if (entry.why === "restored") return;
      const at = indexOf(open.stores, entry.party, copy);
      if (at >= 0) open.stores = open.stores.toSpliced(at, 1);
      return;
    }
    case "registered":
      if (open.registered < 0) {
        open.registered = entry.seq;
        // Registered is the most durable there is, also where its store cannot be seen.
        store(open, "receiver", copy);
      }
      return;
    case "receipted":
    case "settled": {
      const positive = entry.kind === "receipted" ? entry.saying === "positive" : entry.positive;
      if (!positive) return;
      const { kind, exchange, seq } = entry;
      if (open.answers.some((answer) => answer.copy === copy && answer.kind === kind)) return;
      const asked = exchange === undefined ? undefined : state.asking.get(exchange);
      const before = asked?.find((each) => each.copy === copy) ?? standing(open, copy, seq, undefined);
      open.answers = appended(open.answers, { ...before, kind, answered: seq });
      return;
    }
  }
}

function store(open: Open, party: PartyId, copy: CopyId): void {
  if (indexOf(open.stores, party, copy) < 0) open.stores = appended(open.stores, { party, copy });
}

function indexOf(stores: readonly Store[], party: PartyId, copy: CopyId): number {
  for (const [i, kept] of stores.entries()) if (kept.party === party && kept.copy === copy) return i;
  return -1;
}

function premature(delivery: DeliveryId, answer: Answer, registered: number, reader: PartyId): Finding {
  const { seq, asker, answered, copy, kind, stored } = answer;
  const said = kind === "receipted" ? "gave a positive receipt" : "settled the copy";
  const blames = asker ?? reader;
  return {
    rule: "receipt-after-store",
    delivery,
    blames,
    happened: stored
      ? `${blames} ${said} for ${copy} before it was registered.`
      : `${blames} ${said} for ${copy} while neither it nor the receiver had a durable copy; it was registered only later.`,
    because: stored
      ? "Profile strict demands registration before a business receipt."
      : "The receipt relieves the sender. Had the process died in between, nobody would have held the message.",
    next: `Store ${copy} durably (or register it) first, and answer afterwards.`,
    entries: [...new Set([seq, answered, registered])].sort((a, b) => a - b),
  };
}
