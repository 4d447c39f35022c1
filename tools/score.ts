/**
 * Measures what the harness finds: `npm run score`. Every system that we ship with a flaw is fuzzed until its first
 * finding; one counts only if a sound system passes the same scenario. `--budget 5s` gives each so long (60 s unless
 * said), `--check` fails below the floors, `--write` puts the table into docs/score.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exploredIn } from "../cli/explored.ts";
import { channelsDrawn } from "../cli/fuzz.ts";
import type { RuleId } from "../core/rule.ts";
import { budgetMs } from "../explore/budget.ts";
import { drawnScenario } from "../explore/draw/scenario.ts";
import { shrink } from "../explore/shrink.ts";
import { sizeOf } from "../explore/size.ts";
import { catalogue, type Shipped } from "../integrations/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { SystemUnderTest } from "../worlds/world.ts";

const { values } = parseArgs({
  options: {
    budget: { type: "string", default: "60s" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    check: { type: "boolean", default: false },
    /** Says only whether something is found, and does not make it smaller. */
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const mostMs = budgetMs(values.budget);
const quickMs = 5000;
const seed = Number(values.seed);
/** Share found, by budget: DESIGN.md, section 9, and issue-wide floors. */
const floors = { quick: 0.85, whole: 0.98, losses: 1 };
/** Rules that are broken where a message is lost, dropped, or expires in silence. */
const losses: ReadonlySet<string> = new Set<RuleId>([
  "no-loss",
  "no-false-receipt",
  "receipt-after-store",
  "no-silent-expiry",
  "delivers",
]);
const smallestPath = new URL("./smallest-known.json", import.meta.url);

type Faulty = Extract<Shipped, { kind: "faulty" | "sink" }>;
type Score = {
  readonly member: Faulty;
  readonly found?: {
    readonly rule: RuleId;
    readonly run: number;
    readonly ms: number;
    readonly size: number;
    readonly tries: number;
    readonly shrunkMs: number;
  };
  readonly runs: number;
};

const width = availableParallelism();
const world = new SimulatedWorld(width);
const sutOf = ({ name, role, module, next }: Shipped): SystemUnderTest => ({
  name,
  role,
  module: fileURLToPath(module),
  ...(next === undefined ? {} : { next: fileURLToPath(next) }),
});
const reference = (role: Shipped["role"]): SystemUnderTest => {
  const sound = catalogue.find((one) => one.kind === "sound" && one.role === role);
  if (sound === undefined) throw new Error(`there is no sound ${role}`);
  return sutOf(sound);
};

async function scored(member: Faulty): Promise<Score> {
  const explored = exploredIn(world, sutOf(member), { seed, width });
  const sound = exploredIn(world, reference(member.role), { seed, width });
  const drawing = { role: member.role, channels: channelsDrawn(sutOf(member), undefined) };
  // What evaluates a module for the first time is not exploring.
  await explored.survey(drawnScenario(drawing, seed, 0));
  const began = performance.now();
  let next = 0;
  let first: { readonly run: number; readonly rule: RuleId; readonly ms: number } | undefined;
  const work = async (): Promise<void> => {
    for (let run = next++; first === undefined && performance.now() - began < mostMs; run = next++) {
      const scenario = drawnScenario(drawing, seed, run);
      const { verdict, broken } = await explored.survey(scenario);
      const rule = broken[0]?.primary.rule;
      if (verdict !== "failed" || rule === undefined || (await sound.survey(scenario)).verdict === "failed") continue;
      first ??= { run, rule, ms: performance.now() - began };
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  if (first === undefined) return { member, runs: next };
  const { run, rule, ms } = first;
  if (values.quick) return { member, runs: next, found: { rule, run, ms, size: Number.NaN, tries: 0, shrunkMs: 0 } };
  const shrinking = performance.now();
  const { scenario, tries } = await shrink(drawnScenario(drawing, seed, run), explored, { rule });
  return {
    member,
    runs: next,
    found: { rule, run, ms, size: sizeOf(scenario), tries, shrunkMs: performance.now() - shrinking },
  };
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const percent = (part: number, of: number): string => `${((100 * part) / Math.max(1, of)).toFixed(1)} %`;

const members = catalogue.filter((one): one is Faulty => one.kind !== "sound" && one.name.includes(values.only));
/** By system and by the rule that it breaks: a story of another rule is another story. */
const smallest = JSON.parse(readFileSync(smallestPath, "utf8")) as Record<string, Partial<Record<RuleId, number>>>;
const knownOf = (name: string, rule: RuleId | undefined): number | undefined =>
  rule === undefined ? undefined : smallest[name]?.[rule];
const scores: Score[] = [];
for (const member of members) {
  const score = await scored(member);
  scores.push(score);
  const { found } = score;
  const known = knownOf(member.name, found?.rule);
  console.log(
    `${member.name.padEnd(42)} ${found === undefined ? `not found in ${score.runs} runs` : `${found.rule.padEnd(20)} run ${String(found.run).padStart(5)}  ${(found.ms / 1000).toFixed(1).padStart(5)} s  size ${found.size} (smallest known ${known ?? "–"}), shrunk in ${found.tries} runs, ${(found.shrunkMs / 1000).toFixed(1)} s`}`,
  );
  if (found !== undefined && (known === undefined || found.size < known))
    smallest[member.name] = { ...smallest[member.name], [found.rule]: found.size };
}
await world.close();

const found = scores.flatMap((score) => (score.found === undefined ? [] : [{ ...score.found, member: score.member }]));
const quick = found.filter(({ ms }) => ms <= quickMs).length;
const losing = scores.filter(({ member }) => losses.has(member.breaks));
const times = found.map(({ ms }) => ms / 1000).sort((a, b) => a - b);
const runs = found.map(({ run }) => run + 1).sort((a, b) => a - b);
const near = found.filter(({ member, rule, size }) => size <= (knownOf(member.name, rule) ?? size) + 1).length;
const equal = found.filter(({ member, rule, size }) => size <= (knownOf(member.name, rule) ?? size)).length;
const survivors = scores.filter((score) => score.found === undefined).map(({ member }) => member.name);
const lines = [
  ["Members", `${scores.length}`],
  [`Found within ${values.budget}`, `${found.length}, ${percent(found.length, scores.length)}`],
  ["Found within 5 s", `${quick}, ${percent(quick, scores.length)}`],
  [
    "Of those that lose a message or let it expire",
    `${losing.filter((score) => score.found !== undefined).length} of ${losing.length}`,
  ],
  [
    "Time to the first finding, median and 95th percentile",
    `${quantile(times, 0.5).toFixed(2)} s, ${quantile(times, 0.95).toFixed(2)} s`,
  ],
  ["Runs to the first finding, median and 95th percentile", `${quantile(runs, 0.5)}, ${quantile(runs, 0.95)}`],
  [
    "Counterexample as small as the smallest known, or one larger",
    `${percent(equal, found.length)}, ${percent(near, found.length)}`,
  ],
  ["Survivors", survivors.length === 0 ? "none" : survivors.join(", ")],
] as const;
console.log("");
for (const [what, value] of lines) console.log(`${what.padEnd(64)} ${value}`);

if (values.write) {
  writeFileSync(smallestPath, `${JSON.stringify(smallest, null, 2)}\n`);
  const rows = scores.map(({ member, found, runs }) =>
    found === undefined
      ? `| ${member.name} | ${member.breaks} | not found | ${runs} | – | – |`
      : `| ${member.name} | ${member.breaks} | ${found.rule} | ${found.run + 1} | ${(found.ms / 1000).toFixed(1)} | ${found.size} (${knownOf(member.name, found.rule)}) |`,
  );
  writeFileSync(
    new URL("../docs/score.md", import.meta.url),
    [
      "# What fuzzing finds",
      "",
      `\`npm run score -- --write\`, ${new Date().toISOString().slice(0, 10)}, seed ${seed}, ${width} cores, Node ${process.versions.node}. Each system that we ship with a flaw, by fuzzing alone, without the scenarios that we wrote. A finding counts only where a sound system passes the same scenario. Size: steps, faults and durations that are not the usual ones; in brackets the smallest known that breaks the same rule first.`,
      "",
      ...lines.map(([what, value]) => `- ${what}: ${value}`),
      "",
      "| System | breaks | found by | runs | s | size |",
      "|---|---|---|---|---|---|",
      ...rows,
      "",
    ].join("\n"),
  );
}
if (values.check) {
  const share = found.length / Math.max(1, scores.length);
  const below = [
    [quick / Math.max(1, scores.length) < floors.quick, "found within 5 s"],
    [mostMs > quickMs && share < floors.whole, `found within ${values.budget}`],
    [mostMs > quickMs && losing.some((score) => score.found === undefined), "losses found"],
  ] as const;
  for (const [fails, what] of below)
    if (fails) {
      console.error(`Below its floor: ${what}.`);
      process.exitCode = 1;
    }
}
