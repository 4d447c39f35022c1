import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { regressionProblems } from "../contracts/komfrem/regression.ts";
import type { Scenario } from "../core/scenario.ts";
import { type Regression, Regressions } from "../explore/regressions.ts";
import { scenarios } from "../scenarios/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { replay } from "./replay.ts";
import { systemsNamed } from "./selection.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-replay-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const regressions = new Regressions(join(folder, "komfrem-regressions"), regressionProblems);
const faulty = "faulty/receipts-before-storing";
const scenario = scenarios.find(({ id }) => id === "crash-process") as Scenario;
let found: Regression;

async function replaying(...args: string[]): Promise<{ readonly code: number; readonly said: string }> {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    const code = await replay(args);
    return { code, said: log.mock.calls.flat().join("\n") };
  } finally {
    log.mockRestore();
  }
}

function written(name: string, value: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
  return path;
}

/** A module of one's own that does as the shipped one, after what it imports has had its say. */
function module(name: string, of: string, before = ""): string {
  return written(
    name,
    `import shipped from ${JSON.stringify(resolve(`integrations/${of}.ts`))};
import { createRequire } from "node:module";
const count = createRequire(import.meta.url)("counts");
export default async (host) => { ${before}; await shipped(host); };`,
  );
}

beforeAll(async () => {
  const [sut] = await systemsNamed([faulty]);
  const world = new SimulatedWorld(1);
  const surveyed = await world.survey(scenario, sut as NonNullable<typeof sut>, { seed: 3 });
  await world.close();
  found = {
    schema: "komfrem.regression/v1",
    system: faulty,
    module: faulty,
    role: "integration",
    rule: surveyed.broken[0]?.primary.rule ?? "no-loss",
    seed: 3,
    profile: "default",
    found: { how: "run" },
    shrunk: false,
    injected: surveyed.reached.faults.flatMap(({ faultId, outcome }) => (outcome === "injected" ? [faultId] : [])),
    tookMs: surveyed.tookMs,
    hash: surveyed.hash,
    scenario,
  };
  mkdirSync(join(folder, "node_modules/counts"), { recursive: true });
  writeFileSync(join(folder, "node_modules/counts/index.js"), "let n = 0; module.exports = () => ++n;");
});

describe("komfrem replay", () => {
  it("fails as it did, from the file alone, wherever that lies", async () => {
    const path = regressions.write(found);
    const elsewhere = join(mkdtempSync(join(folder, "elsewhere-")), "any.json");
    cpSync(path, elsewhere);
    const { code, said } = await replaying(elsewhere);
    expect(code).toBe(1);
    expect(said).toContain(`✗ ${faulty}: ${found.rule}`);
    expect(said).toContain(`npx komfrem replay ${elsewhere}`);
    expect(said).toMatch(/^FAILED +\S+any\.json: /m);
  });

  it("is FIXED with a system that does it right, and says the command with it", async () => {
    const { code, said } = await replaying(regressions.write(found), "--integration", "correct/store-then-receipt");
    expect([code, said]).toEqual([0, expect.stringMatching(/^FIXED +/m)]);
  });

  it("finds one's own module from the file on, and performs it as changed since", async () => {
    const mine = module("mine.ts", faulty);
    const path = regressions.write({ ...found, system: "./mine.ts", module: mine });
    expect((await replaying(path)).said).toMatch(/^FAILED /m);
    module("mine.ts", "correct/store-then-receipt");
    // Its time may be the same to the millisecond.
    const later = new Date(Date.now() + 5000);
    (await import("node:fs")).utimesSync(mine, later, later);
    expect(await replaying(path)).toEqual({ code: 0, said: expect.stringMatching(/^FIXED /m) });
  });

  it("is FLAKY with a system in which something outlives a run", async () => {
    const mine = module("flaky.ts", faulty, "await host.clock.sleep(count())");
    const path = regressions.write({ ...found, system: "./flaky.ts", module: mine });
    const { code, said } = await replaying(path);
    expect([code, said]).toEqual([
      1,
      expect.stringMatching(/^FLAKY .*\n +Performed 3 times it came out in 3 ways, and broke/m),
    ]);
  });

  it("is STALE where a fault that struck strikes no more, and where the scenario is none any more", async () => {
    const unreached = written("unreached.json", { ...found, module: "correct/store-then-receipt", injected: ["gone"] });
    const unknown = written("unknown.json", { ...found, scenario: { ...scenario, steps: [{ kind: "explodes" }] } });
    for (const path of [unreached, unknown])
      expect(await replaying(path)).toEqual({ code: 2, said: expect.stringMatching(/^STALE /m) });
  });

  it("takes a plain scenario, which says no system: it must be named", async () => {
    const path = written("scenario.json", scenario);
    const unnamed = await replaying(path);
    expect([unnamed.code, unnamed.said]).toEqual([3, expect.stringContaining("--integration ./mine.ts")]);
    expect((await replaying(path, "--integration", faulty)).code).toBe(1);
    expect((await replaying(path, "--integration", "correct/store-then-receipt")).code).toBe(0);
    expect((await replaying(path, "--integration", "correct/police-sender")).said).toContain("is a sender");
  });

  it("says what cannot be read in a line, and performs the others", async () => {
    const torn = written("torn.json", JSON.stringify(found).slice(0, 300));
    const { code, said } = await replaying(torn, join(folder, "nowhere.json"), regressions.write(found));
    expect(code).toBe(3);
    expect(said).toMatch(/^UNREADABLE .*torn\.json: .+$/m);
    expect(said).toContain("There is no file");
    expect(said).toMatch(/^FAILED /m);
    expect(readFileSync(torn, "utf8")).toHaveLength(300);
  });
});
