/** Types, Biome and tests in one command, in minutes; what CI runs besides stands in `.ci/run`. Ends with a line that counts tests. */
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

type Status = "passed" | "failed" | "skipped" | "pending" | "todo";
type Results = {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { status: Status }[] }[];
};
/** `died`: test files whose process was ended by a signal, and nothing else went wrong. */
type Tested = {
  readonly ok: boolean;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly died: readonly string[];
};

/** Vitest's projects but for those that have commands of their own. */
const projects = ["--project=pure", "--project=rest", "--project=sockets"];
const filters = process.argv.slice(2);
let tested = vitest(filters);
if (tested.died.length > 0) {
  // Node itself broke down there, so nothing is known of the code: they are asked once more, and it is said.
  const { died, passed, skipped } = tested;
  const again = vitest(died);
  for (const file of died)
    console.log(`${file}: its process was ended by a signal. Run again, it ${again.ok ? "passed" : "failed"}.`);
  tested = { ...again, died, passed: passed + again.passed, skipped: skipped + again.skipped };
}
const { passed } = tested;
const failed = tested.failed + (tested.ok || tested.failed > 0 ? 0 : 1);
const skipped = tested.skipped === 0 ? "" : `, ${tested.skipped} skipped`;
console.log(`${passed} passed, ${failed} failed${skipped}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** Runs Vitest; of a file whose process died nothing is counted. */
function vitest(files: readonly string[]): Tested {
  const folder = mkdtempSync(join(tmpdir(), "komfrem-test-"));
  const written = { results: join(folder, "results.json"), deaths: join(folder, "deaths.json") };
  const reporters = ["default", "json", "./tools/deaths-reporter.ts"].map((reporter) => `--reporter=${reporter}`);
  const { status } = spawnSync(
    "vitest",
    ["run", ...projects, ...reporters, `--outputFile.json=${written.results}`, ...files],
    {
      stdio: "inherit",
      shell: process.platform === "win32",
      env: { ...process.env, KOMFREM_DEATHS: written.deaths },
    },
  );
  try {
    const { testResults } = JSON.parse(readFileSync(written.results, "utf8")) as Results;
    const died = JSON.parse(readFileSync(written.deaths, "utf8")) as readonly string[];
    const told = testResults.filter(({ name }) => !died.includes(name)).flatMap((file) => file.assertionResults);
    const count = (...wanted: Status[]): number => told.filter((one) => wanted.includes(one.status)).length;
    const failed = count("failed");
    const counted = { passed: count("passed"), failed, skipped: count("skipped", "pending", "todo") };
    return { ok: status === 0, ...counted, died: failed === 0 ? died : [] };
  } catch {
    console.error("Vitest wrote no results.");
    return { ok: false, passed: 0, failed: 1, skipped: 0, died: [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
