import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import { moduleOf, type Regression, Regressions } from "./regressions.ts";
import { drawnRun, regressionOf, scenarioCalled } from "./surveyed.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "komfrem-regressions-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let regressions: Regressions;
let nth = 0;
beforeEach(() => {
  regressions = new Regressions(join(root, String(nth++), "komfrem-regressions"), regressionProblems);
});

const one: Regression = regressionOf(drawnRun(6), "no-loss");
const names = (): string[] => readdirSync(regressions.folder).sort();

describe("regressions", () => {
  it("stand in files that say system and rule, the same for the same, and never one for two", () => {
    const path = regressions.write(one);
    expect(basename(path)).toMatch(/^faulty-seventh\.no-loss\.[0-9a-f]{8}\.json$/);
    expect(regressions.write({ ...one, tookMs: 9, shrunk: true })).toBe(path);
    const others = [
      { ...one, scenario: scenarioCalled("another") },
      { ...one, system: "faulty-seventh" },
      { ...one, rule: "one-case" as const },
      { ...one, seed: 2 },
      { ...one, profile: "strict" as const },
    ];
    expect(new Set([path, ...others.map((other) => regressions.write(other))]).size).toBe(6);
    expect(names()).toHaveLength(6);
    expect(regressions.all().kept).toHaveLength(6);
  });

  it("are read cheapest first, those of one system, with how many there are of others", () => {
    for (const [id, tookMs] of [
      ["slow", 30],
      ["quick", 2],
      ["middling", 11],
    ] as const)
      regressions.write({ ...one, tookMs, scenario: scenarioCalled(id) });
    regressions.write({ ...one, system: "./mine.ts", module: "/somewhere/mine.ts" });
    const { kept, others } = regressions.all(one.module);
    expect(kept.map(({ regression }) => regression.scenario.id)).toEqual(["quick", "middling", "slow"]);
    expect(others).toBe(1);
  });

  it("name a module of one's own as seen from their folder, wherever both are moved together", () => {
    const module = join(root, "mine.ts");
    const path = regressions.write({ ...one, system: "./mine.ts", module });
    expect(JSON.parse(readFileSync(path, "utf8")).module).toBe("../../mine.ts");
    expect(regressions.all(module).kept.map(moduleOf)).toEqual([module]);
    regressions.write(one);
    expect(regressions.all(one.module).kept.map(moduleOf)).toEqual(["faulty/seventh"]);
  });

  it("are replaced so that one of both is there at any moment", () => {
    const old = regressions.write(one);
    const seen: string[][] = [];
    const path = regressions.replace(old, { ...one, shrunk: true, scenario: scenarioCalled("smaller") }, () =>
      seen.push(names()),
    );
    expect(seen).toEqual([[basename(old), basename(path)].sort()]);
    expect(names()).toEqual([basename(path)]);
    // What could not be made smaller stays where it is.
    expect(regressions.replace(path, { ...one, shrunk: true, scenario: scenarioCalled("smaller") })).toBe(path);
    expect(names()).toEqual([basename(path)]);
  });

  it("leave the old one where the new one cannot be written", () => {
    const old = regressions.write(one);
    const smaller = { ...one, scenario: scenarioCalled("smaller") };
    const path = regressions.write(smaller);
    rmSync(path);
    mkdirSync(join(path, "in the way"), { recursive: true });
    expect(() => regressions.replace(old, smaller)).toThrow(/could not be written/);
    expect(names()).toContain(basename(old));
  });

  it("that cannot be used are said, and left: torn, of another version, with a scenario that is none any more", () => {
    const path = regressions.write(one);
    const given = JSON.parse(readFileSync(path, "utf8")) as Regression;
    const put = (name: string, text: string): void => writeFileSync(join(regressions.folder, name), text);
    put("1-torn.json", readFileSync(path, "utf8").slice(0, 200));
    put("2-other.json", "[1]");
    put("3-newer.json", JSON.stringify({ ...given, schema: "komfrem.regression/v2" }));
    put("4-step.json", JSON.stringify({ ...given, scenario: { ...given.scenario, steps: [{ kind: "explodes" }] } }));
    put(".hidden.json.12.unfinished", "{");
    const { kept, unusable } = regressions.all();
    expect(kept).toHaveLength(1);
    expect(unusable.map(({ path, kind, because }) => [basename(path), kind, because])).toEqual([
      ["1-torn.json", "unreadable", expect.stringContaining("JSON")],
      ["2-other.json", "unreadable", expect.any(String)],
      ["3-newer.json", "stale", expect.stringContaining("komfrem.regression/v2")],
      ["4-step.json", "stale", 'scenario/steps/0/kind: "explodes" is not a known kind.'],
    ]);
    expect(names()).toHaveLength(6);
  });

  it("are none where there is no folder", () => {
    expect(regressions.all()).toEqual({ kept: [], others: 0, unusable: [] });
  });
});
