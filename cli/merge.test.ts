import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Budget } from "../explore/budget.ts";
import { Campaign } from "../explore/campaign.ts";
import { drawnRun, key } from "../explore/surveyed.fixture.ts";
import { merge } from "./merge.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-merge-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function shard(at: number, of: number, broken = true): string {
  const campaign = Campaign.begin({
    folder: join(folder, String(broken)),
    key,
    shard: { at, of },
    problemsIn: () => [],
    now: () => 0,
  });
  for (const run of campaign.runs(new Budget({ runs: broken ? 30 : 6 }, () => 0)))
    campaign.record(drawnRun(run), (rule) => `${folder}/${rule}.json`);
  campaign.end();
  return campaign.path;
}

async function merging(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    return { code: await merge(args), said: log.mock.calls.flat().join("\n") };
  } finally {
    log.mockRestore();
  }
}

describe("komfrem merge", () => {
  it("reports shards as one campaign, and writes it", async () => {
    const out = join(folder, "merged.json");
    const { code, said } = await merging(shard(2, 2), shard(1, 2), "--out", out);
    expect(code).toBe(1);
    expect(said).toMatch(/^Runs +30: 23 passed, 5 failed, 2 inconclusive$/m);
    expect(said).toMatch(/^ +the first of them is run 10: nothing happened in run 10$/m);
    expect(said).toMatch(/^✗ no-loss: 4 runs, first in run 6$/m);
    expect(said).toMatch(/^ {2}npx komfrem replay .*no-loss\.json$/m);
    const whole = JSON.parse(readFileSync(shard(1, 1), "utf8"));
    expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({ ...whole, spentMs: expect.any(Number) });
    expect(said).not.toContain("Missing");
  });

  it("says which shard is missing: that is no pass", async () => {
    const { code, said } = await merging(shard(1, 3, false), shard(3, 3, false));
    expect(code).toBe(2);
    expect(said).toContain("Missing: shard 2/3.");
    expect((await merging(shard(1, 3, false), shard(2, 3, false), shard(3, 3, false))).code).toBe(0);
  });

  it("refuses what is no campaign, by name", async () => {
    const torn = join(folder, "torn.json");
    writeFileSync(torn, readFileSync(shard(1, 2), "utf8").slice(0, 50));
    await expect(merging(shard(1, 2), torn)).rejects.toThrow(/torn\.json could not be merged/);
    await expect(merging()).rejects.toThrow(/nothing to merge/);
  });
});
