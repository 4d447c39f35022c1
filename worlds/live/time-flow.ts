import { osloEpochMs } from "../../core/calendar.ts";
import type { VirtualClock } from "../clock.ts";

const weekMs = 7 * 24 * 3_600_000;
/** How often a system that is on its own is looked after, real ms. */
const lookAfterMs = 10;

/**
 * Moves the world's clock along with the machine's, so many times as fast. What is due happens as its time comes, and at
 * the latest before anything the system does next.
 */
export class TimeFlow {
  readonly #clock: VirtualClock;
  readonly #ratio: number;
  readonly #standsStill: () => boolean;
  readonly #starvedMs: () => number;
  #lastMs = performance.now();
  /** Real ms in which the system was not let run, and that have passed in the world all the same. */
  #owedMs = 0;

  /**
   * @param ratio Ms of the world that a ms of the machine is.
   * @param standsStill Whether what has just happened makes time stand: what is due after it has to wait.
   * @param starvedMs Real ms since it was last asked that the machine kept the system from running: they do not count.
   */
  constructor(clock: VirtualClock, ratio: number, standsStill: () => boolean, starvedMs: () => number = () => 0) {
    this.#clock = clock;
    this.#ratio = ratio;
    this.#standsStill = standsStill;
    this.#starvedMs = starvedMs;
  }

  /** Does what has become due. */
  catchUp(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#owedMs += this.#starvedMs();
    const countedMs = Math.max(0, passedMs - this.#owedMs);
    this.#owedMs -= passedMs - countedMs;
    const toMs = this.#clock.now() + Math.floor(countedMs * this.#ratio);
    while (!this.#standsStill()) if (!this.#clock.runNext(toMs)) return this.#clock.moveTo(toMs);
  }

  /** It is that time at once. */
  jumpTo(epochMs: number): void {
    this.#clock.advanceTo(epochMs);
    this.stand();
  }

  /** The time that has passed did not pass in the world. */
  stand(): void {
    this.#lastMs = performance.now();
    this.#starvedMs();
    this.#owedMs = 0;
  }

  /** Real ms until the next thing is due, or until it is time to look again. */
  untilNextMs(): number {
    const due = this.#clock.nextAt();
    const waitMs = due === undefined ? lookAfterMs : (due - this.#clock.now()) / this.#ratio;
    return Math.max(1, Math.min(lookAfterMs, waitMs));
  }
}

/**
 * When a run begins for a system that goes by its own calendar: on the same weekday, at the same time of day in Oslo, as
 * the scenario does, in the week up to now. Epoch ms.
 *
 * @param startsAt Local time in Oslo, `2023-05-08T08:00:00`.
 */
export function startingNear(startsAt: string, nowMs: number): number {
  const weeks = Math.floor((nowMs - osloEpochMs(startsAt)) / weekMs);
  const date = new Date(`${startsAt}Z`);
  date.setUTCDate(date.getUTCDate() + 7 * weeks);
  return osloEpochMs(date.toISOString().slice(0, 19));
}
