import { dayMs } from "../../core/calendar.ts";
import type { EntryKind, EntryOf, LedgerEntry } from "../../core/ledger.ts";
import { type DeliveryId, deliveryOf, messageOf, type PartyId } from "../../core/names.ts";
import type { RuleId } from "../../core/rule.ts";

/** What the naive checker thinks of one delivery under one rule. */
export type Opinion = "held" | "failed" | "not judged";

type NaiveRule = (ledger: Ledger, delivery: DeliveryId) => Opinion;

/**
 * A ledger, asked in the most obvious way: every question walks all of it.
 *
 * It shares no code with `core/rules/`; that is the point of it.
 */
export class Ledger {
  readonly entries: readonly LedgerEntry[];

  constructor(entries: readonly LedgerEntry[]) {
    this.entries = entries;
  }

  all<K extends EntryKind>(kind: K): readonly (EntryOf<K> & LedgerEntry)[] {
    return this.entries.filter((entry): entry is EntryOf<K> & LedgerEntry => entry.kind === kind);
  }

  /** Entries of a kind that are about a delivery, or about a copy of it. */
  about<K extends EntryKind>(kind: K, delivery: DeliveryId): readonly (EntryOf<K> & LedgerEntry)[] {
    return this.entries.filter(
      (entry): entry is EntryOf<K> & LedgerEntry =>
        entry.kind === kind &&
        (entry.copy === undefined ? entry.delivery === delivery : deliveryOf(entry.copy) === delivery),
    );
  }

  run(): EntryOf<"run"> {
    const [run] = this.all("run");
    if (run === undefined) throw new Error("A ledger begins with its run.");
    return run;
  }

  system(): PartyId {
    return this.run().suts[0]?.party ?? "";
  }

  submitted(delivery: DeliveryId): EntryOf<"submitted"> {
    const submitted = this.all("submitted").find(({ deliveries }) => deliveries.some(({ id }) => id === delivery));
    if (submitted === undefined) throw new Error(`Nobody submitted ${delivery}.`);
    return submitted;
  }

  /** The request that an entry is part of the answer to; the entry itself where it stands alone. */
  askedFor(entry: LedgerEntry): LedgerEntry {
    return (
      this.entries.find(
        (other) => other.kind === "asked" && other.exchange !== undefined && other.exchange === entry.exchange,
      ) ?? entry
    );
  }

  /** `idsOf(d)`: the labels of a delivery and its copies, and all their wire ids. */
  idsOf(delivery: DeliveryId): ReadonlySet<string> {
    const ids = new Set<string>([delivery, messageOf(delivery)]);
    for (const entry of this.entries)
      if (entry.copy !== undefined && deliveryOf(entry.copy) === delivery) {
        ids.add(entry.copy);
        if (entry.kind === "linked") ids.add(entry.wireId);
      }
    return ids;
  }

  phaseMs(phase: EntryOf<"phase">["phase"]): number {
    return this.all("phase").find((entry) => entry.phase === phase)?.atMs ?? 0;
  }

  /** *Warned*: alarms that reached somebody who owns the sink, by an id of the delivery. */
  warnings(delivery: DeliveryId): readonly (EntryOf<"alerted"> & LedgerEntry)[] {
    const ids = this.idsOf(delivery);
    return this.all("alerted").filter(
      ({ owner, bounced, ids: named }) => owner !== "" && !bounced && named.some((id) => ids.has(id)),
    );
  }

  healthy(delivery: DeliveryId): boolean {
    return this.submitted(delivery).planted === undefined;
  }

  /** Registrations with every part at its declared fidelity, none missing, in order. */
  soundlyRegistered(delivery: DeliveryId): boolean {
    return this.about("registered", delivery).some(({ parts, whole }) => whole && parts.every(({ ok }) => ok));
  }

  /** Positive answers by the system: settlements and receipts. */
  positives(delivery: DeliveryId): readonly LedgerEntry[] {
    return this.entries.filter(
      (entry) =>
        entry.copy !== undefined &&
        deliveryOf(entry.copy) === delivery &&
        ((entry.kind === "settled" && entry.positive) || (entry.kind === "receipted" && entry.saying === "positive")),
    );
  }
}

const judged = (holds: boolean): Opinion => (holds ? "held" : "failed");

// ---- no-loss ----

/** Whoever was seen to hold a durable copy up to the entry `seq`, and has not dropped it since. */
function storing(ledger: Ledger, delivery: DeliveryId, seq: number): readonly PartyId[] {
  return ledger
    .about("held", delivery)
    .filter((held) => held.seq <= seq && isStored(held))
    .filter((held) => !wasDropped(ledger, held, held.party, seq))
    .map(({ party }) => party);
}

const isStored = ({ ok, durability }: EntryOf<"held">): boolean =>
  ok && (durability === "process" || durability === "power");

function wasDropped(ledger: Ledger, since: LedgerEntry, party: PartyId, seq: number): boolean {
  return ledger
    .all("dropped")
    .some(
      (drop) =>
        drop.party === party &&
        drop.seq > since.seq &&
        drop.seq <= seq &&
        (drop.copy ?? drop.delivery) === (since.copy ?? since.delivery),
    );
}

/** `holders(d)` after the entry `seq`: whoever stores it, or keeps it in quarantine for as long as was said. */
function holders(ledger: Ledger, delivery: DeliveryId, seq: number): readonly PartyId[] {
  const nowMs = ledger.entries[seq]?.atMs ?? 0;
  const quarantining = ledger
    .about("quarantined", delivery)
    .filter((entry) => entry.seq <= seq && entry.retrievable && entry.untilMs >= nowMs)
    .filter((entry) => !wasDropped(ledger, entry, entry.party, seq))
    .map(({ party }) => party);
  return [...storing(ledger, delivery, seq), ...quarantining];
}

/** Tellings about a delivery by which somebody takes the debt. */
function takings(ledger: Ledger, delivery: DeliveryId): readonly (EntryOf<"told"> & LedgerEntry)[] {
  return ledger
    .all("told")
    .filter(({ takesDebt, copies }) => takesDebt !== undefined && copies.some((copy) => deliveryOf(copy) === delivery));
}

/** `debtor(d)` after the entry `seq`. */
function debtor(ledger: Ledger, delivery: DeliveryId, seq: number): PartyId {
  const last = takings(ledger, delivery)
    .filter((entry) => entry.seq <= seq)
    .at(-1);
  return last?.takesDebt ?? ledger.submitted(delivery).sender;
}

const noLoss: NaiveRule = (ledger, delivery) => {
  const accepted = ledger.about("effected", delivery).some(({ change }) => change === "submitted → accepted");
  if (!accepted) return "not judged";
  const ended = (["registered", "returned", "printed"] as const).some(
    (kind) => ledger.about(kind, delivery).length > 0,
  );
  if (ended) return "held";
  const last = ledger.entries.length - 1;
  const holding = holders(ledger, delivery, last);
  const owes = debtor(ledger, delivery, last);
  const relieved = new Set(takings(ledger, delivery).map(({ to }) => to));
  const others = holding.filter((party) => party !== owes);
  const lost = holding.length === 0 || (!holding.includes(owes) && others.every((party) => relieved.has(party)));
  return judged(!lost);
};

// ---- receipts ----

/** Whether the copy was answered like this before: receipted, or settled. */
function isRepeat(answer: LedgerEntry, answers: readonly LedgerEntry[]): boolean {
  return answers.some((other) => other.kind === answer.kind && other.copy === answer.copy && other.seq < answer.seq);
}

const receiptAfterStore: NaiveRule = (ledger, delivery) => {
  const positives = ledger.positives(delivery);
  if (positives.length === 0 || !ledger.soundlyRegistered(delivery)) return "not judged";
  const strict = ledger.run().parameters.profile === "strict";
  return judged(
    positives.every((positive) => {
      if (isRepeat(positive, positives)) return true;
      const asked = ledger.askedFor(positive).seq;
      const domain: readonly PartyId[] = [ledger.system(), "receiver"];
      const held = storing(ledger, delivery, asked).some((party) => domain.includes(party));
      const registered = ledger.about("registered", delivery).some(({ seq }) => seq < asked);
      return (held || registered) && (!strict || positive.kind !== "receipted" || registered);
    }),
  );
};

const noFalseReceipt: NaiveRule = (ledger, delivery) => {
  const positives = ledger.positives(delivery);
  if (positives.length === 0) return "not judged";
  const receipts = ledger.about("receipted", delivery);
  const contradicted = receipts.some((one) =>
    receipts.some((other) => other.copy === one.copy && other.saying !== one.saying),
  );
  if (contradicted) return "failed";
  if (ledger.soundlyRegistered(delivery)) return "held";
  const refused = receipts.some(({ saying }) => saying === "negative");
  return judged(refused && positives.every(({ kind }) => kind === "settled"));
};

// ---- expiry ----

/** PORT.md, ruling 4: kept by the system, and reported by id, before another copy goes. */
function isKeptAndReported(ledger: Ledger, delivery: DeliveryId, drop: LedgerEntry): boolean {
  return (
    holders(ledger, delivery, drop.seq).includes(ledger.system()) &&
    ledger.warnings(delivery).some(({ seq }) => seq < drop.seq)
  );
}

/** 24 h or half of the copy's life, the smaller: the time that somebody has left after a warning. */
function leadMs(ledger: Ledger, delivery: DeliveryId, drop: EntryOf<"dropped"> & LedgerEntry): number {
  const held = ledger.about("held", delivery).find(({ party, copy }) => party === drop.party && copy === drop.copy);
  return held === undefined ? dayMs : Math.min(dayMs, Math.floor((drop.atMs - held.atMs) / 2));
}

const noSilentExpiry: NaiveRule = (ledger, delivery) => {
  const endMs = ledger.entries.at(-1)?.atMs ?? 0;
  const drops = ledger
    .about("dropped", delivery)
    .filter(({ why, lastPath }) => lastPath && (why === "expired" || why === "purged" || why === "deadlettered"))
    .filter((drop) =>
      ledger.entries.every(
        (entry) =>
          entry.seq > drop.seq ||
          (entry.delivery ?? (entry.copy === undefined ? undefined : deliveryOf(entry.copy))) !== delivery ||
          !(
            entry.kind === "registered" ||
            entry.kind === "returned" ||
            entry.kind === "printed" ||
            (entry.kind === "opened" && entry.opener === "person")
          ),
      ),
    );
  const judgedDrops = drops.filter((drop) => !isKeptAndReported(ledger, delivery, drop));
  if (judgedDrops.length === 0) return "not judged";
  let undecided = 0;
  const holds = judgedDrops.every((drop) => {
    const warned = ledger.warnings(delivery).some(({ atMs }) => atMs <= drop.atMs - leadMs(ledger, delivery, drop));
    const told = ledger
      .all("told")
      .some(
        ({ to, saying, copies, atMs }) =>
          to === ledger.submitted(delivery).sender &&
          saying === "negative" &&
          copies.some((copy) => deliveryOf(copy) === delivery) &&
          atMs <= drop.atMs + dayMs,
      );
    if (warned && !told && endMs <= drop.atMs + dayMs) {
      undecided += 1;
      return true;
    }
    return warned && told;
  });
  return holds && undecided > 0 ? "not judged" : judged(holds);
};

// ---- what was registered ----

const rightRecipient: NaiveRule = (ledger, delivery) => {
  const { recipients } = ledger.run().parameters;
  const registered = ledger.about("registered", delivery);
  const shown = ledger.about("shown", delivery);
  if (recipients.length < 2 || registered.length + shown.length === 0) return "not judged";
  const submitted = ledger.submitted(delivery);
  const meant = submitted.deliveries.find(({ id }) => id === delivery);
  const municipality = meant?.municipalityNumber ?? "";
  const district = meant?.district;
  return judged(
    registered.every(
      (entry) =>
        entry.municipalityNumber === municipality &&
        (district === undefined || entry.district === district) &&
        (entry.class === undefined || entry.class === submitted.class),
    ) &&
      shown.every(({ to }) =>
        district === undefined ? to.startsWith(municipality) : to === `${municipality}-${district}`,
      ),
  );
};

const intact: NaiveRule = (ledger, delivery) => {
  const registered = ledger.about("registered", delivery);
  if (registered.length === 0) return "not judged";
  return judged(registered.every(({ parts, whole }) => whole && parts.every(({ ok }) => ok)));
};

const oneCase: NaiveRule = (ledger, delivery) => {
  const registered = ledger.about("registered", delivery);
  const refusedAsKnown = ledger
    .about("refused", delivery)
    .filter(({ code }) => code === "exists")
    .filter((refused) => !registered.some(({ seq }) => seq < refused.seq));
  if (registered.length === 0 && refusedAsKnown.length === 0) return "not judged";
  return judged(new Set(registered.map(({ caseId }) => caseId)).size <= 1 && refusedAsKnown.length === 0);
};

// ---- in time ----

/** Stretches during which the world kept the system away: from a stop or crash of ours to its next start, heal at the latest. */
function keptAway(ledger: Ledger): readonly { readonly fromMs: number; readonly toMs: number }[] {
  const heal = ledger.phaseMs("heal");
  return ledger.entries
    .filter(
      ({ kind, cause }) =>
        (kind === "stopped" || kind === "crashed") &&
        ledger.entries.some((entry) => entry.seq === cause && entry.kind === "faulted"),
    )
    .map((down) => {
      const up = ledger.all("started").find(({ seq }) => seq > down.seq);
      return { fromMs: down.atMs, toMs: Math.min(up?.atMs ?? heal, heal) };
    });
}

/** The copy was never in reach while it lived, or every hand-over of it was broken by us until the channel gave up. */
function excusedCopy(ledger: Ledger, offered: EntryOf<"offered"> & LedgerEntry): boolean {
  const away = keptAway(ledger).some(
    ({ fromMs, toMs }) => fromMs <= offered.atMs && toMs >= (offered.lifeEndsMs ?? Number.POSITIVE_INFINITY),
  );
  const ofCopy = ledger.entries.filter(({ copy }) => copy === offered.copy);
  const deadlettered = ofCopy.some((entry) => entry.kind === "dropped" && entry.why === "deadlettered");
  const givenBack = ofCopy.some((entry) => entry.kind === "settled" && !entry.positive);
  const handedBack = ofCopy.filter((entry) => entry.kind === "effected" && entry.change === "unacked → requeued");
  const broken = handedBack.every((entry) => {
    const down = ledger.entries.filter(
      ({ kind, seq }) => (kind === "stopped" || kind === "crashed") && seq < entry.seq,
    );
    return down.at(-1)?.cause !== undefined;
  });
  return away || (deadlettered && !givenBack && broken);
}

function excused(ledger: Ledger, delivery: DeliveryId): boolean {
  const offered = ledger.about("offered", delivery);
  return offered.length > 0 && offered.every((copy) => excusedCopy(ledger, copy));
}

/** Whether the world left the system a stretch as long as D while a copy lived; nobody can be judged without one. */
function hadFairChance(ledger: Ledger, delivery: DeliveryId, drain: number): boolean {
  return ledger.about("offered", delivery).some((copy) => {
    const endMs = copy.lifeEndsMs ?? Number.POSITIVE_INFINITY;
    const away = keptAway(ledger).filter(({ fromMs, toMs }) => toMs > copy.atMs && fromMs < endMs);
    const starts = [copy.atMs, ...away.map(({ toMs }) => toMs)];
    return starts.some((fromMs) => {
      const free = away.filter((stretch) => stretch.toMs > fromMs).map((stretch) => stretch.fromMs);
      return Math.min(endMs, ...free) - fromMs >= drain;
    });
  });
}

const delivers: NaiveRule = (ledger, delivery) => {
  const heal = ledger.phaseMs("heal");
  const drain = ledger.run().parameters.channels[0]?.drainMs ?? 0;
  const offered = ledger.about("offered", delivery);
  if (!ledger.healthy(delivery)) return "not judged";
  const faultless = !ledger.all("faulted").some(({ outcome }) => outcome === "injected");
  const [registered] = ledger.about("registered", delivery);
  if (registered !== undefined) {
    const offeredMs = offered.filter(({ seq }) => seq < registered.seq).at(-1)?.atMs ?? 0;
    if (faultless || registered.atMs <= Math.max(heal, offeredMs) + drain) return "held";
  }
  // Who has answered positively was in reach, whatever the clock says.
  if (ledger.positives(delivery).length > 0) return "failed";
  return excused(ledger, delivery) || !hadFairChance(ledger, delivery, drain) ? "not judged" : "failed";
};

/** The rules that are checked, each said once more as literally as RULES.md says it. */
export const naiveRules: Partial<Readonly<Record<RuleId, NaiveRule>>> = {
  "no-loss": noLoss,
  delivers,
  "receipt-after-store": receiptAfterStore,
  "no-false-receipt": noFalseReceipt,
  "no-silent-expiry": noSilentExpiry,
  "right-recipient": rightRecipient,
  intact,
  "one-case": oneCase,
};

/** Every delivery that was submitted, in order. */
export function deliveriesOf(entries: readonly LedgerEntry[]): readonly DeliveryId[] {
  return new Ledger(entries).all("submitted").flatMap(({ deliveries }) => deliveries.map(({ id }) => id));
}

/** What every checked rule thinks of every delivery. */
export function opinions(entries: readonly LedgerEntry[]): ReadonlyMap<RuleId, ReadonlyMap<DeliveryId, Opinion>> {
  const ledger = new Ledger(entries);
  const deliveries = deliveriesOf(entries);
  return new Map(
    Object.entries(naiveRules).map(([rule, naive]) => [
      rule as RuleId,
      new Map(deliveries.map((delivery) => [delivery, naive(ledger, delivery)])),
    ]),
  );
}

/**
 * Where RULES.md and `core/rules/` are known to differ. Each names the sentence; what it covers is counted apart, and a
 * disagreement under it is no failure. One that has been settled is taken out, and the agreement then holds it.
 */
export type Disputed = {
  readonly name: string;
  readonly rules: readonly RuleId[];
  readonly sentence: string;
  covers(ledger: Ledger, delivery: DeliveryId): boolean;
};

export const disputed: readonly Disputed[] = [
  {
    name: "alarm by wire id",
    rules: ["no-silent-expiry"],
    sentence: "idsOf(d) = all wire ids and labels of d's copies",
    covers: (ledger, delivery) => {
      const labels = [...ledger.idsOf(delivery)].filter((id) => deliveryOf(id) === delivery);
      return ledger.warnings(delivery).some(({ ids }) => !ids.some((id) => labels.includes(id)));
    },
  },
  {
    name: "quarantine that is over",
    rules: ["no-loss", "no-silent-expiry"],
    sentence: "quarantined (kept, retrievable, reported)",
    covers: (ledger, delivery) => {
      const endMs = ledger.entries.at(-1)?.atMs ?? 0;
      return ledger.about("quarantined", delivery).some(({ retrievable, untilMs }) => retrievable && untilMs < endMs);
    },
  },
  {
    name: "a copy that was not stored is dropped, another is kept",
    rules: ["no-loss", "no-silent-expiry"],
    sentence: "holders(d,t): parties with a durable copy",
    covers: (ledger, delivery) =>
      ledger
        .about("dropped", delivery)
        .some(
          (drop) =>
            storing(ledger, delivery, drop.seq).includes(drop.party) &&
            !ledger
              .about("held", delivery)
              .some(
                (held) =>
                  isStored(held) &&
                  held.party === drop.party &&
                  held.copy === drop.copy &&
                  held.seq < drop.seq &&
                  !wasDropped(ledger, held, drop.party, drop.seq - 1),
              ),
        ),
  },
  {
    name: "receipt first, damaged later",
    rules: ["receipt-after-store"],
    sentence: "Disjoint from the former: judged only if never (or not whole) registered",
    covers: (ledger, delivery) =>
      ledger.about("registered", delivery).length > 0 && !ledger.soundlyRegistered(delivery),
  },
];
