import { aboutCopies } from "../about.ts";
import { leaksInText, recordLeaks } from "../leaks.ts";
import type { Manifest } from "../manifest.ts";
import type { Given, HttpOperation, HttpSimulator, WireRequest } from "../wire.ts";
import { alarmOperations } from "./http.ts";
import { reasonIn } from "./state.ts";

export type AlarmSetup = {
  readonly manifest: Manifest;
  /** Who owns the sink, and is told of every alarm. */
  readonly people: { owner(): string; alerted(alert: number): void };
};

const decoder = new TextDecoder();

/** The alarm sink: a webhook that takes any body and finds the ids in it. */
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
  about(request: WireRequest): ReturnType<typeof aboutCopies> {
    return aboutCopies(this.#setup.manifest.copiesNamedIn(decoder.decode(request.body)));
  }

  raise(request: WireRequest): readonly string[] {
    const { manifest, people } = this.#setup;
    const text = decoder.decode(request.body);
    const ids = manifest.copiesNamedIn(text);
    const [only] = ids;
    const alert = this.#given.facts.record({
      kind: "alerted",
      sink: this.party,
      owner: people.owner(),
      ids,
      about: reasonIn(text),
      bounced: false,
      ...(ids.length === 1 && only !== undefined ? { copy: only } : {}),
    });
    recordLeaks(this.#given.facts, leaksInText(text, "alarm", manifest));
    people.alerted(alert);
    return ids;
  }
}
