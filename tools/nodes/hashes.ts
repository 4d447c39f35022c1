/**
 * Prints `{ <what>: <hash> }` as JSON for a fixed set of runs: crashes, cut answers, AMQP, signed tokens, odd letters,
 * an upgrade, a sender, drawn scenarios. `test/nodes.test.ts` performs it in each Node and compares.
 */
import { createHash } from "node:crypto";
import type { Scenario } from "../../core/scenario.ts";
import { drawnScenario } from "../../explore/draw/scenario.ts";
import { scenario, shipped } from "../../test/systems.ts";
import { SimulatedWorld } from "../../worlds/simulated/simulated-world.ts";

const seeds = [1, 2];
const integrationChannels = ["fiks-io", "altinn-correspondence"] as const;
const asShipped: { readonly [system: string]: readonly string[] } = {
  "correct/store-then-receipt": ["crash-power", "lost-answers", "every-content", "portal-and-police"],
  "correct/inbox-first": ["crash-process", "bad-network", "mail-crashes", "mail-lost-answers", "upgrade-in-flight"],
  "correct/police-sender": ["sender-crashes", "sender-lost-answers", "sender-mail-lost-answers"],
  "faulty/receipts-before-storing": ["familia-2023", "crash-power"],
};

type Performed = { readonly system: string; readonly scenario: Scenario; readonly seed: number };

function performed(): readonly Performed[] {
  const runs: Performed[] = [];
  for (const seed of seeds) {
    for (const [system, ids] of Object.entries(asShipped))
      for (const id of ids) runs.push({ system, scenario: scenario(id), seed });
    for (const system of ["correct/store-then-receipt", "correct/police-sender"]) {
      const { role } = shipped(system);
      for (let run = 0; run < 6; run += 1)
        runs.push({ system, scenario: drawnScenario({ role, channels: integrationChannels }, seed, run), seed });
    }
  }
  return runs;
}

const hashes: { [what: string]: string } = {};
const world = new SimulatedWorld(1);
for (const { system, scenario, seed } of performed()) {
  const what = `${scenario.id}, ${system}, seed ${seed}`;
  const drawn = createHash("sha256").update(JSON.stringify(scenario)).digest("hex");
  const run = await world.run(scenario, shipped(system), { seed });
  hashes[what] = `${run.judged.verdict.kind} ${run.hash} of ${drawn}`;
}
await world.close();
console.log(JSON.stringify(hashes));
