import { type Chain, type Custody, hasEnded, startChain, stepChain } from "../core/custody.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, municipalityParty, type PartyId } from "../core/names.ts";
import type { Finding } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import { type Deadline, deadlinesOf } from "./deadline.ts";
import { type Before, eventOf, mergedInto, type PathEvent } from "./path-event.ts";

/**
 * How a party stands to the delivery: holds it durably, has it in sight (a person there has it open) or in memory only;
 * owes it or not.
 */
export type Standing = { readonly holds: "durably" | "in sight" | "in memory" | "not"; readonly owes: boolean };

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
  /** Parties that ever held or owed it, or a municipality it was offered to, in the order a message travels. */
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
  mark?: PathStep["mark"];
};

const travel = [
  "sender",
  "police",
  "portal",
  "fiks-io",
  "svarinn",
  "altinn",
  "eformidling",
  "integration",
  municipalityParty(""),
  "receiver",
];

/**
 * What happened to one delivery, in order: who held it and who owed it after each step, which of its sender's deadlines
 * passed, and where the handover broke.
 *
 * @param delivery Absent for a finding about no delivery: then only what the finding rests on is told.
 * @param finding Marks the entries that prove it. The handover broke at the first, or at the deadline that it is about.
 */
export function pathOf(ledger: readonly LedgerEntry[], delivery: DeliveryId | undefined, finding?: Finding): Path {
  const proof = new Set(finding?.entries ?? []);
  const walk = new Walk(delivery, exchangesAbout(ledger, delivery), proof);
  for (const entry of ledger) walk.take(entry);
  const deadlines = deadlinesOf(ledger, delivery, finding);
  const drafts = withDeadlines(walk.drafts, deadlines);
  const broken = deadlines.some(({ mark }) => mark === "broken") ? undefined : finding?.entries[0];
  const steps = joined(drafts, broken, proof);
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
  if (entry.kind === "alerted") return entry.ids.some((id) => deliveryOf(id) === delivery);
  return entry.kind === "submitted" && entry.deliveries.some(({ id }) => id === delivery);
}

/** An entry that names no delivery is about that of its exchange. */
function isSilent(entry: LedgerEntry): boolean {
  return entry.delivery === undefined && entry.copy === undefined;
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
  readonly #suts = new Set<PartyId>();
  /** By resource, who is known to read there or not. */
  readonly #rights = new Map<string, Map<string, boolean>>();
  /** Resources that a copy lies at. */
  readonly #places = new Set<string>();
  /** Alarms about it, by `seq`. */
  readonly #alarms = new Set<number>();
  /** Where a person has it open. */
  readonly #inSight = new Set<PartyId>();
  #sender: PartyId | undefined;
  #offeredTo: PartyId | undefined;
  #inHand = false;

  constructor(delivery: DeliveryId | undefined, exchanges: ReadonlySet<ExchangeName>, proof: ReadonlySet<number>) {
    this.#delivery = delivery;
    this.#exchanges = exchanges;
    this.#proof = proof;
  }

  take(entry: LedgerEntry): void {
    const overBefore = this.#isOver();
    stepChain(this.#chain, entry);
    const mine = this.#isMine(entry);
    const changes = this.#changesRights(entry);
    this.#remember(entry, mine);
    const around = this.#sender !== undefined && !overBefore && (changes || surrounds(entry));
    if (mine || around) this.#tell(entry);
    else if (this.#proof.has(entry.seq)) this.#add(entry, this.#proved(entry));
  }

  #isMine(entry: LedgerEntry): boolean {
    if (isAbout(entry, this.#delivery)) return true;
    switch (entry.kind) {
      case "told":
        return entry.copies.length === 0
          ? this.#isWithin(entry)
          : entry.copies.some((copy) => deliveryOf(copy) === this.#delivery);
      case "seen":
        return this.#alarms.has(entry.alert);
      // What somebody may do, or does, at a place is about whatever lies there.
      case "entitled":
      case "alive":
        return false;
      default:
        return isSilent(entry) && this.#isWithin(entry);
    }
  }

  #isWithin({ exchange }: LedgerEntry): boolean {
    return exchange !== undefined && this.#exchanges.has(exchange);
  }

  /** Whether somebody comes to hold a right to a place where it lies, or loses one. */
  #changesRights(entry: LedgerEntry): boolean {
    if (entry.kind !== "entitled") return false;
    const known = this.#rights.get(entry.resource)?.get(entry.who) ?? false;
    return this.#places.has(entry.resource) && known !== entry.granted;
  }

  /** What proves something without being about the delivery may do so by its time alone. */
  #proved(entry: LedgerEntry): PathEvent {
    const another = entry.delivery !== undefined && this.#delivery !== undefined && entry.delivery !== this.#delivery;
    const event = another ? undefined : eventOf(entry, this.#before());
    if (event !== undefined) return event;
    return this.#delivery === undefined ? { kind: "noted", entry: entry.kind } : { kind: "overdue" };
  }

  #isOver(): boolean {
    const custody = this.#custody();
    return custody !== undefined && (hasEnded(custody) || custody.lost >= 0);
  }

  #custody(): Custody | undefined {
    return this.#delivery === undefined ? undefined : this.#chain.deliveries.get(this.#delivery);
  }

  #before(): Before {
    return {
      suts: this.#suts,
      sender: this.#sender,
      offeredTo: this.#offeredTo,
      inHand: this.#inHand,
      readersOf: (resource) => {
        const rights = this.#rights.get(resource);
        return rights === undefined ? undefined : [...rights].flatMap(([who, may]) => (may ? [who] : []));
      },
    };
  }

  /** Who may read where, and who has it in memory or in sight only: what was read, and neither stored nor given up. */
  #remember(entry: LedgerEntry, mine: boolean): void {
    switch (entry.kind) {
      case "run":
        for (const { party } of entry.suts) this.#suts.add(party);
        return;
      case "entitled": {
        const rights = this.#rights.get(entry.resource) ?? new Map<string, boolean>();
        this.#rights.set(entry.resource, rights.set(entry.who, entry.granted));
        return;
      }
      case "crashed":
      case "stopped":
        this.#inMemory.delete(entry.party);
        return;
      default:
        if (mine) this.#rememberOwn(entry);
    }
  }

  #rememberOwn(entry: LedgerEntry): void {
    switch (entry.kind) {
      case "submitted":
        this.#sender = entry.sender;
        return;
      case "offered":
        this.#offeredTo = entry.to;
        this.#places.add(entry.resource);
        return;
      case "alerted":
        this.#alarms.add(entry.seq);
        return;
      case "fetched":
        if (entry.received === entry.total) this.#inMemory.add(entry.reader);
        return;
      case "held":
        if (entry.durability === "memory") this.#inMemory.add(entry.party);
        return;
      case "settled":
        for (const party of this.#suts) this.#inMemory.delete(party);
        return;
      case "dropped":
        this.#inMemory.delete(entry.party);
        return;
      case "opened":
        if (entry.opener !== "person" || this.#hasEnded()) return;
        this.#inHand = true;
        if (this.#offeredTo !== undefined && !this.#suts.has(this.#offeredTo)) this.#inSight.add(this.#offeredTo);
        return;
      case "printed":
        this.#inHand = true;
        return;
      case "registered":
        this.#inSight.clear();
        for (const party of this.#inMemory) if (!this.#suts.has(party)) this.#inMemory.delete(party);
        return;
      default:
        return;
    }
  }

  #tell(entry: LedgerEntry): void {
    const within = entry.exchange === undefined ? undefined : this.#open.get(entry.exchange);
    const own = within === undefined ? undefined : mergedInto(within.event, entry);
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
    const event = eventOf(entry, this.#before());
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
    for (const party of this.#inSight) standing[party] = { holds: "in sight", owes: false };
    for (const party of this.#inMemory) standing[party] = { holds: "in memory", owes: false };
    for (const { party } of custody.holdings) standing[party] = { holds: "durably", owes: false };
    if (!hasEnded(custody) && this.#isSeenToOwe(custody))
      standing[custody.debtor] = { holds: standing[custody.debtor]?.holds ?? "not", owes: true };
    return standing;
  }

  /**
   * A sender of the world's is shown to owe only what it is seen to hold: its own copy we do not always see. One under
   * test owes it until a person has it.
   */
  #isSeenToOwe({ accepted, debtor, debtTold, holdings }: Custody): boolean {
    if (debtTold >= 0) return true;
    return this.#suts.has(debtor) ? accepted >= 0 && !this.#inHand : holdings.some(({ party }) => party === debtor);
  }
}

/** What happens to a party while it has, or may have, the delivery. */
function surrounds(entry: LedgerEntry): boolean {
  switch (entry.kind) {
    case "crashed":
    case "stopped":
    case "upgraded":
    case "restored":
      return true;
    case "faulted":
      return entry.outcome === "injected" && entry.untilMs !== undefined;
    default:
      return false;
  }
}

/** Puts each deadline where it passed; nothing changes hands there. */
function withDeadlines(drafts: readonly Draft[], deadlines: readonly Deadline[]): Draft[] {
  const all = [...drafts];
  for (const { atMs, met, mark } of deadlines) {
    const next = all.findIndex((draft) => draft.atMs > atMs);
    const at = next < 0 ? all.length : next;
    const { standing = {}, ended = false } = all[at - 1] ?? {};
    all.splice(at, 0, { atMs, event: { kind: "deadline", met }, entries: [], faults: [], standing, ended, mark });
  }
  return all;
}

/** Rows that say the same in a row are one row with a count. */
function joined(drafts: readonly Draft[], broken: number | undefined, proof: ReadonlySet<number>): PathStep[] {
  const steps: PathStep[] = [];
  let said = "";
  let held = false;
  for (const { atMs, event, entries, faults, standing, ended, mark: given } of drafts) {
    const holds = Object.values(standing).some((party) => party.holds !== "not");
    const gone = held && !holds && !ended;
    held = holds;
    const proves = entries.some((seq) => proof.has(seq)) ? "proof" : "none";
    const mark = given ?? (broken !== undefined && entries.includes(broken) ? "broken" : proves);
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

/** Which chain a delivery went through, or was meant to: that of case A, or the police's in Altinn. */
export function chainOf(path: Path, { tests, channels = [] }: Pick<Scenario, "tests" | "channels">): "fiks" | "altinn" {
  if (tests === "sender") return "altinn";
  for (const { event } of path.steps)
    if (event.kind === "offered") return event.channel.startsWith("altinn") ? "altinn" : "fiks";
  return channels.length > 0 && !channels.includes("fiks-io") ? "altinn" : "fiks";
}

function partiesIn(steps: readonly PathStep[]): PartyId[] {
  const found = new Set(steps.flatMap(({ standing }) => Object.keys(standing)));
  for (const { event } of steps)
    if (event.kind === "offered" && event.to.startsWith(municipalityParty(""))) found.add(event.to);
  const place = (party: PartyId): number => {
    const at = travel.findIndex((known) => party.startsWith(known));
    return at < 0 ? travel.length : at;
  };
  return [...found].sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
}
