/**
 * Performs every scenario in memory and over sockets, with the same system as a module and as a process,
 * and compares what is said of each delivery: `npm run worlds`. `--integration` names systems; `--only` scenarios whose id
 * begins so. Ends with 1 where the two worlds say different things.
 */
import { parseArgs } from "node:util";
import { systemsNamed } from "../cli/selection.ts";
import { scenarios } from "../scenarios/index.ts";
import { inMemoryOnly, LiveWorld } from "../worlds/live/live-world.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { type Run, suits } from "../worlds/world.ts";

const { values } = parseArgs({
  options: {
    integration: {
      type: "string",
      multiple: true,
      default: [
        "correct/store-then-receipt",
        "faulty/receipts-then-stores",
        "faulty/mail-first-attachment-only",
        "correct/police-sender",
        "faulty/police-sends-again",
      ],
    },
    only: { type: "string", default: "" },
  },
});

const memory = new SimulatedWorld(1);
const live = new LiveWorld();
let alike = 0;
const otherwise: string[] = [];
const cannot = new Map<string, string>();

/** What a run says: its verdict, and the primary rule for each delivery. */
function said({ judged }: Run): string {
  const broken = judged.broken.map(({ delivery = "", primary }) => `${delivery} ${primary.rule}`).sort();
  return [judged.verdict.kind, ...broken].join(", ");
}

/** Why the world over sockets could not decide what the other did; undefined where it did. */
function undecided(overSockets: Run): string | undefined {
  const { verdict } = overSockets.judged;
  return verdict.kind === "inconclusive" ? verdict.because : undefined;
}

for (const sut of await systemsNamed(values.integration))
  for (const scenario of scenarios) {
    if (!suits(scenario, sut) || !scenario.id.startsWith(values.only)) continue;
    const why = inMemoryOnly(scenario, sut);
    if (why !== undefined) {
      cannot.set(scenario.id, why);
      continue;
    }
    const [one, other] = [await memory.run(scenario, sut, { seed: 1 }), await live.run(scenario, sut, { seed: 1 })];
    const open = undecided(other);
    if (said(one) === said(other)) alike += 1;
    else if (open !== undefined) cannot.set(scenario.id, open);
    else otherwise.push(`${scenario.id}, ${sut.name}: in memory ${said(one)}; over sockets ${said(other)}`);
    const sign = said(one) === said(other) ? "=" : open === undefined ? "✗" : "?";
    console.log(
      `${sign} ${scenario.id.padEnd(24)} ${sut.name.padEnd(36)} ${(other.tookMs / 1000).toFixed(1)} s  ${said(one).slice(0, 60)}`,
    );
  }
await Promise.all([memory.close(), live.close()]);
console.log("\nOnly in memory, or not decided over sockets:");
for (const [id, why] of cannot) console.log(`  ${id.padEnd(24)} ${why}`);
if (otherwise.length > 0) console.log(`\nOtherwise:\n  ${otherwise.join("\n  ")}`);
console.log(`\n${alike} alike, ${otherwise.length} otherwise, ${cannot.size} scenarios only in memory or not decided.`);
process.exitCode = otherwise.length === 0 ? 0 : 1;
