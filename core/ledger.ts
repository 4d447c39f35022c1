import type { BoundaryName, CopyId, DeliveryId, ExchangeName, Label, PartyId } from "./names.ts";

/** Who vouches for an entry. A `claim` is only the system under test's word: rules never rely on it. */
export type Witness = "world" | `probe:${string}` | "claim";

/** What every entry carries. Times are ms since the run began; `seq` is the order of all entries of a run. */
export type Stamp = {
  readonly seq: number;
  readonly atMs: number;
  readonly by: Witness;
  /** The exchange this entry is part of: a boundary without its phase. */
  readonly exchange?: ExchangeName;
  readonly message?: Label;
  readonly delivery?: DeliveryId;
  readonly copy?: CopyId;
  /** `seq` of the entry that led here. */
  readonly cause?: number;
  /** Which start of the system under test this happened in, from 1. */
  readonly incarnation?: number;
  /** Probe entries: the fact became true within this interval, ms since the run began. */
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  /** Probe entries: whether the reading was complete; an incomplete one proves presence, never absence. */
  readonly complete?: boolean;
};

/** What an answer says to the party it reaches; an expiry notice is negative. */
export type Saying = "positive" | "negative" | "news" | "empty";

/** How well a copy survives: `memory` nothing, `process` a killed process, `power` a power cut. */
export type Durability = "memory" | "process" | "power" | "unknown";

/** Fidelity of a part: RULES.md, *Fidelity*. */
export type Fidelity = "bytes" | "text" | "fields" | "rendered" | "absent";

/** Why a switch has the value it has. */
export type Evidence = "code" | "docs" | "api" | "press" | "inferred";

export type ClockTier = "driven" | "compressed" | "offset" | "none";

/** How much of what was unsynced outlives a crash. */
export type Survival = "none" | "prefix" | "subset";

export type PartFact = { readonly name: string; readonly sha256: string; readonly length: number };
export type RegisteredPart = { readonly name: string; readonly fidelity: Fidelity; readonly ok: boolean };
export type ReasonClass =
  | "receipt"
  | "refused"
  | "expired"
  | "undeliverable"
  | "unreceipted"
  | "content"
  | "wrong-recipient"
  | "unknown-type"
  | "other";

/** What a run judges by. Durations in ms unless the name says otherwise. */
export type Parameters = {
  readonly profile: "default" | "strict";
  /** The instant `atMs` 0 stands for, RFC 3339. */
  readonly startsAt: string;
  /** Least durability that counts as held. */
  readonly durability: Durability;
  /** The channels in play: their longest copy life and drain bound D (RULES.md, *End of a run*). */
  readonly channels: readonly { readonly name: string; readonly lifeMs: number; readonly drainMs: number }[];
  /** The recipients configured, `4601-02`, with the district that takes what names none. */
  readonly recipients: readonly string[];
  /** A vendor's declared longest pause between retries, which lengthens D and is shown. */
  readonly maxRetryDelayMs?: number;
  /** Longest lifetime of anything in the run; the run ages past it. */
  readonly longestLifeMs: number;
  /** Latency of each delivery in a twin run without poison, for `poison-isolated`. */
  readonly twinLatencyMs?: Readonly<Record<DeliveryId, number>>;
};

export type LedgerBody =
  | {
      readonly kind: "run";
      readonly schema: "komfrem.ledger/v1";
      readonly ruleVersions: Readonly<Record<string, number>>;
      readonly scenario: string;
      readonly scenarioHash: string;
      readonly seed: number;
      readonly generatorVersion: string;
      readonly tierByDomain: Readonly<Record<string, ClockTier>>;
      readonly suts: readonly {
        readonly party: PartyId;
        readonly role: "integration" | "sender";
        readonly hash: string;
      }[];
      readonly parameters: Parameters;
      readonly fidelity: Readonly<Record<string, Fidelity>>;
      readonly switches: readonly {
        readonly name: string;
        readonly value: string | number | boolean;
        readonly evidence: Evidence;
      }[];
      readonly observers: readonly {
        readonly name: string;
        readonly reads: readonly string[];
        readonly settleMs: number;
      }[];
    }
  | { readonly kind: "phase"; readonly phase: "rage" | "heal" | "drain" | "age" | "end" }
  | { readonly kind: "moved"; readonly domain: string; readonly toMs: number; readonly why: string }
  | { readonly kind: "started"; readonly party: PartyId }
  | { readonly kind: "stopped"; readonly party: PartyId; readonly graceMs: number; readonly clean: boolean }
  /** A crash of our making has its fault's `faulted` or its step as `cause`; one of the party's own has `why`. */
  | {
      readonly kind: "crashed";
      readonly party: PartyId;
      readonly class: "process" | "power";
      readonly survives: Survival;
      readonly why?: string;
    }
  | { readonly kind: "paused"; readonly party: PartyId }
  | { readonly kind: "resumed"; readonly party: PartyId }
  | { readonly kind: "upgraded"; readonly party: PartyId }
  | { readonly kind: "restored"; readonly party: PartyId; readonly toMs: number }
  | {
      readonly kind: "faulted";
      readonly faultId: string;
      /** A concrete boundary; for an outage the pattern it covers, until `untilMs`. */
      readonly boundary: BoundaryName;
      readonly family: "network" | "process" | "store" | "time" | "protocol" | "people";
      readonly outcome: "injected" | "not-reached" | "not-injectable";
      readonly untilMs?: number;
    }
  | {
      readonly kind: "asked";
      readonly operation: string;
      readonly asker: PartyId;
      readonly attempt: number;
      readonly copies: readonly CopyId[];
      readonly bytes: number;
    }
  | { readonly kind: "effected"; readonly change: string }
  | {
      readonly kind: "told";
      readonly to: PartyId;
      readonly saying: Saying;
      readonly code: string;
      readonly copies: readonly CopyId[];
      /** By the channel's contract this telling relieves `to` and makes this party the debtor. */
      readonly takesDebt?: PartyId;
    }
  | {
      readonly kind: "untold";
      readonly to: PartyId;
      readonly how: "lost" | "cut" | "stalled" | "late";
      readonly afterBytes: number;
    }
  | {
      readonly kind: "idle";
      readonly operation: string;
      readonly asker: PartyId;
      readonly count: number;
      readonly fromMs: number;
      readonly toMs: number;
    }
  | {
      readonly kind: "submitted";
      readonly sender: PartyId;
      readonly deliveries: readonly {
        readonly id: DeliveryId;
        readonly municipalityNumber: string;
        readonly district?: string;
      }[];
      readonly parts: readonly PartFact[];
      readonly messageKind: string;
      readonly version: string;
      readonly class: "confidential" | "ordinary";
      readonly sameAs: Readonly<Record<string, string>>;
      readonly planted?: "invalid" | "poison" | "twin";
    }
  | { readonly kind: "linked"; readonly wireId: string; readonly scope: string; readonly supersedes?: CopyId }
  | { readonly kind: "held"; readonly party: PartyId; readonly durability: Durability; readonly ok: boolean }
  | {
      readonly kind: "dropped";
      readonly party: PartyId;
      readonly why: "released" | "expired" | "purged" | "deadlettered" | "lost" | "restored";
      readonly lastPath: boolean;
    }
  | {
      readonly kind: "offered";
      readonly channel: PartyId;
      readonly resource: string;
      readonly to: PartyId;
      /** Absent where no clock ends it. */
      readonly lifeEndsMs?: number;
    }
  | { readonly kind: "fetched"; readonly reader: string; readonly received: number; readonly total: number }
  | { readonly kind: "settled"; readonly how: "ack" | "nack" | "requeue" | "delete"; readonly positive: boolean }
  | { readonly kind: "receipted"; readonly saying: "positive" | "negative"; readonly reason: ReasonClass }
  | {
      readonly kind: "registered";
      readonly caseId: string;
      readonly municipalityNumber?: string;
      readonly district?: string;
      readonly class?: "confidential" | "ordinary";
      readonly parts: readonly RegisteredPart[];
      /** False where set or order of parts, or declared metadata, differ from what was sent. */
      readonly whole: boolean;
    }
  | { readonly kind: "quarantined"; readonly party: PartyId; readonly retrievable: boolean; readonly untilMs: number }
  | { readonly kind: "shown"; readonly to: string }
  | { readonly kind: "opened"; readonly opener: "person" | "machine"; readonly who: string }
  | { readonly kind: "refused"; readonly party: PartyId; readonly permanent: boolean; readonly code: string }
  | { readonly kind: "returned"; readonly to: PartyId; readonly reason: ReasonClass }
  | { readonly kind: "printed"; readonly to: PartyId; readonly reason: ReasonClass }
  | { readonly kind: "resent"; readonly of: CopyId; readonly as: CopyId }
  | {
      readonly kind: "entitled";
      readonly who: string;
      readonly channel: PartyId;
      readonly resource: string;
      readonly granted: boolean;
      readonly recipient?: string;
    }
  | {
      readonly kind: "alive";
      readonly reader: string;
      readonly channel: PartyId;
      readonly resource: string;
      readonly how: "poll" | "attach" | "canary";
      readonly credit: boolean;
      /** Where several signs are told of in one entry: when the last one was, ms since the run began. */
      readonly lastMs?: number;
    }
  | {
      readonly kind: "notified";
      readonly person: string;
      readonly via: string;
      readonly outcome: "delivered" | "bounced" | "none";
    }
  | {
      readonly kind: "alerted";
      readonly sink: PartyId;
      /** The named person or staffed role that owns the sink; empty where nobody does. */
      readonly owner: string;
      /** Ids found in the alarm, resolved to copies where they could be. */
      readonly ids: readonly string[];
      readonly about: string;
      readonly bounced: boolean;
      /** Whether the reporter claims, and we could confirm, that the content is still retrievable. */
      readonly retrievable?: boolean;
    }
  | { readonly kind: "seen"; readonly person: string; readonly alert: number }
  | { readonly kind: "leaked"; readonly where: string; readonly encoding: string; readonly planted: string }
  | { readonly kind: "doubted"; readonly what: string };

/** One line of the ledger (`komfrem.ledger/v1`): RULES.md, section B. */
export type LedgerEntry = Stamp & LedgerBody;
export type EntryKind = LedgerEntry["kind"];
export type EntryOf<K extends EntryKind> = Extract<LedgerEntry, { readonly kind: K }>;

/** Fields a writer may give; `seq`, `atMs` and, unless told, `by` are stamped by the ledger. */
export type Draft = LedgerBody & Partial<Omit<Stamp, "seq" | "atMs">>;
