import { hourMs } from "../../core/calendar.ts";
import type { PartyId } from "../../core/names.ts";
import type { Given } from "../wire.ts";
import type { Place } from "./seams.ts";

/** Signs of life of readers that poll in Altinn. */
export class Signs {
  readonly #given: Given;
  /** By resource and reader, when its last sign of life was written. */
  readonly #written = new Map<string, number>();

  constructor(given: Given) {
    this.#given = given;
  }

  /** Writes one for each place; at most one an hour where the reader saw nothing new. */
  write(reader: PartyId, places: readonly Place[], sawNews: boolean): void {
    const { clock, facts } = this.#given;
    for (const { channel, resource } of places) {
      const key = `${resource} ${reader}`;
      if (!sawNews && clock.now() < (this.#written.get(key) ?? 0) + hourMs) continue;
      this.#written.set(key, clock.now());
      facts.record({ kind: "alive", reader, channel, resource, how: "poll", credit: true });
    }
  }
}
