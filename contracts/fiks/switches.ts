import type { Evidence } from "../../core/ledger.ts";

/** A question that sources answer differently, only infer, or that changed over time. A scenario may set another value. */
export type Switch = {
  readonly value: string | number | boolean;
  readonly allowed: readonly (string | number | boolean)[];
  readonly evidence: Evidence;
  readonly means: string;
  readonly source: string;
};

export type SwitchName =
  | "retentionDays"
  | "ttlHours"
  | "bareHeaders"
  | "attempts"
  | "prefetchedAttempts"
  | "expiresAtHead"
  | "unackedExpires"
  | "ackTimeoutMinutes"
  | "paperAfterWorkingDays"
  | "replyTtlDays";

/** Switches of the portal and Fiks IO, by name, with the value used where a scenario sets none. */
export const switches: Readonly<Record<SwitchName, Switch>> = {
  retentionDays: {
    value: 30,
    allowed: [14, 30],
    evidence: "press",
    means: "Days the portal keeps its copy after a positive receipt.",
    source: "fiks.md 1.4; 14 until 2 June 2023 14:30",
  },
  ttlHours: {
    value: 24,
    allowed: [24, 48, 168],
    evidence: "docs",
    means: "Hours a concern message may wait in the receiver's queue.",
    source: "fiks.md 2 and 7",
  },
  bareHeaders: {
    value: false,
    allowed: [false, true],
    evidence: "inferred",
    means: "bekymringsmelding-id stands on the wire without the prefix egendefinert-header.",
    source: "fiks.md 2 and 7",
  },
  attempts: {
    value: 3,
    allowed: [3],
    evidence: "docs",
    means: "Failed deliveries after which a copy is dead-lettered.",
    source: "fiks.md 3.5",
  },
  prefetchedAttempts: {
    value: true,
    allowed: [true, false],
    evidence: "inferred",
    means: "A lost connection uses up an attempt of prefetched messages that were never handled.",
    source: "fiks.md 3.5 and 7",
  },
  expiresAtHead: {
    value: true,
    allowed: [true, false],
    evidence: "docs",
    means: "An overdue message is removed and reported only when it reaches the head of its queue.",
    source: "fiks.md 3.5",
  },
  unackedExpires: {
    value: false,
    allowed: [false, true],
    evidence: "inferred",
    means: "A delivered, unacked message can expire.",
    source: "fiks.md 3.5",
  },
  ackTimeoutMinutes: {
    value: 0,
    allowed: [0, 30],
    evidence: "inferred",
    means: "Minutes an unacked message may be held before the channel is closed; 0 for ever.",
    source: "fiks.md 3.5",
  },
  paperAfterWorkingDays: {
    value: 2,
    allowed: [2],
    evidence: "inferred",
    means: "Working days without a receipt, after delivery to Fiks IO, until the portal sends paper.",
    source: "fiks.md 1.4 and 7",
  },
  replyTtlDays: {
    value: 7,
    allowed: [7, 2],
    evidence: "code",
    means: "Days a receipt without a TTL of its own may wait for the portal.",
    source: "fiks.md 3.1, B7",
  },
};
