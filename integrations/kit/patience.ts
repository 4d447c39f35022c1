import type { Host } from "../../port/host.ts";

const firstPauseMs = 1000;
const longestPauseMs = 10 * 60_000;
/** A party that asks for more patience than this is asked again all the same. */
const longestHeededMs = 30 * 60_000;

/** Growing pauses between tries of one thing: 1 s, doubling to 10 minutes, up to a fifth shorter by chance. */
export class Patience {
  readonly #host: Host;
  #nextMs = firstPauseMs;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Waits before the next try; rejects as soon as the signal is aborted. */
  async pause(signal: AbortSignal, retryAfterMs = 0): Promise<void> {
    const own = this.#nextMs * (1 - this.#host.random() / 5);
    this.#nextMs = Math.min(this.#nextMs * 2, longestPauseMs);
    await this.#host.clock.sleep(Math.ceil(Math.max(own, Math.min(retryAfterMs, longestHeededMs))), signal);
  }
}
