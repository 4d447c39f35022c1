import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalogue } from "./index.ts";

const here = dirname(fileURLToPath(import.meta.url));

describe("catalogue", () => {
  it.each(catalogue)("$name exports a system of its role and the rule it breaks", async (shipped) => {
    const loaded = (await import(shipped.module.href)) as { default: unknown; breaks?: string };
    if (shipped.role === "integration") expect(typeof loaded.default).toBe("function");
    else expect(loaded.default).toMatchObject({ role: "sender" });
    expect(loaded.breaks).toBe(shipped.kind === "sound" ? undefined : shipped.breaks);
  });

  it("lists every module of correct, faulty and senders", () => {
    const files = ["correct", "faulty", "senders"]
      .filter((room) => existsSync(join(here, room)))
      .flatMap((room) =>
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
