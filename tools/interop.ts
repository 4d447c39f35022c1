/**
 * Runs the examples, intakes in other languages that know nothing of Komfrem, as any vendor would: `npm run interop`. Each
 * must pass as it is, and fail with each of its planted defects. Where a language is not installed that is said. Ends
 * with 1 where something came out otherwise.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { configured } from "../cli/config.ts";
import type { Scenario } from "../core/scenario.ts";
import { scenarios } from "../scenarios/index.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";

type Example = {
  readonly name: string;
  /** What must be there, and how to see that it is. */
  readonly needs: readonly [string, ...string[]];
  /** The variable that plants a defect, and the scenarios that show each. */
  readonly flawIn: string;
  readonly shownBy: Readonly<Record<string, readonly string[]>>;
};

const ofIntakes = {
  "confirms-first": ["mail-crashes"],
  forgets: ["mail-receiver-down"],
  silent: ["mail-astray"],
  seldom: ["mail-files-expire"],
};
const ofProduct = {
  "confirms-first": ["mail-crashes"],
  "first-file-only": ["mail-every-kind"],
  silent: ["mail-astray"],
};
const examples: readonly Example[] = [
  { name: "python", needs: ["python3", "--version"], flawIn: "INTAKE_FLAW", shownBy: ofIntakes },
  { name: "java", needs: ["java", "-version"], flawIn: "INTAKE_FLAW", shownBy: ofIntakes },
  { name: "product", needs: [process.execPath, "--version"], flawIn: "PRODUCT_FLAW", shownBy: ofProduct },
];
/** What each is put through as it is. */
const soundIn = ["mail-every-kind", "mail-lost-answers", "mail-crashes", "mail-astray"];

const world = new LiveWorld();
let passed = 0;
let failed = 0;
let skipped = 0;

function scenario(id: string): Scenario {
  const found = scenarios.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not shipped`);
  return found;
}

function count(name: string, ok: boolean, said: string): void {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`  ${ok ? "✓" : "✗"} ${name.padEnd(34)} ${said}`);
}

const rulesOf = ({ judged }: Run): string => judged.broken.map(({ primary }) => primary.rule).join(", ");

for (const { name, needs, flawIn, shownBy } of examples) {
  const [program, ...args] = needs;
  if (spawnSync(program, args, { stdio: "ignore" }).status !== 0) {
    skipped += 1;
    console.log(`${name}: skipped, ${program} is not installed`);
    continue;
  }
  const sut = await configured(resolve(`examples/${name}/komfrem.config.ts`));
  const withFlaw = (flaw: string): SystemUnderTest =>
    sut.product === undefined
      ? sut
      : { ...sut, product: { ...sut.product, environment: { ...sut.product.environment, [flawIn]: flaw } } };
  const began = performance.now();
  console.log(`${name}:`);
  // On a clock of its own a product does little but wait: all at once.
  await Promise.all([
    ...soundIn.map(async (id) => {
      const run = await world.run(scenario(id), sut, { seed: 1 });
      count(id, run.judged.verdict.kind !== "failed", `${run.judged.verdict.kind} ${rulesOf(run)}`);
    }),
    ...Object.entries(shownBy).map(async ([flaw, ids]) => {
      const runs = await Promise.all(ids.map((id) => world.run(scenario(id), withFlaw(flaw), { seed: 1 })));
      const found = runs.find(({ judged }) => judged.verdict.kind === "failed");
      count(`${flaw}, planted`, found !== undefined, found === undefined ? "not found" : rulesOf(found));
    }),
  ]);
  console.log(`  ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
await world.close();
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;
