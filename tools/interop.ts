/**
 * Runs the examples, intakes and a sender in other languages that know nothing of Komfrem, as any vendor would: `npm run
 * interop`. Each must pass as it is, and fail with each of its planted defects. Where a language is not installed that
 * is said. Ends with 1 where something came out otherwise. `--sample` is what CI does: one scenario and one defect of
 * each intake. The lives of dispatches are too long for it: a run of the sender takes minutes.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { configured } from "../cli/config.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Verdict } from "../core/verdict.ts";
import { scenarios } from "../scenarios/index.ts";
import { LiveWorld } from "../worlds/live/live-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";

type Example = {
  readonly name: string;
  /** What must be there, and how to see that it is. */
  readonly needs: readonly [string, ...string[]];
  /** What it is put through as it is, and what may come of it. */
  readonly soundIn: Readonly<Record<string, readonly Verdict["kind"][]>>;
  /** The variable that plants a defect, and the scenarios that show each. */
  readonly flawIn: string;
  readonly shownBy: Readonly<Record<string, readonly string[]>>;
};

// Over sockets a power cut is a kill, and may leave a doubt.
const mail: Example["soundIn"] = {
  "mail-lost-answers": ["passed"],
  "mail-every-kind": ["passed"],
  "mail-crashes": ["passed", "inconclusive"],
  "mail-astray": ["passed"],
};
const dispatches: Example["soundIn"] = {
  "sender-lost-answers": ["passed"],
  "dispatch-opened": ["passed"],
  "sender-crashes": ["passed", "inconclusive"],
  "altinn-down": ["passed"],
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
const ofSender = {
  "sends-again": ["sender-lost-answers"],
  forgets: ["sender-crashes"],
  silent: ["sender-crashes"],
};
const examples: readonly Example[] = [
  { name: "python", needs: ["python3", "--version"], soundIn: mail, flawIn: "INTAKE_FLAW", shownBy: ofIntakes },
  { name: "java", needs: ["java", "-version"], soundIn: mail, flawIn: "INTAKE_FLAW", shownBy: ofIntakes },
  {
    name: "product",
    needs: [process.execPath, "--version"],
    soundIn: mail,
    flawIn: "PRODUCT_FLAW",
    shownBy: ofProduct,
  },
  {
    name: "python-sender",
    needs: ["python3", "--version"],
    soundIn: dispatches,
    flawIn: "SENDER_FLAW",
    shownBy: ofSender,
  },
];
const isSample = process.argv.includes("--sample");
const sampled = ["mail-lost-answers", "silent"];

const world = new LiveWorld();
let passed = 0;
let failed = 0;
let skipped = 0;

function scenario(id: string): Scenario {
  const found = scenarios.find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} is not shipped`);
  return found;
}

function counted(name: string, ok: boolean, said: string): string {
  if (ok) passed += 1;
  else failed += 1;
  return `  ${ok ? "✓" : "✗"} ${name.padEnd(34)} ${said}`;
}

const rulesOf = ({ judged }: Run): string => judged.broken.map(({ primary }) => primary.rule).join(", ");

/** Puts one example through all that is its own; what came of each stands in the order of asking. */
async function tried({ name, needs, soundIn, flawIn, shownBy }: Example): Promise<readonly string[]> {
  const [program, ...args] = needs;
  if (spawnSync(program, args, { stdio: "ignore" }).status !== 0) {
    skipped += 1;
    return [`${name}: skipped, ${program} is not installed`];
  }
  const sut = await configured(resolve(`examples/${name}/komfrem.config.ts`));
  const withFlaw = (flaw: string): SystemUnderTest =>
    sut.product === undefined
      ? sut
      : { ...sut, product: { ...sut.product, environment: { ...sut.product.environment, [flawIn]: flaw } } };
  const began = performance.now();
  const wanted = <Value>(all: Readonly<Record<string, Value>>): [string, Value][] =>
    Object.entries(all).filter(([one]) => !isSample || sampled.includes(one));
  const lines = await Promise.all([
    ...wanted(soundIn).map(async ([id, verdicts]) => {
      const run = await world.run(scenario(id), sut, { seed: 1 });
      return counted(id, verdicts.includes(run.judged.verdict.kind), `${run.judged.verdict.kind} ${rulesOf(run)}`);
    }),
    ...wanted(shownBy).map(async ([flaw, ids]) => {
      const runs = await Promise.all(ids.map((id) => world.run(scenario(id), withFlaw(flaw), { seed: 1 })));
      const found = runs.find(({ judged }) => judged.verdict.kind === "failed");
      return counted(`${flaw}, planted`, found !== undefined, found === undefined ? "not found" : rulesOf(found));
    }),
  ]);
  return [`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`, ...lines];
}

const inSample = examples.filter(({ soundIn }) => sampled.some((id) => id in soundIn));
// On a clock of its own a product does little but wait: all runs of an example at once, and more would keep them waiting.
if (isSample) for (const lines of await Promise.all(inSample.map(tried))) console.log(lines.join("\n"));
else for (const example of examples) console.log((await tried(example)).join("\n"));
await world.close();
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`);
process.exit(failed === 0 ? 0 : 1);
