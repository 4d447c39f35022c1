/**
 * Changes core/ in thousands of small ways and asks its own tests to notice each: `npm run mutate`, or
 * `npm run mutate -- core/rules/no-loss.ts …` for some files. Needs `npm ci --prefix tools/mutate` once. Fails below 90 %.
 *
 * Stryker works on a copy (komfrem-out/mutate), repeats only what changed since the last time, and leaves a report there.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const stryker = fileURLToPath(new URL("./mutate/node_modules/@stryker-mutator/core/bin/stryker.js", import.meta.url));
if (!existsSync(stryker)) {
  console.error("Stryker is not installed.\n  Next: npm ci --prefix tools/mutate");
  process.exit(3);
}
const files = process.argv.slice(2);
const only = files.length === 0 ? [] : ["--mutate", files.join(",")];
const { status } = spawnSync(
  process.execPath,
  [stryker, "run", "tools/mutate/stryker.config.json", "--incremental", ...only],
  { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" },
);
process.exit(status ?? 3);
