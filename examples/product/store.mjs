// The product's own database: PostgreSQL in production, SQLite for a desk. A case and its parts are one transaction.
import { createRequire } from "node:module";

const schema = `
  CREATE TABLE IF NOT EXISTS messages (id TEXT PRIMARY KEY, since_ms BIGINT, state TEXT, reason TEXT, warned INTEGER DEFAULT 0);
  CREATE TABLE IF NOT EXISTS cases (case_id TEXT PRIMARY KEY, message_id TEXT UNIQUE, municipality TEXT, district TEXT, confidential INTEGER);
  CREATE TABLE IF NOT EXISTS parts (case_id TEXT, nth INTEGER, name TEXT, content BYTES, PRIMARY KEY (case_id, nth));`;

/** A store at `postgres://…` or `sqlite:path`. */
export function openStore(url) {
  const database = url.startsWith("sqlite:") ? sqlite(url.slice("sqlite:".length)) : postgres(url);
  const one = async (text, values) => (await database.ask(text, values))[0];
  const seen = (id) =>
    database.ask("INSERT INTO messages (id, since_ms, state) VALUES ($1, $2, 'seen') ON CONFLICT (id) DO NOTHING", [
      id,
      Date.now(),
    ]);
  return {
    ready: () => database.ready(),
    close: () => database.close(),
    async empty() {
      for (const table of ["parts", "cases", "messages"]) await database.ask(`DELETE FROM ${table}`, []);
    },
    async find(id) {
      await seen(id);
      const row = await one("SELECT state FROM messages WHERE id = $1", [id]);
      return row.state === "seen" ? undefined : row;
    },
    makeCase: ({ id, municipality, district, confidential, parts }) =>
      database.together(async (ask) => {
        const caseId = `case-${id}`;
        await ask("INSERT INTO cases VALUES ($1, $2, $3, $4, $5)", [
          caseId,
          id,
          municipality,
          district,
          confidential ? 1 : 0,
        ]);
        for (const [nth, { name, bytes }] of parts.entries())
          await ask("INSERT INTO parts VALUES ($1, $2, $3, $4)", [caseId, nth, name, bytes]);
        await ask("UPDATE messages SET state = 'stored' WHERE id = $1", [id]);
      }),
    done: (id) => database.ask("UPDATE messages SET state = 'done' WHERE id = $1", [id]),
    aside: (id, reason) => database.ask("UPDATE messages SET state = 'aside', reason = $2 WHERE id = $1", [id, reason]),
    warned: (id) => database.ask("UPDATE messages SET warned = 1 WHERE id = $1", [id]),
    async isDueToWarn(id, afterMs) {
      const row = await one("SELECT since_ms, warned FROM messages WHERE id = $1", [id]);
      return row !== undefined && row.warned === 0 && Date.now() - Number(row.since_ms) >= afterMs;
    },
    /** What is no case of ours stays here for a person, with all that came. */
    keepAside: (id, parts) =>
      database.together(async (ask) => {
        await ask("DELETE FROM parts WHERE case_id = $1", [`aside-${id}`]);
        for (const [nth, { name, bytes }] of parts.entries())
          await ask("INSERT INTO parts VALUES ($1, $2, $3, $4)", [`aside-${id}`, nth, name, bytes]);
      }),
    /** Every case, and everything that was kept aside, with its parts in order. */
    async all() {
      const partsOf = (caseId) =>
        database.ask("SELECT name, content FROM parts WHERE case_id = $1 ORDER BY nth", [caseId]);
      const cases = await database.ask("SELECT * FROM cases ORDER BY case_id", []);
      const aside = await database.ask("SELECT id FROM messages WHERE state = 'aside' ORDER BY id", []);
      const found = [];
      for (const row of cases) found.push({ ...row, parts: await partsOf(row.case_id) });
      for (const { id } of aside) found.push({ message_id: id, parts: await partsOf(`aside-${id}`) });
      return found;
    },
  };
}

function sqlite(path) {
  const { DatabaseSync } = createRequire(import.meta.url)("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000");
  database.exec(schema.replaceAll("BYTES", "BLOB"));
  const ask = async (text, values) => {
    const statement = database.prepare(text.replaceAll(/\$(\d)/g, "?$1"));
    return statement.all(...values);
  };
  return {
    ready: async () => {},
    ask,
    async together(does) {
      database.exec("BEGIN IMMEDIATE");
      try {
        await does(ask);
        database.exec("COMMIT");
      } catch (error) {
        database.exec("ROLLBACK");
        throw error;
      }
    },
    close: async () => database.close(),
  };
}

function postgres(url) {
  let client;
  const { Client } = createRequire(import.meta.url)("pg");
  /** One connection, made again after whatever has happened to it. */
  const connected = async () => {
    if (client !== undefined) return client;
    const next = new Client({
      connectionString: url,
      connectionTimeoutMillis: 1000,
      query_timeout: Number(process.env.QUERY_TIMEOUT_MS ?? 5000),
    });
    next.on("error", () => {
      if (client === next) client = undefined;
    });
    await next.connect();
    client = next;
    return next;
  };
  const guarded = async (does) => {
    const used = await connected();
    try {
      return await does(used);
    } catch (error) {
      // What became of it is not known: another connection finds out.
      if (client === used) client = undefined;
      used.end().catch(() => {});
      throw error;
    }
  };
  const ask = (text, values) => guarded(async (used) => (await used.query(text, values)).rows);
  return {
    ready: () => guarded((used) => used.query(schema.replaceAll("BYTES", "BYTEA"))),
    ask,
    together: (does) =>
      guarded(async (used) => {
        await used.query("BEGIN");
        await does(async (text, values) => (await used.query(text, values)).rows);
        await used.query("COMMIT");
      }),
    close: async () => client?.end(),
  };
}
