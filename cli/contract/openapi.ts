import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

type Fields = Readonly<Record<string, unknown>>;

/** An answer as it came from the provider. */
export type Answered = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An OpenAPI description, to hold answers to. */
export class Description {
  readonly #document: Fields;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });

  constructor(file: string) {
    this.#document = parse(readFileSync(file, "utf8")) as Fields;
    this.#ajv.addSchema(this.#document, "description");
  }

  /** In what an answer is not as described; each a line. */
  problems({ method, path, status, headers, body }: Answered): string[] {
    const pointer = this.#operation(method, path);
    if (pointer === undefined) return [`openapi: ${method} ${path} is not described`];
    const response = this.#at([...pointer, "responses", String(status)]);
    if (response === undefined) return [`openapi: status ${status} is not described`];
    const missing = Object.entries((response.value.headers ?? {}) as Readonly<Record<string, Fields>>)
      .filter(([name, header]) => header.required === true && headers[name.toLowerCase()] === undefined)
      .map(([name]) => `openapi: header ${name} is missing`);
    const contents = (response.value.content ?? {}) as Fields;
    const described = Object.keys(contents);
    if (described.length === 0) return missing;
    const type = (headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
    const range = [type, `${type.split("/")[0]}/*`, "*/*"].find((one) => described.includes(one));
    if (range === undefined)
      return [...missing, `openapi: content type ${type || "(none)"} is not described, only ${described.join(", ")}`];
    // What schemas speak of is JSON: of other bodies there is nothing to hold them to.
    if (!type.endsWith("json")) return missing;
    return [...missing, ...this.#misfits([...response.pointer, "content", range, "schema"], body)];
  }

  #misfits(pointer: readonly string[], body: string): string[] {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return ["openapi: the body is no JSON"];
    }
    const validate = this.#ajv.compile({ $ref: `description#/${pointer.map(escaped).join("/")}` });
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message, params }) => {
      const extra = (params as { readonly additionalProperty?: string }).additionalProperty;
      return `openapi: body ${instancePath || "/"} ${message}${extra === undefined ? "" : `: ${extra}`}`;
    });
  }

  #operation(method: string, path: string): string[] | undefined {
    const templates = Object.keys(this.#document.paths as Fields);
    const matching = templates.find((template) => {
      const pattern = template.split(/\{[^}]+\}/).map((text) => text.replace(/[.+?^$()|[\]\\]/g, "\\$&"));
      return new RegExp(`^${pattern.join("[^/]+")}$`).test(path);
    });
    const pointer = ["paths", matching ?? "", method.toLowerCase()];
    return matching === undefined || this.#at(pointer) === undefined ? undefined : pointer;
  }

  /** What stands at a place, through references; and where it truly stands. */
  #at(pointer: readonly string[]): { readonly value: Fields; readonly pointer: readonly string[] } | undefined {
    let value: unknown = this.#document;
    let at: string[] = [];
    for (const step of pointer) {
      value = (value as Fields | undefined)?.[step];
      at.push(step);
      const ref = (value as Fields | undefined)?.$ref;
      if (typeof ref !== "string") continue;
      at = ref.replace(/^#\//, "").split("/");
      value = at.reduce<unknown>((found, each) => (found as Fields | undefined)?.[each], this.#document);
    }
    return value === undefined ? undefined : { value: value as Fields, pointer: at };
  }
}

function escaped(step: string): string {
  return encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"));
}
