import feilmelding from "./feilmelding.schema.json" with { type: "json" };
import offentligV1 from "./offentlig-v1.schema.json" with { type: "json" };
import offentligV2 from "./offentlig-v2.schema.json" with { type: "json" };
import privatV1 from "./privat-v1.schema.json" with { type: "json" };
import privatV2 from "./privat-v2.schema.json" with { type: "json" };
import type { FormKind, FormVersion } from "./types.ts";

/** A JSON Schema, draft 2020-12; no format is relied on. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of `feilmelding.json`. */
export const failureSchema: Schema = feilmelding;

/** The schema of `bekymringsmelding.json`. */
export function formSchema(form: FormKind, version: FormVersion): Schema {
  if (form === "offentlig") return version === 1 ? offentligV1 : offentligV2;
  return version === 1 ? privatV1 : privatV2;
}
