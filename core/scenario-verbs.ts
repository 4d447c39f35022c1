import type { Fault, FaultAction } from "./fault.ts";
import type { Survival } from "./ledger.ts";
import type { BoundaryName, Label } from "./names.ts";
import type { Content, Defect, District, Municipality, Person, Step } from "./scenario.ts";

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
};

/** A concern message to a municipality: *offentlig*, version 1 and short unless said. */
export function sends(label: Label, municipality: string, how: Sending = {}): Step {
  return {
    kind: "sends",
    label,
    messageKind: how.messageKind ?? "offentlig",
    version: how.version ?? 1,
    to: { municipality, ...(how.district === undefined ? {} : { district: how.district }) },
    content: how.content ?? "short",
    ...(how.twinOf === undefined ? {} : { twinOf: how.twinOf }),
    ...(how.defect === undefined ? {} : { defect: how.defect }),
  };
}

/** The portal's operator sends the message once more. */
export function resends(label: Label): Step {
  return { kind: "resends", label };
}

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

export function unreachable(party: string, span: Span): Step {
  return { kind: "unreachable", party, forMs: ms(span) };
}

/** The receiver's store is slow, only queues, is overloaded (503), locked (423) or full (507). */
export function strains(how: "slow" | "queues" | "overloaded" | "locked" | "full", span: Span): Step {
  return { kind: "strains", how, forMs: ms(span) };
}

export function receiverCrashes(downFor: Span): Step {
  return { kind: "receiverCrashes", downMs: ms(downFor) };
}

export function disconnects(): Step {
  return { kind: "disconnects" };
}

export function away(person: string, span: Span, deputy?: string): Step {
  return { kind: "away", person, forMs: ms(span), ...(deputy === undefined ? {} : { deputy }) };
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

/** Someone in the child-welfare office; looks at their worklist every hour at work unless said. */
export function person(name: string, duty: Person["duty"], at: Municipality, looksEvery: Span = { hours: 1 }): Person {
  return { name, duty, municipality: at.number, looksEveryMs: ms(looksEvery) };
}
