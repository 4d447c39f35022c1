import { readdirSync, readFileSync } from "node:fs";
import { processesOf } from "./process-table.ts";

/** How often the machine is asked, and how often for new processes, real ms. */
const everyMs = 10;
const groupEveryMs = 250;

/**
 * How long a system was ready to run and was not let: the machine was busy with something else. Of several threads the one
 * that waited longest counts. By the machine's own account, which it brings up to date when a thread is let run again.
 *
 * @source proc(5), `/proc/<pid>/task/<tid>/schedstat`: its second number, ns.
 */
export class Starved {
  readonly #group: () => number | undefined;
  readonly #waited = new Map<string, number>();
  #processes: readonly string[] = [];
  #of: number | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #groupAskedMs = Number.NEGATIVE_INFINITY;

  /** @param group Id of the group of processes that it is now; undefined where none is here. */
  constructor(group: () => number | undefined) {
    this.#group = group;
  }

  /** Real ms since it was last asked; 0 where the machine does not say. */
  sinceMs(): number {
    const nowMs = performance.now();
    if (nowMs - this.#askedMs < everyMs) return 0;
    this.#askedMs = nowMs;
    const group = this.#group();
    if (group !== this.#of || nowMs - this.#groupAskedMs > groupEveryMs) {
      this.#groupAskedMs = nowMs;
      this.#of = group;
      this.#processes = group === undefined ? [] : processesOf(group);
    }
    // Our own main thread has to answer it: what keeps us waiting keeps it waiting.
    const threads = [...this.#processes.flatMap(threadsOf), `${process.pid}/task/${process.pid}`];
    let longest = 0;
    const here = new Set(threads);
    for (const thread of this.#waited.keys()) if (!here.has(thread)) this.#waited.delete(thread);
    for (const thread of threads) {
      const waited = waitedMs(thread);
      if (waited === undefined) continue;
      longest = Math.max(longest, waited - (this.#waited.get(thread) ?? waited));
      this.#waited.set(thread, waited);
    }
    return longest;
  }
}

function threadsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) => `${pid}/task/${thread}`);
  } catch {
    return [];
  }
}

function waitedMs(thread: string): number | undefined {
  try {
    const [, waitedNs] = readFileSync(`/proc/${thread}/schedstat`, "utf8").split(" ");
    return Number(waitedNs) / 1e6;
  } catch {
    return undefined;
  }
}
