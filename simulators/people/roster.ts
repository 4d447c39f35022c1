import type { Clock, Due } from "../../core/clock.ts";
import type { Person } from "../../core/scenario.ts";
import { type Absence, type Look, lastLook, nextLook, standIn } from "./state.ts";

/**
 * What is done when a person looks. `who` does it: they or their deputy; undefined while nobody does.
 *
 * @returns Whether something is left, for which there must be a next look.
 */
export type Work = (person: Person, who: string | undefined) => boolean;

const nobody: readonly Person[] = [];

/** Everybody who takes part: where they are, when they look, who is away and who stands in. Without work nothing is due. */
export class Roster {
  readonly people: readonly Person[];
  readonly #clock: Clock;
  readonly #named = new Map<string, Person>();
  readonly #at = new Map<string, Person[]>();
  readonly #absences = new Map<string, Absence[]>();
  readonly #looks = new Map<Person, Due>();
  readonly #works: Work[] = [];

  constructor(clock: Clock, people: readonly Person[]) {
    this.people = people;
    this.#clock = clock;
    for (const person of people) {
      this.#named.set(person.name, person);
      if (person.municipality === undefined) continue;
      const there = this.#at.get(person.municipality);
      if (there === undefined) this.#at.set(person.municipality, [person]);
      else there.push(person);
    }
  }

  named(name: string): Person | undefined {
    return this.#named.get(name);
  }

  /** The people of a municipality. */
  at(municipality: string): readonly Person[] {
    return this.#at.get(municipality) ?? nobody;
  }

  /** Away from now; with a deputy, who then does their work, or without. */
  away(person: string, forMs: number, deputy?: string): void {
    const fromMs = this.#clock.now();
    const absence = { fromMs, untilMs: fromMs + forMs, deputy };
    const known = this.#absences.get(person);
    if (known === undefined) this.#absences.set(person, [absence]);
    else known.push(absence);
  }

  /** Who does a person's work now. */
  standIn(person: string): string | undefined {
    return standIn(person, this.#absences, this.#clock.now());
  }

  /** The last time a person or their deputy looked; see `lastLook`. */
  lastLook(person: Person, counts: (who: string, atMs: number) => boolean): Look | undefined {
    return lastLook(person, this.#absences, this.#clock.now(), counts);
  }

  /** From now on this is done at every look. */
  does(work: Work): void {
    this.#works.push(work);
  }

  /** There is something for this person: they look at the next occasion. */
  willLook(person: Person): void {
    if (this.#looks.has(person)) return;
    const now = this.#clock.now();
    this.#looks.set(
      person,
      this.#clock.after(nextLook(now, person.looksEveryMs) - now, () => {
        this.#looks.delete(person);
        const who = this.standIn(person.name);
        // Every kind of work is done at the same look.
        const left = this.#works.filter((work) => work(person, who));
        if (left.length > 0) this.willLook(person);
      }),
    );
  }
}
