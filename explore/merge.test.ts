import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import { Budget } from "./budget.ts";
import { Campaign, type CampaignFile, type CampaignKey } from "./campaign.ts";
import { merged } from "./merge.ts";
import { drawnRun, key } from "./surveyed.fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let begun = 0;

function performed(runs: number, shard = { at: 1, of: 1 }, of: CampaignKey = key): CampaignFile {
  const problemsIn = (value: unknown): string[] => validate("campaign", value);
  const campaign = Campaign.begin({ folder: join(folder, String(begun++)), key: of, shard, problemsIn, now: () => 0 });
  for (const run of campaign.runs(new Budget({ runs }, () => 0)))
    campaign.record(drawnRun(run), (rule) => `${rule}-${run}.json`);
  return campaign.end();
}
const named = (campaigns: readonly CampaignFile[]): Parameters<typeof merged>[0] =>
  campaigns.map((campaign, i) => ({ name: `${i}.json`, campaign }));
const timeless = ({ spentMs: _, ...rest }: CampaignFile): object => rest;
const shards = (runs: number, of: number): CampaignFile[] =>
  Array.from({ length: of }, (_, at) => performed(runs, { at: at + 1, of }));

describe("shards of a campaign, merged", () => {
  it("are what one run of it is, in any order, and by way of parts", () => {
    const whole = timeless(performed(100));
    const [one, two, three] = shards(100, 3) as [CampaignFile, CampaignFile, CampaignFile];
    for (const order of [
      [one, two, three],
      [three, one, two],
      [two, three, one],
    ])
      expect(timeless(merged(named(order)).campaign)).toEqual(whole);
    const part = merged(named([three, one])).campaign;
    expect(timeless(merged(named([part, two])).campaign)).toEqual(whole);
    expect(validate("campaign", part)).toEqual([]);
  });

  it("count once where they are given twice, or where a file has all that another has", () => {
    const whole = performed(100);
    const [one, two] = shards(100, 2) as [CampaignFile, CampaignFile];
    const together = merged(named([one, two, two, performed(40, { at: 1, of: 2 }), whole]));
    expect(timeless(together.campaign)).toEqual(timeless(whole));
    expect(together.twice).toEqual(["0.json", "1.json", "2.json", "3.json"]);
  });

  it("say which of them is missing", () => {
    const [one, , three] = shards(40, 4);
    expect(merged(named([three, one] as CampaignFile[])).missing).toEqual(["2/4", "4/4"]);
  });

  it("are refused where sums cannot be told apart, and of different campaigns", () => {
    const halves = [performed(100, { at: 1, of: 2 }), performed(60)];
    expect(() => merged(named(halves))).toThrow(/30 runs in common/);
    const other = performed(10, { at: 2, of: 2 }, { ...key, systemHash: "b".repeat(64) });
    expect(() => merged(named([performed(10, { at: 1, of: 2 }), other]))).toThrow(/differ in systemHash/);
    expect(() => merged([])).toThrow(/nothing to merge/);
  });
});
