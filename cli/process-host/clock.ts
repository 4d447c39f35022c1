import type { HostClock, HostTimer } from "../../port/host.ts";

/** A clock that a process was given, and how to let go of it. */
export type ProcessClock = HostClock & {
  /** Resolves once the time is known. */
  readonly known: Promise<void>;
  close(): void;
};

type Armed = { atMs: number; readonly order: number; readonly then: () => void; readonly everyMs: number | undefined };

/** Timers in the order they are due, on whatever time moves them. */
export class Timers {
  readonly #armed = new Map<number, Armed>();
  #order = 0;

  arm(atMs: number, then: () => void, everyMs: number | undefined): HostTimer {
    const order = ++this.#order;
    this.#armed.set(order, { atMs, order, then, everyMs });
    return { id: order };
  }

  clear(timer: HostTimer): void {
    this.#armed.delete(timer.id);
  }

  /** When the next one is due; undefined if none is. */
  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { atMs } of this.#armed.values()) if (next === undefined || atMs < next) next = atMs;
    return next;
  }

  /** Takes the first that is due at an instant; one that repeats is armed again. */
  takeDue(nowMs: number): (() => void) | undefined {
    let first: Armed | undefined;
    for (const armed of this.#armed.values())
      if (armed.atMs <= nowMs && (first === undefined || armed.atMs < first.atMs)) first = armed;
    if (first === undefined) return undefined;
    if (first.everyMs === undefined) this.#armed.delete(first.order);
    else first.atMs = Math.max(first.atMs + first.everyMs, nowMs + 1);
    return first.then;
  }
}

/**
 * `HostClock` on any time: `now` tells it, `moved` is called whenever a timer was set or cleared.
 */
export function hostClockOn(timers: Timers, now: () => number, moved: () => void): HostClock {
  const arm = (then: () => void, ms: number, everyMs?: number): HostTimer => {
    const timer = timers.arm(now() + Math.max(0, Number(ms) || 0), then, everyMs);
    moved();
    return timer;
  };
  const clear = (timer: HostTimer): void => {
    timers.clear(timer);
    moved();
  };
  return {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = (): void => {
          clear(timer);
          reject(signal?.reason);
        };
        const timer = arm(() => {
          signal?.removeEventListener("abort", abort);
          resolve();
        }, ms);
        signal?.addEventListener("abort", abort, { once: true });
      }),
    setTimeout: (then, ms) => arm(then, ms),
    setInterval: (then, everyMs) => arm(then, Math.max(1, everyMs), Math.max(1, everyMs)),
    clear,
  };
}
