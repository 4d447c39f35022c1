import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const others = ["node22", "node26"].map((name) => ({
  name,
  path: resolve(root, "tools/nodes/node_modules", name, "bin/node"),
}));
const missing = others.filter(({ path }) => !existsSync(path)).map(({ name }) => name);
const skipped =
  missing.length === 0 ? "" : ` (skipped: ${missing.join(" and ")} not there; npm ci --prefix tools/nodes brings them)`;
if (skipped !== "") console.log(`Same hashes in Node 22, 24 and 26${skipped}`);

async function hashesIn(node: string): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(node, [resolve(root, "tools/hashes.ts")], { cwd: root });
  return JSON.parse(stdout) as Record<string, string>;
}

describe("the same seed", () => {
  it.skipIf(skipped !== "")(
    `gives the same ledger in Node 22, 24 and 26${skipped}`,
    async () => {
      const [here = {}, ...elsewhere] = await Promise.all(
        [process.execPath, ...others.map(({ path }) => path)].map(hashesIn),
      );
      expect(Object.keys(here).length).toBeGreaterThan(30);
      for (const [at, there] of elsewhere.entries()) expect(there, others[at]?.name).toEqual(here);
    },
    300_000,
  );
});
