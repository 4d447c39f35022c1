import { readdirSync, readFileSync } from "node:fs";
import { processesOf } from "./process-table.ts";

/** How often the machine is asked, and how often for new threads, real ms. */
const everyMs = 20;
const threadsEveryMs = 250;
/** A wait is told of once it is over; what is further back has been told of. */
const longestMs = 10_000;

/**
 * How long a system was ready to run and was not let: the machine was busy with something else. What several threads waited
 * at the same time counts once. By the machine's own account, which it brings up to date when a thread is let run again.
 *
 * @source proc(5), `/proc/<pid>/task/<tid>/schedstat`: its second number, ns.
 */
export class Starved {
  readonly #group: () => number | undefined;
  readonly #waited = new Map<string, number>();
  readonly #counted = new Spans();
  #threads: readonly string[] = [];
  #of: number | undefined;
  #askedMs = Number.NEGATIVE_INFINITY;
  #threadsAskedMs = Number.NEGATIVE_INFINITY;

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
    if (group !== this.#of || nowMs - this.#threadsAskedMs > threadsEveryMs) {
      this.#threadsAskedMs = nowMs;
      this.#of = group;
      // Our own main thread has to answer it: what keeps us waiting keeps it waiting.
      const ours = `${process.pid}/task/${process.pid}`;
      this.#threads = [...(group === undefined ? [] : processesOf(group).flatMap(threadsOf)), ours];
      const here = new Set(this.#threads);
      for (const thread of this.#waited.keys()) if (!here.has(thread)) this.#waited.delete(thread);
    }
    let longest = 0;
    for (const thread of this.#threads) {
      const waited = waitedMs(thread);
      if (waited === undefined) continue;
      longest = Math.max(longest, waited - (this.#waited.get(thread) ?? waited));
      this.#waited.set(thread, waited);
    }
    return this.#counted.add(nowMs - Math.min(longest, longestMs), nowMs);
  }
}

/** Spans of time that lie apart, each counted once. */
export class Spans {
  #spans: readonly { readonly fromMs: number; readonly toMs: number }[] = [];

  /** Adds a span that ends no earlier than any before it; gives how much of it is new, ms. */
  add(fromMs: number, toMs: number): number {
    const [apart, met] = [[], []] as [{ fromMs: number; toMs: number }[], { fromMs: number; toMs: number }[]];
    for (const span of this.#spans)
      if (span.toMs >= fromMs) met.push(span);
      else if (span.toMs > toMs - longestMs) apart.push(span);
    const known = met.reduce((sum, span) => sum + span.toMs - Math.max(span.fromMs, fromMs), 0);
    const merged = { fromMs: Math.min(fromMs, ...met.map((span) => span.fromMs)), toMs };
    if (toMs > fromMs) this.#spans = [...apart, merged];
    return toMs - fromMs - known;
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
