import type { Due } from "../../core/clock.ts";
import type { DeliveryId, RecipientId } from "../../core/names.ts";
import type { Person } from "../../core/scenario.ts";
import type { Given } from "../wire.ts";
import { type Absence, nextLook, standIn } from "./state.ts";

export type PeopleSetup = { readonly people: readonly Person[] };

type Worklist<Item> = Map<string, Item[]>;

/** The one roster: who looks at which worklist and when, and who stands in for whom. */
export class People {
  readonly #given: Given;
  readonly #people: readonly Person[];
  readonly #absences = new Map<string, Absence>();
  readonly #looks = new Map<Person, Due>();
  /** New cases and alerts, by municipality. Alerts are seen by whoever reads deviations, in any municipality. */
  readonly #cases: Worklist<DeliveryId> = new Map();
  #alerts: number[] = [];

  constructor(given: Given, setup: PeopleSetup) {
    this.#given = given;
    this.#people = setup.people;
  }

  /** Who owns a sink for deviations now: a person on the roster or their deputy; empty where nobody does. */
  owner(): string {
    const now = this.#given.clock.now();
    for (const person of this.#people) {
      if (person.duty !== "deviations") continue;
      const name = standIn(person.name, this.#absences, now);
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
    for (const person of this.#people)
      if (person.duty === "caseworker" && person.municipality === municipality) this.#willLook(person);
  }

  /** An alarm has come in; `alert` is the `seq` of its `alerted` entry. */
  alerted(alert: number): void {
    this.#alerts.push(alert);
    for (const person of this.#people) if (person.duty === "deviations") this.#willLook(person);
  }

  /** Away from now; with a deputy, who then does their work, or without. */
  away(person: string, forMs: number, deputy?: string): void {
    this.#absences.set(person, { untilMs: this.#given.clock.now() + forMs, deputy });
  }

  #willLook(person: Person): void {
    if (this.#looks.has(person)) return;
    const { clock } = this.#given;
    const now = clock.now();
    this.#looks.set(
      person,
      clock.after(nextLook(now, person.looksEveryMs) - now, () => {
        this.#looks.delete(person);
        this.#look(person);
      }),
    );
  }

  #look(person: Person): void {
    const { clock, facts } = this.#given;
    const who = standIn(person.name, this.#absences, clock.now());
    switch (person.duty) {
      case "caseworker": {
        const waiting = this.#cases.get(person.municipality) ?? [];
        if (waiting.length === 0) return;
        if (who === undefined) {
          this.#willLook(person);
          return;
        }
        this.#cases.set(person.municipality, []);
        for (const delivery of waiting) facts.record({ kind: "opened", opener: "person", who, delivery });
        return;
      }
      case "deviations": {
        if (this.#alerts.length === 0) return;
        if (who === undefined) {
          this.#willLook(person);
          return;
        }
        const alerts = this.#alerts;
        this.#alerts = [];
        for (const alert of alerts) facts.record({ kind: "seen", person: who, alert });
        return;
      }
      case "deputy":
        return;
    }
  }
}
