import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const launcher = resolve(import.meta.dirname, "../bin/komfrem.mjs");
const folder = mkdtempSync(join(tmpdir(), "komfrem-errors-"));
const out = join(folder, "out");

const modules: Readonly<Record<string, string>> = {
  "no-default.ts": "export const integration = async () => {};",
  "object.ts": "export default { run() {} };",
  "broken.ts": "export default async (host => {",
  "throws.ts": 'throw new Error("no configuration"); export default async () => {};',
  "silent.ts": "export default async (host) => new Promise(() => {});",
  "returns.ts": "export default async () => {};",
  "spins.ts": "export default async (host) => { for (;;) {} };",
  "exits.ts": "export default async () => { process.exit(1); };",
};
beforeAll(() => {
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
  writeFileSync(
    join(folder, "bad-scenario.json"),
    JSON.stringify({ schema: "komfrem.scenario/v1", id: "bad", steps: 7 }),
  );
  writeFileSync(join(folder, "a-file"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function komfrem(...args: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, "run", "--out", out, ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, said: stdout + stderr };
}

const sound = ["--integration", "correct/careful-simple"] as const;

/** One clear error: what happened, why, what to do next. */
describe("bad input ends with exit code 3 and says what, why and what next", () => {
  it.each([
    ["a module that is not there", ["every-kind", "--integration", "./missing.ts"], /no integration at .*missing\.ts/],
    ["a folder", ["every-kind", "--integration", "./."], /That path is a folder/],
    ["a name we do not ship", ["every-kind", "--integration", "correct/nonsense"], /no integration called/],
    ["a module without a default export", ["every-kind", "--integration", "./no-default.ts"], /no default export/],
    ["a default export that is no function", ["every-kind", "--integration", "./object.ts"], /is of type object/],
    [
      "a module that does not compile",
      ["every-kind", "--integration", "./broken.ts"],
      /broken\.ts.*could not be loaded/,
    ],
    ["a module that throws while it loads", ["every-kind", "--integration", "./throws.ts"], /no configuration/],
    ["a system that is never ready", ["every-kind", "--integration", "./silent.ts"], /was never ready/],
    [
      "a system that returns at once",
      ["every-kind", "--integration", "./returns.ts"],
      /was never ready[\s\S]*returned before/,
    ],
    ["a system that ends its process", ["every-kind", "--integration", "./exits.ts"], /process\.exit\(1\)/],
    ["a scenario that is not there", ["nonsense", ...sound], /no scenario "nonsense"/],
    ["a file that is no scenario", ["./bad-scenario.json", ...sound], /is not a scenario[\s\S]*title/],
    ["a flag that does not exist", ["every-kind", "--nonsense"], /--nonsense/],
    ["a seed that is no number", ["every-kind", ...sound, "--seed", "x"], /--seed x/],
    ["a filter that leaves nothing", ["--only", "nonsense", ...sound], /No scenario is left/],
    ["a folder that cannot be written to", ["every-kind", ...sound, "--out", "./a-file/out"], /could not be written/],
  ] as const)("%s", (_what, args, says) => {
    const { status, said } = komfrem(...args);
    expect(said).toMatch(says);
    expect(said).toMatch(/Next/);
    expect(said).not.toMatch(/^\s+at .*\.ts:\d+/m);
    expect(status).toBe(3);
  });
});

describe("a system that never gives the thread back", () => {
  it("is inconclusive by name of the place, and the other runs are performed and written", () => {
    const { status, said } = komfrem("every-kind", "--integration", "./spins.ts", ...sound);
    expect(said).toMatch(/spins at/);
    expect(status).toBe(2);
    expect(said).toMatch(/1 of 2 runs passed, 0 failed, 1 inconclusive/);
    expect(existsSync(join(out, "correct-careful-simple/every-kind/ledger.ndjson"))).toBe(true);
  });
});

describe("what could not be run", () => {
  it("is an error in JUnit, beside the runs that were performed", () => {
    const { status } = komfrem("every-kind", "--integration", "./silent.ts", ...sound);
    expect(status).toBe(3);
    const xml = readFileSync(join(out, "junit.xml"), "utf8");
    expect(xml).toMatch(/<error[^>]*never ready/);
    expect(xml).toMatch(/<testsuites [^>]*tests="2"[^>]*/);
  });
});
