import { type Chain, type Custody, custodyFold, deliveryIn, hasEnded, isUndone } from "../custody.ts";
import { ByDelivery } from "../deliveries.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "../names.ts";
import type { Doubt, Finding, Rule } from "../rule.ts";
import { deliveriesIn, flawOf, hasNoSink, type Recipients, recipients } from "./alarm.ts";
import { type Course, clockAtLeast, course, isIntegration, isSut } from "./course.ts";

const dayMs = 86_400_000;

type Warned = {
  /** Earliest alarm that reached somebody and names it. */
  alertedMs: number;
  alertedSeq: number;
  readonly toldNo: { readonly to: PartyId; readonly atMs: number; readonly seq: number }[];
  /** Who was handed the content. */
  reader: PartyId | undefined;
  /** Whether a person has read it. */
  opened: boolean;
  /** The latest of its copies to go; -1 before. */
  droppedSeq: number;
};

/** The last path of a delivery that had not ended, closed by a clock. */
type Expiry = {
  readonly delivery: DeliveryId;
  readonly drop: EntryOf<"dropped">;
  readonly lifeMs: number;
  readonly sender: PartyId;
  /** Who owed it, or deleted it on purpose. */
  readonly debtor: PartyId;
};

type State = {
  readonly course: Course;
  readonly chain: Chain;
  readonly recipients: Recipients;
  readonly warned: ByDelivery<Warned>;
  /** Requests to delete something, on their way, and whose they are. */
  readonly purging: Map<ExchangeName, PartyId>;
  readonly expiries: Expiry[];
};

/**
 * Judges `no-silent-expiry@2`: where a clock or a counter ends the last path of a delivery that has not ended, a person
 * was warned 24 h before (half the copy's life if that is shorter), and the sender is told no within 24 h.
 *
 * A sender under test is told no by what it asks once the copy is gone. What a person has opened does not go in silence.
 *
 * @returns `judged` counts such expiries. Blames the debtor, the system under test that had read it and stayed quiet, or
 * whoever asked for it to be deleted.
 * @source RULES.md, no-silent-expiry, *Alarm*; PORT.md, ruling 4; incidents.md, invariants 8 and 13; docs/adr/0020.
 */
export const noSilentExpiry: Rule<State> = {
  id: "no-silent-expiry",
  version: 2,
  reads: ["asked", "alerted", "told", "untold", "fetched", "opened", "dropped"],
  start: (folds) => ({
    course: folds.of(course),
    chain: folds.of(custodyFold),
    recipients: folds.of(recipients),
    warned: new ByDelivery(folds.deliveries),
    purging: new Map(),
    expiries: [],
  }),
  step(state, entry) {
    note(state, entry);
    return state;
  },
  end({ course, warned, expiries }) {
    const findings: Finding[] = [];
    const doubts: Doubt[] = [];
    let judged = 0;
    const seen = new Set<DeliveryId>();
    for (const expiry of expiries) {
      const { delivery, drop } = expiry;
      const warning = warned.get(delivery);
      const lead = Math.min(dayMs, expiry.lifeMs / 2);
      const alerted = warning !== undefined && warning.alertedMs <= drop.atMs - lead;
      const told = isTold(course, expiry, warning);
      const doubt = alerted && told ? undefined : doubtAbout(course, drop, alerted);
      if (doubt !== undefined) {
        doubts.push({ delivery, because: doubt });
        continue;
      }
      judged += 1;
      if ((alerted && told) || seen.has(delivery)) continue;
      seen.add(delivery);
      findings.push(silent(expiry, warning, alerted, told, course));
    }
    return { judged, findings, doubts };
  },
};

/** Whether the sender was told no in time; one under test only by what it asked after the copy was gone. */
function isTold(course: Course, { drop, sender }: Expiry, warning: Warned | undefined): boolean {
  const afterSeq = isSut(course, sender) ? drop.seq : -1;
  const answers = warning?.toldNo ?? [];
  return answers.some(({ to, atMs, seq }) => to !== drop.party && seq > afterSeq && atMs <= drop.atMs + dayMs);
}

function doubtAbout(course: Course, drop: EntryOf<"dropped">, alerted: boolean): string | undefined {
  if (!clockAtLeast(course, "compressed")) return "lifetimes cannot be judged on a clock worse than compressed";
  if (!alerted && hasNoSink(course)) return "no alarm sink was declared, so a warning could not be seen";
  if (course.endMs === undefined || (alerted && course.endMs < drop.atMs + dayMs))
    return "the run ended before the sender's 24 h were over";
  return undefined;
}

function warnedOf(state: State, delivery: DeliveryId): Warned {
  const known = state.warned.get(delivery);
  if (known !== undefined) return known;
  const fresh: Warned = {
    alertedMs: Number.POSITIVE_INFINITY,
    alertedSeq: -1,
    toldNo: [],
    reader: undefined,
    opened: false,
    droppedSeq: -1,
  };
  state.warned.set(delivery, fresh);
  return fresh;
}

function note(state: State, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "alerted":
      if (flawOf(entry) !== undefined) return;
      for (const delivery of deliveriesIn(entry, state.recipients)) {
        const warned = warnedOf(state, delivery);
        if (warned.alertedSeq >= 0) continue;
        warned.alertedMs = entry.atMs;
        warned.alertedSeq = entry.seq;
      }
      return;
    case "asked":
      if (entry.operation === "purge" && entry.exchange !== undefined) state.purging.set(entry.exchange, entry.asker);
      return;
    case "untold":
      if (entry.exchange !== undefined && state.purging.size > 0) state.purging.delete(entry.exchange);
      return;
    case "told":
      if (entry.exchange !== undefined && state.purging.size > 0) state.purging.delete(entry.exchange);
      if (entry.saying === "negative") hear(state, entry);
      return;
    case "opened": {
      const delivery = deliveryIn(entry);
      if (delivery !== undefined && entry.opener === "person") warnedOf(state, delivery).opened = true;
      return;
    }
    case "fetched": {
      const delivery = deliveryIn(entry);
      if (delivery !== undefined && isSut(state.course, entry.reader)) warnedOf(state, delivery).reader = entry.reader;
      return;
    }
    case "dropped":
      if (entry.lastPath && (entry.why === "expired" || entry.why === "purged" || entry.why === "deadlettered"))
        expire(state, entry);
      return;
    default:
      return;
  }
}

function hear(state: State, { to, atMs, seq, copies }: EntryOf<"told">): void {
  for (const copy of copies) {
    const delivery = deliveryOf(copy);
    const isSender = state.chain.deliveries.get(delivery)?.sender === to;
    if (!isSender && isSut(state.course, to)) continue;
    const { toldNo, droppedSeq } = warnedOf(state, delivery);
    const last = toldNo.at(-1);
    // Whoever asks every hour is told the same every hour: the first word after each drop is enough.
    if (last?.to !== to || last.seq < droppedSeq) toldNo.push({ to, atMs, seq });
  }
}

function expire(state: State, drop: EntryOf<"dropped">): void {
  const delivery = deliveryIn(drop);
  const custody = delivery === undefined ? undefined : state.chain.deliveries.get(delivery);
  if (custody === undefined || hasEnded(custody) || isUndone(custody) || isKeptAndReported(state, custody)) return;
  const warned = warnedOf(state, custody.delivery);
  if (warned.opened) return;
  warned.droppedSeq = drop.seq;
  const purger = drop.exchange === undefined ? undefined : state.purging.get(drop.exchange);
  const { sender } = custody;
  const lifeMs = custody.letGoSinceMs < 0 ? 0 : drop.atMs - custody.letGoSinceMs;
  state.expiries.push({ delivery: custody.delivery, drop, lifeMs, sender, debtor: purger ?? custody.debtor });
}

/** Kept raw by the system under test, and reported by id: handled, and its expiry no silence (PORT.md, ruling 4). */
function isKeptAndReported(state: State, custody: Custody): boolean {
  if ((state.warned.get(custody.delivery)?.alertedSeq ?? -1) < 0) return false;
  return custody.holdings.some(({ party }) => isIntegration(state.course, party));
}

function silent(
  { delivery, drop, debtor }: Expiry,
  warning: Warned | undefined,
  alerted: boolean,
  told: boolean,
  course: Course,
): Finding {
  const blames = isSut(course, debtor) ? debtor : (warning?.reader ?? debtor);
  const missing = [
    ...(alerted
      ? []
      : [warning === undefined || warning.alertedSeq < 0 ? "nobody was warned" : "the warning came too late"]),
    ...(told ? [] : ["the sender was not told"]),
  ].join(", and ");
  const deed = { expired: "expired at", purged: "was deleted by", deadlettered: "was given up by" };
  const why = drop.why as keyof typeof deed;
  return {
    rule: "no-silent-expiry",
    delivery,
    blames,
    happened: `${drop.copy ?? delivery} ${deed[why]} ${drop.party} with nothing behind it, and ${missing}.`,
    because: "The last copy on its way went because time passed. Without a warning in time nobody can still save it.",
    next: `Let ${blames} alert a named person with the id of ${delivery} a day before its life ends, and answer the sender.`,
    entries: [drop.seq, ...(warning !== undefined && warning.alertedSeq >= 0 ? [warning.alertedSeq] : [])],
  };
}
