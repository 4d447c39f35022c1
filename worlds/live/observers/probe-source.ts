import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { ProbeLine } from "../../../contracts/komfrem/probe.ts";
import { HarnessError } from "../../../core/error.ts";
import { peer } from "../../../core/peer.ts";
import type { ProbeSource } from "../../world.ts";
import { filled } from "../launch.ts";

/** A probe with what its texts name filled in. */
export function placed(source: ProbeSource, environment: NodeJS.ProcessEnv): ProbeSource {
  const fill = (text: string): string => filled("The probe", text, environment);
  switch (source.kind) {
    case "command": {
      const [file, ...args] = source.command;
      return { ...source, command: [fill(file), ...args.map(fill)] };
    }
    case "http":
    case "postgres":
      return { ...source, url: fill(source.url) };
    case "sqlite":
      return { ...source, file: fill(source.file) };
    case "directory":
      return { ...source, folder: fill(source.folder) };
  }
}

/** Room for what a program answers, bytes. */
const mostAnswer = 64 * 1024 * 1024;

/** What a probe is asked with: the run's token, and where the product's own things are. */
export type ProbeQuestion = {
  readonly token: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  /** How long it may take, real ms. */
  readonly withinMs: number;
};

/**
 * Asks a probe once. Lines are not yet looked at.
 *
 * @returns One value a line, the last one saying whether that was all.
 * @throws {Error} It could not be asked: the product is down, or slow. Whoever reads it tries again.
 * @throws {HarnessError} It can never be asked like this.
 */
export async function askProbe(source: ProbeSource, question: ProbeQuestion): Promise<readonly unknown[]> {
  switch (source.kind) {
    case "command":
      return linesIn(await said(source.command, question));
    case "http":
      return linesIn(await heard(source.url, question));
    case "postgres":
      return itemsFrom(await rowsOfPostgres(source, question));
    case "sqlite":
      return itemsFrom(await rowsOfSqlite(source, question));
    case "directory":
      return filesIn(source.folder);
  }
}

async function said([file, ...args]: readonly [string, ...string[]], question: ProbeQuestion): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, {
    cwd: question.folder,
    env: { ...question.environment, KOMFREM_RUN_TOKEN: question.token },
    timeout: question.withinMs,
    maxBuffer: mostAnswer,
  });
  return stdout;
}

async function heard(url: string, { token, withinMs }: ProbeQuestion): Promise<string> {
  const asked = new URL(url);
  asked.searchParams.set("token", token);
  const response = await fetch(asked, { signal: AbortSignal.timeout(withinMs) });
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.text();
}

function linesIn(text: string): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line): unknown => {
      try {
        return JSON.parse(line);
      } catch {
        throw new HarnessError({
          happened: "The probe gave a line that is no JSON.",
          because: `It is ${line.length} characters long; a probe answers one JSON object a line (komfrem.probe/v1).`,
          next: "Let it write nothing else to standard output; what it logs goes to standard error.",
        });
      }
    });
}

/** A row is an item: its columns are the fields, `item` the whole of it as JSON; null is unknown. */
function itemsFrom(rows: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] {
  const asOf = new Date().toISOString();
  const items = rows.map((row) => {
    const given = Object.entries(row).flatMap(([name, value]) =>
      value === null || value === undefined ? [] : [[name, plain(name, value)] as const],
    );
    const { item, ...fields } = Object.fromEntries(given);
    return { complete: true, asOf, ...(typeof item === "object" ? item : {}), ...fields };
  });
  return [...items, { complete: true, asOf } satisfies ProbeLine];
}

const jsonFields: ReadonlySet<string> = new Set(["ids", "visibleTo", "parts", "item"]);
const truthFields: ReadonlySet<string> = new Set(["complete", "confidential"]);

/** A column as a field: lists are JSON text where a database has none, truth may be a number, times are text. */
function plain(name: string, value: unknown): unknown {
  if (jsonFields.has(name) && typeof value === "string") return JSON.parse(value) as unknown;
  if (truthFields.has(name) && typeof value !== "boolean") return Number(value) !== 0;
  if (value instanceof Date) return value.toISOString();
  return name === "caseId" || name === "municipality" || name === "district" ? String(value) : value;
}

type Rows = readonly Readonly<Record<string, unknown>>[];

async function rowsOfPostgres(
  { url, query }: Extract<ProbeSource, { kind: "postgres" }>,
  { token, withinMs }: ProbeQuestion,
): Promise<Rows> {
  const { default: pg } = await peer("pg", () => import("pg"), "The probe of PostgreSQL could not be asked.");
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: withinMs, query_timeout: withinMs });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(query, query.includes("$1") ? [token] : [])).rows as Rows;
  } finally {
    await client.end();
  }
}

async function rowsOfSqlite(
  { file, query }: Extract<ProbeSource, { kind: "sqlite" }>,
  { token }: ProbeQuestion,
): Promise<Rows> {
  const require = createRequire(import.meta.url);
  const { DatabaseSync } = require("node:sqlite") as typeof import("node:sqlite");
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const statement = database.prepare(query);
    return (query.includes("?") ? statement.all(token) : statement.all()) as Rows;
  } finally {
    database.close();
  }
}

/** Whatever lies directly in the folder is a case: a file with itself as its part, a folder with its files, by name. */
function filesIn(folder: string): readonly ProbeLine[] {
  const asOf = new Date().toISOString();
  const items = namesIn(folder).map((name): ProbeLine => {
    const place = join(folder, name);
    const files = statSync(place).isDirectory() ? namesIn(place).map((file) => join(place, file)) : [place];
    const parts = files.map((file) => {
      const bytes = readFileSync(file);
      return {
        name: basename(file),
        sha256: createHash("sha256").update(bytes).digest("hex"),
        text: bytes.toString("utf8"),
      };
    });
    return { ids: [name], caseId: name, state: "registered", parts, complete: true, asOf };
  });
  return [...items, { complete: true, asOf }];
}

/** What lies there before anything was written is nothing. */
function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
