import type { Evidence } from "../../core/ledger.ts";
import type { SwitchValues } from "../../core/scenario.ts";

/** Where sources on Fiks IO differ or are silent: one value each for a run. */
export type FiksIoSwitches = {
  readonly bareHeaders: boolean;
  readonly attempts: number;
  readonly expiresAtHead: boolean;
  readonly prefetchedMessagesExpire: boolean;
  readonly unhandledPrefetchCounts: boolean;
  /** Ms; 0 is off. */
  readonly consumerTimeoutMs: number;
  /** Ms. */
  readonly defaultTtlMs: number;
  readonly noticeSender: "fiks-io" | "recipient";
};

/** One switch as a report prints it. */
export type Switch<Name extends string = string> = {
  readonly name: Name;
  readonly means: string;
  readonly default: string | number | boolean;
  /** The values that some source or plausible reading supports. */
  readonly allowed: readonly (string | number | boolean)[];
  readonly evidence: Evidence;
  readonly source: string;
};

const day = 86_400_000;

/** Every switch of Fiks IO with the evidence for its default; a finding that vanishes under another allowed value is disputed. */
export const fiksIoSwitches: readonly Switch<keyof FiksIoSwitches>[] = [
  {
    name: "bareHeaders",
    means:
      "`bekymringsmelding-id` and `bydel-ressurs-id` stand on the wire without the prefix `egendefinert-header.` that all other headers of a sender have.",
    default: false,
    allowed: [false, true],
    evidence: "inferred",
    source: "fiks.md 2, 7",
  },
  {
    name: "attempts",
    means: "How often a message may come back to its queue; at the last of these it is dead-lettered instead.",
    default: 3,
    allowed: [3],
    evidence: "docs",
    source: "fiks.md 3.5",
  },
  {
    name: "expiresAtHead",
    means: "An overdue message is removed only once it stands at the head of its queue; if not, wherever it stands.",
    default: true,
    allowed: [true, false],
    evidence: "docs",
    source: "fiks.md 3.5",
  },
  {
    name: "prefetchedMessagesExpire",
    means: "A message that a consumer has fetched and not settled expires all the same.",
    default: false,
    allowed: [false, true],
    evidence: "inferred",
    source: "fiks.md 3.5",
  },
  {
    name: "unhandledPrefetchCounts",
    means:
      "A lost channel costs every fetched message an attempt; if not, only each consumer's oldest, which it may have been working on.",
    default: true,
    allowed: [true, false],
    evidence: "inferred",
    source: "fiks.md 3.5, 7",
  },
  {
    name: "consumerTimeoutMs",
    means: "A channel is closed once a message on it has been unsettled for so long, ms; 0 is never.",
    default: 0,
    allowed: [0, 1_800_000],
    evidence: "inferred",
    source: "fiks.md 3.5",
  },
  {
    name: "defaultTtlMs",
    means: "How long a message lives whose sender gives no `ttl`, ms.",
    default: 7 * day,
    allowed: [7 * day, 2 * day],
    evidence: "docs",
    source: "fiks.md 3.1, 7",
  },
  {
    name: "noticeSender",
    means:
      "Whose account stands as `avsender-id` of `tidsavbrudd` and `serverfeil`: Fiks IO's own, or the recipient's.",
    default: "fiks-io",
    allowed: ["fiks-io", "recipient"],
    evidence: "inferred",
    source: "fiks.md 7",
  },
];

/** Every switch at its default. */
export const fiksIoDefaults: FiksIoSwitches = Object.fromEntries(
  fiksIoSwitches.map((one) => [one.name, one.default]),
) as FiksIoSwitches;

/** Fiks IO's switches from a scenario's values, which go by the names in contracts/fiks/switches.ts; others are left at their defaults. */
export function fiksIoSwitchesFrom(values: SwitchValues): FiksIoSwitches {
  return {
    ...fiksIoDefaults,
    ...given("bareHeaders", values.bareHeaders),
    ...given("attempts", values.attempts),
    ...given("expiresAtHead", values.expiresAtHead),
    ...given("prefetchedMessagesExpire", values.unackedExpires),
    ...given("unhandledPrefetchCounts", values.prefetchedAttempts),
    ...given(
      "consumerTimeoutMs",
      typeof values.ackTimeoutMinutes === "number" ? values.ackTimeoutMinutes * 60_000 : undefined,
    ),
    ...given("defaultTtlMs", typeof values.replyTtlDays === "number" ? values.replyTtlDays * day : undefined),
  };
}

function given(name: keyof FiksIoSwitches, value: string | number | boolean | undefined): Partial<FiksIoSwitches> {
  return value === undefined ? {} : { [name]: value };
}
