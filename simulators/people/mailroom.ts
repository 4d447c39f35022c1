import { minuteMs } from "../../core/calendar.ts";
import { type CopyId, type DeliveryId, deliveryOf, municipalityParty, type PartyId } from "../../core/names.ts";
import type { Person, SwitchValues } from "../../core/scenario.ts";
import type { Register } from "../altinn/rights.ts";
import type { MailItem, Place, Readers } from "../altinn/seams.ts";
import { switchNumber } from "../switch-value.ts";
import type { Given } from "../wire.ts";
import type { Roster } from "./roster.ts";
import { nextLook } from "./state.ts";
import { peopleSwitches } from "./switches.ts";

export type MailroomSetup = {
  readonly rights: Register;
  /** Carries an opened message into the case system by hand. False where that cannot be now: it is tried again. */
  readonly carry: (item: MailItem) => boolean;
  /** Ms since the run began. */
  readonly sinceStart: (epochMs: number) => number;
  readonly switches?: SwitchValues;
};

/**
 * Who reads a municipality's mail in Altinn, and what becomes of what they open.
 *
 * Looks are due only while something lies unopened where somebody may read; the signs of life before that are worked
 * out when something comes.
 */
export class Mailroom implements Readers {
  readonly #given: Given;
  readonly #roster: Roster;
  readonly #setup: MailroomSetup;
  readonly #carriedMs: number;
  /** What lies unopened, by resource. */
  readonly #waiting = new Map<string, { readonly place: Place; readonly items: readonly MailItem[] }>();
  /** By resource and reader, the last sign of life that was written. */
  readonly #signs = new Map<string, number>();
  /** Municipalities whose administrators have a notice to read, by administrator. */
  readonly #notices = new Map<Person, Set<string>>();
  /** Were told by an administrator that there is mail to read, whatever their duty. */
  readonly #told = new Set<string>();

  constructor(given: Given, roster: Roster, setup: MailroomSetup) {
    this.#given = given;
    this.#roster = roster;
    this.#setup = setup;
    this.#carriedMs = switchNumber(peopleSwitches, setup.switches ?? {}, "carriedByHandMinutes") * minuteMs;
    setup.rights.onEntitled((who, place) => this.#hears(who, place));
    roster.does((person, who) => this.#read(person, who));
    roster.does((person, who) => this.#delegate(person, who));
  }

  readerOf(place: Place): PartyId {
    return this.#setup.rights.serves(place) ? "integration" : municipalityParty(place.municipality);
  }

  beforeOffer(place: Place): void {
    const { rights } = this.#setup;
    rights.tell(place);
    for (const person of this.#lookersAt(place)) {
      const look = this.#roster.lastLook(
        person,
        (who, atMs) => this.#held(person.name, place, atMs) && this.#held(who, place, atMs),
      );
      if (look !== undefined) this.#isAlive(look.who, place, look.atMs);
    }
  }

  afterOffer(item: MailItem): void {
    const { place } = item;
    const { rights } = this.#setup;
    if (rights.mailboxOf(place.municipality).machine === "opens") {
      // After what led here is over, so that it is no part of that exchange.
      this.#given.clock.after(0, () => item.open("machine", municipalityParty(place.municipality)));
      return;
    }
    const waiting = this.#waiting.get(place.resource);
    this.#waiting.set(place.resource, { place, items: [...(waiting?.items ?? []).filter(liesUnopened), item] });
    for (const person of this.#lookersAt(place)) this.#roster.willLook(person);
  }

  notice(place: Place, copy: CopyId): "delivered" | "bounced" | "none" {
    const { municipality } = place;
    const outcome = outcomes[this.#setup.rights.mailboxOf(municipality).notices];
    const heard =
      outcome === "delivered" ? this.#roster.at(municipality).filter(({ duty }) => duty === "administrator") : [];
    const addressees = heard.length === 0 ? [municipalityParty(municipality)] : heard.map(({ name }) => name);
    for (const person of addressees)
      this.#given.facts.record({ kind: "notified", person, via: "email", outcome, copy });
    for (const person of heard) {
      const notices = this.#notices.get(person) ?? new Set();
      this.#notices.set(person, notices.add(municipality));
      this.#roster.willLook(person);
    }
    return outcome;
  }

  /** Somebody who may read at a place opens what lies there of a delivery, now. False where nothing does. */
  opens(who: string, delivery: DeliveryId): boolean {
    for (const { place, items } of this.#waiting.values()) {
      const item = items.find((one) => liesUnopened(one) && deliveryOf(one.copy) === delivery);
      if (item === undefined || !this.#setup.rights.mayRead(who, place)) continue;
      this.#isAlive(who, place, this.#given.clock.now());
      this.#open(item, who, this.#roster.named(who)?.looksEveryMs ?? this.#carriedMs);
      return true;
    }
    return false;
  }

  #open(item: MailItem, who: string, everyMs: number): void {
    item.open("person", who);
    this.#given.clock.after(this.#carriedMs, () => this.#carry(item, who, everyMs));
  }

  /** Somebody learns that they may read at a place: they look if anything lies there. */
  #hears(who: string, place: Place): void {
    const person = this.#roster.named(who);
    if (person === undefined || !this.#waiting.has(place.resource) || !this.#looks(person)) return;
    if (this.#setup.rights.mayRead(who, place)) this.#roster.willLook(person);
  }

  /** Whether somebody looks for mail by their duty, or because they were told to. Deputies look only in another's place. */
  #looks({ name, duty }: Person): boolean {
    return duty === "mail distributor" || duty === "caseworker" || this.#told.has(name);
  }

  #lookersAt(place: Place): Person[] {
    return this.#setup.rights
      .readersAt(place)
      .map((who) => this.#roster.named(who))
      .filter((person) => person !== undefined)
      .filter((person) => this.#looks(person));
  }

  #held(who: string, place: Place, atMs: number): boolean {
    const since = this.#setup.rights.since(who, place);
    return since !== undefined && since <= atMs;
  }

  #isAlive(reader: string, { channel, resource }: Place, atMs: number): void {
    const key = `${resource} ${reader}`;
    if (this.#signs.get(key) === atMs) return;
    this.#signs.set(key, atMs);
    const lastMs = this.#setup.sinceStart(atMs);
    this.#given.facts.record({ kind: "alive", reader, channel, resource, how: "poll", credit: true, lastMs });
  }

  /** Opens what lies there. A deputy needs the rights as well. */
  #read(person: Person, who: string | undefined): boolean {
    if (this.#waiting.size === 0 || !this.#looks(person)) return false;
    const { rights } = this.#setup;
    let left = false;
    for (const [resource, waiting] of this.#waiting) {
      const { place } = waiting;
      if (!rights.mayRead(person.name, place)) continue;
      const items = waiting.items.filter(liesUnopened);
      if (items.length > 0 && (who === undefined || !rights.mayRead(who, place))) {
        left = true;
        continue;
      }
      this.#waiting.delete(resource);
      if (who === undefined || items.length === 0) continue;
      this.#isAlive(who, place, this.#given.clock.now());
      for (const item of items) this.#open(item, who, person.looksEveryMs);
    }
    return left;
  }

  #carry(item: MailItem, who: string, everyMs: number): void {
    const { clock } = this.#given;
    if (this.#setup.carry(item)) {
      item.settle(who);
      return;
    }
    const now = clock.now();
    clock.after(nextLook(now, everyMs) - now, () => this.#carry(item, who, everyMs));
  }

  /** An administrator who has heard of mail gives the one they are to give it to every right, or forgets it. */
  #delegate(person: Person, who: string | undefined): boolean {
    const notices = this.#notices.get(person);
    if (notices === undefined) return false;
    // Only a main administrator can do another's work here.
    if (who === undefined || this.#roster.named(who)?.duty !== "administrator") return true;
    this.#notices.delete(person);
    const { delegatesTo } = person;
    if (delegatesTo === undefined) return false;
    this.#told.add(delegatesTo);
    for (const municipality of notices) this.#setup.rights.delegate(delegatesTo, municipality);
    // Whoever held them before is told of the mail all the same.
    for (const { place } of this.#waiting.values())
      if (notices.has(place.municipality)) this.#hears(delegatesTo, place);
    return false;
  }
}

const liesUnopened = (item: MailItem): boolean => item.isThere() && !item.isOpened();
const outcomes = { read: "delivered", bounce: "bounced", "no address": "none" } as const;
