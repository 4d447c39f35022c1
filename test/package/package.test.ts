import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const modules = join(root, "node_modules");
const folder = mkdtempSync(join(tmpdir(), "komfrem-package-"));
const tree = join(folder, "tree");
const consumer = join(folder, "consumer");
const tarball = join(tree, "komfrem-0.1.0.tgz");

/** Runs a program; its exit code and all that it wrote. */
function ran(cwd: string, file: string, ...args: string[]): { readonly code: number | null; readonly text: string } {
  const { KOMFREM_INTEGRATION: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}
const node = (...args: string[]) => ran(consumer, process.execPath, ...args);
const komfrem = (...args: string[]) => node("node_modules/komfrem/bin/komfrem.mjs", ...args);

describe("the package", () => {
  beforeAll(() => {
    // Packing rewrites the manifest for as long as it takes: not in the tree that other tests run in.
    const outside = new Set([modules, join(root, ".git"), join(root, "komfrem-out"), join(root, "package.tree.json")]);
    cpSync(root, tree, { recursive: true, filter: (path) => !outside.has(path) });
    symlinkSync(modules, join(tree, "node_modules"));
    expect(ran(tree, "npm", "pack")).toMatchObject({ code: 0 });
    mkdirSync(consumer);
    writeFileSync(join(consumer, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
    const install = ["install", "--ignore-scripts", "--omit=peer", "--prefer-offline", tarball];
    expect(ran(consumer, "npm", ...install)).toMatchObject({ code: 0 });
    expect(komfrem("init")).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves the working tree as it was", () => {
    expect(readFileSync(join(tree, "package.json"), "utf8")).toBe(readFileSync(join(root, "package.json"), "utf8"));
  });

  it.each([
    ["publint", ["publint/src/cli.js", tarball, "--strict"]],
    ["attw", ["@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only"]],
  ])("satisfies %s", (_, [script = "", ...args]) => {
    expect(node(join(modules, script), ...args)).toMatchObject({ code: 0 });
  });

  it.each([
    ["node16", "node16"],
    ["esnext", "bundler"],
  ])("has types for --module %s --moduleResolution %s", (module, resolution) => {
    const how = ["--noEmit", "--strict", "--module", module, "--moduleResolution", resolution, "--target", "es2024"];
    const types = ["--typeRoots", join(modules, "@types"), "--types", "node"];
    writeFileSync(
      join(consumer, "mine.ts"),
      'import type { Integration } from "komfrem/host";\nconst mine: Integration = async () => {};\nexport default mine;\n',
    );
    const files = ["komfrem.config.ts", "komfrem/first.scenario.ts", "mine.ts"];
    expect(node(join(modules, "typescript/bin/tsc"), ...how, ...types, ...files)).toEqual({ code: 0, text: "" });
  });

  it("runs the scenario that init wrote, simulated and over sockets, and init overwrites nothing", () => {
    const first = ["run", "./komfrem/first.scenario.ts", "--integration"];
    expect(komfrem(...first, "correct/store-then-receipt")).toMatchObject({ code: 0 });
    expect(komfrem(...first, "correct/store-then-receipt", "--world", "live")).toMatchObject({ code: 0 });
    writeFileSync(join(consumer, "komfrem.config.ts"), "mine");
    expect(komfrem("init").text.match(/^kept/gm)).toHaveLength(4);
    expect(readFileSync(join(consumer, "komfrem.config.ts"), "utf8")).toBe("mine");
  });

  it("takes less than 25 MB, everything that it needs included", () => {
    expect(Number(ran(consumer, "du", "-sm", "node_modules").text.split("\t")[0])).toBeLessThan(25);
  });
});
