import { deliveryIn } from "../custody.ts";
import type { EntryOf } from "../ledger.ts";
import type { CopyId, DeliveryId, PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course, sutOf } from "./course.ts";

type Case = { readonly caseId: string; readonly copy: CopyId; readonly seq: number; readonly atMs: number };

type Open = {
  reader: PartyId | undefined;
  cases: readonly Case[];
  /** Rows without a case id. */
  rows: number;
  readonly links: { readonly copy: CopyId; readonly scope: string; readonly wireId: string }[];
  /** Answers "exists" to a delivery that was not registered, and how many there were in all. */
  refused: EntryOf<"refused"> | undefined;
  refusals: number;
};

type State = { readonly course: Course; readonly deliveries: Map<DeliveryId, Open> };

const none: readonly Case[] = [];

/**
 * Judges `one-case@1`: all copies of a delivery that share an identifier end in one case, counting cases that were
 * deleted again; and no copy is refused as existing while the delivery is not registered.
 *
 * @returns `judged` counts registered deliveries and answers "exists"; copies without a common identifier that became
 * two cases are a notice.
 * @source RULES.md, one-case; PORT.md, ruling 2 and *sameAs*; incidents.md, invariant 21.
 */
export const oneCase: Rule<State> = {
  id: "one-case",
  version: 1,
  reads: ["submitted", "linked", "offered", "registered", "refused", "restored"],
  start: (folds) => ({ course: folds.of(course), deliveries: new Map() }),
  step(state, entry) {
    switch (entry.kind) {
      case "submitted":
        for (const { id } of entry.deliveries)
          state.deliveries.set(id, {
            reader: undefined,
            cases: none,
            rows: 0,
            links: [],
            refused: undefined,
            refusals: 0,
          });
        break;
      case "restored":
        for (const open of state.deliveries.values())
          if (open.cases.length > 0) open.cases = open.cases.filter(({ atMs }) => atMs <= entry.toMs);
        break;
      case "linked":
      case "offered":
      case "registered":
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
      const pair = linkedPair(open);
      if (pair !== undefined) findings.push(twice(delivery, pair, blames));
      else notices.push({ delivery, because: "copies without a common identifier became separate cases" });
    }
    return { judged, findings, doubts, notices };
  },
};

function fold(
  open: Open,
  delivery: DeliveryId,
  entry: EntryOf<"linked"> | EntryOf<"offered"> | EntryOf<"registered"> | EntryOf<"refused">,
): void {
  const copy = entry.copy ?? delivery;
  switch (entry.kind) {
    case "linked":
      open.links.push({ copy, scope: entry.scope, wireId: entry.wireId });
      return;
    case "offered":
      open.reader = entry.to;
      return;
    case "registered":
      if (entry.caseId === "") open.rows += 1;
      else if (!open.cases.some(({ caseId }) => caseId === entry.caseId))
        open.cases = [...open.cases, { caseId: entry.caseId, copy, seq: entry.seq, atMs: entry.atMs }];
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
