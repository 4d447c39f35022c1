import type { Alarm, HostStore, Order } from "../../port/host.ts";
import type { Outward } from "./sender-channel.ts";

/** A part of a message as the sender keeps it. */
export type Part = { readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array };

/** What is to be sent to whom, without its content. */
export type Delivery = {
  /** The name it was ordered by, which its channels and people are told too. */
  readonly reference: string;
  readonly kind: string;
  readonly recipient: Order["recipient"];
  readonly district?: string;
  readonly confidential: boolean;
};

/** One copy on one channel. */
export type Way = {
  readonly channel: Outward;
  /** The same over all tries of this copy. */
  readonly key: string;
  /** When it was chosen. */
  readonly sinceMs: number;
  /** Something may have reached the channel. */
  readonly tried: boolean;
  /** What the channel calls it, and since when; absent until it is known to have been taken on. */
  readonly sent?: { readonly id: string; readonly atMs: number };
  readonly warned: boolean;
  /** Nobody is likely to get it this way; `gone`: it is not asked about any more. */
  readonly failed?: { readonly gone: boolean };
  /** Asked about once, where that is all that is done. */
  readonly looked?: true;
};

/** An order from when it was taken on until its end is known. */
export type Entry = {
  readonly delivery: Delivery;
  /** The last one is the way it takes now. */
  readonly ways: readonly [Way, ...Way[]];
  /** What people are still to be told. */
  readonly owed: readonly Alarm[];
  /** No way is left: a person has to take it from here. */
  readonly returned: boolean;
};

const orders = "order/";
const contents = "content/";
const closed = "closed/";
const returned = "returned/";

/** What a sender remembers over crashes and power cuts. Content stands apart, and is written once. */
export class Journal {
  readonly #store: HostStore;

  constructor(store: HostStore) {
    this.#store = store;
  }

  /** Everything that is not over. */
  async open(): Promise<Entry[]> {
    const store = this.#store;
    const entries: Entry[] = [];
    for (const key of await store.keys(orders)) {
      const entry = (await store.get(key)) as Entry | undefined;
      if (entry !== undefined) entries.push(entry);
    }
    return entries;
  }

  /** Takes an order on; the entry it has by then, or undefined where it is over already. Survives a power cut once it resolves. */
  async take(entry: Entry, parts: readonly Part[]): Promise<Entry | undefined> {
    const store = this.#store;
    const { reference } = entry.delivery;
    const taken = await store.transaction(async (view) => {
      for (const over of [closed, returned]) if ((await view.get(over + reference)) !== undefined) return undefined;
      const known = (await view.get(orders + reference)) as Entry | undefined;
      if (
        known !== undefined &&
        (known.ways[0].sent !== undefined || (await view.get(contents + reference)) !== undefined)
      )
        return known;
      await view.set(contents + reference, parts);
      await view.set(orders + reference, known ?? entry);
      return known ?? entry;
    });
    await store.sync();
    return taken;
  }

  /** The content; undefined where a power cut came before the order was taken on. */
  async parts(reference: string): Promise<readonly Part[] | undefined> {
    return (await this.#store.get(contents + reference)) as readonly Part[] | undefined;
  }

  async keep(entry: Entry): Promise<void> {
    await this.#store.set(orders + entry.delivery.reference, entry);
    await this.#store.sync();
  }

  /** It has come through: the content is deleted, and that it was sent is remembered. */
  async close({ delivery: { reference } }: Entry): Promise<void> {
    const store = this.#store;
    await store.transaction(async (view) => {
      await view.set(closed + reference, true);
      await view.delete(orders + reference);
      await view.delete(contents + reference);
    });
    await store.sync();
  }

  /** Only the content is deleted. */
  async forgetContent(reference: string): Promise<void> {
    await this.#store.delete(contents + reference);
    await this.#store.sync();
  }

  /** A person has it in hand, and finds the content here. */
  async handOver({ delivery }: Entry): Promise<void> {
    const store = this.#store;
    await store.transaction(async (view) => {
      await view.set(returned + delivery.reference, delivery);
      await view.delete(orders + delivery.reference);
    });
    await store.sync();
  }

  /** An order that was never taken on whole: whoever gave it gives it again. */
  async drop({ delivery: { reference } }: Entry): Promise<void> {
    await this.#store.delete(orders + reference);
    await this.#store.sync();
  }
}
