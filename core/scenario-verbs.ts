import { isLabel } from "./boundary.ts";
import { HarnessError } from "./error.ts";
import type { Fault, FaultAction } from "./fault.ts";
import type { Survival } from "./ledger.ts";
import type { BoundaryName, Label } from "./names.ts";
import type {
  BadCertificate,
  Content,
  Defect,
  District,
  Mail,
  Mailbox,
  Municipality,
  Person,
  Right,
  Step,
  Version,
} from "./scenario.ts";

export type { Scenario } from "./scenario.ts";

/** A length of time in a scenario; what is left out is zero. */
export type Span = {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
};

/** A span in ms. */
export function ms(span: Span): number {
  return (((span.days ?? 0) * 24 + (span.hours ?? 0)) * 60 + (span.minutes ?? 0)) * 60_000 + (span.seconds ?? 0) * 1000;
}

/** What may be said of a message beyond its label and address. */
export type Sending = {
  readonly messageKind?: "offentlig" | "privat";
  readonly version?: 1 | 2;
  /** Absent where the sender knows none. */
  readonly district?: string;
  readonly content?: Content;
  readonly twinOf?: Label;
  readonly defect?: Defect;
  /** The police send it, in Altinn or as a letter; absent: the portal, or the sender under test. */
  readonly by?: "altinn-correspondence" | "altinn-dispatch" | "letter";
  readonly mail?: Mail;
};

/**
 * A concern message to a municipality: *offentlig*, version 1 and short unless said.
 *
 * @throws {HarnessError} The label cannot stand in the name of an exchange.
 */
export function sends(label: Label, municipality: string, how: Sending = {}): Step {
  if (!isLabel(label))
    throw new HarnessError({
      happened: `A message cannot be called "${label}".`,
      because:
        "Labels have letters, digits, . _ and -; start, token, expired, lost and idle mean something else in the names of exchanges.",
      next: 'Call it otherwise: sends("A", "4690")',
    });
  return {
    kind: "sends",
    label,
    messageKind: how.messageKind ?? "offentlig",
    version: how.version ?? 1,
    to: { municipality, ...(how.district === undefined ? {} : { district: how.district }) },
    content: how.content ?? "short",
    ...(how.twinOf === undefined ? {} : { twinOf: how.twinOf }),
    ...(how.defect === undefined ? {} : { defect: how.defect }),
    ...(how.by === undefined ? {} : { by: how.by }),
    ...(how.mail === undefined ? {} : { mail: how.mail }),
  };
}

/** The portal's operator sends the message once more. */
export function resends(label: Label): Step {
  return { kind: "resends", label };
}

/** Time passes before the next step. */
export function waits(span: Span): Step {
  return { kind: "waits", ms: ms(span) };
}

/** The system under test is killed; a power cut takes everything unsynced unless said otherwise. */
export function crashes(how: "process" | "power", downFor: Span, survives: Survival = "none"): Step {
  return { kind: "crashes", class: how, survives, downMs: ms(downFor) };
}

/** The system under test is asked to stop, has ten seconds, and starts again later. */
export function stops(downFor: Span): Step {
  return { kind: "stops", graceMs: 10_000, downMs: ms(downFor) };
}

/** How a system under test gets its other version. */
export type Upgrade = {
  /** `next` unless said; `first` rolls back. */
  readonly to?: Version;
  /** Nobody runs between the two for so long. */
  readonly downFor?: Span;
  /** Rolling: both run at once for so long. */
  readonly overlap?: Span;
};

/** The system under test is asked to stop, has ten seconds, and its other version starts on the same store. */
export function upgrades({ to = "next", downFor = {}, overlap }: Upgrade = {}): Step {
  return {
    kind: "upgrades",
    to,
    graceMs: 10_000,
    downMs: ms(downFor),
    ...(overlap === undefined ? {} : { overlapMs: ms(overlap) }),
  };
}

/** The system under test (`integration`), or the receiver, is restored from a backup of so long ago. */
export function restores(party: "integration" | "receiver", ago: Span, downFor: Span): Step {
  return { kind: "restores", party, agoMs: ms(ago), downMs: ms(downFor) };
}

/**
 * A channel or a party, `fiks-io`, `receiver`, refuses every connection; or it shows a certificate that whoever checks does
 * not accept: `{ certificate: "expired" }`.
 */
export function unreachable(party: string, span: Span, how: { readonly certificate?: BadCertificate } = {}): Step {
  return {
    kind: "unreachable",
    party,
    forMs: ms(span),
    ...(how.certificate === undefined ? {} : { certificate: how.certificate }),
  };
}

/** The receiver's store is slow, only queues, is overloaded (503), locked (423) or full (507). */
export function strains(how: "slow" | "queues" | "overloaded" | "locked" | "full", span: Span): Step {
  return { kind: "strains", how, forMs: ms(span) };
}

/** The receiver is killed, and keeps what it had made durable. */
export function receiverCrashes(downFor: Span): Step {
  return { kind: "receiverCrashes", downMs: ms(downFor) };
}

/** Fiks IO ends every AMQP connection. */
export function disconnects(): Step {
  return { kind: "disconnects" };
}

/** A person is away, and opens nothing; the deputy, if there is one, has their duties meanwhile. */
export function away(person: string, span: Span, deputy?: string): Step {
  return { kind: "away", person, forMs: ms(span), ...(deputy === undefined ? {} : { deputy }) };
}

/** From now this person, or `integration`, holds a right for a municipality in Altinn. */
export function grants(who: string, at: Municipality, right: Right): Step {
  return { kind: "entitles", who, municipality: at.number, right, granted: true };
}

/** From now this person, or `integration`, no longer holds a right. */
export function revokes(who: string, at: Municipality, right: Right): Step {
  return { kind: "entitles", who, municipality: at.number, right, granted: false };
}

/** A fault at a boundary; it strikes once unless said. Its id is its place and what it does. */
export function fault(at: BoundaryName, does: FaultAction, times?: number): Fault {
  return { id: `${does.kind} ${at}`, at, does, ...(times === undefined ? {} : { times }) };
}

/** The answer is lost after the effect. */
export function losesAnswer(exchange: string, times?: number): Fault {
  return fault(`${exchange}:done`, { kind: "reset" }, times);
}

/** The system under test is killed at a boundary. */
export function crashesAt(at: BoundaryName, how: "process" | "power", survives: Survival = "none"): Fault {
  return fault(at, { kind: "crash", class: how, survives });
}

/** A district that takes what names none; new systems read version 2 and so does this one unless said. */
export function standardDistrict(number: string, name: string, supports: "V1" | "V2" = "V2"): District {
  return { number, name, standard: true, supports };
}

/** A district with an address of its own, and the version of the message it takes. */
export function district(number: string, name: string, supports: "V1" | "V2" = "V2"): District {
  return { number, name, standard: false, supports };
}

/** A municipality that the system under test serves. */
export function municipality(
  number: string,
  name: string,
  organizationNumber: string,
  districts: readonly [District, ...District[]],
): Municipality {
  return { number, name, organizationNumber, districts, served: true };
}

/** A municipality that exists so that a wrong address shows. */
export function neighbour(served: Municipality): Municipality {
  return { ...served, served: false };
}

/** How a municipality stands in Altinn, where that is not as usual. */
export function withMailbox(at: Municipality, mailbox: Partial<Mailbox>): Municipality {
  return { ...at, mailbox };
}

/** What somebody on the roster holds and does in Altinn. */
export type InAltinn = Pick<Person, "rights" | "delegatesTo">;

/** Someone at the sender's: who is on duty for its alarms (`deviations`), or an investigator. */
export function atSenders(name: string, duty: "deviations" | "investigator", looksEvery: Span = { hours: 1 }): Person {
  return { name, duty, looksEveryMs: ms(looksEvery) };
}

/** Someone in the child-welfare office; looks at their worklist every hour at work unless said. */
export function person(
  name: string,
  duty: Person["duty"],
  at: Municipality,
  looksEvery: Span = { hours: 1 },
  inAltinn: InAltinn = {},
): Person {
  return { name, duty, municipality: at.number, looksEveryMs: ms(looksEvery), ...inAltinn };
}
