import type { Host } from "../../port/host.ts";
import { Patience } from "./patience.ts";

type Claim = { readonly start: string; readonly worker: string };

/**
 * Which worker of a process has which message in hand. A claim ends with the process that made it: another start heeds
 * none of them, so a claim need not be forced to disk. Where two processes run at once, the receiver's key keeps a
 * message from becoming two cases.
 */
export class Claims {
  readonly #host: Host;
  readonly #start: string;

  constructor(host: Host) {
    this.#host = host;
    this.#start = host.uuid();
  }

  /** Does something with a message while no other worker does anything with it; waits for its turn. */
  async whileClaimed(id: string, worker: string, signal: AbortSignal, does: () => Promise<void>): Promise<void> {
    const patience = new Patience(this.#host);
    while (!(await this.#claim(id, worker))) await patience.pause(signal);
    try {
      await does();
    } finally {
      await this.#host.store.delete(keyOf(id));
    }
  }

  /** False where another worker has it in hand, or where that cannot be told because both reached for it at once. */
  async #claim(id: string, worker: string): Promise<boolean> {
    const mine: Claim = { start: this.#start, worker };
    const claimed = this.#host.store.transaction(async (view) => {
      const claim = (await view.get(keyOf(id))) as Claim | undefined;
      if (claim?.start === this.#start) return false;
      await view.set(keyOf(id), mine);
      return true;
    });
    return claimed.catch(() => false);
  }
}

function keyOf(id: string): string {
  return `claim/${id}`;
}
