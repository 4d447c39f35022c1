import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { TestBroker } from "../../cli/contract/broker.fixture.ts";

const root = resolve(import.meta.dirname, "../..");
const modules = join(root, "node_modules");
const folder = mkdtempSync(join(tmpdir(), "komfrem-package-"));
const tree = join(folder, "tree");
const consumer = join(folder, "consumer");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };
const tarball = join(tree, `komfrem-${version}.tgz`);

/** Runs a program; its exit code and all that it wrote. */
function ran(cwd: string, file: string, ...args: string[]): { readonly code: number | null; readonly text: string } {
  const { KOMFREM_INTEGRATION: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}
const node = (...args: string[]) => ran(consumer, process.execPath, ...args);
const bin = "node_modules/komfrem/bin/komfrem.mjs";
const komfrem = (...args: string[]) => node(bin, ...args);

/** The same beside what answers it in this process. */
function asking(...args: string[]): Promise<{ readonly code: number | null; readonly text: string }> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: consumer });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (said: Buffer) => (text += said));
  return new Promise((done) => child.on("close", (code) => done({ code, text })));
}

/** As much of a CI file as is looked at. */
type Ci = {
  readonly jobs?: { readonly komfrem?: { readonly steps?: unknown } };
  readonly komfrem?: { readonly script?: unknown };
  readonly steps?: unknown;
};

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

  it("has types without @types/node, but for those of the host, which name it", () => {
    const how = ["--noEmit", "--strict", "--module", "node16", "--moduleResolution", "node16", "--target", "es2024"];
    const without = [...how, "--lib", "es2024", "--types", ""];
    const tsc = join(modules, "typescript/bin/tsc");
    expect(node(tsc, ...without, "komfrem.config.ts", "komfrem/first.scenario.ts")).toEqual({ code: 0, text: "" });
    expect(node(tsc, ...without, "mine.ts").text).toContain("npm i --save-dev @types/node");
    expect(JSON.parse(readFileSync(join(consumer, "node_modules/komfrem/package.json"), "utf8"))).toMatchObject({
      peerDependenciesMeta: { "@types/node": { optional: true } },
    });
  });

  it("runs the scenario that init wrote, simulated and over sockets, and init overwrites nothing", () => {
    const first = ["run", "./komfrem/first.scenario.ts", "--integration"];
    expect(komfrem(...first, "correct/store-then-receipt")).toMatchObject({ code: 0 });
    expect(komfrem(...first, "correct/store-then-receipt", "--world", "live")).toMatchObject({ code: 0 });
    writeFileSync(join(consumer, "komfrem.config.ts"), "mine");
    expect(komfrem("init").text.match(/^kept/gm)).toHaveLength(4);
    expect(readFileSync(join(consumer, "komfrem.config.ts"), "utf8")).toBe("mine");
  });

  it.each([
    ["github", ".github/workflows/komfrem.yml", (read: Ci) => read.jobs?.komfrem?.steps],
    ["gitlab", "komfrem.gitlab-ci.yml", (read: Ci) => read.komfrem?.script],
    ["azure", "komfrem.azure-pipelines.yml", (read: Ci) => read.steps],
  ])("writes YAML for %s that runs the scenario", (ci, file, steps) => {
    expect(komfrem("init", ci, "--ci", ci)).toMatchObject({ code: 0 });
    const read = parse(readFileSync(join(consumer, ci, file), "utf8")) as Ci;
    expect(JSON.stringify(steps(read))).toContain("npx komfrem run ./komfrem/first.scenario.ts");
  });

  it("compares the contracts that it ships with what its own designs exchange", { timeout: 120_000 }, () => {
    expect(komfrem("contract", "ours", "--check")).toMatchObject({ code: 0, text: "All contracts are current.\n" });
  });

  it("records a contract, and gives it to a broker that knows who may meet whom", { timeout: 120_000 }, async () => {
    const named = ["--integration", "correct/store-then-receipt", "every-kind", "--party", "receiver"];
    expect(komfrem("contract", "record", ...named, "--name", "mine", "--out", "mine.json")).toMatchObject({ code: 0 });
    const broker = await new TestBroker().open();
    try {
      writeFileSync(join(consumer, "token"), "secret");
      const at = ["--broker", broker.url, "--token-file", "token"];
      expect(await asking("contract", "publish", "mine.json", "--version", "1", ...at)).toMatchObject({ code: 0 });
      expect(await asking("contract", "fetch", "--provider", "receiver", ...at)).toMatchObject({ code: 0 });
      expect(JSON.parse(readFileSync(join(consumer, "pacts/mine-receiver.json"), "utf8"))).toMatchObject(
        JSON.parse(readFileSync(join(consumer, "mine.json"), "utf8")),
      );
      const meet = ["contract", "may-meet", "--of", "mine@1", "--with", "receiver@7", ...at];
      expect(await asking(...meet)).toMatchObject({ code: 2 });
      broker.results.set("mine@1 receiver@7", true);
      expect(await asking(...meet)).toMatchObject({ code: 0 });
    } finally {
      await broker.close();
    }
  });

  it("verifies its own receiver once Pact is beside it, and names Pact where it is not", {
    timeout: 120_000,
  }, async () => {
    const receiver = spawn(process.execPath, [bin, "receiver", "--store", "memory", "--api-key", "secret"], {
      cwd: consumer,
    });
    try {
      const url = await new Promise<string>((said) => {
        receiver.stdout.once("data", (line: Buffer) => said(JSON.parse(String(line)).receiver.baseUrl));
      });
      writeFileSync(join(consumer, "key"), "secret");
      const verify = ["contract", "verify", "--provider", url, "--token-file", "key"];
      const without = await asking(...verify);
      expect(without).toMatchObject({ code: 3 });
      expect(without.text).toContain("npm install --save-dev @pact-foundation/pact");
      symlinkSync(join(modules, "@pact-foundation"), join(consumer, "node_modules/@pact-foundation"));
      const { code, text } = await asking(...verify);
      rmSync(join(consumer, "node_modules/@pact-foundation"));
      expect([code, text.match(/^\d+ held.*$/m)?.[0]]).toEqual([2, "20 held, 0 broken, 6 not checked."]);
    } finally {
      receiver.kill();
    }
  });

  it("runs a module as a process from an endpoints file", () => {
    const endpoints = { version: 1, channels: [], recipients: [], pollIntervalMs: 0, dataDirectory: consumer };
    writeFileSync(join(consumer, "endpoints.json"), JSON.stringify(endpoints));
    writeFileSync(
      join(consumer, "fails.ts"),
      'export default async (): Promise<void> => { throw new Error("mine"); };',
    );
    const started = spawnSync(process.execPath, [bin, "host", "fails.ts"], {
      cwd: consumer,
      env: { ...process.env, KOMFREM_ENDPOINTS: join(consumer, "endpoints.json") },
      encoding: "utf8",
    });
    expect([started.status, started.stderr]).toEqual([
      1,
      expect.stringContaining("The integration failed: Error: mine"),
    ]);
  });

  it.each([
    ["fuzz", ["--runs", "3"]],
    ["sweep", ["--estimate"]],
    ["doctor", []],
  ])("has komfrem %s", (word, args) => {
    expect(komfrem(word, "--integration", "correct/store-then-receipt", ...args)).toMatchObject({ code: 0 });
  });

  it("takes less than 25 MB, everything that it needs included", () => {
    expect(Number(ran(consumer, "du", "-sm", "node_modules").text.split("\t")[0])).toBeLessThan(25);
  });
});
