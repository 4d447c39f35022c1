/** Everything CI runs, in one command: types, Biome, tests. Ends with a line that counts tests. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const steps: readonly (readonly [string, readonly string[]])[] = [
  ["types", ["tsc", "--noEmit"]],
  ["Biome", ["biome", "check", "--error-on-warnings"]],
];

for (const [name, [command = "", ...args]] of steps) {
  const began = performance.now();
  const { status } = spawnSync(command, args, { stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) {
    console.error(`${name} failed; the tests were not run.\n0 passed, 1 failed`);
    process.exit(1);
  }
  console.log(`${name}: ok (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

const folder = mkdtempSync(join(tmpdir(), "komfrem-test-"));
const results = join(folder, "results.json");
const { status } = spawnSync(
  "vitest",
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`, ...process.argv.slice(2)],
  { stdio: "inherit", shell: process.platform === "win32" },
);
type Results = { numPassedTests: number; numFailedTests: number; numPendingTests: number; numFailedTestSuites: number };
let counted: Results | undefined;
try {
  counted = JSON.parse(readFileSync(results, "utf8")) as Results;
} catch {
  counted = undefined;
}
rmSync(folder, { recursive: true, force: true });
if (counted === undefined) {
  console.error("Vitest wrote no results.\n0 passed, 1 failed");
  process.exit(1);
}
// Filters name test files: then only those are wanted.
const scored = status === 0 && process.argv.length === 2 ? score() : undefined;
const failed =
  counted.numFailedTests + (status !== 0 && counted.numFailedTests === 0 ? 1 : 0) + (scored === false ? 1 : 0);
const passed = counted.numPassedTests + (scored === true ? 1 : 0);
const skipped = counted.numPendingTests === 0 ? "" : `, ${counted.numPendingTests} skipped`;
console.log(`${passed} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && counted.numPassedTests > 0 ? 0 : 1);

/** How much of what is planted fuzzing finds within five seconds each: a floor like any other. */
function score(): boolean {
  const began = performance.now();
  const options = ["--budget", "5s", "--quick", "--check"];
  const { status: scoreStatus, stdout } = spawnSync(process.execPath, ["tools/score.ts", ...options], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = stdout.trimEnd().split("\n");
  const ok = scoreStatus === 0;
  console.log((ok ? lines.slice(lines.lastIndexOf("") + 1) : lines).join("\n"));
  console.log(`score: ${ok ? "ok" : "failed"} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  return ok;
}
