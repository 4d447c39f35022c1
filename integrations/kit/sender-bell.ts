import type { Host } from "../../port/host.ts";

/** Whoever waits for a time is woken before it when something has come up. */
export class Bell {
  readonly #host: Host;
  #rung = false;
  #wake: () => void = () => {};

  constructor(host: Host) {
    this.#host = host;
    host.signal.addEventListener("abort", () => this.ring(), { once: true });
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Resolves at this time, ms since the epoch, or when the bell is rung; at once where it was rung since the last wait. */
  async waitUntil(atMs: number): Promise<void> {
    const { clock, signal } = this.#host;
    if (!this.#rung && !signal.aborted)
      await new Promise<void>((resolve) => {
        const timer =
          atMs < Number.POSITIVE_INFINITY ? clock.setTimeout(resolve, Math.max(0, atMs - clock.now())) : undefined;
        this.#wake = () => {
          if (timer !== undefined) clock.clear(timer);
          resolve();
        };
      });
    this.#wake = () => {};
    this.#rung = false;
  }
}
