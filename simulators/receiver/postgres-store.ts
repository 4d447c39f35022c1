import type { Client } from "pg";
import { HarnessError } from "../../core/error.ts";
import { peer } from "../../core/peer.ts";
import { type Kept, type ReceiverStore, StoreFull } from "./kept.ts";
import type { Registration } from "./message.ts";

const diskFull = "53100";
const lockNotAvailable = "55P03";
/** Taken for as long as the session lives: one receiver a database. */
const advisoryLock = 4_712_023;
const connectWithinMs = 10_000;
/** How long one that ends, or was killed, may take to let go. */
const lockWithinMs = 5000;
const answerWithinMs = 30_000;

// Bytes throughout: text would depend on the database's encoding, and cannot hold every character that JSON can.
const tables = `
CREATE SCHEMA IF NOT EXISTS komfrem_receiver_v1;
SET search_path = komfrem_receiver_v1;
CREATE TABLE IF NOT EXISTS messages (
  nth bigint NOT NULL, case_id text PRIMARY KEY, key bytea NOT NULL, registration bytea NOT NULL,
  staged_at_ms bigint NOT NULL, registered_at_ms bigint
);
CREATE UNIQUE INDEX IF NOT EXISTS messages_key ON messages (sha256(key));
CREATE TABLE IF NOT EXISTS documents (
  case_id text NOT NULL REFERENCES messages, place integer NOT NULL, sha256 text NOT NULL, content bytea NOT NULL,
  PRIMARY KEY (case_id, place)
);
CREATE TABLE IF NOT EXISTS uploads (
  sha256 text PRIMARY KEY, content bytea NOT NULL, at_ms bigint NOT NULL, until_ms bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS deviations (id text PRIMARY KEY, key bytea NOT NULL, at_ms bigint NOT NULL);`;

/** A receiver's store in a PostgreSQL database, in a schema of its own. Needs the package `pg`. */
export class PostgresStore implements ReceiverStore {
  readonly name: string;
  readonly #url: string;
  #client: Client | undefined;

  /** @param url `postgres://user:password@host:port/database`. */
  constructor(url: string) {
    const { host, pathname } = new URL(url);
    this.name = `PostgreSQL ${host}${pathname}`;
    this.#url = url;
  }

  async recall(nowMs: number): Promise<readonly Kept[]> {
    // Whoever had lost the line has lost the lock with it: another receiver may have written since.
    this.#client ??= await this.#opened();
    const client = this.#client;
    const rows = async (query: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> =>
      (await client.query<Record<string, unknown>>(query, [...values])).rows;
    try {
      const kept: Kept[] = [];
      for (const row of await rows("SELECT * FROM messages ORDER BY nth")) {
        const caseId = String(row.case_id);
        kept.push({
          kind: "staged",
          nth: Number(row.nth),
          key: textOf(row.key),
          caseId,
          registration: JSON.parse(textOf(row.registration)) as Registration,
          atMs: Number(row.staged_at_ms),
        });
        if (row.registered_at_ms !== null)
          kept.push({ kind: "registered", caseId, atMs: Number(row.registered_at_ms) });
      }
      for (const row of await rows("SELECT * FROM uploads WHERE until_ms > $1", [nowMs]))
        kept.push({
          kind: "uploaded",
          sha256: String(row.sha256),
          content: row.content as Uint8Array,
          atMs: Number(row.at_ms),
          untilMs: Number(row.until_ms),
        });
      for (const row of await rows("SELECT * FROM deviations ORDER BY at_ms"))
        kept.push({ kind: "deviated", id: String(row.id), key: textOf(row.key), atMs: Number(row.at_ms) });
      return kept;
    } catch (error) {
      this.#drop();
      throw error;
    }
  }

  async commit(kept: readonly Kept[]): Promise<void> {
    const client = this.#client;
    if (client === undefined) throw new Error("The line to PostgreSQL is lost.");
    try {
      await client.query("BEGIN");
      await write(client, kept);
      await client.query("COMMIT");
    } catch (error) {
      // Nobody knows how far it came; the next line begins anew, once PostgreSQL has ended this one.
      this.#drop();
      throw codeOf(error) === diskFull ? new StoreFull(whyOf(error)) : error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }

  #drop(): void {
    void this.close();
  }

  async #opened(): Promise<Client> {
    const { default: pg } = await peer("pg", () => import("pg"), `The store ${this.name} cannot be used.`);
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: "komfrem receiver",
      connectionTimeoutMillis: connectWithinMs,
      query_timeout: answerWithinMs,
      keepAlive: true,
    });
    client.on("error", () => {
      if (this.#client === client) this.#client = undefined;
    });
    try {
      await client.connect();
      await client.query(`SET lock_timeout = ${lockWithinMs}`);
      await client.query("SELECT pg_advisory_lock($1)", [advisoryLock]);
      await client.query(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
      );
      await client.query(tables);
      return client;
    } catch (error) {
      void client.end().catch(() => {});
      if (codeOf(error) === lockNotAvailable)
        throw new HarnessError({
          happened: `The store ${this.name} cannot be used.`,
          because: "Another receiver uses this database.",
          next: "End it, or name another database in --store.",
        });
      throw error;
    }
  }
}

/** A statement a kind, whatever there is of it: a commit takes few turns. */
async function write(client: Client, kept: readonly Kept[]): Promise<void> {
  const of = <K extends Kept["kind"]>(kind: K): Extract<Kept, { kind: K }>[] =>
    kept.filter((one): one is Extract<Kept, { kind: K }> => one.kind === kind);
  const staged = of("staged");
  if (staged.length > 0)
    await client.query(
      `INSERT INTO messages (nth, case_id, key, registration, staged_at_ms)
       SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[], $4::bytea[], $5::bigint[])`,
      [
        staged.map(({ nth }) => nth),
        staged.map(({ caseId }) => caseId),
        staged.map(({ key }) => Buffer.from(key)),
        staged.map(({ registration }) => Buffer.from(JSON.stringify(registration))),
        staged.map(({ atMs }) => atMs),
      ],
    );
  for (const { caseId, registration, contents = [] } of staged)
    for (const [place, content] of contents.entries())
      await client.query("INSERT INTO documents (case_id, place, sha256, content) VALUES ($1, $2, $3, $4)", [
        caseId,
        place,
        registration.documents[place]?.sha256 ?? "",
        content,
      ]);
  for (const { sha256, content, atMs, untilMs } of of("uploaded")) {
    await client.query("DELETE FROM uploads WHERE until_ms <= $1", [atMs]);
    await client.query(
      `INSERT INTO uploads (sha256, content, at_ms, until_ms) VALUES ($1, $2, $3, $4)
       ON CONFLICT (sha256) DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms`,
      [sha256, content, atMs, untilMs],
    );
  }
  for (const { id, key, atMs } of of("deviated"))
    await client.query("INSERT INTO deviations (id, key, at_ms) VALUES ($1, $2, $3)", [id, Buffer.from(key), atMs]);
  const registered = of("registered");
  if (registered.length === 0) return;
  const { rowCount } = await client.query(
    `UPDATE messages SET registered_at_ms = done.at_ms FROM unnest($1::text[], $2::bigint[]) AS done (case_id, at_ms)
     WHERE messages.case_id = done.case_id`,
    [registered.map(({ caseId }) => caseId), registered.map(({ atMs }) => atMs)],
  );
  if (rowCount !== registered.length) throw new Error("A case that is to be registered is not staged.");
}

/** SQLSTATE, where PostgreSQL answered with an error. */
const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code;
const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const textOf = (bytes: unknown): string => Buffer.from(bytes as Uint8Array).toString("utf8");
