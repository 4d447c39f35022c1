const everyMs = 200;
/** How often a thread that stands still is asked what processor time it has had, and how long it may take to say so. */
const askedEveryMs = 1000;
/** Of a second, ms of processor time: who has had less was not waiting for a processor. */
const leastMs = 2;

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
 * may be let run seldom. One that had none at all blocks itself, and real time is what counts.
 *
 * @param patienceMs How long it may stand still, with half a processor at least.
 * @param stuck Told once where it stood; never of one that judges.
 * @returns Ends watching.
 */
export function watch({ came, usedMs }: Watched, patienceMs: number, stuck: (at: number) => void): () => void {
  let seen = -1;
  let stillMs = 0;
  let lastMs = performance.now();
  /** At the last asking, while it stands still. */
  let asked: { readonly stillMs: number; readonly usedMs: number } | undefined;
  let countedMs = 0;
  let asking = false;

  const timer = setInterval(() => {
    const nowMs = performance.now();
    // Where we were not let run ourselves, nor was it.
    const sinceMs = Math.min(nowMs - lastMs, 2 * everyMs);
    lastMs = nowMs;
    const now = came();
    if (now !== seen || now === underJudgement) {
      seen = now;
      stillMs = 0;
      countedMs = 0;
      asked = undefined;
      return;
    }
    stillMs += sinceMs;
    if (!asking && stillMs - (asked?.stillMs ?? 0) >= Math.min(askedEveryMs, patienceMs / 2)) void ask(now);
  }, everyMs);

  async function ask(at: number): Promise<void> {
    asking = true;
    const atMs = stillMs;
    let late: ReturnType<typeof setTimeout> | undefined;
    const used = await Promise.race([
      usedMs(),
      new Promise<"no answer">((resolve) => {
        late = setTimeout(resolve, askedEveryMs, "no answer");
      }),
    ]);
    clearTimeout(late);
    asking = false;
    if (seen !== at || came() !== at) return;
    const overMs = atMs - (asked?.stillMs ?? 0);
    if (typeof used !== "number") countedMs += overMs;
    else {
      // What it had before it was first asked is not known: it counts as what it was.
      const hadMs = asked === undefined ? overMs : used - asked.usedMs;
      countedMs += hadMs < (leastMs * overMs) / 1000 ? overMs : Math.min(overMs, 2 * hadMs);
    }
    asked = { stillMs: atMs, usedMs: typeof used === "number" ? used : (asked?.usedMs ?? 0) };
    if (countedMs < patienceMs) return;
    clearInterval(timer);
    stuck(at);
  }

  return () => clearInterval(timer);
}
