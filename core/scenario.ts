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

/** Who must receive a message, and its districts. */
export type Municipality = {
  readonly number: string;
  readonly name: string;
  /** Synthetic: 3-series. */
  readonly organizationNumber: string;
  readonly districts: readonly District[];
  /** Whether the system under test serves it. One that it does not serve exists so that a wrong address shows. */
  readonly served: boolean;
  /** How it stands in Altinn, where that differs from `ordinaryMailbox`. */
  readonly mailbox?: Partial<Mailbox>;
};

/** How a municipality stands in Altinn, whoever reads there. */
export type Mailbox = {
  /** What becomes of notices to its registered address: somebody reads them, they bounce, or there is no address. */
  readonly notices: "read" | "bounce" | "no address";
  /** Whether somebody holds one of the register roles without which confidential mail is refused. */
  readonly qualified: boolean;
  /** A machine fetches what comes and opens it, and nobody looks at what it has fetched. */
  readonly machine: "none" | "opens";
};

/** A municipality in Altinn of which a scenario says nothing else. */
export const ordinaryMailbox: Mailbox = { notices: "read", qualified: true, machine: "none" };

/**
 * What somebody may hold for a municipality in Altinn. Mail is read with one of the first two; a criminal-case dispatch
 * only with both of the last two.
 *
 * @source altinn.md, sections 2.4 and 5
 */
export type Right = "correspondence" | "confidential" | "dispatch-message" | "dispatch-file";

/** Somebody, or a staffed role, on the one roster: at a municipality, or at the sender's. */
export type Person = {
  readonly name: string;
  readonly duty:
    | "caseworker"
    | "deputy"
    | "deviations"
    /** Opens the municipality's mail in Altinn and carries it by hand into the case system. */
    | "mail distributor"
    /** Main administrator in Altinn: alone may give rights to others. */
    | "administrator"
    /** At the police: looks at the list of what was never opened, and sends a letter instead. */
    | "investigator";
  /** Municipality number; absent at the sender's. */
  readonly municipality?: string;
  /** How often they look at their worklist while at work. */
  readonly looksEveryMs: number;
  /** What they hold in Altinn from the beginning. */
  readonly rights?: readonly Right[];
  /** An administrator who hears of mail gives all rights to this person; without one they forget. */
  readonly delegatesTo?: string;
};

/** The channels that a system under test may be given. With `fiks-io` a sender is given the portal. */
export type ChannelName = "fiks-io" | "altinn-correspondence" | "altinn-dispatch";

/** How the police send a message in Altinn. What is left out they do not ask for. */
export type Mail = {
  /** Not confidential. Dispatches always are. */
  readonly ordinary?: true;
  /** Files besides the first one. */
  readonly furtherFiles?: number;
  /** The recipient is asked to confirm. */
  readonly confirmation?: true;
  /** The recipient's registered address gets a notice, and a reminder after seven days. */
  readonly notice?: true;
  /** Files are deleted this many days after publication; they stay where it is absent. */
  readonly filesLiveDays?: number;
  /** It is published this much later than it was asked to be: the scan takes so long. */
  readonly publishedLateMs?: number;
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
export const contents = [
  "short",
  "long",
  "many-children",
  "unborn",
  /** Norwegian, Sámi and Kven letters. */
  "accents",
  /** The same letters taken apart: each accent a sign of its own (NFD). */
  "decomposed",
  /** Names and words that are read from right to left, and signs that turn the direction. */
  "right-to-left",
  /** Signs that no keyboard has: NUL, a byte-order mark, line separators, a bell. */
  "control-characters",
  /** A PDF of more than five megabytes. */
  "large",
  /** Files whose names mean something to a file system or a URL. Only files in Altinn have names of their own. */
  "odd-names",
] as const;

/** What a message says, by what is hard about it. */
export type Content = (typeof contents)[number];

/** Which version of the system under test runs: the one it begins with, or the one it is upgraded to. */
export type Version = "first" | "next";

/** What is wrong with the certificate that a party shows. All else about it is right. */
export const badCertificates = [
  "expired",
  /** Signed by an authority that nobody was told to trust. */
  "untrusted-root",
  /** For another name than that by which the party is reached. */
  "wrong-host",
] as const;

/** One of them. */
export type BadCertificate = (typeof badCertificates)[number];

/** One thing that happens in a scenario. The verbs of `komfrem/scenario` write them. */
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
      /**
       * The way it takes: the portal's sender or the police send it. Absent: the portal, and in a scenario that tests a
       * sender, whatever way that sender takes.
       */
      readonly by?: "altinn-correspondence" | "altinn-dispatch" | "letter";
      /** Only in Altinn. */
      readonly mail?: Mail;
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
  /**
   * The system under test is asked to stop, and its next version, or its first one again, is started on the same store.
   * With `overlapMs` the other version is started first, and both run at once for so long. Where there is no next version
   * it is the same one again.
   */
  | {
      readonly kind: "upgrades";
      readonly to: Version;
      readonly graceMs: number;
      readonly downMs: number;
      readonly overlapMs?: number;
    }
  /** The party is stopped, its durable store is put back to what it was so long ago, and it is started again. */
  | {
      readonly kind: "restores";
      /** `integration` is the system under test. */
      readonly party: "integration" | "receiver";
      readonly agoMs: number;
      readonly downMs: number;
    }
  /** From now the party cannot be reached by the system under test; time does not pass in this step. */
  | {
      readonly kind: "unreachable";
      readonly party: string;
      readonly forMs: number;
      /** It is there and shows this certificate, and so does whoever answers at the same address. Absent: it refuses. */
      readonly certificate?: BadCertificate;
    }
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
  /** From now a person, or the system under test (`integration`), holds a right for a municipality, or no longer does. */
  | {
      readonly kind: "entitles";
      readonly who: string;
      readonly municipality: string;
      readonly right: Right;
      readonly granted: boolean;
    }
  /** The named person is away; a deputy looks in their place if there is one. */
  | { readonly kind: "away"; readonly person: string; readonly forMs: number; readonly deputy?: string };

export type StepKind = Step["kind"];

/** Values of a scenario's switches: see `switches.ts` of a channel in `contracts/` for the names, their meaning and evidence. */
export type SwitchValues = Readonly<Record<string, string | number | boolean>>;

/** What happens, to whom, and what must hold, as data (`komfrem.scenario/v1`). */
export type Scenario = {
  readonly schema: "komfrem.scenario/v1";
  /** File name without its ending: `familia-2023`. */
  readonly id: string;
  readonly title: string;
  readonly because: string;
  readonly origin: string;
  /** What kind of system it puts to the test; an integration, which receives, unless said. */
  readonly tests?: "integration" | "sender";
  /** The channels that the system under test is given; Fiks IO alone unless said. */
  readonly channels?: readonly ChannelName[];
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
