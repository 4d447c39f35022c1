import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readYaml } from "./yaml.ts";

describe("reading YAML", () => {
  it("reads blocks, lists, flows, quotations, texts and comments", () => {
    const text = `# a description
openapi: 3.1.0
info: { title: "a: b", version: '1', n: 2, list: [a, "b", { c: null }] }
paths:
  /a/{id}: # here
    get:
      parameters:
        - name: id
          in: path
          schema: { type: string, pattern: "^\\\\d{4}$" }
        - { name: b, required: true }
        - plain
      description: |
        Two
          lines.
      responses:
        "200":
          description: One. Two, three: no.
      tags:
      - x
      wide:
        {
          type: string,
          description: goes on,
        }
empty:
`;
    expect(readYaml(text)).toEqual({
      openapi: "3.1.0",
      info: { title: "a: b", version: "1", n: 2, list: ["a", "b", { c: null }] },
      paths: {
        "/a/{id}": {
          get: {
            parameters: [
              { name: "id", in: "path", schema: { type: "string", pattern: "^\\d{4}$" } },
              { name: "b", required: true },
              "plain",
            ],
            description: "Two\n  lines.\n",
            responses: { "200": { description: "One. Two, three: no." } },
            tags: ["x"],
            wide: { type: "string", description: "goes on" },
          },
        },
      },
      empty: null,
    });
  });

  it.each([
    ["a: 1\n  b: 2", "line 2: is indented too far"],
    ["a: &x 1", "line 1: has an anchor"],
    ["a: { b: 1", "line 1: has a { or ["],
    ["a: 1\na: 2", "line 2: has a a second time"],
    ["\ta: 1", "line 1: indented with a tab"],
  ])("refuses %j", (text, why) => {
    expect(() => readYaml(text)).toThrow(why);
  });

  it("reads every OpenAPI description of ours", () => {
    for (const file of globSync(resolve(import.meta.dirname, "../../contracts/*/openapi.yaml"))) {
      const read = readYaml(readFileSync(file, "utf8")) as { readonly paths: Record<string, Record<string, unknown>> };
      const operations = Object.values(read.paths).flatMap((item) => Object.values(item));
      const ids = operations.map((one) => (one as { readonly operationId?: string }).operationId);
      const written = [...readFileSync(file, "utf8").matchAll(/^\s+operationId: (\w+)$/gm)].map(([, id]) => id);
      expect(ids, file).toEqual(written);
    }
  });
});
