import { type Chain, hasEnded, startChain, stepChain } from "../core/custody.ts";
import type { EntryKind, EntryOf, LedgerEntry, ReasonClass, Saying } from "../core/ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "../core/names.ts";
import type { Finding } from "../core/rule.ts";

/** How an exchange ended for its asker. `open` where it never heard anything. */
export type AnswerHeard =
  | { readonly kind: "told"; readonly saying: Saying; readonly code: string }
  | { readonly kind: "untold"; readonly how: EntryOf<"untold">["how"] }
  | { readonly kind: "open" };

/** One thing that happened to a delivery. */
export type PathEvent =
  | { readonly kind: "submitted"; readonly sender: PartyId; readonly to: string }
  | { readonly kind: "accepted"; readonly party: PartyId; readonly answer: AnswerHeard }
  | { readonly kind: "offered"; readonly channel: PartyId; readonly to: PartyId; readonly lifeMs: number }
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
  | {
      readonly kind: "receipted";
      readonly by: PartyId;
      readonly saying: "positive" | "negative";
      readonly answer: AnswerHeard;
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
  | { readonly kind: "registered"; readonly caseId: string; readonly at: string; readonly whole: boolean }
  | { readonly kind: "dropped"; readonly party: PartyId; readonly why: EntryOf<"dropped">["why"] }
  | { readonly kind: "quarantined"; readonly party: PartyId; readonly retrievable: boolean }
  | { readonly kind: "refused"; readonly party: PartyId; readonly permanent: boolean; readonly code: string }
  | { readonly kind: "returned"; readonly to: PartyId; readonly reason: ReasonClass }
  | { readonly kind: "printed"; readonly to: string; readonly reason: ReasonClass }
  | { readonly kind: "resent"; readonly as: string }
  | { readonly kind: "opened"; readonly opener: "person" | "machine"; readonly who: string }
  | { readonly kind: "alerted"; readonly sink: PartyId; readonly about: string; readonly bounced: boolean }
  | { readonly kind: "leaked"; readonly where: string; readonly planted: string }
  | {
      readonly kind: "crashed";
      readonly party: PartyId;
      readonly class: "process" | "power";
      readonly why?: string;
      readonly own: boolean;
    }
  | { readonly kind: "stopped"; readonly party: PartyId }
  | { readonly kind: "restored"; readonly party: PartyId }
  | { readonly kind: "faulted"; readonly fault: string; readonly boundary: string; readonly forMs?: number }
  | { readonly kind: "phase"; readonly phase: EntryOf<"phase">["phase"] }
  | { readonly kind: "read"; readonly reader: string; readonly resource: string; readonly credit: boolean }
  /** An entry about something else, by which a finding sees that a time limit has passed. */
  | { readonly kind: "overdue" }
  /** An entry that a finding rests on and that has no telling of its own. */
  | { readonly kind: "noted"; readonly entry: EntryKind };

/** How a party stands to the delivery: holds it durably or in memory only, owes it or not. */
export type Standing = { readonly holds: "durably" | "in memory" | "not"; readonly owes: boolean };

export type PathStep = {
  readonly atMs: number;
  readonly event: PathEvent;
  /** `seq` of the entries it tells of. */
  readonly entries: readonly number[];
  /** Faults of ours that struck in it, by id. */
  readonly faults: readonly string[];
  /** How often it came in a row, and when last. */
  readonly times: number;
  readonly lastMs: number;
  /** How the parties stood afterwards. */
  readonly standing: Readonly<Record<PartyId, Standing>>;
  /** `broken` where the handover broke; `proof` where a finding rests on it. */
  readonly mark: "broken" | "proof" | "none";
  /** The last copy went here, with the delivery not yet at an end. */
  readonly gone: boolean;
};

export type Path = {
  readonly delivery: DeliveryId | undefined;
  /** Parties that ever held or owed it, in the order a message travels. */
  readonly parties: readonly PartyId[];
  readonly steps: readonly PathStep[];
};

type Draft = {
  readonly atMs: number;
  event: PathEvent;
  entries: number[];
  faults: string[];
  standing: Record<PartyId, Standing>;
  ended: boolean;
};

const travel = ["sender", "portal", "police", "fiks-io", "svarinn", "altinn", "eformidling", "integration", "receiver"];

/**
 * What happened to one delivery, in order: who held it and who owed it after each step, and where the handover broke.
 *
 * @param delivery Absent for a finding about no delivery: then only what the finding rests on is told.
 * @param finding Marks the entries that prove it; the first is where the handover broke.
 */
export function pathOf(
  ledger: readonly LedgerEntry[],
  delivery: DeliveryId | undefined,
  finding?: Pick<Finding, "entries">,
): Path {
  const proof = new Set(finding?.entries ?? []);
  const walk = new Walk(delivery, exchangesAbout(ledger, delivery), proof);
  for (const entry of ledger) walk.take(entry);
  const steps = joined(walk.drafts, finding?.entries[0], proof);
  return { delivery, parties: partiesIn(steps), steps };
}

function exchangesAbout(ledger: readonly LedgerEntry[], delivery: DeliveryId | undefined): Set<ExchangeName> {
  const found = new Set<ExchangeName>();
  for (const entry of ledger)
    if (
      entry.exchange !== undefined &&
      (isAbout(entry, delivery) ||
        (entry.kind === "asked" && entry.copies.some((copy) => deliveryOf(copy) === delivery)))
    )
      found.add(entry.exchange);
  return found;
}

function isAbout(entry: LedgerEntry, delivery: DeliveryId | undefined): boolean {
  if (delivery === undefined) return false;
  if (entry.delivery !== undefined) return entry.delivery === delivery;
  if (entry.copy !== undefined) return deliveryOf(entry.copy) === delivery;
  return entry.kind === "submitted" && entry.deliveries.some(({ id }) => id === delivery);
}

/** Goes through the ledger once, folding custody as it goes. */
class Walk {
  readonly drafts: Draft[] = [];
  readonly #delivery: DeliveryId | undefined;
  readonly #exchanges: ReadonlySet<ExchangeName>;
  readonly #proof: ReadonlySet<number>;
  readonly #chain: Chain = startChain();
  readonly #inMemory = new Set<PartyId>();
  readonly #open = new Map<ExchangeName, Draft>();
  #begun = false;

  constructor(delivery: DeliveryId | undefined, exchanges: ReadonlySet<ExchangeName>, proof: ReadonlySet<number>) {
    this.#delivery = delivery;
    this.#exchanges = exchanges;
    this.#proof = proof;
  }

  take(entry: LedgerEntry): void {
    const overBefore = this.#isOver();
    stepChain(this.#chain, entry);
    const mine =
      isAbout(entry, this.#delivery) || (entry.exchange !== undefined && this.#exchanges.has(entry.exchange));
    const toldOf = entry.kind === "told" && entry.copies.some((copy) => deliveryOf(copy) === this.#delivery);
    this.#remember(entry, mine);
    if (entry.kind === "submitted" && mine) this.#begun = true;
    const around = this.#begun && !overBefore && surrounds(entry);
    if (mine || toldOf || around) this.#tell(entry);
    else if (this.#proof.has(entry.seq)) this.#add(entry, this.#proved(entry));
  }

  #proved(entry: LedgerEntry): PathEvent {
    const another = entry.delivery !== undefined && this.#delivery !== undefined && entry.delivery !== this.#delivery;
    return another ? { kind: "overdue" } : (eventOf(entry) ?? { kind: "noted", entry: entry.kind });
  }

  #isOver(): boolean {
    const custody = this.#custody();
    return custody !== undefined && (hasEnded(custody) || custody.lost >= 0);
  }

  #custody(): ReturnType<Chain["deliveries"]["get"]> {
    return this.#delivery === undefined ? undefined : this.#chain.deliveries.get(this.#delivery);
  }

  /** Who has it in memory only: what was read, or queued, and neither stored nor given up. */
  #remember(entry: LedgerEntry, mine: boolean): void {
    switch (entry.kind) {
      case "fetched":
        if (mine && entry.received === entry.total) this.#inMemory.add(entry.reader);
        return;
      case "held":
        if (mine && entry.durability === "memory") this.#inMemory.add(entry.party);
        return;
      case "settled":
        if (mine) this.#inMemory.delete("integration");
        return;
      case "dropped":
        if (mine) this.#inMemory.delete(entry.party);
        return;
      case "crashed":
      case "stopped":
        this.#inMemory.delete(entry.party);
        return;
      default:
        return;
    }
  }

  #tell(entry: LedgerEntry): void {
    const within = entry.exchange === undefined ? undefined : this.#open.get(entry.exchange);
    const own = within === undefined ? undefined : mergedInto(within, entry);
    if (within !== undefined && own !== undefined) {
      within.event = own;
      within.entries.push(entry.seq);
      this.#settle(within);
      return;
    }
    if (within !== undefined && entry.kind === "faulted") {
      within.entries.push(entry.seq);
      within.faults.push(entry.faultId);
      return;
    }
    const last = this.drafts.at(-1);
    if (entry.kind === "fetched" && last?.event.kind === "delivered") {
      last.event = { ...last.event, missing: entry.total - entry.received };
      last.entries.push(entry.seq);
      this.#settle(last);
      return;
    }
    const event = eventOf(entry);
    if (event === undefined) {
      if (within !== undefined) {
        within.entries.push(entry.seq);
        this.#settle(within);
      } else if (this.#proof.has(entry.seq)) this.#add(entry, { kind: "noted", entry: entry.kind });
      return;
    }
    this.#add(entry, event);
  }

  #add(entry: LedgerEntry, event: PathEvent): void {
    const draft: Draft = {
      atMs: entry.atMs,
      event,
      entries: [entry.seq],
      faults: [],
      standing: this.#standing(),
      ended: this.#hasEnded(),
    };
    this.drafts.push(draft);
    if (entry.kind === "asked" && entry.exchange !== undefined) this.#open.set(entry.exchange, draft);
  }

  /** The row stands as things are now, unless a later one already does. */
  #settle(draft: Draft): void {
    if (this.drafts.at(-1) !== draft) return;
    draft.standing = this.#standing();
    draft.ended = this.#hasEnded();
  }

  #hasEnded(): boolean {
    const custody = this.#custody();
    return custody !== undefined && hasEnded(custody);
  }

  #standing(): Record<PartyId, Standing> {
    const standing: Record<PartyId, Standing> = {};
    const custody = this.#custody();
    if (custody === undefined) return standing;
    for (const party of this.#inMemory) standing[party] = { holds: "in memory", owes: false };
    for (const { party } of custody.holdings) standing[party] = { holds: "durably", owes: false };
    if (!hasEnded(custody) && custody.debtTold >= 0)
      standing[custody.debtor] = { holds: standing[custody.debtor]?.holds ?? "not", owes: true };
    return standing;
  }
}

/** What happens to a party while it has, or may have, the delivery. */
function surrounds(entry: LedgerEntry): boolean {
  switch (entry.kind) {
    case "crashed":
    case "stopped":
    case "restored":
      return true;
    case "faulted":
      return entry.outcome === "injected" && entry.untilMs !== undefined;
    default:
      return false;
  }
}

/** The exchange's row once this entry of the same exchange is taken into it; undefined where the entry has its own row. */
function mergedInto(draft: Draft, entry: LedgerEntry): PathEvent | undefined {
  const { event } = draft;
  switch (entry.kind) {
    case "told":
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

function eventOf(entry: LedgerEntry): PathEvent | undefined {
  switch (entry.kind) {
    case "submitted": {
      const to = entry.deliveries.map(
        (one) => `${one.municipalityNumber}${one.district === undefined ? "" : `-${one.district}`}`,
      );
      return { kind: "submitted", sender: entry.sender, to: to.join(", ") };
    }
    case "offered":
      return { kind: "offered", channel: entry.channel, to: entry.to, lifeMs: entry.lifeEndsMs - entry.atMs };
    case "asked":
      return askedEvent(entry);
    case "told":
      return {
        kind: "heard",
        party: entry.to,
        saying: entry.saying,
        code: entry.code,
        ...(entry.takesDebt === undefined ? {} : { debtor: entry.takesDebt }),
      };
    case "held":
      // What a channel or the portal holds is seen in its column; a row of its own is for who may hold it or not.
      if (entry.party !== "integration" && entry.party !== "receiver") return undefined;
      return { kind: "stored", party: entry.party, durable: entry.durability !== "memory", ok: entry.ok };
    case "registered":
      return {
        kind: "registered",
        caseId: entry.caseId,
        at: [entry.municipalityNumber, entry.district].filter((part) => part !== undefined).join("-"),
        whole: entry.whole && entry.parts.every((part) => part.ok),
      };
    case "receipted":
      return { kind: "receipted", by: "integration", saying: entry.saying, answer: { kind: "open" } };
    case "settled":
      return { kind: "settled", by: "integration", how: entry.how };
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
    case "alerted":
      return { kind: "alerted", sink: entry.sink, about: entry.about, bounced: entry.bounced };
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
    case "restored":
      return { kind: "restored", party: entry.party };
    case "faulted":
      if (entry.outcome !== "injected") return undefined;
      return {
        kind: "faulted",
        fault: entry.faultId,
        boundary: entry.boundary,
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
    case "upgraded":
    case "effected":
    case "untold":
    case "idle":
    case "linked":
    case "fetched":
    case "shown":
    case "entitled":
    case "notified":
    case "seen":
    case "doubted":
      return undefined;
  }
}

function askedEvent(entry: EntryOf<"asked">): PathEvent {
  const [party = "", rest = ""] = (entry.exchange ?? "").split(/\.(.*)/s);
  const subject = rest.slice(rest.indexOf("(") + 1, rest.lastIndexOf(")"));
  const answer: AnswerHeard = { kind: "open" };
  if (entry.operation === "submit") return { kind: "accepted", party, answer };
  if (entry.operation === "deliver")
    return { kind: "delivered", channel: party, to: entry.asker, again: entry.attempt > 1, missing: 0 };
  return { kind: "asked", asker: entry.asker, party, operation: entry.operation, subject, answer };
}

/** Rows that say the same in a row are one row with a count. */
function joined(drafts: readonly Draft[], broken: number | undefined, proof: ReadonlySet<number>): PathStep[] {
  const steps: PathStep[] = [];
  let said = "";
  let held = false;
  for (const { atMs, event, entries, faults, standing, ended } of drafts) {
    const holds = Object.values(standing).some((party) => party.holds !== "not");
    const gone = held && !holds && !ended;
    held = holds;
    const mark =
      broken !== undefined && entries.includes(broken)
        ? "broken"
        : entries.some((seq) => proof.has(seq))
          ? "proof"
          : "none";
    const saying = JSON.stringify([event, standing, faults, mark]);
    const last = steps.at(-1);
    if (last !== undefined && saying === said && mark !== "broken")
      steps[steps.length - 1] = {
        ...last,
        times: last.times + 1,
        lastMs: atMs,
        entries: [...last.entries, ...entries],
      };
    else steps.push({ atMs, event, entries, faults, times: 1, lastMs: atMs, standing, mark, gone });
    said = saying;
  }
  return steps;
}

function partiesIn(steps: readonly PathStep[]): PartyId[] {
  const found = new Set(steps.flatMap(({ standing }) => Object.keys(standing)));
  const place = (party: PartyId): number => {
    const at = travel.findIndex((known) => party.startsWith(known));
    return at < 0 ? travel.length : at;
  };
  return [...found].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}
