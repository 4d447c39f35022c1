import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

/** Name of the store of `komfrem host` in its data directory. */
export const journalName = "komfrem-store.ndjson";

/** Values by key, v8-serialized; undefined where the key was deleted. */
export type Writes = ReadonlyMap<string, Uint8Array | undefined>;

/** What one line of a journal says: writes that took effect together, or that all before it is synced. */
export type JournalLine = { readonly kind: "writes"; readonly writes: Writes } | { readonly kind: "synced" };

/** The line of a journal for some writes; ends in a line break. */
export function lineOf(line: JournalLine): string {
  switch (line.kind) {
    case "synced":
      return '"synced"\n';
    case "writes":
      return `${JSON.stringify([...line.writes].map(([key, bytes]) => [key, bytes === undefined ? null : base64Of(bytes)]))}\n`;
  }
}

/** Reads a line, without its line break; undefined where it is none, or was torn. */
export function journalLine(text: string): JournalLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === "synced") return { kind: "synced" };
  if (!Array.isArray(value)) return undefined;
  const writes = new Map<string, Uint8Array | undefined>();
  for (const one of value as unknown[]) {
    if (!Array.isArray(one) || typeof one[0] !== "string") return undefined;
    writes.set(one[0], typeof one[1] === "string" ? Buffer.from(one[1], "base64") : undefined);
  }
  return { kind: "writes", writes };
}

const nothing = new Uint8Array(0);

/** Follows a journal from outside while a process writes it. */
export class JournalReader {
  readonly #path: string;
  readonly #onSynced: (changed: Writes) => void;
  #file: number | undefined;
  #read = 0;
  #unsynced = new Map<string, Uint8Array | undefined>();
  #synced = new Map<string, Uint8Array>();

  /** @param onSynced Told of what has been synced since it was last told. */
  constructor(dataDirectory: string, onSynced: (changed: Writes) => void) {
    this.#path = join(dataDirectory, journalName);
    this.#onSynced = onSynced;
  }

  /** Reads what has been added; a last line that is not yet whole is left for the next time. */
  follow(onSynced: (changed: Writes) => void = this.#onSynced): void {
    try {
      this.#file ??= openSync(this.#path, "r");
    } catch {
      return; // There is none yet.
    }
    const size = fstatSync(this.#file).size;
    if (size <= this.#read) return;
    const bytes = Buffer.alloc(size - this.#read);
    readSync(this.#file, bytes, 0, bytes.length, this.#read);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    this.#read += whole;
    for (const text of bytes.toString("utf8", 0, whole).split("\n")) {
      const line = text === "" ? undefined : journalLine(text);
      switch (line?.kind) {
        case "writes":
          for (const [key, value] of line.writes) this.#unsynced.set(key, value);
          break;
        case "synced":
          if (this.#unsynced.size > 0) onSynced(this.#unsynced);
          for (const [key, value] of this.#unsynced)
            if (value === undefined) this.#synced.delete(key);
            else this.#synced.set(key, value);
          this.#unsynced = new Map();
          break;
        case undefined:
      }
    }
  }

  /** Reads a journal that was put in the place of the one before: every key that is otherwise than it was. */
  afresh(): Writes {
    const before = this.#synced;
    this.close();
    this.#read = 0;
    this.#unsynced = new Map();
    this.#synced = new Map();
    this.follow(() => {});
    const changed = new Map<string, Uint8Array | undefined>();
    for (const key of new Set([...before.keys(), ...this.#synced.keys()])) {
      const now = this.#synced.get(key);
      if (Buffer.compare(before.get(key) ?? nothing, now ?? nothing) !== 0) changed.set(key, now);
    }
    return changed;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
