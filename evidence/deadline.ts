import { dayMs } from "../core/calendar.ts";
import { deliveryIn } from "../core/custody.ts";
import { deadlines, dueMs, type Timetable, timetable } from "../core/deadlines.ts";
import type { EntryOf, LedgerEntry } from "../core/ledger.ts";
import { type DeliveryId, deliveryOf, type PartyId } from "../core/names.ts";
import type { Finding } from "../core/rule.ts";
import type { DeadlineMet } from "./path-event.ts";

/** A deadline that passed with no end known, ms since the run began, and what it says of a finding. */
export type Deadline = {
  readonly atMs: number;
  readonly met: DeadlineMet;
  readonly mark: "broken" | "proof" | "none";
};

/** A way on which a sender has tried to reach an end: from its first copy there to the first one on another. */
type Leg = {
  readonly atMs: number;
  channel: PartyId | undefined;
  /** Undefined where no clock of the sender's ends a copy. */
  lifeMs: number | undefined;
};

/** What of a delivery its deadlines go by. */
type Sent = {
  readonly sender: PartyId;
  readonly legs: Leg[];
  /** The sender was told that another took it on: the lives of what that one sends are its own affair. */
  carried: boolean;
  /** When it had come to an end, or the run had. */
  overMs: number;
  alertedMs: number;
  expired: EntryOf<"dropped"> | undefined;
};

/**
 * The deadlines of a sender under test that passed while a delivery had no end, and the one that a finding is about, in
 * order.
 *
 * A finding by a deadline says when that was over: then, and not at the bare limit, the duty was broken.
 */
export function deadlinesOf(
  ledger: readonly LedgerEntry[],
  delivery: DeliveryId | undefined,
  finding?: Finding,
): Deadline[] {
  const [head] = ledger;
  if (head?.kind !== "run" || delivery === undefined) return [];
  const senders = new Set(head.suts.flatMap(({ party, role }) => (role === "sender" ? [party] : [])));
  const sent = followed(ledger, delivery, senders);
  const table = timetable(head.parameters.startsAt);
  const about = finding === undefined ? [] : missed(finding, sent);
  const stuck = about.some(({ met }) => met === "stuck");
  const others =
    sent === undefined ? [] : passed(sent, table, finding).filter(({ met }) => met !== "escalate" || !stuck);
  return [...others, ...about].sort((a, b) => a.atMs - b.atMs);
}

const never = Number.POSITIVE_INFINITY;

/** Undefined where no sender under test sent it. */
function followed(
  ledger: readonly LedgerEntry[],
  delivery: DeliveryId,
  senders: ReadonlySet<PartyId>,
): Sent | undefined {
  let sent: Sent | undefined;
  for (const entry of ledger) {
    if (entry.kind === "submitted" && senders.has(entry.sender) && entry.deliveries.some(({ id }) => id === delivery))
      sent = begun(entry);
    if (sent === undefined) continue;
    if (isAbout(entry, delivery)) follow(sent, entry);
  }
  // Nothing is known of what comes after the run.
  if (sent !== undefined) sent.overMs = Math.min(sent.overMs, ledger.at(-1)?.atMs ?? never);
  return sent;
}

function begun({ sender, atMs }: EntryOf<"submitted">): Sent {
  const leg = { atMs, channel: undefined, lifeMs: undefined };
  return { sender, legs: [leg], carried: false, overMs: never, alertedMs: never, expired: undefined };
}

function isAbout(entry: LedgerEntry, delivery: DeliveryId): boolean {
  const is = (id: string): boolean => deliveryOf(id) === delivery;
  if (entry.kind === "alerted" && entry.ids.some(is)) return true;
  if (entry.kind === "told") return entry.copies.some(is);
  return deliveryIn(entry) === delivery;
}

function follow(sent: Sent, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "told":
      if (entry.to === sent.sender && entry.takesDebt !== undefined) sent.carried = true;
      return;
    case "alerted":
      sent.alertedMs = Math.min(sent.alertedMs, entry.atMs);
      return;
    case "offered":
      offer(sent, entry);
      return;
    case "opened":
      if (entry.opener === "person") sent.overMs = Math.min(sent.overMs, entry.atMs);
      return;
    case "registered":
    case "printed":
    case "returned":
      sent.overMs = Math.min(sent.overMs, entry.atMs);
      return;
    case "dropped":
      if (entry.lastPath) sent.expired ??= entry;
      return;
    default:
      return;
  }
}

function offer({ legs, carried }: Sent, { atMs, channel, lifeEndsMs }: EntryOf<"offered">): void {
  const leg = legs.at(-1);
  const lifeMs = carried || lifeEndsMs === undefined ? undefined : lifeEndsMs - atMs;
  if (leg === undefined || (leg.channel !== undefined && leg.channel !== channel)) {
    legs.push({ atMs, channel, lifeMs });
    return;
  }
  leg.channel = channel;
  leg.lifeMs = Math.min(leg.lifeMs ?? never, lifeMs ?? never);
  if (leg.lifeMs === never) leg.lifeMs = undefined;
}

function passed({ legs, overMs, alertedMs }: Sent, table: Timetable, finding: Finding | undefined): Deadline[] {
  return legs.flatMap(({ atMs: fromMs, lifeMs }, i): Deadline[] => {
    const untilMs = Math.min(overMs, legs[i + 1]?.atMs ?? never);
    const warnMs = dueMs(table, deadlines.warn, fromMs, lifeMs);
    const escalateMs = dueMs(table, deadlines.escalate, fromMs, lifeMs);
    const mark = finding?.rule === "watched-channel" && i === 0 ? "proof" : "none";
    return [
      ...(warnMs < untilMs && warnMs < alertedMs ? [{ atMs: warnMs, met: "warn", mark } as const] : []),
      ...(escalateMs < untilMs ? [{ atMs: escalateMs, met: "escalate", mark: "none" } as const] : []),
    ];
  });
}

function missed(finding: Finding, sent: Sent | undefined): Deadline[] {
  switch (finding.rule) {
    case "end-state-deadline": {
      const { missed: limit } = finding;
      if (limit === undefined) return [];
      return [{ atMs: limit.atMs, met: limit.limit === "T_escalate" ? "stuck" : "unwarned", mark: "broken" }];
    }
    case "no-silent-expiry": {
      const [lifeMs, gone] = [sent?.legs[0]?.lifeMs, sent?.expired];
      if (lifeMs === undefined || gone === undefined) return [];
      return [{ atMs: gone.atMs - Math.min(dayMs, lifeMs / 2), met: "lastWarning", mark: "proof" }];
    }
    default:
      return [];
  }
}
