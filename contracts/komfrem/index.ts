import { createRequire } from "node:module";
import type { ErrorObject, ValidateFunction } from "ajv";

/** Our own schemas, `komfrem.<name>/v1`. `ledger` and `probe` describe one line of NDJSON. */
export const schemaNames = [
  "ledger",
  "scenario",
  "fault",
  "endpoints",
  "probe",
  "report",
  "regression",
  "campaign",
  "sweep",
  "config",
] as const;
export type SchemaName = (typeof schemaNames)[number];

/** The parts of a JSON Schema that tests and tools read. */
export type JsonSchema = { readonly $id?: string; readonly [keyword: string]: unknown };

type Ajv = {
  compile(schema: JsonSchema): ValidateFunction;
};

const require: NodeJS.Require = createRequire(import.meta.url);
const compiled = new Map<SchemaName, ValidateFunction>();
let ajv: Ajv | undefined;

/** The schema as it stands on disk, `contracts/komfrem/<name>.v1.schema.json`. */
export function schemaOf(name: SchemaName): JsonSchema {
  return require(`./${name}.v1.schema.json`) as JsonSchema;
}

/**
 * What is wrong with a value by one of our schemas, one sentence a problem, empty where nothing is.
 *
 * A problem names its place and never quotes free text from the value: `steps/2/kind: must be one of sends, waits.`
 * The validator is loaded, and a schema compiled, the first time it is needed.
 */
export function validate(name: SchemaName, value: unknown): string[] {
  const check = validator(name);
  if (check(value)) return [];
  const errors = check.errors ?? [];
  return [...new Set(errors.filter((error) => isTelling(error, errors)).map(problemOf))];
}

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  if (ajv === undefined) {
    const { Ajv2020 } = require("ajv/dist/2020.js") as { Ajv2020: new (options: object) => Ajv };
    ajv = new Ajv2020({
      allErrors: true,
      discriminator: true,
      strict: true,
      strictTypes: false,
      strictRequired: false,
    });
  }
  const fresh = ajv.compile(schemaOf(name));
  compiled.set(name, fresh);
  return fresh;
}

/** Leaves out what only says that something else failed: that is said already. */
function isTelling(error: ErrorObject, errors: readonly ErrorObject[]): boolean {
  const hereToo = (keyword: string): boolean =>
    errors.some((other) => other.keyword === keyword && other.instancePath === error.instancePath);
  switch (error.keyword) {
    case "if":
    case "oneOf":
      return false;
    case "discriminator":
      return error.params.error === "mapping" || !hereToo("required");
  }
  return true;
}

function problemOf(error: ErrorObject): string {
  const place = error.instancePath.slice(1);
  const at = (field: unknown): string => (place === "" ? String(field) : `${place}/${String(field)}`);
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case "required":
      return `${at(params.missingProperty)}: is missing.`;
    case "additionalProperties":
      return `${at(params.additionalProperty)}: is not a field here.`;
    case "unevaluatedProperties":
      return `${at(params.unevaluatedProperty)}: is not a field here.`;
    case "enum":
      return `${place}: must be one of ${(params.allowedValues as unknown[]).join(", ")}.`;
    case "const":
      return `${place}: must be ${JSON.stringify(params.allowedValue)}.`;
    case "discriminator":
      return `${at(params.tag)}: ${params.error === "mapping" ? `"${String(params.tagValue)}" is not a known kind` : "must be a text that names a kind"}.`;
    case "type":
      return `${place === "" ? "the value" : place}: must be ${[params.type].flat().join(" or ")}.`;
    case "pattern":
      return `${place}: must match ${String(params.pattern)}.`;
  }
  return `${place === "" ? "the value" : place}: ${error.message ?? error.keyword}.`;
}
