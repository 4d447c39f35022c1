import type { Host } from "../../port/host.ts";

const firstPauseMs = 1000;
const longestPauseMs = 10 * 60_000;
/** A party that asks for more patience than this is asked again all the same. */
const longestHeededMs = 30 * 60_000;

/** When a party that could not be reached is tried again: after 1 s, doubling to 10 minutes, up to a fifth sooner by chance. */
export class Backoff {
  readonly #host: Host;
  #pauseMs = firstPauseMs;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(host: Host) {
    this.#host = host;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  get isOver(): boolean {
    return this.#host.clock.now() >= this.#untilMs;
  }

  heard(): void {
    this.#pauseMs = firstPauseMs;
    this.#untilMs = Number.NEGATIVE_INFINITY;
  }

  failed(retryAfterMs = 0): void {
    const ownMs = this.#pauseMs * (1 - this.#host.random() / 5);
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
    this.#untilMs = this.#host.clock.now() + Math.ceil(Math.max(ownMs, Math.min(retryAfterMs, longestHeededMs)));
  }
}
