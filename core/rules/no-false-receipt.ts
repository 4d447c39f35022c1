import { appended } from "../appended.ts";
import { type Chain, type Custody, custodyFold, deliveryIn, isUndone, isVanished } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { LedgerEntry } from "../ledger.ts";
import type { CopyId, DeliveryId, PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, type Recipients, recipients } from "./alarm.ts";
import { hasNoNegative } from "./channels.ts";
import { type Course, course, isIntegration, sutOf } from "./course.ts";
import { isUnreadable, isWhole } from "./registration.ts";

type Said = { readonly copy: CopyId; readonly seq: number };

type Open = {
  readonly parts: number;
  /** Copies on channels where a receiver can only say yes. */
  withoutNo: readonly CopyId[];
  reader: PartyId | undefined;
  /** First whole registration, and first one that is not. */
  whole: number;
  broken: number;
  unreadable: boolean;
  settled: Said | undefined;
  positives: readonly Said[];
  negatives: readonly Said[];
  quarantined: boolean;
  alerted: boolean;
};

type State = {
  readonly course: Course;
  readonly chain: Chain;
  readonly recipients: Recipients;
  readonly deliveries: ByDelivery<Open>;
};

const none: readonly never[] = [];

/**
 * Judges `no-false-receipt@2`: what was answered positively is in the end registered, whole; or kept and reported
 * where the channel has no negative answer; or, if only the queue was settled, answered negatively. Never both a
 * positive and a negative receipt for one copy.
 *
 * @returns `judged` counts deliveries that were answered positively.
 * @source RULES.md, no-false-receipt; PORT.md, rulings 2 and 4; incidents.md, invariants 2 and 22.
 */
export const noFalseReceipt: Rule<State> = {
  id: "no-false-receipt",
  version: 2,
  reads: ["submitted", "offered", "registered", "dropped", "receipted", "settled", "quarantined", "alerted"],
  start: (folds) => ({
    course: folds.of(course),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    deliveries: new ByDelivery(folds.deliveries),
  }),
  step(state, entry) {
    if (entry.kind === "submitted")
      for (const { id } of entry.deliveries) state.deliveries.set(id, opened(entry.parts.length));
    else if (entry.kind === "alerted") alert(state, entry);
    else {
      const delivery = deliveryIn(entry);
      const open = delivery === undefined ? undefined : state.deliveries.get(delivery);
      if (delivery !== undefined && open !== undefined) fold(open, delivery, entry);
    }
    return state;
  },
  end({ course, chain, deliveries }) {
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    for (const [delivery, open] of deliveries) {
      const blames = open.reader ?? sutOf(course);
      const both = contradiction(open);
      const first = firstAnswer(open);
      if (first === undefined || (both === undefined && isUndone(chain.deliveries.get(delivery)))) continue;
      if (both === undefined && open.whole < 0 && !answeredOtherwise(open, course, chain.deliveries.get(delivery))) {
        if (open.unreadable) {
          doubts.push({ delivery, because: "a probe could not read every part of the registration" });
          continue;
        }
        if (course.endMs === undefined) {
          doubts.push({ delivery, because: "the ledger breaks off before the run's end" });
          continue;
        }
        judged += 1;
        findings.push(unfounded(delivery, open, first, blames, course.endSeq));
        continue;
      }
      judged += 1;
      if (both !== undefined) findings.push(contradicted(delivery, both, blames));
    }
    return { judged, findings, doubts };
  },
};

function opened(parts: number): Open {
  return {
    parts,
    withoutNo: none,
    reader: undefined,
    whole: -1,
    broken: -1,
    unreadable: false,
    settled: undefined,
    positives: none,
    negatives: none,
    quarantined: false,
    alerted: false,
  };
}

function alert(state: State, entry: Extract<LedgerEntry, { kind: "alerted" }>): void {
  if (flawOf(entry) !== undefined) return;
  for (const delivery of deliveriesIn(entry, state.recipients)) {
    const open = state.deliveries.get(delivery);
    if (open === undefined) continue;
    open.alerted = true;
    if (entry.retrievable === true) open.quarantined = true;
  }
}

function fold(open: Open, delivery: DeliveryId, entry: LedgerEntry): void {
  const copy = entry.copy ?? delivery;
  switch (entry.kind) {
    case "offered":
      if (hasNoNegative(entry.channel)) open.withoutNo = appended(open.withoutNo, copy);
      open.reader = entry.to;
      return;
    case "registered":
      if (isWhole(entry, open.parts)) open.whole = open.whole < 0 ? entry.seq : open.whole;
      else {
        open.broken = open.broken < 0 ? entry.seq : open.broken;
        open.unreadable = isUnreadable(entry);
      }
      return;
    case "dropped":
      if (isVanished(entry)) open.whole = -1;
      return;
    case "settled":
      if (entry.positive) open.settled ??= { copy, seq: entry.seq };
      return;
    case "receipted":
      if (entry.saying === "positive") open.positives = appended(open.positives, { copy, seq: entry.seq });
      if (entry.saying === "negative") open.negatives = appended(open.negatives, { copy, seq: entry.seq });
      return;
    case "quarantined":
      open.quarantined = entry.retrievable;
      return;
    default:
      return;
  }
}

function firstAnswer({ settled, positives }: Open): Said | undefined {
  const [receipt] = positives;
  if (receipt === undefined || settled === undefined) return receipt ?? settled;
  return receipt.seq < settled.seq ? receipt : settled;
}

/** The ends that make a positive answer true without a registration. */
function answeredOtherwise(open: Open, course: Course, custody: Custody | undefined): boolean {
  const isKept = open.quarantined || (custody?.holdings.some(({ party }) => isIntegration(course, party)) ?? false);
  if (
    isKept &&
    open.alerted &&
    open.positives.length > 0 &&
    open.positives.every(({ copy }) => open.withoutNo.includes(copy))
  )
    return true;
  return open.positives.length === 0 && open.negatives.length > 0;
}

function contradiction({ positives, negatives }: Open): readonly [Said, Said] | undefined {
  for (const no of negatives) {
    const yes = positives.find(({ copy }) => copy === no.copy);
    if (yes !== undefined) return yes.seq < no.seq ? [yes, no] : [no, yes];
  }
  return undefined;
}

function contradicted(delivery: DeliveryId, [first, second]: readonly [Said, Said], blames: PartyId): Finding {
  return {
    rule: "no-false-receipt",
    delivery,
    blames,
    happened: `${blames} gave both a positive and a negative receipt for ${first.copy}.`,
    because:
      "One of the two is untrue, and the sender cannot know which: it may print what is registered, or forget what is not.",
    next: `Decide once what became of ${first.copy}, remember the answer durably, and repeat only that one.`,
    entries: [first.seq, second.seq],
  };
}

function unfounded(delivery: DeliveryId, open: Open, first: Said, blames: PartyId, endSeq: number): Finding {
  const said = open.positives[0] === first ? "gave a positive receipt for" : "settled";
  const broken = open.broken >= 0;
  return {
    rule: "no-false-receipt",
    delivery,
    blames,
    happened: broken
      ? `${blames} ${said} ${first.copy}, but what was registered is not what was sent.`
      : `${blames} ${said} ${first.copy}, but it was never registered.`,
    because: "A positive answer ends everybody else's duty: after it nobody looks for the message again.",
    next: `Answer positively only for what the receiver has registered whole; otherwise answer negatively, or not yet.`,
    entries: [first.seq, broken ? open.broken : endSeq].sort((a, b) => a - b),
  };
}
