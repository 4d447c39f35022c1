import type { DatabaseSync, StatementSync } from "node:sqlite";
import { HarnessError } from "../../core/error.ts";
import { type Kept, type ReceiverStore, StoreFull } from "./kept.ts";
import type { Registration } from "./message.ts";

/** Written into the file: another one's tables are not read. */
const version = 1;
const [busy, full, notDatabase, cannotOpen] = [5, 13, 26, 14];

const tables = `
CREATE TABLE messages (
  nth INTEGER NOT NULL, case_id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, registration TEXT NOT NULL,
  staged_at_ms INTEGER NOT NULL, registered_at_ms INTEGER
) STRICT;
CREATE TABLE documents (
  case_id TEXT NOT NULL REFERENCES messages, place INTEGER NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (case_id, place)
) STRICT;
CREATE TABLE uploads (
  sha256 TEXT PRIMARY KEY, content BLOB NOT NULL, at_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE deviations (id TEXT PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
PRAGMA user_version = ${version};`;

type Statements = Readonly<
  Record<"staged" | "document" | "registered" | "uploaded" | "over" | "deviated", StatementSync>
>;
type Open = { readonly database: DatabaseSync; readonly write: Statements };

/** A receiver's store in one SQLite file, which nobody else can open meanwhile. Each commit is on the disk once it is over. */
export class SqliteStore implements ReceiverStore {
  readonly name: string;
  readonly #path: string;
  readonly #mostPages: number | undefined;
  #open: Open | undefined;

  /**
   * @param path Made where it is not there.
   * @param mostPages The file takes no more than so many pages of 4 KiB, as if the disk were full then.
   */
  constructor(path: string, mostPages?: number) {
    this.name = `SQLite ${path}`;
    this.#path = path;
    this.#mostPages = mostPages;
  }

  async recall(nowMs: number): Promise<readonly Kept[]> {
    this.#open ??= await this.#opened();
    const { database } = this.#open;
    const kept: Kept[] = [];
    for (const row of database.prepare("SELECT * FROM messages ORDER BY nth").iterate()) {
      const caseId = String(row.case_id);
      kept.push({
        kind: "staged",
        nth: Number(row.nth),
        key: String(row.key),
        caseId,
        registration: JSON.parse(String(row.registration)) as Registration,
        atMs: Number(row.staged_at_ms),
      });
      if (row.registered_at_ms !== null) kept.push({ kind: "registered", caseId, atMs: Number(row.registered_at_ms) });
    }
    for (const row of database.prepare("SELECT * FROM uploads WHERE until_ms > ?").iterate(nowMs))
      kept.push({
        kind: "uploaded",
        sha256: String(row.sha256),
        content: row.content as Uint8Array,
        atMs: Number(row.at_ms),
        untilMs: Number(row.until_ms),
      });
    for (const row of database.prepare("SELECT * FROM deviations ORDER BY at_ms").iterate())
      kept.push({ kind: "deviated", id: String(row.id), key: String(row.key), atMs: Number(row.at_ms) });
    return kept;
  }

  async commit(kept: readonly Kept[]): Promise<void> {
    if (this.#open === undefined) throw new Error("The store is not open.");
    const { database, write } = this.#open;
    try {
      database.exec("BEGIN IMMEDIATE");
      for (const one of kept) this.#write(one, write);
      database.exec("COMMIT");
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw codeOf(error) === full ? new StoreFull(whyOf(error)) : error;
    }
  }

  async close(): Promise<void> {
    this.#open?.database.close();
    this.#open = undefined;
  }

  #write(one: Kept, write: Statements): void {
    switch (one.kind) {
      case "staged":
        write.staged.run(one.nth, one.caseId, one.key, JSON.stringify(one.registration), one.atMs);
        for (const [place, content] of (one.contents ?? []).entries())
          write.document.run(one.caseId, place, one.registration.documents[place]?.sha256 ?? "", content);
        return;
      case "registered":
        if (write.registered.run(one.atMs, one.caseId).changes !== 1)
          throw new Error(`The case ${one.caseId} is not staged.`);
        return;
      case "uploaded":
        write.over.run(one.atMs);
        write.uploaded.run(one.sha256, one.content, one.atMs, one.untilMs);
        return;
      case "deviated":
        write.deviated.run(one.id, one.key, one.atMs);
    }
  }

  async #opened(): Promise<Open> {
    const { DatabaseSync } = await import("node:sqlite");
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(this.#path, { timeout: 1000 });
      // Exclusive before the first access: then nobody else ever reads what is about to be written over.
      database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      database.exec("BEGIN EXCLUSIVE");
      const found = Number(database.prepare("PRAGMA user_version").get()?.user_version);
      const isEmpty = database.prepare("SELECT 1 FROM sqlite_schema").get() === undefined;
      if (isEmpty) database.exec(tables);
      else if (found !== version)
        throw unusable(
          this.name,
          `Its version is ${found}, and this Komfrem reads version ${version}.`,
          "Use the Komfrem that made it",
        );
      database.exec("COMMIT");
      if (this.#mostPages !== undefined) database.exec(`PRAGMA max_page_count = ${this.#mostPages}`);
      return { database, write: statements(database) };
    } catch (error) {
      database?.close();
      switch (codeOf(error)) {
        case busy:
          throw unusable(this.name, "Another process has it open.", "End the other receiver");
        case notDatabase:
        case cannotOpen:
          throw unusable(
            this.name,
            whyOf(error),
            "See that its folder is there, may be written and holds no other file of that name",
          );
        default:
          throw error;
      }
    }
  }
}

function statements(database: DatabaseSync): Statements {
  return {
    staged: database.prepare(
      "INSERT INTO messages (nth, case_id, key, registration, staged_at_ms) VALUES (?, ?, ?, ?, ?)",
    ),
    document: database.prepare("INSERT INTO documents (case_id, place, sha256, content) VALUES (?, ?, ?, ?)"),
    registered: database.prepare("UPDATE messages SET registered_at_ms = ? WHERE case_id = ?"),
    uploaded: database.prepare(
      `INSERT INTO uploads (sha256, content, at_ms, until_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT (sha256) DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms`,
    ),
    over: database.prepare("DELETE FROM uploads WHERE until_ms <= ?"),
    deviated: database.prepare("INSERT INTO deviations (id, key, at_ms) VALUES (?, ?, ?)"),
  };
}

function unusable(name: string, because: string, mend: string): HarnessError {
  return new HarnessError({
    happened: `The store ${name} cannot be used.`,
    because,
    next: `${mend}, or name another file: --store sqlite:another.sqlite`,
  });
}

/** SQLite's primary result code; undefined where an error is none of SQLite's. */
function codeOf(error: unknown): number | undefined {
  const code = (error as { readonly errcode?: unknown } | undefined)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
