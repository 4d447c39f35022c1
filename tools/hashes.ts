/** Prints the ledger's hash of a fixed set of runs, as JSON: what every version of Node must give alike. */
import { fileURLToPath } from "node:url";
import { drawnScenario } from "../explore/draw/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";

const systems = ["correct/store-then-receipt", "correct/batch-multiple-ack", "correct/police-sender"];
const told = ["lost-answers", "every-content", "crash-power", "mail-crashes", "sender-lost-answers", "sender-crashes"];
const seeds = [1, 2];
const drawn = [0, 1, 2];

const world = new SimulatedWorld(1);
const hashes: Record<string, string> = {};
for (const { name, role, module } of catalogue) {
  if (!systems.includes(name)) continue;
  const sut = { name, role, module: fileURLToPath(module) };
  const channels =
    role === "sender" ? (["altinn-dispatch", "fiks-io"] as const) : (["fiks-io", "altinn-correspondence"] as const);
  const all = [
    ...scenarios.filter(({ id, tests = "integration" }) => told.includes(id) && tests === role),
    ...drawn.map((run) => drawnScenario({ role, channels }, 1, run)),
  ];
  for (const scenario of all)
    for (const seed of seeds)
      hashes[`${name} ${scenario.id} ${seed}`] = (await world.survey(scenario, sut, { seed })).hash;
}
await world.close();
console.log(JSON.stringify(hashes));
