import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const tree = mkdtempSync(join(tmpdir(), "komfrem-changes-"));
afterAll(() => rmSync(tree, { recursive: true, force: true }));

/** What has a version in a manifest or a lock. */
type Versioned = {
  readonly version: string;
  readonly packages?: Readonly<Record<string, { readonly version: string }>>;
};

describe("npm run changes", () => {
  it("tells a change in the changelog, and raises the version in the manifest, the lock and the example", () => {
    for (const name of [
      "package.json",
      "package-lock.json",
      "CHANGELOG.md",
      ".changeset",
      "tools/changes.ts",
      "tools/runtime",
      "examples/vitest/package.json",
    ])
      cpSync(join(root, name), join(tree, name), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
    writeFileSync(join(tree, ".changeset/mine.md"), '---\n"komfrem": minor\n---\n\nA rule is stricter.\n');
    const before = readFileSync(join(tree, "package.json"), "utf8");
    const { version } = JSON.parse(before) as Versioned;
    const [major = "", minor = ""] = version.split(".");
    const next = `${major}.${Number(minor) + 1}.0`;

    const { status, stdout, stderr } = spawnSync(process.execPath, ["tools/changes.ts", "version"], {
      cwd: tree,
      encoding: "utf8",
    });
    expect([status, status === 0 ? "" : stdout + stderr]).toEqual([0, ""]);
    expect(readFileSync(join(tree, "package.json"), "utf8")).toBe(before.replace(`"${version}"`, `"${next}"`));
    const lock = JSON.parse(readFileSync(join(tree, "package-lock.json"), "utf8")) as Versioned;
    expect([lock.version, lock.packages?.[""]?.version]).toEqual([next, next]);
    expect(readFileSync(join(tree, "examples/vitest/package.json"), "utf8")).toContain(`"komfrem": "${next}"`);
    expect(readFileSync(join(tree, "CHANGELOG.md"), "utf8")).toMatch(
      new RegExp(`^# Changelog\\n\\n## ${next}\\n[\\s\\S]*A rule is stricter[\\s\\S]*\\n## Unreleased\\n`),
    );
  });
});
