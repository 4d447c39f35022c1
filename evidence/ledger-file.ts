import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { HarnessError } from "../core/error.ts";
import type { LedgerEntry } from "../core/ledger.ts";

/** What a ledger file holds. `torn` describes a last line that was never finished, which is left out. */
export type ReadLedger = {
  readonly entries: readonly LedgerEntry[];
  readonly torn?: { readonly line: number; readonly bytes: number };
};

const bufferedCharacters = 64 * 1024;

/** One line of a ledger, without its line end. Its SHA-256 over all lines, each with `\n`, identifies the run. */
export function ledgerLine(entry: LedgerEntry): string {
  return JSON.stringify(entry);
}

/**
 * Writes a ledger line by line as a run goes on (NDJSON, `komfrem.ledger/v1`). What was written before a crash of the
 * harness stays readable; an intent is flushed before the effect it announces.
 */
export class LedgerFile {
  readonly #path: string;
  readonly #file: number;
  #waiting = "";

  /** @throws {HarnessError} The file cannot be made. */
  constructor(path: string) {
    this.#path = path;
    this.#file = this.#doing(() => openSync(path, "w"));
  }

  append(entry: LedgerEntry): void {
    this.#waiting += `${ledgerLine(entry)}\n`;
    if (this.#waiting.length >= bufferedCharacters) this.flush();
  }

  /** Hands all lines so far to the operating system. */
  flush(): void {
    const bytes = Buffer.from(this.#waiting);
    this.#waiting = "";
    this.#doing(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    });
  }

  close(): void {
    this.flush();
    this.#doing(() => {
      fsyncSync(this.#file);
      closeSync(this.#file);
    });
  }

  #doing<Result>(does: () => Result): Result {
    try {
      return does();
    } catch (error) {
      throw new HarnessError({
        happened: `The ledger ${this.#path} could not be written.`,
        because: error instanceof Error ? error.message : String(error),
        next: "Choose a folder that can be written to and has room, with --out; what was written before stays readable.",
      });
    }
  }
}

/**
 * Reads a ledger file. A torn last line, as a crash leaves it, is tolerated and named.
 *
 * @throws {HarnessError} The file cannot be read, or a line before the last is no entry: the recording cannot be trusted.
 */
export function readLedger(path: string): ReadLedger {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new HarnessError({
      happened: `The ledger ${path} could not be read.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Give the path of a ledger.ndjson that a run has written.",
    });
  }
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const entries = lines.map((line, i) => entryIn(line, i, path));
  if (last === "") return { entries };
  return { entries, torn: { line: lines.length + 1, bytes: Buffer.byteLength(last) } };
}

function entryIn(line: string, seq: number, path: string): LedgerEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    entry = undefined;
  }
  if (typeof entry !== "object" || entry === null || !("seq" in entry) || entry.seq !== seq)
    throw new HarnessError({
      happened: `Line ${seq + 1} of the ledger ${path} is not entry ${seq}.`,
      because: "Each line is one entry in JSON, in order of seq; only the last may be torn.",
      next: "Use the file as the run wrote it, or repeat the run from its scenario and seed.",
    });
  return entry as LedgerEntry;
}
