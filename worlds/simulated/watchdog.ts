const everyMs = 200;
/** How often a thread that stands still is asked what processor time it has had. */
const askedEveryMs = 1000;
/** After so many times the patience, one that has had no processor time to speak of, or does not answer, blocks itself. */
const blockedAfter = 4;
/** Of a second, ms of processor time: hardly any machine is so busy that it gives less to who is waiting for it. */
const leastMs = 1;

/** How far a worker says that it has come once the system has no part in what it does. */
export const underJudgement = -1;

/** What is watched of a thread. */
export type Watched = {
  /** Changes as often as it goes forward. */
  readonly came: () => number;
  /** Processor time that it has had, ms; undefined where this Node does not know. */
  readonly usedMs: () => Promise<number | undefined>;
};

/**
 * Watches a thread until it has stood still for too long: by the processor time it had meanwhile, since on a busy machine it
 * may be let run seldom. One that has none to speak of for long blocks itself.
 *
 * @param patienceMs How long it may stand still, with half a processor at least.
 * @param stuck Told once where it stood; never of one that judges.
 * @returns Ends watching.
 */
export function watchdog({ came, usedMs }: Watched, patienceMs: number, stuck: (at: number) => void): () => void {
  let lastMs = performance.now();
  let still: Standstill | undefined;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    // Where we were not let run ourselves, nor was it.
    const sinceMs = Math.min(nowMs - lastMs, 2 * everyMs);
    lastMs = nowMs;
    const at = came();
    if (at !== still?.at || at === underJudgement) {
      still = new Standstill(at, patienceMs);
      return;
    }
    still.pass(sinceMs, usedMs);
    if (!still.isOver) return;
    clearInterval(timer);
    stuck(at);
  }, everyMs);
  return () => clearInterval(timer);
}

/** One stretch of time in which a thread did not go forward. */
class Standstill {
  readonly at: number;
  readonly #patienceMs: number;
  #realMs = 0;
  /** When it was asked last, real ms since it stands still. */
  #askedMs = 0;
  #asking = false;
  #isKnown = true;
  /** At its first answer: what it had had by then, and when it was asked. */
  #first: { readonly usedMs: number; readonly realMs: number } | undefined;
  #hadMs = 0;

  constructor(at: number, patienceMs: number) {
    this.at = at;
    this.#patienceMs = patienceMs;
  }

  get isOver(): boolean {
    const patienceMs = this.#patienceMs;
    if (!this.#isKnown) return this.#realMs >= patienceMs;
    if (this.#realMs >= blockedAfter * patienceMs && this.#hadMs < (leastMs * this.#realMs) / 1000) return true;
    if (this.#first === undefined) return false;
    const { realMs } = this.#first;
    return realMs + Math.min(this.#realMs - realMs, 2 * this.#hadMs) >= patienceMs;
  }

  pass(sinceMs: number, usedMs: Watched["usedMs"]): void {
    this.#realMs += sinceMs;
    const realMs = this.#realMs;
    if (this.#asking || realMs - this.#askedMs < Math.min(askedEveryMs, this.#patienceMs / 2)) return;
    this.#asking = true;
    this.#askedMs = realMs;
    void usedMs().then((used) => {
      this.#asking = false;
      if (used === undefined) this.#isKnown = false;
      else if (this.#first === undefined) this.#first = { usedMs: used, realMs };
      else this.#hadMs = used - this.#first.usedMs;
    });
  }
}
