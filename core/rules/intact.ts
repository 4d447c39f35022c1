import { deliveryIn } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, RegisteredPart } from "../ledger.ts";
import type { DeliveryId, PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course, sutOf } from "./course.ts";
import { whoseCase } from "./municipality.ts";
import { isUnreadable } from "./registration.ts";

type Open = {
  readonly parts: number;
  readonly sender: PartyId;
  reader: PartyId | undefined;
  first: { readonly caseId: string; readonly parts: readonly RegisteredPart[]; readonly seq: number } | undefined;
  finding: Finding | undefined;
  doubt: string | undefined;
};

type State = { readonly course: Course; readonly deliveries: ByDelivery<Open> };

/**
 * Judges `intact@2`: every part that was sent stands in the case at its declared fidelity, in set, order and metadata;
 * and no later registration alters the first.
 *
 * @returns `judged` counts registered deliveries. Blames whoever it was offered to, or the sender where people made the case.
 * @source RULES.md, intact, *Fidelity*.
 */
export const intact: Rule<State> = {
  id: "intact",
  version: 2,
  reads: ["submitted", "offered", "registered"],
  start: (folds) => ({ course: folds.of(course), deliveries: new ByDelivery(folds.deliveries) }),
  step(state, entry) {
    if (entry.kind === "submitted")
      for (const { id } of entry.deliveries)
        state.deliveries.set(id, {
          parts: entry.parts.length,
          sender: entry.sender,
          reader: undefined,
          first: undefined,
          finding: undefined,
          doubt: undefined,
        });
    else if (entry.kind === "offered" || entry.kind === "registered") {
      const delivery = deliveryIn(entry);
      const open = delivery === undefined ? undefined : state.deliveries.get(delivery);
      if (delivery === undefined || open === undefined) return state;
      if (entry.kind === "offered") open.reader = entry.to;
      else register(delivery, open, entry, whoseCase(open.reader, open.sender, sutOf(state.course)));
    }
    return state;
  },
  end({ deliveries }) {
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    for (const [delivery, { first, finding, doubt }] of deliveries) {
      if (finding !== undefined) findings.push(finding);
      else if (doubt !== undefined) doubts.push({ delivery, because: doubt });
      if (first !== undefined && (finding !== undefined || doubt === undefined)) judged += 1;
    }
    return { judged, findings, doubts };
  },
};

function register(delivery: DeliveryId, open: Open, entry: EntryOf<"registered">, blames: PartyId): void {
  const { first } = open;
  open.first ??= { caseId: entry.caseId, parts: entry.parts, seq: entry.seq };
  const wrong = damage(entry, open.parts);
  if (wrong !== undefined && isUnreadable(entry)) open.doubt = "a probe could not read every part";
  else if (open.finding !== undefined) return;
  else if (wrong !== undefined)
    open.finding = {
      rule: "intact",
      delivery,
      blames,
      happened: `${delivery} was registered in ${entry.caseId}, but ${wrong}.`,
      because: "Every part of a concern may be the one that matters; the sender believes that all of it arrived.",
      next: "Compare each part with what was received, in number, order and length, before answering.",
      entries: [entry.seq],
    };
  else if (first !== undefined && first.caseId === entry.caseId && !sameParts(first.parts, entry.parts))
    open.finding = {
      rule: "intact",
      delivery,
      blames,
      happened: `A later registration of ${delivery} altered what ${entry.caseId} held.`,
      because: "A repeat must find what is there, not replace it.",
      next: `Register ${delivery} again with the same idempotency key and the same content, or not at all.`,
      entries: [entry.seq, first.seq].sort((a, b) => b - a),
    };
}

function damage(entry: EntryOf<"registered">, partsSent: number): string | undefined {
  const bad = entry.parts.find(({ ok }) => !ok);
  if (bad !== undefined) return `part "${bad.name}" is not what was sent (declared fidelity: ${bad.fidelity})`;
  if (entry.parts.length < partsSent) return `${entry.parts.length} of ${partsSent} parts are there`;
  if (!entry.whole) return "the set or order of its parts, or its metadata, differ from what was sent";
  return undefined;
}

function sameParts(a: readonly RegisteredPart[], b: readonly RegisteredPart[]): boolean {
  return a.length === b.length && a.every((part, i) => part.name === b[i]?.name);
}
