import type { CorrespondenceStatus } from "../../../contracts/altinn/statuses.ts";
import type { Item } from "./item.ts";

/** What a list is cut from: everything of a kind, newest request first. */
export type Range = {
  readonly items: readonly Item[];
  /** Within `items`. */
  readonly from: number;
  readonly to: number;
};

type Cut = {
  readonly items: readonly Item[];
  readonly version: number;
  /** The last body that was made of it, and for which part. */
  body: { readonly from: number; readonly to: number; readonly bytes: Uint8Array } | undefined;
};

/** Kinds of list that are remembered: a poller asks for one or two, again and again. */
const mostCuts = 64;

/**
 * The correspondences of one resource, in the order that lists have. A list that was asked for before, and that nothing
 * has changed since, is not made again.
 */
export class Shelf {
  /** Newest request first. */
  readonly #items: Item[] = [];
  /** By status, everything that has come to have it, in the order that it did. */
  readonly #logs = new Map<CorrespondenceStatus, Item[]>();
  readonly #cuts = new Map<string, Cut>();
  #version = 0;

  add(item: Item): void {
    this.#version += 1;
    this.#items.splice(firstAt(this.#items, item.requestedAtMs), 0, item);
  }

  /** It has a status that it never had before. */
  note(item: Item, status: CorrespondenceStatus): void {
    this.#version += 1;
    const log = this.#logs.get(status);
    if (log === undefined) this.#logs.set(status, [item]);
    else log.push(item);
  }

  /** Something else about it has changed. */
  touch(): void {
    this.#version += 1;
  }

  /** Everything that has come to have a status, in the order that it did. */
  logOf(status: CorrespondenceStatus): readonly Item[] {
    return this.#logs.get(status) ?? [];
  }

  /**
   * What a list holds.
   *
   * @param key Equal where `holds` is the same.
   */
  list(
    key: string,
    holds: (item: Item) => boolean,
    {
      fromMs,
      toMs,
      cap,
    }: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined; readonly cap: number },
  ): Range {
    const { items } = this.#cut(key, holds);
    const from = toMs === undefined ? 0 : firstAt(items, toMs - 1);
    const end = fromMs === undefined ? items.length : firstAt(items, fromMs);
    return { items, from, to: Math.max(from, Math.min(end, from + cap)) };
  }

  /** The body of a list. */
  bodyOf(key: string, { items, from, to }: Range): Uint8Array {
    const cut = this.#cuts.get(key);
    const known = cut?.items === items ? cut.body : undefined;
    if (known !== undefined && known.from === from && known.to === to) return known.bytes;
    const bytes = Buffer.from(JSON.stringify({ ids: items.slice(from, to).map(({ id }) => id) }));
    if (cut?.items === items) cut.body = { from, to, bytes };
    return bytes;
  }

  #cut(key: string, holds: (item: Item) => boolean): Cut {
    let cut = this.#cuts.get(key);
    if (cut === undefined || cut.version !== this.#version) {
      if (this.#cuts.size >= mostCuts) this.#cuts.clear();
      cut = { items: this.#items.filter(holds), version: this.#version, body: undefined };
      this.#cuts.set(key, cut);
    }
    return cut;
  }
}

/** The first place, newest request first, at which none was asked for after `ms`. */
function firstAt(items: readonly Item[], ms: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle] as Item).requestedAtMs > ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What each asker has yet to be shown: nothing is looked at twice, and a poll that sees nothing new looks at nothing. */
export class Unshown {
  readonly #byKey = new Map<string, { cursor: number; readonly items: Set<Item> }>();

  /**
   * What of a log this asker has not been shown.
   *
   * @param key Names the asker, and what it is shown.
   */
  of(key: string, log: readonly Item[]): ReadonlySet<Item> {
    let unshown = this.#byKey.get(key);
    if (unshown === undefined) {
      unshown = { cursor: 0, items: new Set() };
      this.#byKey.set(key, unshown);
    }
    for (; unshown.cursor < log.length; unshown.cursor++) unshown.items.add(log[unshown.cursor] as Item);
    return unshown.items;
  }

  shown(key: string, items: readonly Item[]): void {
    for (const item of items) this.#byKey.get(key)?.items.delete(item);
  }
}
