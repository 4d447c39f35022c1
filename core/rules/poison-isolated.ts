import { parseBoundary } from "../boundary.ts";
import { rfc3339 } from "../calendar.ts";
import { deliveryIn } from "../custody.ts";
import { deadlines, dueMs, runTimetable, type Timetable } from "../deadlines.ts";
import type { EntryOf, LedgerEntry } from "../ledger.ts";
import { type DeliveryId, deliveryOf, type PartyId } from "../names.ts";
import type { Doubt, Finding, Judgement, Rule } from "../rule.ts";
import { flawOf, idsIn, names } from "./alarm.ts";
import { type Course, clockAtLeast, course, drainBoundMs } from "./course.ts";
import { type Conditions, conditionsFold } from "./excuse.ts";
import { type Hindrance, hindrance, isDown } from "./hindrance.ts";
import { lifeEndOf } from "./life.ts";
import { reportDueMs, type Sinks, sinks } from "./sinks.ts";

/** A message that is meant to crash its readers. */
type Poison = {
  readonly delivery: DeliveryId;
  /** Who it was offered to first, where and when; `seq` is -1 before. */
  sut: PartyId;
  seq: number;
  atMs: number;
  /** Infinity where no clock ends it. */
  lifeEndsMs: number;
  /** When the system had it in hand. */
  toldMs: number | undefined;
  toldSeq: number;
  readonly holders: Set<PartyId>;
  /** When nobody held it any more, and it was on no paper either. */
  lostMs: number | undefined;
  lostSeq: number;
  ended: boolean;
  registered: boolean;
  alertedMs: number | undefined;
};

/** A healthy message that was offered while poison lay beside it. */
type Neighbour = {
  readonly delivery: DeliveryId;
  readonly sut: PartyId;
  readonly channel: PartyId;
  readonly seq: number;
  readonly atMs: number;
  readonly poison: Poison;
  registeredMs: number | undefined;
  registeredSeq: number;
  deadletteredSeq: number | undefined;
  /** The world struck it, or all of us, while it was on its way. */
  faulted: boolean;
  /** The same once it was registered: attempts that are lost then are not lost to the poison. */
  struckSince: boolean;
};

export type PoisonIsolated = {
  readonly course: Course;
  readonly conditions: Conditions;
  readonly hindrance: Hindrance;
  readonly sinks: Sinks;
  readonly table: Timetable;
  readonly invalid: Set<DeliveryId>;
  readonly poisons: Map<DeliveryId, Poison>;
  readonly neighbours: Map<DeliveryId, Neighbour>;
  /** Where a system under test has no right to read now, by channel and resource. */
  readonly rightless: Set<string>;
  /** An outage that still lasts strikes what is offered meanwhile. */
  outUntilMs: number;
  /** A system under test has fallen over by itself and was not started again yet. */
  fellOver: boolean;
  lastMs: number;
};

/** k: a neighbour may take this many times what it takes in a run without poison. */
const slower = 3;

/**
 * Judges `poison-isolated@2`: a message that crashes its readers hurts no other, is kept, and is reported.
 *
 * `judged` counts neighbours – healthy messages offered within the poison's life and not struck by a fault – and
 * poisoned messages that a system had in hand. A neighbour is registered within D, not dead-lettered, and at most three
 * times slower than in the twin run without poison, or later by one lock; without a twin run only D binds.
 *
 * @returns Findings that blame the reader, for each neighbour hurt, and for poison lost or kept quiet.
 * @source RULES.md, poison-isolated; fiks.md, B8 and B9.
 */
export const poisonIsolated: Rule<PoisonIsolated> = {
  id: "poison-isolated",
  version: 2,
  reads: [
    "phase",
    "faulted",
    "stopped",
    "paused",
    "crashed",
    "started",
    "effected",
    "restored",
    "submitted",
    "offered",
    "told",
    "held",
    "dropped",
    "registered",
    "returned",
    "printed",
    "quarantined",
    "alerted",
    "entitled",
  ],
  start: (folds) => ({
    course: folds.of(course),
    conditions: folds.of(conditionsFold),
    hindrance: folds.of(hindrance),
    sinks: folds.of(sinks),
    table: folds.of(runTimetable),
    invalid: new Set(),
    poisons: new Map(),
    neighbours: new Map(),
    rightless: new Set(),
    outUntilMs: Number.NEGATIVE_INFINITY,
    fellOver: false,
    lastMs: 0,
  }),
  step(state, entry) {
    if (entry.by === "claim") return state;
    state.lastMs = entry.atMs;
    follow(state, entry);
    return state;
  },
  end: judge,
};

function follow(state: PoisonIsolated, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "submitted":
      if (entry.planted === "invalid") for (const { id } of entry.deliveries) state.invalid.add(id);
      if (entry.planted === "poison") for (const { id } of entry.deliveries) state.poisons.set(id, poisoned(id));
      return;
    case "faulted":
      if (entry.outcome === "injected") strike(state, entry);
      return;
    case "entitled":
      if (state.hindrance.suts.has(entry.who)) turn(state, entry);
      return;
    case "effected":
      if (entry.change.endsWith("→ requeued") && entry.exchange === undefined && !state.fellOver)
        takenBack(state, entry);
      return;
    case "started":
      if (state.hindrance.suts.has(entry.party)) state.fellOver = false;
      return;
    case "phase":
      if (entry.phase === "heal") state.outUntilMs = Math.min(state.outUntilMs, entry.atMs);
      return;
    case "stopped":
    case "paused":
    case "restored":
      strikeAll(state);
      return;
    case "crashed":
      if (entry.why === undefined) strikeAll(state);
      else if (state.hindrance.suts.has(entry.party)) state.fellOver = true;
      return;
    default:
      if (state.poisons.size > 0) watch(state, entry);
      return;
  }
}

function watch(state: PoisonIsolated, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "offered":
      offer(state, entry);
      return;
    case "told":
      if (!state.hindrance.suts.has(entry.to)) return;
      for (const copy of entry.copies) {
        const poison = state.poisons.get(deliveryOf(copy));
        if (poison === undefined || poison.toldMs !== undefined) continue;
        poison.toldMs = entry.atMs;
        poison.toldSeq = entry.seq;
      }
      return;
    case "alerted":
      if (flawOf(entry) !== undefined || (entry.exchange !== undefined && state.sinks.leaking.has(entry.exchange)))
        return;
      for (const poison of state.poisons.values())
        if (idsIn(entry).some((id) => names(id, poison.delivery))) poison.alertedMs ??= entry.atMs;
      return;
    case "held":
    case "dropped":
    case "registered":
    case "returned":
    case "printed":
    case "quarantined": {
      const delivery = deliveryIn(entry);
      if (delivery === undefined) return;
      const poison = state.poisons.get(delivery);
      if (poison !== undefined) keep(poison, entry);
      const neighbour = state.neighbours.get(delivery);
      if (neighbour === undefined) return;
      if (entry.kind === "registered" && neighbour.registeredMs === undefined) {
        neighbour.registeredMs = entry.atMs;
        neighbour.registeredSeq = entry.seq;
      }
      if (entry.kind === "dropped" && entry.why === "deadlettered" && !neighbour.struckSince)
        neighbour.deadletteredSeq ??= entry.seq;
      return;
    }
    default:
      return;
  }
}

function offer(state: PoisonIsolated, entry: EntryOf<"offered">): void {
  const delivery = deliveryIn(entry);
  if (delivery === undefined || !state.hindrance.suts.has(entry.to)) return;
  const poison = state.poisons.get(delivery);
  if (poison !== undefined) {
    // Whoever offers it holds it; others say so themselves.
    hold(poison, entry.channel);
    poison.lifeEndsMs = Math.max(poison.lifeEndsMs, lifeEndOf(entry));
    if (poison.seq >= 0) return;
    poison.sut = entry.to;
    poison.seq = entry.seq;
    poison.atMs = entry.atMs;
    return;
  }
  if (state.invalid.has(delivery) || state.neighbours.has(delivery)) return;
  for (const poison of state.poisons.values()) {
    if (entry.atMs > poison.lifeEndsMs) continue;
    state.neighbours.set(delivery, {
      delivery,
      sut: entry.to,
      channel: entry.channel,
      seq: entry.seq,
      atMs: entry.atMs,
      poison,
      registeredMs: undefined,
      registeredSeq: -1,
      deadletteredSeq: undefined,
      faulted:
        isDown(state.hindrance) ||
        entry.atMs < state.outUntilMs ||
        state.rightless.has(`${entry.channel} ${entry.resource}`),
      struckSince: false,
    });
    return;
  }
}

/** The channel took it back when the connection was gone: nobody has it in hand until it is handed over again. */
function takenBack(state: PoisonIsolated, entry: EntryOf<"effected">): void {
  const poison = state.poisons.get(deliveryIn(entry) ?? "");
  if (poison === undefined || poison.alertedMs !== undefined) return;
  if (poison.toldMs !== undefined && entry.atMs > dueMs(state.table, deadlines.report, poison.toldMs)) return;
  poison.toldMs = undefined;
}

function poisoned(delivery: DeliveryId): Poison {
  return {
    delivery,
    sut: "",
    seq: -1,
    atMs: 0,
    lifeEndsMs: Number.NEGATIVE_INFINITY,
    toldMs: undefined,
    toldSeq: -1,
    holders: new Set(),
    lostMs: undefined,
    lostSeq: -1,
    ended: false,
    registered: false,
    alertedMs: undefined,
  };
}

function keep(
  poison: Poison,
  entry: EntryOf<"held" | "dropped" | "registered" | "returned" | "printed" | "quarantined">,
): void {
  switch (entry.kind) {
    case "registered":
      poison.registered = true;
      return;
    case "returned":
    case "printed":
      poison.ended = true;
      return;
    case "held":
      if (entry.durability !== "memory" && entry.durability !== "unknown") hold(poison, entry.party);
      return;
    case "quarantined":
      if (entry.retrievable) hold(poison, entry.party);
      return;
    case "dropped":
      poison.holders.delete(entry.party);
      if (poison.holders.size > 0 || poison.lostMs !== undefined) return;
      poison.lostMs = entry.atMs;
      poison.lostSeq = entry.seq;
      return;
  }
}

function hold(poison: Poison, party: PartyId): void {
  poison.holders.add(party);
  poison.lostMs = undefined;
}

/** A right that the world takes away strikes what lies there, and what comes until it is given back. */
function turn(state: PoisonIsolated, { channel, resource, granted }: EntryOf<"entitled">): void {
  const place = `${channel} ${resource}`;
  if (granted) state.rightless.delete(place);
  else {
    state.rightless.add(place);
    strikeAll(state);
  }
}

/** Marks who is struck: the message a boundary is about, or everybody on the way. */
function strike(state: PoisonIsolated, entry: EntryOf<"faulted">): void {
  if (entry.untilMs !== undefined) state.outUntilMs = Math.max(state.outUntilMs, entry.untilMs);
  if (entry.untilMs !== undefined || entry.family === "process") {
    strikeAll(state);
    return;
  }
  const struck = deliveryAt(entry.boundary);
  if (struck === undefined) strikeAll(state);
  else {
    const neighbour = state.neighbours.get(struck);
    if (neighbour !== undefined) hit(neighbour);
  }
}

function strikeAll(state: PoisonIsolated): void {
  for (const neighbour of state.neighbours.values()) hit(neighbour);
}

function hit(neighbour: Neighbour): void {
  if (neighbour.deadletteredSeq !== undefined) return;
  if (neighbour.registeredMs === undefined) neighbour.faulted = true;
  else neighbour.struckSince = true;
}

/** The one delivery a boundary is about; undefined where it is about several, or none. */
function deliveryAt(boundary: string): DeliveryId | undefined {
  if (boundary.includes("*") || !boundary.includes("(")) return undefined;
  const read = parseBoundary(boundary);
  if (read.kind !== "named" || read.exchange.subject.kind !== "one") return undefined;
  const { label, recipient } = read.exchange.subject;
  return recipient === undefined ? label : `${label}@${recipient}`;
}

function judge(state: PoisonIsolated): Judgement {
  const findings: Finding[] = [];
  const doubts: Doubt[] = [];
  let judged = 0;
  const endMs = state.course.endMs ?? state.lastMs;
  for (const neighbour of state.neighbours.values()) {
    if (neighbour.faulted) continue;
    const due = neighbour.atMs + drainBoundMs(state.course, neighbour.channel);
    const { registeredMs, deadletteredSeq } = neighbour;
    if (registeredMs === undefined && deadletteredSeq === undefined && endMs <= due) continue;
    judged += 1;
    const hurt = harm(state, neighbour, due);
    if (hurt !== undefined) findings.push(hurtNeighbour(neighbour, hurt));
  }
  for (const poison of state.poisons.values()) {
    if (poison.toldMs === undefined || poison.registered) continue;
    if (!clockAtLeast(state.course, "compressed")) {
      doubts.push({
        delivery: poison.delivery,
        because: "The system's clock was not ours to move, so neither 24 hours nor seven days passed for it.",
      });
      continue;
    }
    const due = reportDueMs(state.sinks, state.hindrance, poison.delivery, poison.toldMs);
    const warned = poison.alertedMs !== undefined && poison.alertedMs <= due;
    const keptMs = dueMs(state.table, deadlines.act, poison.atMs);
    const lost = poison.lostMs !== undefined && poison.lostMs < keptMs && !poison.ended;
    const quiet = !warned && endMs > due;
    if (!lost && !quiet && !(warned && (poison.ended || endMs >= keptMs))) continue;
    judged += 1;
    if (lost) findings.push(lostPoison(state, poison));
    else if (quiet) findings.push(quietPoison(state, poison, due));
  }
  return { judged, findings, doubts };
}

type Harm = { readonly what: string; readonly seq: number | undefined };

function harm(state: PoisonIsolated, neighbour: Neighbour, due: number): Harm | undefined {
  const { delivery, atMs, registeredMs, registeredSeq, deadletteredSeq } = neighbour;
  const ways = state.conditions.deliveries.get(delivery)?.ways ?? [];
  const isOurDoing = ways.some(({ exhausted }) => exhausted >= 0);
  if (deadletteredSeq !== undefined && !isOurDoing)
    return { what: "lost its attempts and was dead-lettered", seq: deadletteredSeq };
  if (registeredMs === undefined) return { what: "was never registered", seq: undefined };
  if (registeredMs > due) return { what: "was registered after D", seq: registeredSeq };
  const twin = state.course.run?.parameters.twinLatencyMs?.[delivery];
  if (twin === undefined) return undefined;
  const allowedMs = Math.max(slower * twin, dueMs(state.table, deadlines.lock, twin));
  if (registeredMs - atMs <= allowedMs) return undefined;
  return {
    what: `took ${registeredMs - atMs} ms, where it takes ${twin} ms without the poison`,
    seq: registeredSeq,
  };
}

function hurtNeighbour({ delivery, sut, seq, poison }: Neighbour, { what, seq: proof }: Harm): Finding {
  return {
    rule: "poison-isolated",
    delivery,
    blames: sut,
    happened: `${delivery} ${what}, because ${poison.delivery} lay beside it.`,
    because: "One message that cannot be read must not hold up or use up the attempts of the others.",
    next: `Catch what a message makes of you message by message; put aside what fails for good, report it, and go on with the next.`,
    entries: [poison.seq, seq, ...(proof === undefined ? [] : [proof])],
  };
}

function lostPoison(state: PoisonIsolated, { delivery, sut, seq, atMs, lostSeq }: Poison): Finding {
  const until = rfc3339(state.table.startEpochMs + dueMs(state.table, deadlines.act, atMs));
  return {
    rule: "poison-isolated",
    delivery,
    blames: sut,
    happened: `Nobody held ${delivery} any more before ${until}, and it was neither on paper nor returned.`,
    because: "It cannot be read by a machine, but it is about a child: a person must be able to get at it.",
    next: "Keep it raw in a retrievable place for seven days at least, or answer with a negative receipt while the sender still has it.",
    entries: [seq, lostSeq],
  };
}

function quietPoison(state: PoisonIsolated, { delivery, sut, seq, toldSeq }: Poison, due: number): Finding {
  return {
    rule: "poison-isolated",
    delivery,
    blames: sut,
    happened: `${sut} had ${delivery}, which it cannot handle, in hand, and by ${rfc3339(state.table.startEpochMs + due)} nobody had been told.`,
    because: "What a system cannot read, a person must.",
    next: `Report ${delivery} to a staffed sink by its id within 24 hours.`,
    entries: [seq, toldSeq],
  };
}
