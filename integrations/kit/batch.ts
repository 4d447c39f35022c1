import type { Host } from "../../port/host.ts";
import type { Item } from "./item.ts";

/** A batch has at most this many messages: half a window, so that one is gathered while another is under way. */
const most = 5;
/** A batch that is not full is begun this long after its first message. */
const gatherMs = 2000;
/** What is done with waits this long for what was handed over before it. */
const lingerMs = 10_000;

type Gathering = { count: number; readonly full: Promise<void>; readonly fill: () => void };

/** Messages of one connection, or one mailbox: begun in batches, and settled together as far as all before them are done with. */
export class Batches {
  readonly #host: Host;
  readonly #signal: AbortSignal;
  /** Not settled, as they were handed over. */
  readonly #open: Item[] = [];
  readonly #done = new Set<Item>();
  #gathering: Gathering | undefined;

  constructor(host: Host, signal: AbortSignal) {
    this.#host = host;
    this.#signal = signal;
  }

  /** Resolves when its batch is full, or has waited long enough for more. */
  async gather(item: Item): Promise<void> {
    this.#open.push(item);
    this.#gathering ??= { count: 0, ...resolvable() };
    const batch = this.#gathering;
    batch.count += 1;
    if (batch.count >= most) batch.fill();
    else await Promise.race([batch.full, this.#host.clock.sleep(gatherMs, this.#signal)]);
    if (this.#gathering === batch) this.#gathering = undefined;
  }

  /** It was settled by itself. */
  leave(item: Item): void {
    const at = this.#open.indexOf(item);
    if (at >= 0) this.#open.splice(at, 1);
    this.#done.delete(item);
  }

  /** It is done with: settled once all of its batch are, or a while later without those that take longer. */
  async settle(item: Item): Promise<void> {
    this.#done.add(item);
    if (this.#done.size < this.#open.length) await this.#host.clock.sleep(lingerMs, this.#signal);
    if (this.#done.has(item)) await this.#settleDone();
  }

  /** One settling for all that nothing unfinished stands before; those behind are settled one by one. */
  async #settleDone(): Promise<void> {
    const unfinished = this.#open.findIndex((item) => !this.#done.has(item));
    const together = this.#open.slice(0, unfinished < 0 ? this.#open.length : unfinished);
    const alone = this.#open.slice(together.length).filter((item) => this.#done.has(item));
    const last = together.at(-1);
    for (const item of [...together, ...alone]) this.leave(item);
    if (last !== undefined) await last.settleWith(together.slice(0, -1));
    for (const item of alone) await item.settle();
  }
}

function resolvable(): { readonly full: Promise<void>; readonly fill: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { full: promise, fill: resolve };
}
