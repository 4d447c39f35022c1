import type { Fault } from "./fault.ts";
import type { Survival } from "./ledger.ts";
import type { Label } from "./names.ts";
import type { RuleId } from "./rule.ts";

export type District = {
  readonly number: string;
  readonly name: string;
  /** Takes what names no district. Exactly one district of a municipality does. */
  readonly standard: boolean;
  /** The newest version of the concern message that its system has declared it can read. */
  readonly supports: "V1" | "V2";
};

export type Municipality = {
  readonly number: string;
  readonly name: string;
  /** Synthetic: 3-series. */
  readonly organizationNumber: string;
  readonly districts: readonly District[];
  /** Whether the system under test serves it. One that it does not serve exists so that a wrong address shows. */
  readonly served: boolean;
};

/** A person or staffed role in the municipality's child-welfare office. */
export type Person = {
  readonly name: string;
  readonly duty: "caseworker" | "deputy" | "deviations";
  /** Municipality number. */
  readonly municipality: string;
  /** How often they look at their worklist while at work. */
  readonly looksEveryMs: number;
};

/** What is wrong with a message that we break on purpose. */
export type Defect =
  | "empty-container"
  | "truncated-container"
  | "not-json"
  | "missing-pdf"
  | "missing-field"
  | "other-municipality"
  | "unknown-type"
  | "unsupported-version";

/** How a message is filled. Synthetic people only. */
export type Content = "short" | "long" | "many-children" | "unborn" | "accents";

export type Step =
  | {
      readonly kind: "sends";
      readonly label: Label;
      readonly messageKind: "offentlig" | "privat";
      readonly version: 1 | 2;
      /** Municipality number; the district may be left out where the sender does not know it. */
      readonly to: { readonly municipality: string; readonly district?: string };
      readonly content: Content;
      /** Equal text, and other people behind it, than the message with this label. */
      readonly twinOf?: Label;
      readonly defect?: Defect;
    }
  /** The portal's operator sends the message once more: a new copy, same `bekymringsmelding-id`. */
  | { readonly kind: "resends"; readonly label: Label }
  | { readonly kind: "waits"; readonly ms: number }
  | {
      readonly kind: "crashes";
      readonly class: "process" | "power";
      readonly survives: Survival;
      readonly downMs: number;
    }
  | { readonly kind: "stops"; readonly graceMs: number; readonly downMs: number }
  /** From now the party cannot be reached by the system under test; time does not pass in this step. */
  | { readonly kind: "unreachable"; readonly party: string; readonly forMs: number }
  /** From now the receiver's store is in this state; time does not pass in this step. */
  | {
      readonly kind: "strains";
      readonly how: "slow" | "queues" | "overloaded" | "locked" | "full";
      readonly forMs: number;
    }
  /** The receiver's process is killed: what it only had queued in memory is gone. */
  | { readonly kind: "receiverCrashes"; readonly downMs: number }
  /** Open connections to Fiks IO are cut; new ones are taken at once. */
  | { readonly kind: "disconnects" }
  /** The named person is away; a deputy looks in their place if there is one. */
  | { readonly kind: "away"; readonly person: string; readonly forMs: number; readonly deputy?: string };

export type StepKind = Step["kind"];

/** Values of a scenario's switches: see `contracts/fiks/switches.ts` for the names, their meaning and evidence. */
export type SwitchValues = Readonly<Record<string, string | number | boolean>>;

/** What happens, to whom, and what must hold, as data (`komfrem.scenario/v1`). */
export type Scenario = {
  readonly schema: "komfrem.scenario/v1";
  /** File name without its ending: `familia-2023`. */
  readonly id: string;
  readonly title: string;
  readonly because: string;
  readonly origin: string;
  /** Oslo local time the run begins, `2023-05-08T08:00:00`. */
  readonly startsAt: string;
  readonly municipalities: readonly Municipality[];
  readonly people: readonly Person[];
  readonly switches: SwitchValues;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** Rules that must be exercised and hold; all others are judged as well. */
  readonly mustHold: readonly RuleId[];
};
