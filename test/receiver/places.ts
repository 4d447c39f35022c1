import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { memoryOnly, type ReceiverStore } from "../../simulators/receiver/kept.ts";
import { PostgresStore } from "../../simulators/receiver/postgres-store.ts";
import { SqliteStore } from "../../simulators/receiver/sqlite-store.ts";
import { type Cluster, postgresCluster } from "./postgres-cluster.ts";

/** Where a receiver may keep things. */
export type Place = {
  readonly name: "memory" | "SQLite" | "PostgreSQL";
  /** Why it cannot be had here. */
  readonly missing: string | undefined;
  readonly outlives: boolean;
  /** Nothing is kept there any more; gives what to name it by in `--store`. */
  emptied(): Promise<string>;
  /** The store as it stands, for one more receiver. */
  store(): ReceiverStore;
};

export type Places = {
  readonly all: readonly Place[];
  readonly cluster: Cluster | undefined;
  close(): Promise<void>;
};

/** Memory, a SQLite file, and PostgreSQL where its server is installed; else the reason is printed. */
export async function places(): Promise<Places> {
  const folder = mkdtempSync(join(tmpdir(), "komfrem-receiver-"));
  const cluster = await postgresCluster();
  const missing = typeof cluster === "string" ? cluster : undefined;
  if (missing !== undefined) console.log(`Skipped: the receiver on PostgreSQL; ${missing}.`);
  const url = typeof cluster === "string" ? "postgres://nowhere" : cluster.url;
  let files = 0;
  const path = (): string => join(folder, `${files}.sqlite`);
  const memory: Place = {
    name: "memory",
    missing: undefined,
    outlives: false,
    emptied: async () => "memory",
    store: () => memoryOnly,
  };
  const sqlite: Place = {
    name: "SQLite",
    missing: undefined,
    outlives: true,
    emptied: async () => {
      files += 1;
      return `sqlite:${path()}`;
    },
    store: () => new SqliteStore(path()),
  };
  const postgres: Place = {
    name: "PostgreSQL",
    missing,
    outlives: true,
    emptied: async () => {
      await asked(url, "DROP SCHEMA IF EXISTS komfrem_receiver_v1 CASCADE");
      return url;
    },
    store: () => new PostgresStore(url),
  };
  return {
    all: [memory, sqlite, postgres],
    cluster: typeof cluster === "string" ? undefined : cluster,
    close: async () => {
      if (typeof cluster !== "string") await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Asks PostgreSQL something on a line of its own. */
export async function asked(url: string, query: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}
