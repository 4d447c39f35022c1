import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import { Budget } from "./budget.ts";
import { Campaign, type CampaignFile, type CampaignKey } from "./campaign.ts";
import { fuzz } from "./fuzz.ts";
import { Regressions } from "./regressions.ts";
import { drawnRun, key } from "./surveyed.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "komfrem-campaign-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folder = "";
let nth = 0;
beforeEach(() => {
  folder = join(root, String(nth++));
});

const begin = (more: Partial<CampaignKey> = {}): Campaign =>
  Campaign.begin({
    folder,
    key: { ...key, ...more },
    shard: { at: 1, of: 1 },
    problemsIn: (value) => validate("campaign", value),
    now: () => 0,
  });
const timeless = ({ spentMs: _, ...rest }: CampaignFile): object => rest;
const keep = (rule: RuleId): string => `${rule}.json`;
function perform(campaign: Campaign, runs: number): Campaign {
  for (const run of campaign.runs(new Budget({ runs }, () => 0))) campaign.record(drawnRun(run), keep);
  return campaign;
}

describe("a campaign", () => {
  it("writes what it has come to, by its schema, and comes to the same in whatever order its runs end", () => {
    const inOrder = perform(begin(), 60).end();
    expect(validate("campaign", inOrder)).toEqual([]);
    expect(inOrder).toMatchObject({
      done: [{ from: 0, step: 1, count: 60 }],
      verdicts: { passed: 45, failed: 10, inconclusive: 5 },
      inconclusive: { run: 10, because: "nothing happened in run 10" },
      findings: [
        { rule: "no-loss", run: 6, runs: 8 },
        { rule: "one-case", run: 22, runs: 2 },
      ],
    });
    const backwards = begin();
    for (let run = 59; run >= 0; run--) backwards.record(drawnRun(run), keep);
    expect(timeless(backwards.end())).toEqual(timeless(inOrder));
  });

  it("counts a run once", () => {
    const campaign = begin();
    campaign.record(drawnRun(6), keep);
    campaign.record(drawnRun(6), () => expect.unreachable());
    expect(campaign.file().verdicts.failed).toBe(1);
  });

  it("writes a finding before it counts the run, and does the run again where that could not be done", () => {
    const campaign = begin();
    expect(() =>
      campaign.record(drawnRun(6), () => {
        throw new Error("no room");
      }),
    ).toThrow("no room");
    expect(campaign.size).toBe(0);
  });

  it("asks for the finding to be written anew where a run with a lower number broke the same rule", () => {
    const campaign = begin();
    campaign.record(drawnRun(13), () => "13.json");
    campaign.record(drawnRun(20), () => expect.unreachable());
    campaign.record(drawnRun(6), (_, instead) => `6 instead of ${instead?.regression}`);
    expect(campaign.findings).toEqual([{ rule: "no-loss", run: 6, runs: 3, regression: "6 instead of 13.json" }]);
  });

  it("goes on where it was interrupted, and begins anew once it was finished", async () => {
    const asked = new AbortController();
    const interrupted = begin();
    for (const run of interrupted.runs(new Budget({ runs: 100 }, () => 0), asked.signal)) {
      interrupted.record(drawnRun(run), keep);
      if (run === 40) asked.abort();
    }
    expect(interrupted.end().state).toBe("interrupted");
    const resumed = begin();
    expect(resumed.begun).toEqual({ kind: "resumed", runs: 41 });
    const all = perform(resumed, 100).end();
    expect(all.state).toBe("finished");
    expect(begin().begun).toEqual({ kind: "new" });
    expect(timeless(perform(begin(), 100).end())).toEqual(timeless(all));
  });

  it("ends when the time of its budget is over", () => {
    let now = 0;
    const campaign = begin();
    for (const run of campaign.runs(new Budget({ ms: 10 }, () => now++))) campaign.record(drawnRun(run), keep);
    expect(campaign.end()).toMatchObject({ state: "finished", verdicts: { passed: 8 } });
  });

  it("puts aside what a changed system came to, and what cannot be read", () => {
    perform(begin(), 5);
    const changed = begin({ systemHash: "b".repeat(64) });
    expect(changed.begun).toMatchObject({ kind: "instead", because: "faulty/seventh has changed since it was begun" });
    perform(changed, 5);
    const torn = readFileSync(changed.path, "utf8").slice(0, 100);
    writeFileSync(changed.path, torn);
    const { begun } = begin();
    expect(begun).toMatchObject({ kind: "instead", because: expect.stringMatching(/^it could not be read: /) });
    expect(begun.kind === "instead" && readFileSync(begun.putAside, "utf8")).toBe(torn);
  });

  it("is another one with other channels, another profile or another shard", () => {
    const paths = [begin(), begin({ channels: ["altinn-correspondence"] }), begin({ profile: "strict" })];
    const shard = Campaign.begin({ folder, key, shard: { at: 2, of: 4 }, problemsIn: () => [], now: () => 0 });
    expect(new Set([...paths, shard].map(({ path }) => path)).size).toBe(4);
    expect(shard.path).toMatch(/faulty-seventh\.seed-1\.shard-2-of-4\.\w{6}\.json$/);
  });

  it("is fed by fuzzing: several runs at a time, each number once", async () => {
    const campaign = begin();
    const seen: string[] = [];
    const explored = {
      name: key.system,
      role: key.role,
      seed: 1,
      width: 3,
      inMemory: true,
      performable: (scenario: Scenario) => scenario,
      survey: async (scenario: { readonly id: string }) => {
        seen.push(scenario.id);
        await new Promise((done) => setTimeout(done, seen.length % 3));
        return drawnRun(seen.length).surveyed;
      },
      run: () => expect.unreachable(),
    };
    await fuzz(
      { role: "integration", channels: ["fiks-io"] },
      explored,
      campaign.runs(new Budget({ runs: 12 }, () => 0)),
      (drawn) => campaign.record(drawn, keep),
    );
    expect(campaign.end().done).toEqual([{ from: 0, step: 1, count: 12 }]);
    expect(new Set(seen).size).toBe(12);
  });
});

describe("a campaign that is killed", () => {
  const child = resolve(import.meta.dirname, "campaign.fixture.ts");
  const runs = 120;

  /** Kills it with SIGKILL once it has said this; gives all that it said. */
  function killedAfter(line: string): Promise<string[]> {
    const process_ = spawn(process.execPath, [child, folder, String(runs)], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    process_.stdout.on("data", (text: Buffer) => {
      said += text;
      if (said.includes(`${line}\n`)) process_.kill("SIGKILL");
    });
    return new Promise((done) => process_.on("close", () => done(said.split("\n").slice(0, -1))));
  }

  it("loses no finding, says at its next start that it goes on, and comes to what it would have come to", async () => {
    const regressions = new Regressions(join(folder, "regressions"), regressionProblems);
    const told: string[][] = [];
    for (const line of ["counted 6", "counted 22", "counted 80"]) {
      told.push(await killedAfter(line));
      const files = regressions.all();
      expect(files.unusable).toEqual([]);
      // What it had counted it had written.
      const counted = told.flat().map((said) => Number(/^counted (\d+)$/.exec(said)?.[1] ?? -1));
      const found = (["no-loss", "one-case"] as const).filter((rule) => counted.includes(rule === "no-loss" ? 6 : 22));
      expect(files.kept.map(({ regression }) => regression.rule)).toEqual(expect.arrayContaining(found));
    }
    const last = spawnSync(process.execPath, [child, folder, String(runs)], { encoding: "utf8" });
    expect(last.status).toBe(0);
    expect(JSON.parse(told[1]?.[0] ?? "")).toMatchObject({ kind: "resumed", runs: expect.any(Number) });
    expect(JSON.parse(last.stdout.split("\n")[0] ?? "").runs).toBeGreaterThanOrEqual(23);
    const [name = ""] = readdirSync(folder).filter((file) => /^faulty.*\.json$/.test(file));
    const resumed = JSON.parse(readFileSync(join(folder, name), "utf8")) as CampaignFile;
    folder = join(root, "at-once");
    const atOnce = perform(begin(), runs).end();
    expect(timeless({ ...resumed, findings: [] })).toEqual(timeless({ ...atOnce, findings: [] }));
    expect(resumed.findings).toMatchObject([
      { rule: "no-loss", run: 6, runs: 17 },
      { rule: "one-case", run: 22, runs: 5 },
    ]);
  });
});
