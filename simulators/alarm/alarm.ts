import { type CopyId, deliveryOf } from "../../core/names.ts";
import { aboutCopies } from "../about.ts";
import { leaksInText, recordLeaks } from "../leaks.ts";
import type { Manifest } from "../manifest.ts";
import type { Given, HttpOperation, HttpSimulator } from "../wire.ts";
import { alarmOperations } from "./http.ts";
import type { AlarmReason, Said } from "./state.ts";

export type AlarmSetup = {
  readonly manifest: Manifest;
  /** Who owns the sink, and is told of every alarm. */
  readonly people: { owner(): string; alerted(alert: number): void };
  /** Called for each alarm that reaches its owner; `alert` is the `seq` of its `alerted` entry. */
  readonly raised?: (alert: number, copies: readonly CopyId[], reason: AlarmReason) => void;
};

/** The alarm sink: takes whatever says something, as a webhook or as mail, and finds the ids in it. */
export class AlarmSink implements HttpSimulator {
  readonly party = "alarm";
  readonly operations: readonly HttpOperation[];
  readonly #given: Given;
  readonly #setup: AlarmSetup;

  constructor(given: Given, setup: AlarmSetup) {
    this.#given = given;
    this.#setup = setup;
    this.operations = alarmOperations(this);
  }

  /** The copies that an alarm names. */
  about(said: Said): ReturnType<typeof aboutCopies> {
    return aboutCopies(this.#copiesIn(said));
  }

  /** Takes an alarm; one that bounces reaches nobody. Gives the copies that it names. */
  raise(said: Said, bounced = false): readonly CopyId[] {
    const { manifest, people, raised } = this.#setup;
    const ids = this.#copiesIn(said);
    const [only] = ids;
    const alert = this.#given.facts.record({
      kind: "alerted",
      sink: this.party,
      owner: bounced ? "" : people.owner(),
      ids,
      about: said.reason,
      bounced,
      ...(ids.length === 1 && only !== undefined ? { copy: only } : {}),
    });
    recordLeaks(this.#given.facts, leaksInText(said.text, "alarm", manifest));
    if (bounced) return ids;
    raised?.(alert, ids, said.reason);
    people.alerted(alert);
    return ids;
  }

  /** By their ids on a wire, or their sender's own. What never got one is named by its label too, as the source's id. */
  #copiesIn({ text, sourceId = "" }: Said): readonly CopyId[] {
    const { manifest } = this.#setup;
    const found = manifest.copiesNamedIn(text);
    const labelled = manifest.delivery(sourceId);
    const named = [
      ...manifest.deliveriesReferredToIn(text, sourceId),
      ...(labelled === undefined ? [] : [labelled.id]),
    ];
    const known = new Set(found.map(deliveryOf));
    return [...found, ...new Set(named.filter((id) => !known.has(id)))];
  }
}
