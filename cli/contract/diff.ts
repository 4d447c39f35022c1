import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { HarnessError } from "../../core/error.ts";
import { oneOf, parsed } from "../flags.ts";
import { factDifferences } from "./diff-facts.ts";
import { type Described, openapiDifferences } from "./diff-openapi.ts";
import { schemaDifferences } from "./diff-schema.ts";
import { breaking, type Difference, isFields, risky, safe, type Verdict } from "./difference.ts";

const flags = { side: { type: "string", default: "both" }, json: { type: "boolean", default: false } } as const;

type Side = "both" | "consumer" | "provider";
type Fields = Readonly<Record<string, unknown>>;
type Contract =
  | { readonly kind: "openapi" | "schema"; readonly described: Described }
  | { readonly kind: "facts"; readonly facts: Fields };

/**
 * `komfrem contract diff <old> <new>`: what two descriptions differ in, and what that means for both sides. Files, or
 * folders whose files are paired by name.
 *
 * @returns 0; 1 where a difference is breaking.
 */
export async function diff(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const [old, now] = positionals;
  if (old === undefined || now === undefined || positionals.length > 2)
    throw new HarnessError({
      happened: "Nothing was compared.",
      because: "It takes two descriptions, an old and a new one.",
      next: "komfrem contract diff old/openapi.yaml contracts/receiver/openapi.yaml",
    });
  const side: Side = oneOf("--side", values.side, ["both", "consumer", "provider"]);
  const differences = await differencesBetween(old, now);
  if (values.json) console.log(JSON.stringify({ old, new: now, differences }));
  else console.log(told(differences, side));
  return differences.some((one) => verdictsOf(one, side).includes("breaking")) ? 1 : 0;
}

/** @throws {HarnessError} One of them cannot be read, or they are not of one kind. */
export async function differencesBetween(old: string, now: string): Promise<readonly Difference[]> {
  const [before, after] = [filesIn(old), filesIn(now)];
  const found: Difference[] = [];
  for (const [name, file] of before) {
    const other = after.get(name);
    if (other === undefined)
      found.push(whole(name, "the description is gone", breaking("goes by it"), risky("may still go by it")));
    else found.push(...compared(name, await read(file), await read(other)));
  }
  for (const name of after.keys())
    if (!before.has(name))
      found.push(whole(name, "the description is new", safe("does not know it"), risky("is not held to it yet")));
  return found;
}

function whole(
  where: string,
  what: string,
  consumer: Difference["consumer"],
  provider: Difference["provider"],
): Difference {
  return { where, what, consumer, provider };
}

function compared(name: string, old: Contract, now: Contract): readonly Difference[] {
  if (old.kind === "openapi" && now.kind === "openapi") return openapiDifferences(name, old.described, now.described);
  if (old.kind === "facts" && now.kind === "facts") return factDifferences(name, old.facts, now.facts);
  if (old.kind === "schema" && now.kind === "schema") {
    const side = ({ document, resolve: resolved }: Described) => ({ schema: document, resolve: resolved });
    return schemaDifferences(`${name} `, "provider sends", side(old.described), side(now.described));
  }
  throw new HarnessError({
    happened: `${name} could not be compared.`,
    because: `The old one is of the kind ${old.kind}, and the new one ${now.kind}.`,
    next: "Compare OpenAPI with OpenAPI, JSON Schema with JSON Schema, facts with facts.",
  });
}

const readable = /\.(ya?ml|json|[mc]?[jt]s)$/;

/** One file, or a folder's by their relative names; tests, Pact files and what is generated are none. */
function filesIn(path: string): ReadonlyMap<string, string> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
  if (!isFolder) return new Map([["description", path]]);
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
    .map((name) => relative(path, join(path, name)))
    .filter((name) => readable.test(name) && !/\.(test|fixture)\.|(^|[\\/])(pact|node_modules)[\\/]/.test(name));
  return new Map(names.sort().map((name) => [name, join(path, name)]));
}

async function read(path: string): Promise<Contract> {
  if (/\.[mc]?[jt]s$/.test(path)) return { kind: "facts", facts: await factsIn(path) };
  const value = documentIn(path);
  if (!isFields(value)) throw unreadable(path, "It holds no object.");
  const described = { document: value, resolve: resolver(path, value) };
  if (typeof value.openapi === "string") return { kind: "openapi", described };
  const isSchema = ["$schema", "properties", "$defs", "oneOf", "anyOf", "allOf"].some((word) =>
    Object.hasOwn(value, word),
  );
  return isSchema ? { kind: "schema", described } : { kind: "facts", facts: value };
}

function documentIn(path: string): unknown {
  try {
    const text = readFileSync(path, "utf8");
    if (extname(path) === ".json") return JSON.parse(text);
    const value: unknown = parse(text, { logLevel: "error" });
    if (!isBounded(value)) throw new Error("An anchor stands for something that it is itself part of; $ref says that.");
    return value;
  } catch (error) {
    // After its first line YAML's shows the place once more.
    const [because = ""] = (error instanceof Error ? error.message : String(error)).split(":\n");
    throw unreadable(path, because);
  }
}

/** Whether nothing is part of itself, as YAML's anchors may say. */
function isBounded(value: unknown, within: readonly unknown[] = []): boolean {
  if (typeof value !== "object" || value === null) return true;
  return !within.includes(value) && Object.values(value).every((part) => isBounded(part, [...within, value]));
}

/** Follows `#/a/b`, and `other.json#/a/b` in a file beside it. */
function resolver(path: string, document: Fields): Described["resolve"] {
  const resolveIn = (schema: Fields, depth: number): Fields => {
    const { $ref: ref } = schema;
    if (typeof ref !== "string" || depth > 20) return schema;
    const [file = "", pointer = ""] = ref.split("#");
    const from = file === "" ? document : documentIn(join(dirname(path), file));
    const found = pointer
      .split("/")
      .filter((step) => step !== "")
      .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((at, step) => (isFields(at) ? at[step] : undefined), from);
    if (!isFields(found)) throw unreadable(path, `It refers to ${ref}, and that is not there.`);
    return resolveIn(found, depth + 1);
  };
  return (schema) => resolveIn(schema, 0);
}

async function factsIn(path: string): Promise<Fields> {
  try {
    const { tsImport } = await import("tsx/esm/api");
    const module: Fields = { ...((await tsImport(pathToFileURL(resolve(path)).href, import.meta.url)) as Fields) };
    // A module that is loaded as CommonJS has its exports twice more.
    const twice: readonly string[] = Object.hasOwn(module, "module.exports") ? ["module.exports", "default"] : [];
    return Object.fromEntries(Object.entries(module).filter(([name]) => !twice.includes(name)));
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error));
  }
}

function unreadable(path: string, because: string): HarnessError {
  return new HarnessError({
    happened: `${basename(path)} could not be compared.`,
    because,
    next: "Give OpenAPI (YAML or JSON), JSON Schema, or a module of facts, or folders of them.",
  });
}

const ranks: readonly Verdict[] = ["breaking", "risky", "safe"];

function verdictsOf({ consumer, provider }: Difference, side: Side): readonly Verdict[] {
  if (side === "consumer") return [consumer.verdict];
  return side === "provider" ? [provider.verdict] : [consumer.verdict, provider.verdict];
}

/** The worst first. */
function told(differences: readonly Difference[], side: Side): string {
  if (differences.length === 0) return "No difference that matters.";
  const rank = (one: Difference): number => Math.min(...verdictsOf(one, side).map((verdict) => ranks.indexOf(verdict)));
  const lines = [...differences]
    .sort((a, b) => rank(a) - rank(b))
    .flatMap((one) => [
      `${ranks[rank(one)]}: ${one.where}: ${one.what}`,
      ...(side === "provider" ? [] : [`    consumer: ${one.consumer.verdict} – ${one.consumer.why}`]),
      ...(side === "consumer" ? [] : [`    provider: ${one.provider.verdict} – ${one.provider.why}`]),
    ]);
  const count = (verdict: Verdict): number => differences.filter((one) => ranks[rank(one)] === verdict).length;
  return [...lines, `${count("breaking")} breaking, ${count("risky")} risky, ${count("safe")} safe.`].join("\n");
}
