import { type CopyId, type DeliveryId, municipalityParty, type PartyId, type RecipientId } from "../../core/names.ts";
import type { Person } from "../../core/scenario.ts";
import type { MailItem, Place, Readers } from "../altinn/seams.ts";
import type { Given } from "../wire.ts";
import { Mailroom, type MailroomSetup } from "./mailroom.ts";
import { Roster } from "./roster.ts";

export type PeopleSetup = {
  readonly people: readonly Person[];
  /** What kind of system is put to the test: alarms go to those on duty where it stands. */
  readonly tests?: "integration" | "sender";
  /** Absent where no mail comes in Altinn. */
  readonly mail?: MailroomSetup;
};

/** Something that people with a duty look at, and whether there is anything on it. */
type Worklist = { readonly duty: Person["duty"]; readonly look: (who: string) => void; waiting: boolean };

/** The one roster: who looks at which worklist and when, and who stands in for whom. */
export class People implements Readers {
  readonly #given: Given;
  readonly #roster: Roster;
  readonly #mailroom: Mailroom | undefined;
  /** On duty for alarms, where the system under test stands; wherever somebody is, if nobody is there. */
  readonly #onDuty: readonly Person[];
  /** New cases, by municipality. */
  readonly #cases = new Map<string, DeliveryId[]>();
  /** Alerts are seen by whoever is on duty for them, in any municipality. */
  #alerts: number[] = [];
  #seen: (alert: number, who: string) => void = () => {};

  constructor(given: Given, { people, tests = "integration", mail }: PeopleSetup) {
    this.#given = given;
    this.#roster = new Roster(given.clock, people);
    const onDuty = people.filter(({ duty }) => duty === "deviations");
    const there = onDuty.filter(({ municipality }) => (municipality === undefined) === (tests === "sender"));
    this.#onDuty = there.length > 0 ? there : onDuty;
    this.#roster.does((person, who) => this.#openCases(person, who));
    this.#roster.does((person, who) => this.#seeAlerts(person, who));
    this.#mailroom = mail === undefined ? undefined : new Mailroom(given, this.#roster, mail);
  }

  /** Who owns a sink for deviations now: a person on the roster or their deputy; empty where nobody does. */
  owner(): string {
    for (const person of this.#onDuty) {
      const name = this.#roster.standIn(person.name);
      if (name !== undefined) return name;
    }
    return "";
  }

  /** A case has come onto the worklist of a recipient's staff. */
  registered(delivery: DeliveryId, recipient: RecipientId): void {
    this.#given.facts.record({ kind: "shown", to: recipient, delivery });
    const municipality = recipient.slice(0, 4);
    const waiting = this.#cases.get(municipality);
    if (waiting === undefined) this.#cases.set(municipality, [delivery]);
    else waiting.push(delivery);
    for (const person of this.#roster.at(municipality)) if (person.duty === "caseworker") this.#roster.willLook(person);
  }

  /** An alarm has come in; `alert` is the `seq` of its `alerted` entry. */
  alerted(alert: number): void {
    this.#alerts.push(alert);
    for (const person of this.#onDuty) this.#roster.willLook(person);
  }

  /** From now on this is called for each alarm that somebody has seen. */
  onSeen(then: (alert: number, who: string) => void): void {
    this.#seen = then;
  }

  /**
   * Another party's worklist, which people with a duty look at.
   *
   * @returns To be called when there is something on it. They look once, at the next occasion, until it is called again.
   */
  worklist(duty: Person["duty"], look: (who: string) => void): () => void {
    const list: Worklist = { duty, look, waiting: false };
    this.#roster.does((person, who) => {
      if (!list.waiting || person.duty !== duty) return false;
      if (who === undefined) return true;
      list.waiting = false;
      look(who);
      return false;
    });
    const there = this.#roster.people.filter((person) => person.duty === duty);
    return () => {
      list.waiting = true;
      for (const person of there) this.#roster.willLook(person);
    };
  }

  /** Somebody opens a message now, whenever they would have looked. False where they may not, or it does not lie there. */
  opens(who: string, delivery: DeliveryId): boolean {
    return this.#mailroom?.opens(who, delivery) ?? false;
  }

  /** Away from now; with a deputy, who then does their work, or without. */
  away(person: string, forMs: number, deputy?: string): void {
    this.#roster.away(person, forMs, deputy);
  }

  readerOf(place: Place): PartyId {
    return this.#mailroom?.readerOf(place) ?? municipalityParty(place.municipality);
  }

  beforeOffer(place: Place): void {
    this.#mailroom?.beforeOffer(place);
  }

  afterOffer(item: MailItem): void {
    this.#mailroom?.afterOffer(item);
  }

  notice(place: Place, copy: CopyId): "delivered" | "bounced" | "none" {
    return this.#mailroom?.notice(place, copy) ?? "none";
  }

  #openCases({ duty, municipality = "" }: Person, who: string | undefined): boolean {
    const waiting = duty === "caseworker" ? (this.#cases.get(municipality) ?? []) : [];
    if (waiting.length === 0) return false;
    if (who === undefined) return true;
    this.#cases.set(municipality, []);
    for (const delivery of waiting) this.#given.facts.record({ kind: "opened", opener: "person", who, delivery });
    return false;
  }

  #seeAlerts(person: Person, who: string | undefined): boolean {
    if (this.#alerts.length === 0 || !this.#onDuty.includes(person)) return false;
    if (who === undefined) return true;
    const alerts = this.#alerts;
    this.#alerts = [];
    for (const alert of alerts) {
      this.#given.facts.record({ kind: "seen", person: who, alert });
      this.#seen(alert, who);
    }
    return false;
  }
}
