import { setTimeout as sleep } from "node:timers/promises";
import { Budget } from "./budget.ts";
import { Campaign } from "./campaign.ts";
import { Regressions } from "./regressions.ts";
import { drawnRun, key, regressionOf } from "./surveyed.fixture.ts";

/** Performs a campaign in a process of its own, a run every few ms, telling of each that has been counted. */
const [folder = "", runs = ""] = process.argv.slice(2);
const regressions = new Regressions(`${folder}/regressions`, () => []);
const now = (): number => performance.now();
const campaign = Campaign.begin({ folder, key, shard: { at: 1, of: 1 }, problemsIn: () => [], now });
console.log(JSON.stringify(campaign.begun));
for (const run of campaign.runs(new Budget({ runs: Number(runs) }, now))) {
  await sleep(3);
  const drawn = drawnRun(run);
  campaign.record(drawn, (rule) => regressions.write(regressionOf(drawn, rule)));
  console.log(`counted ${run}`);
}
campaign.end();
