import type { Clock, Due } from "../core/clock.ts";

type Entry = { atMs: number; order: number; does: (() => void) | undefined };

/**
 * Time that passes only when it is told to. What is due at one instant happens in the order it was asked for.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  #pending = 0;
  readonly #heap: Entry[] = [];

  /** @param startMs Ms since the Unix epoch. */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, then: () => void): Due {
    const entry: Entry = { atMs: this.#nowMs + Math.max(0, ms), order: this.#order++, does: then };
    this.#push(entry);
    this.#pending++;
    return {
      cancel: () => {
        if (entry.does === undefined) return;
        entry.does = undefined;
        this.#pending--;
      },
    };
  }

  /** When the next thing is due, ms since the epoch; undefined if nothing is. */
  nextAt(): number | undefined {
    let top = this.#heap[0];
    while (top !== undefined && top.does === undefined) {
      this.#pop();
      top = this.#heap[0];
    }
    return top?.atMs;
  }

  /** Things still due. */
  get pending(): number {
    return this.#pending;
  }

  /** Moves to the next thing due and does it; false if nothing is due at or before `limitMs`. */
  runNext(limitMs: number = Number.POSITIVE_INFINITY): boolean {
    const at = this.nextAt();
    if (at === undefined || at > limitMs) return false;
    const entry = this.#pop();
    const then = entry?.does;
    if (entry === undefined || then === undefined) return false;
    this.#nowMs = at;
    entry.does = undefined;
    this.#pending--;
    then();
    return true;
  }

  /** Moves to an instant at which nothing else is due; never backwards. */
  moveTo(ms: number): void {
    if (ms > this.#nowMs) this.#nowMs = ms;
  }

  /** Does everything due up to and including an instant, then stands there. For simulators alone, without a system under test. */
  advanceTo(ms: number): void {
    while (this.runNext(ms));
    this.moveTo(ms);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Entry;
      if (above.atMs < entry.atMs || (above.atMs === entry.atMs && above.order < entry.order)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      const right = child + 1;
      if (right < heap.length && before(heap[right] as Entry, heap[child] as Entry)) child = right;
      if (!before(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
