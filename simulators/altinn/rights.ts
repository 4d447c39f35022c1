import { municipalityParty, type PartyId } from "../../core/names.ts";
import { type Mailbox, ordinaryMailbox, type Person, type Right, type Scenario } from "../../core/scenario.ts";
import type { Given } from "../wire.ts";
import { type Place, placeOf, type Rights } from "./seams.ts";

/** What of a scenario says who may read where. */
export type RegisterSetup = Pick<Scenario, "people" | "municipalities" | "steps" | "tests" | "channels"> & {
  /** An integration under test reads the mail, whatever the scenario tests. */
  readonly paired?: boolean;
};

/** Told of somebody who from now may read at a place. */
export type Entitled = (who: string, place: Place) => void;

const allRights: readonly Right[] = ["correspondence", "confidential", "dispatch-message", "dispatch-file"];
const kinds = ["correspondence", "confidential", "dispatch"] as const;
/** Held before the run began. */
const always = Number.NEGATIVE_INFINITY;

const mailRights: readonly Right[] = ["correspondence", "confidential"];

/** The system under test, where it is one that receives. */
const integration: PartyId = "integration";

/**
 * Who holds what in Altinn, for which municipality and since when.
 *
 * The ledger is told of a place, with everybody there, when the run begins if something may come to it, else right
 * before something does: a country of quiet municipalities costs nothing.
 */
export class Register implements Rights {
  readonly #given: Given;
  readonly #setup: RegisterSetup;
  readonly #mailboxes: ReadonlyMap<string, Mailbox>;
  readonly #staff = new Map<string, string[]>();
  readonly #served: ReadonlySet<string>;
  readonly #channels: ReadonlySet<string>;
  /** By municipality and holder: each right, and since when. */
  readonly #held = new Map<string, Map<string, Map<Right, number>>>();
  /** Resources that the ledger knows the readers of. */
  readonly #told = new Set<string>();
  #entitled: Entitled = () => {};

  constructor(given: Given, setup: RegisterSetup) {
    const channels = setup.channels ?? ["fiks-io"];
    this.#given = given;
    this.#setup = setup;
    this.#mailboxes = new Map(
      setup.municipalities.map(({ number, mailbox }) => [number, { ...ordinaryMailbox, ...mailbox }]),
    );
    this.#channels = new Set([
      ...channels,
      ...setup.steps.flatMap((step) => (step.kind === "sends" && step.by !== undefined ? [step.by] : [])),
    ]);
    // Beside a sender dispatches are opened by people only: no integration reads them.
    const read = setup.paired === true ? channels.filter((channel) => channel !== "altinn-dispatch") : channels;
    this.#served = new Set(
      setup.tests === "sender" && setup.paired !== true
        ? []
        : setup.municipalities
            .filter(({ served }) => served)
            .flatMap(({ number }) => placesOf(number))
            .filter(({ channel }) => read.includes(channel))
            .map(({ resource }) => resource),
    );
    for (const person of setup.people) this.#enrol(person);
    for (const { number, served } of setup.municipalities)
      if (served && placesOf(number).some((place) => this.serves(place)))
        this.#hold(integration, number, setup.paired === true ? mailRights : allRights, true, always);
  }

  /** Writes down who may read where something may come to in this run. */
  begin(): void {
    const addressed = new Set(
      this.#setup.steps.flatMap((step) => (step.kind === "sends" ? [step.to.municipality] : [])),
    );
    for (const { number } of this.#setup.municipalities)
      for (const place of placesOf(number))
        if (this.#inPlay(place) && (this.serves(place) || addressed.has(number))) this.tell(place);
  }

  /** From now on this is called whenever somebody comes to hold all that a place asks for. */
  onEntitled(then: Entitled): void {
    this.#entitled = then;
  }

  /** Somebody is given a right, or it is taken from them. */
  set(who: string, municipality: string, right: Right, granted: boolean): void {
    this.#change(who, municipality, [right], granted);
  }

  /** A main administrator gives somebody every right; nothing happens where they hold them all. */
  delegate(who: string, municipality: string): void {
    const held = this.#held.get(municipality)?.get(who);
    if (!allRights.every((right) => held?.has(right))) this.#change(who, municipality, allRights, true);
  }

  mayRead(who: string, place: Place): boolean {
    return this.since(who, place) !== undefined;
  }

  /** Since when somebody has held all that a place asks for, ms since the epoch; undefined where they do not. */
  since(who: string, place: Place): number | undefined {
    if (who === municipalityParty(place.municipality))
      return this.mailboxOf(place.municipality).machine === "none" ? undefined : always;
    const held = this.#held.get(place.municipality)?.get(who);
    let since = always;
    for (const right of place.rights) {
      const from = held?.get(right);
      if (from === undefined) return undefined;
      since = Math.max(since, from);
    }
    return since;
  }

  qualified(municipality: string): boolean {
    return this.mailboxOf(municipality).qualified;
  }

  mailboxOf(municipality: string): Mailbox {
    return this.#mailboxes.get(municipality) ?? ordinaryMailbox;
  }

  /** Whether it is the system under test that must read there. */
  serves(place: Place): boolean {
    return this.#served.has(place.resource);
  }

  /** Everybody who may read at a place now. */
  readersAt(place: Place): readonly string[] {
    return [...(this.#held.get(place.municipality)?.keys() ?? [])].filter((who) => this.mayRead(who, place));
  }

  /** Writes down who may read at a place, once. */
  tell(place: Place): void {
    if (this.#told.has(place.resource)) return;
    this.#told.add(place.resource);
    const { municipality } = place;
    const known = new Set([...(this.#staff.get(municipality) ?? []), ...(this.#held.get(municipality)?.keys() ?? [])]);
    const machine = municipalityParty(municipality);
    if (known.size === 0 || this.mayRead(machine, place)) known.add(machine);
    for (const who of known) this.#record(who, place);
  }

  #enrol({ name, municipality, rights = [] }: Person): void {
    if (municipality === undefined) return;
    const staff = this.#staff.get(municipality);
    if (staff === undefined) this.#staff.set(municipality, [name]);
    else staff.push(name);
    if (rights.length > 0) this.#hold(name, municipality, rights, true, always);
  }

  #change(who: string, municipality: string, rights: readonly Right[], granted: boolean): void {
    const places = placesOf(municipality).filter((place) => place.rights.some((right) => rights.includes(right)));
    const before = places.filter((place) => this.mayRead(who, place));
    this.#hold(who, municipality, rights, granted, this.#given.clock.now());
    for (const place of places) {
      if (!this.#inPlay(place)) continue;
      if (this.#told.has(place.resource)) this.#record(who, place);
      else this.tell(place);
    }
    for (const place of places) if (this.mayRead(who, place) && !before.includes(place)) this.#entitled(who, place);
  }

  #hold(who: string, municipality: string, rights: readonly Right[], granted: boolean, sinceMs: number): void {
    const there = this.#held.get(municipality) ?? new Map<string, Map<Right, number>>();
    const held = there.get(who) ?? new Map<Right, number>();
    this.#held.set(municipality, there.set(who, held));
    for (const right of rights) {
      if (!granted) held.delete(right);
      else if (!held.has(right)) held.set(right, sinceMs);
    }
  }

  #inPlay({ channel }: Place): boolean {
    return this.#channels.has(channel);
  }

  #record(who: string, place: Place): void {
    const { channel, resource } = place;
    this.#given.facts.record({ kind: "entitled", who, channel, resource, granted: this.mayRead(who, place) });
  }
}

function placesOf(municipality: string): readonly Place[] {
  return kinds.map((kind) => placeOf(kind, municipality));
}
