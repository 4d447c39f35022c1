import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

/** DESIGN.md, section 2: what each room may import of ours. `types` means `import type` only. */
const mayImport: { readonly [room: string]: { readonly [other: string]: "all" | "types" } } = {
  core: { contracts: "types", port: "types" },
  contracts: { core: "types", port: "types" },
  port: { core: "types", contracts: "types" },
  simulators: { core: "all", contracts: "all", port: "all" },
  worlds: { core: "all", contracts: "all", port: "all", simulators: "all" },
  explore: { core: "all", worlds: "types" },
  evidence: { core: "all", worlds: "types", explore: "types", contracts: "types" },
  integrations: { contracts: "all", port: "all" },
  scenarios: { core: "all" },
  cli: {
    core: "all",
    contracts: "all",
    port: "all",
    simulators: "all",
    worlds: "all",
    explore: "all",
    evidence: "all",
    integrations: "all",
    scenarios: "all",
  },
};

type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean };

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return name.endsWith(".ts") && !name.endsWith(".test.ts") ? [path] : [];
  });
}

function importsOf(path: string): Import[] {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(
    /^(import|export)\s+(type\s+)?(?:([^;'"]*?)\s+from\s+)?["'](\.{1,2}\/[^"']+)["']|import\(["'](\.{1,2}\/[^"']+)["']\)/gm,
  );
  return [...found].map(([, , typeWord, names, fixed, called]) => {
    const target = resolve(dirname(path), fixed ?? called ?? "");
    const named = names?.match(/^\{([\s\S]*)\}$/)?.[1];
    const onlyTypes =
      typeWord !== undefined ||
      named
        ?.split(",")
        .filter((name) => name.trim() !== "")
        .every((name) => name.trim().startsWith("type "));
    return {
      from: relative(root, path),
      to: relative(root, target),
      typeOnly: onlyTypes === true && called === undefined,
    };
  });
}

function roomOf(path: string): string {
  return path.split("/")[0] ?? "";
}

function trespasses(room: string, imports: readonly Import[]): string[] {
  return imports
    .filter(({ to, typeOnly }) => {
      const other = roomOf(to);
      if (other === room) return false;
      const allowed = mayImport[room]?.[other];
      return allowed === undefined || (allowed === "types" && !typeOnly);
    })
    .map(({ from, to, typeOnly }) => `${from} imports ${typeOnly ? "types of " : ""}${to}`);
}

describe("the house", () => {
  for (const room of Object.keys(mayImport))
    it(`${room} imports only inwards`, () => {
      const files = sources(join(root, room));
      expect(trespasses(room, files.flatMap(importsOf))).toEqual([]);
    });

  it("is held: an import outwards is seen", () => {
    expect(trespasses("core", [{ from: "core/a.ts", to: "simulators/b.ts", typeOnly: true }])).toEqual([
      "core/a.ts imports types of simulators/b.ts",
    ]);
    expect(trespasses("core", [{ from: "core/a.ts", to: "port/host.ts", typeOnly: false }])).toHaveLength(1);
    expect(trespasses("core", [{ from: "core/a.ts", to: "port/host.ts", typeOnly: true }])).toEqual([]);
  });

  it("has every room", () => {
    const rooms = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
    expect(rooms).toEqual(expect.arrayContaining(Object.keys(mayImport)));
  });
});
