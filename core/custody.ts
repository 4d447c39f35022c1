import { appended } from "./appended.ts";
import { ByDelivery, Deliveries } from "./deliveries.ts";
import type { Fold } from "./folds.ts";
import type { Durability, EntryKind, EntryOf, LedgerEntry } from "./ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf, isReceiver, type PartyId } from "./names.ts";
import { hasNoNegative } from "./rules/channels.ts";

/** A durable copy at a party: since which entry, and since when (ms since the run began). */
export type Holding = {
  readonly party: PartyId;
  readonly copy: CopyId;
  readonly seq: number;
  readonly atMs: number;
};

/** The first entry of each kind of end, by `seq`; -1 where there is none. `registeredAtMs` is that entry's time. */
export type Ends = {
  registered: number;
  registeredAtMs: number;
  /** Counts only once the party it goes back to has been told. */
  returned: number;
  printed: number;
};

/**
 * Who holds one delivery and who owes it, at the last entry folded in.
 *
 * Changed in place. After an end the record stays as a tombstone: a restored backup may open it again.
 */
export type Custody = {
  readonly delivery: DeliveryId;
  readonly sender: PartyId;
  /** `seq` of the `effected` that took it on; -1 while it is no delivery yet. */
  accepted: number;
  /** Owes the next handover. It changes only by a `told` that takes the debt. */
  debtor: PartyId;
  /** `seq` of the telling that made the debtor owe it; -1 while the sender still does. */
  debtTold: number;
  holdings: readonly Holding[];
  /** Parties that were told that another took the debt. */
  relieved: readonly PartyId[];
  /** Every copy offered, in order. */
  copies: readonly CopyId[];
  /** Every party that a copy was offered to. */
  readers: readonly PartyId[];
  readonly ends: Ends;
  /**
   * The channel and end of life of the copy that lives longest, ms since the run began; Infinity where no clock ends it,
   * -1 before the first offer.
   */
  channel: PartyId;
  lifeEndsMs: number;
  /** A party may hold it, but how durably is not known. */
  unsure: boolean;
  /** `seq` of the entry that opened the present gap (debtor not among holders), and of the one that lost it; -1 if none. */
  gap: number;
  lost: number;
  /** Waits for the telling that makes a return an end. */
  returnedTo: PartyId | undefined;
  returnedSeq: number;
  toldNo: readonly PartyId[];
  /** `seq` of the `restored` that took an end, or the last copy that was not relieved, away; -1 if none. */
  undone: number;
  /** At that moment somebody who can be asked for it again still held a copy. */
  askable: boolean;
  /** Since when the party that let go last had held it, ms since the run began; -1 before. */
  letGoSinceMs: number;
  /** The party that was seen to have it by a probe, and no longer is: a channel that still shows it is asked no more. */
  vanishedFrom: PartyId | undefined;
};

/** Custody of every delivery of a run. */
export type Chain = {
  /** Least durability that counts as held. */
  durability: Durability;
  /** A probe's reading was incomplete: absence is not proved. */
  incomplete: boolean;
  readonly deliveries: ByDelivery<Custody>;
};

/** The kinds of entry that can change custody. */
export const custodyReads: readonly EntryKind[] = [
  "run",
  "submitted",
  "effected",
  "held",
  "dropped",
  "told",
  "offered",
  "registered",
  "returned",
  "printed",
  "quarantined",
  "restored",
];

const rank: Readonly<Record<Durability, number>> = { unknown: -1, memory: 0, process: 1, power: 2 };

/** Whether a copy of this durability counts as held where `least` is asked for; `unknown` never does. */
export function endures(durability: Durability, least: Durability): boolean {
  return rank[durability] >= 0 && rank[durability] >= rank[least];
}

/** The delivery an entry is about: by its own field, else by its copy. */
export function deliveryIn(entry: LedgerEntry): DeliveryId | undefined {
  return entry.delivery ?? (entry.copy === undefined ? undefined : deliveryOf(entry.copy));
}

const accepted = "→ accepted";

/** Whether a change of state is a channel taking a copy on. */
export function isTakenOn({ change }: EntryOf<"effected">): boolean {
  // Nearly all changes are others, and differ where the arrow would be.
  return change.at(-accepted.length) === accepted[0] && change.endsWith(accepted);
}

export function startChain(deliveries: Deliveries = new Deliveries()): Chain {
  return { durability: "process", incomplete: false, deliveries: new ByDelivery(deliveries) };
}

/** Whether the delivery is registered, returned to a party that knows, or on paper. */
export function hasEnded(custody: Custody): boolean {
  const { registered, returned, printed } = custody.ends;
  return registered >= 0 || returned >= 0 || printed >= 0;
}

/** Whether the party has a durable copy. */
export function holds(custody: Custody, party: PartyId): boolean {
  for (const holding of custody.holdings) if (holding.party === party) return true;
  return false;
}

/**
 * Folds one entry into custody.
 *
 * Holders follow facts (`held`, `dropped`, `quarantined`), the debtor follows tellings (`told` with `takesDebt`).
 * @source RULES.md, *Words*, *Facts and tellings*, *Restore*.
 */
export function stepChain(chain: Chain, entry: LedgerEntry): void {
  switch (entry.kind) {
    case "run":
      chain.durability = entry.parameters.durability;
      return;
    case "submitted":
      for (const { id } of entry.deliveries)
        if (!chain.deliveries.has(id)) chain.deliveries.set(id, opened(id, entry.sender));
      return;
    case "effected":
      if (isTakenOn(entry)) accept(chain, entry);
      return;
    case "told":
      if (entry.takesDebt !== undefined || entry.saying === "negative") tell(chain, entry);
      return;
    case "restored":
      for (const custody of chain.deliveries.values()) restore(custody, entry);
      return;
    case "held":
    case "dropped":
    case "offered":
    case "registered":
    case "returned":
    case "printed":
    case "quarantined": {
      // A case that could not be read whole is there all the same.
      if (entry.complete === false && entry.kind !== "registered") chain.incomplete = true;
      const custody = about(chain, entry);
      if (custody !== undefined) change(chain, custody, entry);
      return;
    }
    default:
      return;
  }
}

const none: readonly never[] = [];

/** Whether a case system that tells by a probe what it has no longer has the case: it never had it durably. */
export function isVanished({ why, by }: EntryOf<"dropped">): boolean {
  return why === "lost" && by.startsWith("probe:");
}

function opened(delivery: DeliveryId, sender: PartyId): Custody {
  return {
    delivery,
    sender,
    accepted: -1,
    debtor: sender,
    debtTold: -1,
    holdings: none,
    relieved: none,
    copies: none,
    readers: none,
    ends: { registered: -1, registeredAtMs: -1, returned: -1, printed: -1 },
    channel: "",
    lifeEndsMs: -1,
    unsure: false,
    gap: -1,
    lost: -1,
    returnedTo: undefined,
    returnedSeq: -1,
    toldNo: none,
    undone: -1,
    askable: false,
    letGoSinceMs: -1,
    vanishedFrom: undefined,
  };
}

/** Custody of every delivery, for all rules at once. */
export const custodyFold: Fold<Chain> = {
  reads: custodyReads,
  start: ({ deliveries }) => startChain(deliveries),
  step: stepChain,
};

function about(chain: Chain, entry: LedgerEntry): Custody | undefined {
  const delivery = deliveryIn(entry);
  return delivery === undefined ? undefined : chain.deliveries.get(delivery);
}

function accept(chain: Chain, entry: LedgerEntry): void {
  const custody = about(chain, entry);
  if (custody === undefined) return;
  if (custody.accepted < 0) custody.accepted = entry.seq;
  weigh(custody, entry.seq);
}

function tell(chain: Chain, entry: Extract<LedgerEntry, { kind: "told" }>): void {
  for (const copy of entry.copies) {
    const custody = chain.deliveries.get(deliveryOf(copy));
    if (custody === undefined) continue;
    if (entry.takesDebt !== undefined) {
      const others = custody.relieved.filter((party) => party !== entry.takesDebt && party !== entry.to);
      custody.relieved = appended(others, entry.to);
      // What a restored receiver had taken on it owes, whoever answers for a copy that was handed over before.
      if (!isReceiver(custody.debtor)) custody.debtor = entry.takesDebt;
      custody.debtTold = entry.seq;
    } else {
      if (!custody.toldNo.includes(entry.to)) custody.toldNo = appended(custody.toldNo, entry.to);
      settleReturn(custody);
    }
    weigh(custody, entry.seq);
  }
}

type Changing = Extract<
  LedgerEntry,
  { kind: "held" | "dropped" | "offered" | "registered" | "returned" | "printed" | "quarantined" }
>;

function change(chain: Chain, custody: Custody, entry: Changing): void {
  const copy = entry.copy ?? custody.delivery;
  switch (entry.kind) {
    case "held":
      if (entry.durability === "unknown") custody.unsure = true;
      if (entry.ok && endures(entry.durability, chain.durability)) hold(custody, entry.party, copy, entry);
      break;
    case "quarantined":
      if (entry.retrievable) hold(custody, entry.party, copy, entry);
      break;
    case "dropped":
      letGo(custody, entry.party, entry.copy);
      if (isVanished(entry)) {
        custody.ends.registered = -1;
        custody.ends.registeredAtMs = -1;
        custody.vanishedFrom = entry.party;
      }
      break;
    case "offered":
      if (!custody.copies.includes(copy)) custody.copies = appended(custody.copies, copy);
      if (!custody.readers.includes(entry.to)) custody.readers = appended(custody.readers, entry.to);
      if (custody.undone >= 0) offerAnew(custody, entry.seq);
      outlive(custody, entry.channel, entry.lifeEndsMs ?? Number.POSITIVE_INFINITY);
      return;
    case "registered":
      if (custody.ends.registered < 0) {
        custody.ends.registered = entry.seq;
        custody.ends.registeredAtMs = entry.atMs;
      }
      break;
    case "returned":
      custody.returnedTo = entry.to;
      custody.returnedSeq = entry.seq;
      settleReturn(custody);
      break;
    case "printed":
      if (custody.ends.printed < 0) custody.ends.printed = entry.seq;
      break;
  }
  weigh(custody, entry.seq);
}

function outlive(custody: Custody, channel: PartyId, lifeEndsMs: number): void {
  if (lifeEndsMs <= custody.lifeEndsMs) return;
  custody.lifeEndsMs = lifeEndsMs;
  custody.channel = channel;
}

function settleReturn(custody: Custody): void {
  if (custody.ends.returned >= 0 || custody.returnedTo === undefined) return;
  if (custody.toldNo.includes(custody.returnedTo)) custody.ends.returned = custody.returnedSeq;
}

function indexOf(holdings: readonly Holding[], party: PartyId, copy: CopyId | undefined): number {
  for (const [i, holding] of holdings.entries()) if (holding.party === party && holding.copy === copy) return i;
  return -1;
}

function hold(custody: Custody, party: PartyId, copy: CopyId, entry: LedgerEntry): void {
  if (custody.vanishedFrom === party) custody.vanishedFrom = undefined;
  if (indexOf(custody.holdings, party, copy) >= 0) return;
  custody.holdings = appended(custody.holdings, { party, copy, seq: entry.seq, atMs: entry.atMs });
}

/** A party that lets go without naming a copy it holds lets go of the delivery. */
function letGo(custody: Custody, party: PartyId, copy: CopyId | undefined): void {
  const { holdings } = custody;
  const named = indexOf(holdings, party, copy);
  if (named < 0 && copy !== undefined && copy !== custody.delivery) return;
  const gone = named < 0 ? holdings.find((holding) => holding.party === party) : holdings[named];
  if (gone === undefined) return;
  custody.letGoSinceMs = gone.atMs;
  custody.holdings = named < 0 ? holdings.filter((holding) => holding.party !== party) : holdings.toSpliced(named, 1);
}

/**
 * What a party took on after the backup it is restored from is gone from it. Only a receiver registers: what it had
 * registered since is open again, and its own to owe. A system that is put back itself took nothing out of the receiver.
 */
function restore(custody: Custody, entry: EntryOf<"restored">): void {
  const younger = (holding: Holding): boolean => holding.party === entry.party && holding.atMs > entry.toMs;
  const unregisters = isReceiver(entry.party) && custody.ends.registeredAtMs > entry.toMs;
  if (!unregisters && !custody.holdings.some(younger)) return;
  custody.holdings = custody.holdings.filter((holding) => !younger(holding));
  if (unregisters) {
    custody.ends.registered = -1;
    custody.ends.registeredAtMs = -1;
    custody.debtor = entry.party;
  }
  weigh(custody, entry.seq);
  if (!unregisters && custody.lost !== entry.seq) return;
  custody.undone = entry.seq;
  custody.askable = custody.holdings.some(({ party }) => hasNoNegative(party));
}

/** It is handed over once more: whatever was undone, this copy is owed like any other. */
function offerAnew(custody: Custody, seq: number): void {
  custody.undone = -1;
  if (isReceiver(custody.debtor)) custody.debtor = custody.sender;
  weigh(custody, seq);
}

/**
 * Whether a restored backup, and nothing that anybody did with the delivery, is why nobody has it: that is judged by
 * `no-loss` alone.
 *
 * @source RULES.md, *Restore*; docs/adr/0024
 */
export function isUndone(custody: Custody | undefined): boolean {
  return custody !== undefined && custody.undone >= 0 && custody.lost >= 0 && !hasEnded(custody);
}

function weigh(custody: Custody, seq: number): void {
  if (custody.accepted < 0 || hasEnded(custody) || holds(custody, custody.debtor)) {
    custody.gap = -1;
    custody.lost = -1;
    return;
  }
  // Until a first telling takes the debt the sender owes it, whose own copy we do not always see.
  if (custody.gap < 0 && custody.debtTold >= 0) custody.gap = seq;
  if (custody.vanishedFrom === custody.debtor) {
    if (custody.lost < 0) custody.lost = seq;
    return;
  }
  for (const { party } of custody.holdings)
    if (!custody.relieved.includes(party)) {
      custody.lost = -1;
      return;
    }
  if (custody.lost < 0) custody.lost = seq;
}
