import type { Kept, ReceiverStore } from "../../simulators/receiver/kept.ts";

type Batch = {
  readonly kept: Kept[];
  /** Resolves once all of it is durable. */
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (why: unknown) => void;
};

/**
 * What a receiver keeps, on its way into the store. What comes while a commit is under way goes together into the next
 * one: many that ask at once share two commits.
 *
 * Staging and registering are two commits, the second begun once the first is durable, as in a case system that takes a
 * message in before it makes a case of it.
 */
export class WriteAhead {
  readonly #store: ReceiverStore;
  readonly #failed: (why: unknown) => void;
  #waiting: Batch | undefined;
  #underWay: Batch | undefined;
  #over = false;

  /** @param failed Told of the first commit that failed; from then on nothing is written any more. */
  constructor(store: ReceiverStore, failed: (why: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  add(kept: Kept): void {
    if (this.#over) return;
    if (this.#waiting === undefined) {
      this.#waiting = batch();
      if (this.#underWay === undefined) void this.#write();
    }
    this.#waiting.kept.push(kept);
  }

  /** Resolves once all that has been added is durable; undefined where it is. Rejects with why it may never be. */
  durable(): Promise<void> | undefined {
    return (this.#waiting ?? this.#underWay)?.durable;
  }

  async #write(): Promise<void> {
    while (this.#waiting !== undefined) {
      // Requests that have arrived already are handled first.
      await new Promise((turn) => setImmediate(turn));
      const now = this.#waiting;
      this.#waiting = undefined;
      this.#underWay = now;
      try {
        for (const step of steps(now.kept)) await this.#store.commit(step);
      } catch (why) {
        this.#over = true;
        this.#failed(why);
        now.reject(why);
        (this.#waiting as Batch | undefined)?.reject(why);
        return;
      }
      this.#underWay = undefined;
      now.resolve();
    }
  }
}

function steps(kept: readonly Kept[]): Kept[][] {
  const staged = kept.filter(({ kind }) => kind !== "registered");
  const registered = kept.filter(({ kind }) => kind === "registered");
  return [staged, registered].filter((step) => step.length > 0);
}

function batch(): Batch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // A queue is worked off with nobody waiting for it.
  promise.catch(() => {});
  return { kept: [], durable: promise, resolve, reject };
}
