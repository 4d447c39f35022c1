import { readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalogue } from "./index.ts";

const here = dirname(fileURLToPath(import.meta.url));

describe("catalogue", () => {
  it.each(catalogue)("$name exports an integration and the rule it breaks", async (shipped) => {
    const loaded = (await import(shipped.module.href)) as { default: unknown; breaks?: string };
    expect(typeof loaded.default).toBe("function");
    expect(loaded.breaks).toBe(shipped.kind === "sound" ? undefined : shipped.breaks);
  });

  it("lists every module of correct and faulty", () => {
    const files = ["correct", "faulty"].flatMap((room) =>
      readdirSync(join(here, room), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => `${room}/${file.slice(0, -".ts".length)}`),
    );
    expect(catalogue.map(({ name }) => name).sort()).toEqual(files.sort());
    expect(catalogue.map(({ module }) => relative(here, fileURLToPath(module)))).toEqual(
      catalogue.map(({ name }) => `${name}.ts`),
    );
  });
});
