import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { HarnessError } from "../../core/error.ts";
import type { HostStore, StoreValue, StoreView } from "../../port/host.ts";
import { ConflictError } from "../../worlds/simulated/disk.ts";

/** Name of the journal in the data directory. */
export const journalName = "komfrem-store.ndjson";

type Stored = { readonly bytes: Uint8Array; readonly version: number };
type Writes = ReadonlyMap<string, Uint8Array | undefined>;

const transactionTries = 8;

/**
 * A `HostStore` in one append-only file: each line is a JSON array of `[key, value]` that took effect together, the
 * value as v8-serialized base64, null where the key was deleted. After `sync` a line `["synced"]` follows.
 *
 * A line stands in full or not at all: a last one that was torn by a kill is cut off. One process at a time.
 */
export class Journal {
  readonly #file: number;
  readonly #values = new Map<string, Stored>();
  #version = 0;
  #unsynced = false;
  /** What was cut off at the end when it was opened, bytes. */
  readonly tornBytes: number;

  /** @throws {HarnessError} A line other than the last cannot be read. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, "a+");
    const bytes = readFileSync(path);
    let read = 0;
    while (read < bytes.length) {
      const end = bytes.indexOf(0x0a, read);
      const writes = end < 0 ? undefined : writesIn(bytes.toString("utf8", read, end));
      if (writes === undefined) {
        if (end >= 0 && end + 1 < bytes.length) throw broken(path, read);
        break;
      }
      this.#take(writes);
      read = end + 1;
    }
    this.tornBytes = bytes.length - read;
    if (this.tornBytes > 0) ftruncateSync(this.#file, read);
  }

  get store(): HostStore {
    return {
      get: async (key) => valueOf(this.#values.get(key)),
      set: async (key, value) => this.#append(new Map([[key, serialize(value)]])),
      delete: async (key) => this.#append(new Map([[key, undefined]])),
      keys: async (prefix = "") => this.#keys(prefix),
      sync: async () => this.#sync(),
      transaction: (fn) => this.#transaction(fn),
    };
  }

  close(): void {
    closeSync(this.#file);
  }

  #keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  #append(writes: Writes): void {
    if (writes.size === 0) return;
    const line = [...writes].map(([key, bytes]) => [key, bytes === undefined ? null : base64Of(bytes)]);
    const whole = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let at = 0; at < whole.length; ) at += writeSync(this.#file, whole, at);
    this.#unsynced = true;
    this.#take(writes);
  }

  #sync(): void {
    if (!this.#unsynced) return;
    fdatasyncSync(this.#file);
    this.#unsynced = false;
    writeSync(this.#file, '["synced"]\n');
  }

  #take(writes: Writes): void {
    for (const [key, bytes] of writes) {
      if (bytes === undefined) this.#values.delete(key);
      else this.#values.set(key, { bytes, version: ++this.#version });
    }
  }

  /** Optimistic, as in the simulated world: what was read must stand unchanged when the writes are made. */
  async #transaction<T>(fn: (view: StoreView) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < transactionTries; tries++) {
      const read = new Map<string, number | undefined>();
      const listed = new Map<string, string>();
      const writes = new Map<string, Uint8Array | undefined>();
      const result = await fn({
        get: async (key) => {
          if (writes.has(key)) {
            const bytes = writes.get(key);
            return bytes === undefined ? undefined : deserialize(bytes);
          }
          const stored = this.#values.get(key);
          if (!read.has(key)) read.set(key, stored?.version);
          return valueOf(stored);
        },
        set: async (key, value) => {
          writes.set(key, serialize(value));
        },
        delete: async (key) => {
          writes.set(key, undefined);
        },
        keys: async (prefix = "") => {
          const keys = this.#keys(prefix);
          listed.set(prefix, keys.join("\n"));
          const seen = new Set(keys);
          for (const [key, bytes] of writes)
            if (key.startsWith(prefix)) {
              if (bytes === undefined) seen.delete(key);
              else seen.add(key);
            }
          return [...seen].sort();
        },
      });
      const unchanged =
        [...read].every(([key, version]) => this.#values.get(key)?.version === version) &&
        [...listed].every(([prefix, keys]) => this.#keys(prefix).join("\n") === keys);
      if (!unchanged) continue;
      this.#append(writes);
      return result;
    }
    throw new ConflictError(`A transaction met other writes ${transactionTries} times; try again later.`);
  }
}

/** The writes that a line of a journal stands for; undefined where it is none. */
export function writesIn(line: string): Writes | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const writes = new Map<string, Uint8Array | undefined>();
  for (const one of value as unknown[]) {
    if (one === "synced") continue;
    if (!Array.isArray(one) || typeof one[0] !== "string") return undefined;
    writes.set(one[0], typeof one[1] === "string" ? Buffer.from(one[1], "base64") : undefined);
  }
  return writes;
}

function valueOf(stored: Stored | undefined): StoreValue {
  return stored === undefined ? undefined : deserialize(stored.bytes);
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function broken(path: string, at: number): HarnessError {
  return new HarnessError({
    happened: `The store ${path} cannot be opened.`,
    because: `The line at byte ${at} is none of its own, and others follow it.`,
    next: "Restore the file, or remove it to start with an empty store.",
  });
}
