import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { deserialize, serialize } from "node:v8";
import { HarnessError } from "../../core/error.ts";
import type { HostStore, StoreValue, StoreView } from "../../port/host.ts";
import { journalLine, lineOf, type Writes } from "../../worlds/live/journal.ts";
import { ConflictError } from "../../worlds/simulated/disk.ts";
import { Turns } from "./turns.ts";

type Stored = { readonly bytes: Uint8Array; readonly version: number };

const transactionTries = 8;

/**
 * A `HostStore` in one append-only file: each line is a JSON array of `[key, value]` that took effect together, the
 * value as v8-serialized base64, null where the key was deleted. After a `sync` follows the line `"synced"`.
 *
 * A line stands in full or not at all: a last one that was torn by a kill is cut off. Processes that run at once on one
 * file see what the others have written, and write in turn.
 */
export class Journal {
  readonly #path: string;
  readonly #file: number;
  readonly #turns: Turns;
  readonly #values = new Map<string, Stored>();
  /** So much of the file is known, bytes. */
  #read = 0;
  #version = 0;
  #unsynced = false;
  /** What was cut off at the end when it was opened, bytes. */
  readonly tornBytes: number;

  /** @throws {HarnessError} A line other than the last cannot be read. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
    this.#file = openSync(path, "a+");
    this.#turns = new Turns(`${path}.turn`);
    this.tornBytes = this.#turns.take(() => this.#mend());
  }

  get store(): HostStore {
    return {
      get: async (key) => valueIn(this.#now().get(key)),
      set: async (key, value) => void this.#append(new Map([[key, serialize(value)]])),
      delete: async (key) => void this.#append(new Map([[key, undefined]])),
      keys: async (prefix = "") => this.#keys(prefix),
      sync: async () => this.#sync(),
      transaction: (fn) => this.#transaction(fn),
    };
  }

  close(): void {
    this.#turns.close();
    closeSync(this.#file);
  }

  /** Every value, with what others have written since. */
  #now(): ReadonlyMap<string, Stored> {
    this.#follow();
    return this.#values;
  }

  /** Takes in the lines that have been added. */
  #follow(): void {
    const size = fstatSync(this.#file).size;
    if (size <= this.#read) return;
    const bytes = Buffer.alloc(size - this.#read);
    readSync(this.#file, bytes, 0, bytes.length, this.#read);
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const line = end < 0 ? undefined : journalLine(bytes.toString("utf8", at, end));
      if (line === undefined) {
        if (end >= 0 && end + 1 < bytes.length) throw broken(this.#path, this.#read);
        return;
      }
      if (line.kind === "writes") this.#take(line.writes);
      this.#unsynced = line.kind === "writes";
      this.#read += end + 1 - at;
      at = end + 1;
    }
  }

  /** In our turn: nobody is writing, so a line that is not whole never will be. Gives what was cut off, bytes. */
  #mend(): number {
    this.#follow();
    const torn = fstatSync(this.#file).size - this.#read;
    if (torn > 0) ftruncateSync(this.#file, this.#read);
    return torn;
  }

  #keys(prefix: string): string[] {
    return [...this.#now().keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  /** @returns Whether it was written: not where `holds` says that something has come between. */
  #append(writes: Writes, holds: () => boolean = () => true): boolean {
    return this.#turns.take(() => {
      this.#mend();
      if (!holds()) return false;
      if (writes.size > 0) this.#say(lineOf({ kind: "writes", writes }));
      this.#follow();
      return true;
    });
  }

  #sync(): void {
    this.#turns.take(() => {
      this.#mend();
      if (!this.#unsynced) return;
      fdatasyncSync(this.#file);
      this.#say(lineOf({ kind: "synced" }));
      this.#follow();
    });
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
          const stored = this.#now().get(key);
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
      const unchanged = (): boolean =>
        [...read].every(([key, version]) => this.#values.get(key)?.version === version) &&
        [...listed].every(([prefix, keys]) => this.#keys(prefix).join("\n") === keys);
      if (this.#append(writes, unchanged)) return result;
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
