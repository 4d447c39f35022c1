/**
 * What takes too long for every change: `npm run soak`. False alarms over every sound system (`--runs`, 100,000 unless
 * said, shared out among them), the second checker on 100,000 ledgers, every ordering of what happens by the ends of
 * lifetimes, of up to `--clocks` events, 7 unless said, `--paired` runs of each sender of ours with each integration of
 * ours, and `--live` runs over sockets, which must leave nothing behind and not grow. Ends with 1 where any of them finds
 * something. 0 leaves one out.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exploredIn, realMs } from "../cli/explored.ts";
import { channelsDrawn } from "../cli/fuzz.ts";
import { interruptible } from "../cli/interrupt.ts";
import { validate } from "../contracts/komfrem/index.ts";
import { Budget } from "../explore/budget.ts";
import { Campaign } from "../explore/campaign.ts";
import { drawingVersion } from "../explore/draw/scenario.ts";
import { fuzz } from "../explore/fuzz.ts";
import { longest } from "../explore/orderings.ts";
import { wholeCampaign } from "../explore/shard.ts";
import { catalogue } from "../integrations/index.ts";
import { allClocks } from "../test/clocks/clocks.ts";
import { agreement } from "../test/naive/agreement.ts";
import { allPairs } from "../test/paired/pairs.ts";
import { bundleOf } from "../worlds/simulated/bundle.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { SystemUnderTest } from "../worlds/world.ts";
import { asCompiledOnce } from "./memory-growth.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    ledgers: { type: "string", default: "100000" },
    clocks: { type: "string", default: String(longest) },
    paired: { type: "string", default: "100" },
    live: { type: "string", default: "100" },
    "live-messages": { type: "string", default: "1000" },
  },
});
const seed = Number(values.seed);
const width = availableParallelism();
const world = new SimulatedWorld(width);
const ends = interruptible();

/** Fuzzes one sound system; goes on where an earlier soak was interrupted. */
async function falseAlarms(
  sut: SystemUnderTest,
  runs: number,
): Promise<{ readonly alarms: number; readonly runs: number; readonly line: string }> {
  const drawing = { role: sut.role, channels: channelsDrawn(sut, undefined) };
  const campaign = Campaign.begin({
    folder: join(tmpdir(), "komfrem-soak"),
    key: {
      system: sut.name,
      systemHash: (await bundleOf(sut.module)).hash,
      role: sut.role,
      seed,
      channels: drawing.channels,
      profile: "default",
      generator: drawingVersion,
    },
    shard: wholeCampaign,
    problemsIn: (value) => validate("campaign", value),
    now: realMs,
  });
  const explored = exploredIn(world, sut, { seed, width });
  const began = performance.now();
  await fuzz(drawing, explored, campaign.runs(new Budget({ runs }, realMs), ends.signal), (drawn) => {
    if (drawn.surveyed.verdict === "failed")
      console.log(
        `  ${sut.name} run ${drawn.run}: ${drawn.surveyed.broken.map(({ primary }) => `${primary.rule} ${primary.delivery ?? ""}`).join(", ")}`,
      );
    campaign.record(drawn, () => drawn.scenario.id);
  });
  const { verdicts } = campaign.end();
  const seconds = (performance.now() - began) / 1000;
  return {
    alarms: verdicts.failed,
    runs: campaign.size,
    line: `${sut.name.padEnd(34)} ${String(campaign.size).padStart(7)} runs  ${verdicts.failed} failed  ${verdicts.inconclusive} inconclusive  ${seconds.toFixed(0)} s`,
  };
}

const sound = catalogue.filter(({ kind, name }) => kind === "sound" && name.includes(values.only));
const each = Math.ceil(Number(values.runs) / sound.length);
let alarms = 0;
let performedRuns = 0;
for (const { name, role, module } of sound) {
  if (each === 0 || ends.signal.aborted) break;
  const { alarms: more, runs, line } = await falseAlarms({ name, role, module: fileURLToPath(module) }, each);
  console.log(line);
  alarms += more;
  performedRuns += runs;
}
const pairedRuns = ends.signal.aborted ? 0 : Number(values.paired);
if (pairedRuns > 0) {
  const { runs, inconclusive, complaints } = await allPairs(world, { runs: pairedRuns, seed, width }, ends.signal);
  for (const complaint of complaints) console.log(`  ${complaint}`);
  console.log(
    `paired: ${runs} runs, ${complaints.length} in which one half finds fault, ${inconclusive} inconclusive.`,
  );
  if (complaints.length > 0) process.exitCode = 1;
}
ends.over();
await world.close();

const ledgers = Number(values.ledgers);
if (ledgers > 0 && !ends.signal.aborted) {
  const { differed, disagreement } = agreement(ledgers, seed);
  console.log(
    disagreement ??
      `A second checker agrees with the rules on ${ledgers} ledgers, but for what is disputed: ${[...differed].join("; ")}.`,
  );
  if (disagreement !== undefined) process.exitCode = 1;
}
const events = Number(values.clocks);
if (events > 0 && !ends.signal.aborted) {
  const { orderings, of, disagreements } = allClocks((line) => console.log(line), { most: events });
  console.log(
    `clocks: ${orderings} of ${of} orderings of up to ${events} events, all that can happen, ${disagreements.length} disagreements.`,
  );
  if (disagreements.length > 0) process.exitCode = 1;
}
if (Number(values.live) > 0 && !ends.signal.aborted) {
  const file = fileURLToPath(new URL("./live-soak.ts", import.meta.url));
  const args = ["--runs", values.live, "--messages", values["live-messages"]];
  if (spawnSync(process.execPath, [...asCompiledOnce, file, ...args], { stdio: "inherit" }).status !== 0)
    process.exitCode = 1;
}
if (each > 0) {
  const wanted = each * sound.length;
  const ended = performedRuns < wanted ? `, of ${wanted} wanted: it was interrupted, and goes on from there` : "";
  console.log(
    `${alarms} false alarms in ${performedRuns} runs over ${sound.length} sound systems, seed ${seed}${ended}.`,
  );
}
if (alarms > 0) process.exitCode = 1;
