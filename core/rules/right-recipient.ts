import { appended } from "../appended.ts";
import { deliveryIn } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type CopyId, type DeliveryId, type PartyId, recipientId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { type Course, course, isSender, sutOf } from "./course.ts";
import { whoseCase } from "./municipality.ts";

/** Who must receive a delivery. Shared by all deliveries to the same: a run may have millions. */
type Address = {
  readonly municipalityNumber: string;
  /** Undefined where the sender named none. */
  readonly district: string | undefined;
  readonly class: "confidential" | "ordinary";
};

type Wrong = { readonly seq: number; readonly what: string; readonly copy: CopyId | undefined };

type Sent = {
  readonly due: Address;
  readonly sender: PartyId;
  reader: PartyId | undefined;
  /** Copies that were offered where the message was not for: whoever sent them there has misled their reader. */
  misaddressed: readonly CopyId[];
  /** Registered or shown, where it could be seen to whom. */
  judged: boolean;
};

export type RightRecipient = {
  readonly course: Course;
  readonly addresses: Map<string, Address>;
  readonly deliveries: ByDelivery<Sent>;
  judged: number;
  readonly wrong: Map<DeliveryId, Wrong[]>;
  readonly doubts: Map<DeliveryId, Doubt>;
  /** The recipients whose messages a person may see. */
  readonly entitled: Map<string, Set<string>>;
};

const none: readonly never[] = [];
const recipientForm = /^\d{4}-\d{2}$/;

/**
 * Judges `right-recipient@2`: a case stands with the municipality, district and class the sender named, and nobody
 * else sees it.
 *
 * `judged` counts deliveries registered or shown. Where the sender named no district any of the municipality's is
 * right: the channel's default is the sender's choice. Not exercised where one recipient alone is configured.
 *
 * @returns One finding a delivery, with every registration or showing that was wrong. Blames whoever it was offered to,
 * or the sender where people made the case, or where a sender under test had sent the copy to another.
 * @source RULES.md, right-recipient; PORT.md, *Where the facts of a message stand*.
 */
export const rightRecipient: Rule<RightRecipient> = {
  id: "right-recipient",
  version: 2,
  reads: ["submitted", "offered", "registered", "shown", "entitled"],
  start: (folds) => ({
    course: folds.of(course),
    addresses: new Map(),
    deliveries: new ByDelivery(folds.deliveries),
    judged: 0,
    wrong: new Map(),
    doubts: new Map(),
    entitled: new Map(),
  }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    look(state, entry);
    return state;
  },
  end(state) {
    const recipients = state.course.run?.parameters.recipients ?? [];
    if (recipients.length < 2) return { judged: 0, findings: [], doubts: [] };
    const findings = [...state.wrong].map(([delivery, wrong]) => found(state, delivery, wrong));
    const doubts = [...state.doubts.values()].filter(
      ({ delivery }) => delivery === undefined || !state.wrong.has(delivery),
    );
    return { judged: state.judged, findings, doubts };
  },
};

function look(state: RightRecipient, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted":
      for (const { id, municipalityNumber, district } of entry.deliveries)
        state.deliveries.set(id, {
          due: address(state, municipalityNumber, district, entry.class),
          sender: entry.sender,
          reader: undefined,
          misaddressed: none,
          judged: false,
        });
      return;
    case "offered": {
      const sent = state.deliveries.get(deliveryIn(entry) ?? "");
      if (sent === undefined) return;
      sent.reader = entry.to;
      const { copy, resource } = entry;
      if (copy !== undefined && !isFor(sent.due, resource)) sent.misaddressed = appended(sent.misaddressed, copy);
      return;
    }
    case "entitled": {
      if (entry.recipient === undefined) return;
      const known = state.entitled.get(entry.who) ?? new Set();
      if (entry.granted) known.add(entry.recipient);
      else known.delete(entry.recipient);
      state.entitled.set(entry.who, known);
      return;
    }
    case "registered":
    case "shown": {
      const delivery = deliveryIn(entry);
      const sent = delivery === undefined ? undefined : state.deliveries.get(delivery);
      if (delivery === undefined || sent === undefined) return;
      const { due } = sent;
      const said = entry.kind === "registered" ? wrongIn(due, entry) : wrongTo(state, due, entry);
      if (said.kind === "doubt") {
        state.doubts.set(delivery, { delivery, because: said.because });
        return;
      }
      if (!sent.judged) state.judged += 1;
      sent.judged = true;
      if (said.kind === "right") return;
      const known = state.wrong.get(delivery);
      const wrong = { seq: entry.seq, what: said.what, copy: entry.copy };
      if (known === undefined) state.wrong.set(delivery, [wrong]);
      else known.push(wrong);
      return;
    }
    default:
      return;
  }
}

function address(
  state: RightRecipient,
  municipalityNumber: string,
  district: string | undefined,
  cls: Address["class"],
): Address {
  const key = `${municipalityNumber} ${district} ${cls}`;
  let known = state.addresses.get(key);
  if (known === undefined) {
    known = { municipalityNumber, district, class: cls };
    state.addresses.set(key, known);
  }
  return known;
}

type Said =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly what: string }
  | { readonly kind: "doubt"; readonly because: string };
const right: Said = { kind: "right" };

function wrongIn(due: Address, entry: EntryOf<"registered">): Said {
  const { municipalityNumber, district } = entry;
  if (municipalityNumber === undefined)
    return { kind: "doubt", because: `Entry ${entry.seq} does not say which municipality the case stands with.` };
  if (municipalityNumber !== due.municipalityNumber)
    return { kind: "wrong", what: `registered with municipality ${municipalityNumber}` };
  if (due.district !== undefined && district === undefined)
    return { kind: "doubt", because: `Entry ${entry.seq} does not say which district the case stands with.` };
  if (due.district !== undefined && district !== due.district)
    return { kind: "wrong", what: `registered with district ${district}` };
  // Only some channels carry a class; a case that has none comes from one that does not.
  if (entry.class !== undefined && entry.class !== due.class)
    return { kind: "wrong", what: `registered as ${entry.class}` };
  return right;
}

function wrongTo(state: RightRecipient, due: Address, entry: EntryOf<"shown">): Said {
  const { to } = entry;
  if (recipientForm.test(to)) return covers(due, to) ? right : { kind: "wrong", what: `shown to the staff of ${to}` };
  const rights = state.entitled.get(to);
  if (rights === undefined && state.entitled.size === 0)
    return { kind: "doubt", because: `Nothing says which recipients' messages ${to} may see.` };
  for (const recipient of rights ?? []) if (covers(due, recipient)) return right;
  return { kind: "wrong", what: `shown to ${to}, who has no right to see it` };
}

function covers(due: Address, recipient: string): boolean {
  if (due.district === undefined) return recipient.startsWith(`${due.municipalityNumber}-`);
  return recipient === recipientId(due.municipalityNumber, due.district);
}

/** Whether a message is for whoever reads a resource: `4690-01`, or mail as `confidential/4690`. */
function isFor(due: Address, resource: string): boolean {
  const place = resource.slice(resource.indexOf("/") + 1);
  return recipientForm.test(place) ? covers(due, place) : place === due.municipalityNumber;
}

function found(state: RightRecipient, delivery: DeliveryId, wrong: readonly Wrong[]): Finding {
  const { due, sender = "", reader, misaddressed = none } = state.deliveries.get(delivery) ?? {};
  const [first] = wrong;
  const misled = isSender(state.course, sender) && first?.copy !== undefined && misaddressed.includes(first.copy);
  const place =
    due?.district === undefined ? `${due?.municipalityNumber}` : recipientId(due.municipalityNumber, due.district);
  return {
    rule: "right-recipient",
    delivery,
    blames: misled ? sender : whoseCase(reader, sender, sutOf(state.course)),
    happened: `${delivery}, ${due?.class} and addressed to ${place}, was ${[...new Set(wrong.map(({ what }) => what))].join("; ")}.`,
    because: "The office that must act does not see it, or people see it who have no right to.",
    next: "Take municipality and district from the message, and its class from the channel; a form addressed to a municipality that is not served gets a negative receipt and a report.",
    entries: wrong.map(({ seq }) => seq),
  };
}
