import { closeSync, fdatasyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { HarnessError } from "../../core/error.ts";
import type { HostStore, StoreValue, StoreView } from "../../port/host.ts";
import { journalLine, lineOf, type Writes } from "../../worlds/live/journal.ts";
import { ConflictError } from "../../worlds/simulated/disk.ts";

type Stored = { readonly bytes: Uint8Array; readonly version: number };

const transactionTries = 8;

/**
 * A `HostStore` in one append-only file: each line is a JSON array of `[key, value]` that took effect together, the
 * value as v8-serialized base64, null where the key was deleted. After a `sync` follows the line `"synced"`.
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
      const line = end < 0 ? undefined : journalLine(bytes.toString("utf8", read, end));
      if (line === undefined) {
        if (end >= 0 && end + 1 < bytes.length) throw broken(path, read);
        break;
      }
      if (line.kind === "writes") this.#take(line.writes);
      this.#unsynced = line.kind === "writes";
      read = end + 1;
    }
    this.tornBytes = bytes.length - read;
    if (this.tornBytes > 0) ftruncateSync(this.#file, read);
  }

  get store(): HostStore {
    return {
      get: async (key) => valueIn(this.#values.get(key)),
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
    this.#say(lineOf({ kind: "writes", writes }));
    this.#unsynced = true;
    this.#take(writes);
  }

  #sync(): void {
    if (!this.#unsynced) return;
    fdatasyncSync(this.#file);
    this.#unsynced = false;
    this.#say(lineOf({ kind: "synced" }));
  }

  #say(line: string): void {
    const bytes = Buffer.from(line);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
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
          return valueIn(stored);
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

function valueIn(stored: Stored | undefined): StoreValue {
  return stored === undefined ? undefined : deserialize(stored.bytes);
}

function broken(path: string, at: number): HarnessError {
  return new HarnessError({
    happened: `The store ${path} cannot be opened.`,
    because: `The line at byte ${at} is none of its own, and others follow it.`,
    next: "Restore the file, or remove it to start with an empty store.",
  });
}
