import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const launcher = resolve(import.meta.dirname, "../bin/komfrem.mjs");
const folder = mkdtempSync(join(tmpdir(), "komfrem-launcher-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Node on this machine that is too old for us. */
function olderNode(): string | undefined {
  for (const path of (process.env.PATH ?? "").split(delimiter)) {
    const node = join(path, "node");
    if (path.includes("node_modules") || !existsSync(node)) continue;
    const [major = 0, minor = 0] = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" })
      .stdout.trim()
      .split(".")
      .map(Number);
    if (major < 22 || (major === 22 && minor < 22)) return node;
  }
  return undefined;
}

const older = olderNode();
if (older === undefined) console.log("Skipped: how the launcher does on an older Node; there is none on the PATH.");

describe("the komfrem command", () => {
  it("runs on a Node that is new enough", () => {
    const { status, stdout } = spawnSync(process.execPath, [launcher, "version"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.skipIf(older === undefined)("finds the Node that was installed beside it, and passes exit codes on", () => {
    const found = spawnSync(older ?? "", [launcher, "version"], { encoding: "utf8" });
    expect({ status: found.status, stderr: found.stderr }).toEqual({ status: 0, stderr: "" });
    expect(spawnSync(older ?? "", [launcher, "nonsense"]).status).toBe(3);
  });

  it.skipIf(older === undefined)("says what is wrong and what to do where there is none, with exit code 3", () => {
    mkdirSync(join(folder, "bin"));
    cpSync(launcher, join(folder, "bin/komfrem.mjs"));
    const { status, stderr } = spawnSync(older ?? "", [join(folder, "bin/komfrem.mjs"), "version"], {
      encoding: "utf8",
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(/needs? Node 22\.22/);
    expect(stderr).toMatch(/Next:/);
  });
});
