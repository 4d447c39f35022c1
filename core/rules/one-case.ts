import { appended } from "../appended.ts";
import { deliveryIn, isTakenOn } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, type ExchangeName, isReceiver, type PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course, isSender, sutOf } from "./course.ts";
import { isPassing } from "./passing.ts";

type Case = { readonly caseId: string; readonly copy: CopyId; readonly seq: number; readonly atMs: number };

/** A copy that a channel took on from the sender. `ours`: we let its request arrive late, or twice. */
type Made = { readonly copy: CopyId; readonly by: PartyId; readonly seq: number; readonly ours: boolean };

type Link = { readonly copy: CopyId; readonly scope: string; readonly wireId: string };

type Open = {
  readonly sender: PartyId;
  reader: PartyId | undefined;
  cases: readonly Case[];
  /** Rows without a case id. */
  rows: number;
  /** Only for senders under test: what they made, and of which copies they were told that they failed, and when. */
  made: readonly Made[];
  failed: ReadonlyMap<CopyId, number>;
  printed: boolean;
  links: readonly Link[];
  /** Answers "exists" to a delivery that was not registered, and how many there were in all. */
  refused: EntryOf<"refused"> | undefined;
  refusals: number;
};

type State = {
  readonly course: Course;
  readonly deliveries: ByDelivery<Open>;
  /** Exchanges whose request a fault of ours struck on its way: what they did all the same came late, or twice. */
  readonly struck: Set<ExchangeName>;
};

const none: readonly never[] = [];
const noneFailed: ReadonlyMap<CopyId, number> = new Map();

/**
 * Judges `one-case@3`: all copies of a delivery that share an identifier end in one case, counting cases that were
 * deleted again; and no copy is refused as existing while the delivery is not registered. A sender under test makes no
 * second copy on a channel that it was not told had failed the first: where that became a second case, whatever the
 * copies carry, it is the sender's, unless it was we who let a request arrive late or twice.
 *
 * @returns `judged` counts registered deliveries and answers "exists"; copies without a common identifier that became
 * two cases are a notice.
 * @source RULES.md, one-case; PORT.md, ruling 2 and *sameAs*; incidents.md, invariant 21; docs/adr/0021, 0024.
 */
export const oneCase: Rule<State> = {
  id: "one-case",
  version: 3,
  reads: [
    "submitted",
    "effected",
    "told",
    "linked",
    "offered",
    "registered",
    "printed",
    "refused",
    "restored",
    "faulted",
  ],
  start: (folds) => ({ course: folds.of(course), deliveries: new ByDelivery(folds.deliveries), struck: new Set() }),
  step(state, entry) {
    switch (entry.kind) {
      case "submitted":
        for (const { id } of entry.deliveries)
          state.deliveries.set(id, {
            sender: entry.sender,
            reader: undefined,
            cases: none,
            rows: 0,
            made: none,
            failed: noneFailed,
            printed: false,
            links: none,
            refused: undefined,
            refusals: 0,
          });
        break;
      case "restored":
        // Only a receiver has cases: what else is restored took none away.
        if (!isReceiver(entry.party)) break;
        for (const open of state.deliveries.values())
          if (open.cases.length > 0) open.cases = open.cases.filter(({ atMs }) => atMs <= entry.toMs);
        break;
      case "told":
        if (entry.saying === "negative" && isSender(state.course, entry.to) && !isPassing(entry.code))
          for (const copy of entry.copies) {
            const open = state.deliveries.get(deliveryOf(copy));
            if (open !== undefined && open.sender === entry.to && !open.failed.has(copy))
              open.failed = new Map([...open.failed, [copy, entry.seq]]);
          }
        break;
      case "faulted":
        if (entry.outcome === "injected" && entry.family === "network" && entry.boundary.endsWith(":asked"))
          state.struck.add(entry.boundary.slice(0, -":asked".length));
        break;
      case "effected":
        if (isTakenOn(entry)) make(state, entry);
        break;
      case "linked":
      case "offered":
      case "registered":
      case "printed":
      case "refused": {
        const delivery = deliveryIn(entry);
        const open = delivery === undefined ? undefined : state.deliveries.get(delivery);
        if (delivery !== undefined && open !== undefined) fold(open, delivery, entry);
        break;
      }
    }
    return state;
  },
  end({ course, deliveries }) {
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    const notices: Doubt[] = [];
    let judged = 0;
    for (const [delivery, open] of deliveries) {
      const blames = open.reader ?? sutOf(course);
      judged += open.refusals;
      if (open.refused !== undefined) findings.push(refusedAsExisting(delivery, open.refused));
      if (open.rows > 1) {
        doubts.push({ delivery, because: `${open.rows} rows were seen and none has a case id` });
        continue;
      }
      if (open.cases.length === 0 && open.rows === 0) continue;
      judged += 1;
      if (open.cases.length < 2) continue;
      const again = repeated(open);
      const pair = linkedPair(open);
      if (again !== undefined) findings.push(sentTwice(delivery, again, open.sender));
      else if (pair !== undefined) findings.push(twice(delivery, pair, blames));
      else notices.push({ delivery, because: "copies without a common identifier became separate cases" });
    }
    return { judged, findings, doubts, notices };
  },
};

function make(state: State, entry: LedgerEntry): void {
  const { copy, exchange, seq } = entry;
  if (copy === undefined || exchange === undefined) return;
  const open = state.deliveries.get(deliveryOf(copy));
  if (open === undefined || !isSender(state.course, open.sender)) return;
  if (open.failed.has(copy)) open.failed = new Map([...open.failed].filter(([failed]) => failed !== copy));
  open.made = appended(open.made, {
    copy,
    by: exchange.slice(0, exchange.indexOf(".")),
    seq,
    ours: state.struck.has(exchange),
  });
}

function fold(
  open: Open,
  delivery: DeliveryId,
  entry: EntryOf<"linked" | "offered" | "registered" | "printed" | "refused">,
): void {
  // What the world registers from paper comes of no copy on a channel; a probe never says of which.
  const fromPaper = open.printed && entry.by === "world";
  const copy = entry.copy ?? (fromPaper ? `${delivery} on paper` : delivery);
  switch (entry.kind) {
    case "linked":
      open.links = appended(open.links, { copy, scope: entry.scope, wireId: entry.wireId });
      return;
    case "offered":
      open.reader = entry.to;
      return;
    case "printed":
      open.printed = true;
      return;
    case "registered":
      if (entry.caseId === "") open.rows += 1;
      else if (!open.cases.some(({ caseId }) => caseId === entry.caseId))
        open.cases = appended(open.cases, { caseId: entry.caseId, copy, seq: entry.seq, atMs: entry.atMs });
      return;
    case "refused":
      if (entry.code !== "exists") return;
      open.refusals += 1;
      if (open.cases.length === 0 && open.rows === 0) open.refused ??= entry;
      return;
  }
}

/** Two cases whose copies a receiver could have known to be one; a copy is always itself. */
function linkedPair({ cases, links }: Open): readonly [Case, Case] | undefined {
  const group = new Map<CopyId, CopyId>();
  const root = (copy: CopyId): CopyId => {
    const up = group.get(copy);
    return up === undefined ? copy : root(up);
  };
  const seen = new Map<string, CopyId>();
  for (const { copy, scope, wireId } of links) {
    const key = `${scope} ${wireId}`;
    const other = seen.get(key);
    if (other === undefined) seen.set(key, copy);
    else if (root(other) !== root(copy)) group.set(root(copy), root(other));
  }
  for (const [i, a] of cases.entries())
    for (const b of cases.slice(i + 1)) if (root(a.copy) === root(b.copy)) return [a, b];
  return undefined;
}

/** Two cases of copies that the sender made on one channel, the second without having been told that the first failed. */
function repeated({ cases, made, failed }: Open): readonly [Case, Case] | undefined {
  if (made.length < 2) return undefined;
  const madeAs = (copy: CopyId): Made | undefined => made.find((each) => each.copy === copy);
  for (const [i, a] of cases.entries())
    for (const b of cases.slice(i + 1)) {
      const [one, other] = [madeAs(a.copy), madeAs(b.copy)];
      if (one === undefined || other === undefined || one.copy === other.copy || one.by !== other.by) continue;
      if (one.ours || other.ours) continue;
      const [first, second] = one.seq < other.seq ? [one, other] : [other, one];
      if ((failed.get(first.copy) ?? Number.POSITIVE_INFINITY) > second.seq) return [a, b];
    }
  return undefined;
}

function sentTwice(delivery: DeliveryId, [first, second]: readonly [Case, Case], sender: PartyId): Finding {
  return {
    rule: "one-case",
    delivery,
    blames: sender,
    happened: `${sender} sent ${delivery} twice on one channel, and it became two cases: ${first.caseId} (from ${first.copy}) and ${second.caseId} (from ${second.copy}).`,
    because:
      "Nothing had said that the first copy failed; whoever opens two letters about one child has to find out that they are one.",
    next: "After an answer that was lost ask the channel whether it has the message, or send with the same idempotency key; send anew only once it says no.",
    entries: [second.seq, first.seq].sort((a, b) => b - a),
  };
}

function twice(delivery: DeliveryId, [first, second]: readonly [Case, Case], blames: PartyId): Finding {
  return {
    rule: "one-case",
    delivery,
    blames,
    happened: `${delivery} became two cases: ${first.caseId} (from ${first.copy}) and ${second.caseId} (from ${second.copy}).`,
    because: "Both copies carry an identifier that stays the same when a message is sent or delivered again.",
    next: `Use that identifier as the idempotency key, kept durably, so that a repeat finds ${first.caseId}.`,
    entries: [second.seq, first.seq].sort((a, b) => b - a),
  };
}

function refusedAsExisting(delivery: DeliveryId, refused: EntryOf<"refused">): Finding {
  return {
    rule: "one-case",
    delivery,
    blames: refused.party,
    happened: `${refused.party} refused ${refused.copy ?? delivery} because it exists already, but it was never registered.`,
    because: "A resend after a failure is the only way to mend it; refusing it makes the loss final.",
    next: "Call a message known only once it is durably registered.",
    entries: [refused.seq],
  };
}
