import { deserialize, serialize } from "node:v8";
import type { Random } from "../../core/clock.ts";
import type { Survival } from "../../core/ledger.ts";
import type { HostStore, StoreValue, StoreView } from "../../port/host.ts";

type Stored = { readonly bytes: Uint8Array; readonly version: number };
type Write = { readonly key: string; readonly stored: Stored | undefined };
/** What a key held until an instant. */
type Before = Write & { readonly untilMs: number };
/** Keys whose synced value changed, undefined where it is gone. */
export type Changed = ReadonlyMap<string, Uint8Array | undefined>;

/** Why a transaction could not be made: other writes came between, every time. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
}

const transactionTries = 8;

/**
 * What an integration's store holds: written survives a killed process, synced survives a power cut.
 * One a system under test, shared by all its incarnations.
 */
export class Disk {
  readonly #written = new Map<string, Stored>();
  readonly #synced = new Map<string, Stored>();
  #unsynced: Write[] = [];
  #version = 0;
  readonly #onSynced: (changed: Changed) => void;
  readonly #now: (() => number) | undefined;
  readonly #past: Before[] = [];

  /**
   * @param onSynced Told of what was synced.
   * @param now Time, ms; where it is given, what was synced at any time can be put back.
   */
  constructor(onSynced: (changed: Changed) => void, now?: () => number) {
    this.#onSynced = onSynced;
    this.#now = now;
  }

  read(key: string): Stored | undefined {
    return this.#written.get(key);
  }

  keys(prefix: string): string[] {
    return [...this.#written.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  write(key: string, value: Uint8Array | undefined): void {
    const stored = value === undefined ? undefined : { bytes: value, version: ++this.#version };
    if (stored === undefined) this.#written.delete(key);
    else this.#written.set(key, stored);
    this.#unsynced.push({ key, stored });
  }

  sync(): void {
    this.#apply(this.#unsynced);
    this.#unsynced = [];
  }

  /** A power cut: of what was not synced nothing, a prefix or any subset survives. */
  powerCut(survives: Survival, random: Random): void {
    const survivors =
      survives === "none"
        ? []
        : survives === "prefix"
          ? this.#unsynced.slice(0, random.between(0, this.#unsynced.length))
          : this.#unsynced.filter(() => random.next() < 0.5);
    this.#unsynced = [];
    this.#apply(survivors);
    this.#written.clear();
    for (const [key, stored] of this.#synced) this.#written.set(key, stored);
  }

  /**
   * Everything is as it was synced at an instant; what was written and synced since is gone.
   *
   * @returns What is otherwise than before.
   */
  putBack(toMs: number): Changed {
    const since = this.#past.findIndex(({ untilMs }) => untilMs > toMs);
    const then = new Map<string, Stored | undefined>();
    for (const { key, stored } of since < 0 ? [] : this.#past.slice(since)) if (!then.has(key)) then.set(key, stored);
    this.#unsynced = [];
    const changed = this.#synchronize([...then].map(([key, stored]) => ({ key, stored })));
    this.#written.clear();
    for (const [key, stored] of this.#synced) this.#written.set(key, stored);
    return changed;
  }

  #apply(writes: readonly Write[]): void {
    if (writes.length > 0) this.#onSynced(this.#synchronize(writes));
  }

  #synchronize(writes: readonly Write[]): Changed {
    const changed = new Map<string, Uint8Array | undefined>();
    for (const { key, stored } of writes) {
      if (this.#now !== undefined) this.#past.push({ key, stored: this.#synced.get(key), untilMs: this.#now() });
      if (stored === undefined) this.#synced.delete(key);
      else this.#synced.set(key, stored);
      changed.set(key, stored?.bytes);
    }
    return changed;
  }
}

/** Bytes in what is deserialized are a window on the bytes it is made of: those must be its own. */
function copied(bytes: Uint8Array): StoreValue {
  return deserialize(new Uint8Array(bytes));
}

/**
 * The store as one incarnation sees it.
 *
 * @param settle Hands a result to the incarnation, now or never.
 */
export function storeOn(disk: Disk, settle: <T>(work: () => T) => Promise<T>): HostStore {
  const readBack = (bytes: Uint8Array | undefined): StoreValue => (bytes === undefined ? undefined : copied(bytes));
  return {
    get: (key) => settle(() => readBack(disk.read(key)?.bytes)),
    set: (key, value) => settle(() => disk.write(key, serialize(value))),
    delete: (key) => settle(() => disk.write(key, undefined)),
    keys: (prefix = "") => settle(() => disk.keys(prefix)),
    sync: () => settle(() => disk.sync()),
    async transaction<T>(fn: (view: StoreView) => Promise<T>): Promise<T> {
      for (let tries = 0; tries < transactionTries; tries++) {
        const read = new Map<string, number | undefined>();
        const listed = new Map<string, string>();
        const writes = new Map<string, Uint8Array | undefined>();
        const result = await fn({
          get: (key) =>
            settle(() => {
              if (writes.has(key)) return readBack(writes.get(key));
              const stored = disk.read(key);
              if (!read.has(key)) read.set(key, stored?.version);
              return readBack(stored?.bytes);
            }),
          set: (key, value) => settle(() => void writes.set(key, serialize(value))),
          delete: (key) => settle(() => void writes.set(key, undefined)),
          keys: (prefix = "") =>
            settle(() => {
              const keys = disk.keys(prefix);
              if (!listed.has(prefix)) listed.set(prefix, keys.join("\n"));
              const seen = new Set(keys);
              for (const [key, value] of writes)
                if (key.startsWith(prefix)) {
                  if (value === undefined) seen.delete(key);
                  else seen.add(key);
                }
              return [...seen].sort();
            }),
        });
        const committed = await settle(() => {
          for (const [key, version] of read) if (disk.read(key)?.version !== version) return false;
          for (const [prefix, keys] of listed) if (disk.keys(prefix).join("\n") !== keys) return false;
          for (const [key, value] of writes) disk.write(key, value);
          return true;
        });
        if (committed) return result;
      }
      throw new ConflictError(`A transaction met other writes ${transactionTries} times; try again later.`);
    },
  };
}
