import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exploredIn } from "../cli/explored.ts";
import { channelsDrawn } from "../cli/fuzz.ts";
import { main } from "../cli/main.ts";
import { coveredBy, missed, nothingCovered, together } from "../explore/coverage.ts";
import { cellsDrawn, type Drawing } from "../explore/draw/scenario.ts";
import { fuzz } from "../explore/fuzz.ts";
import { catalogue } from "../integrations/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { shipped } from "./systems.ts";

const width = availableParallelism();
const world = new SimulatedWorld(width);
const folder = mkdtempSync(join(tmpdir(), "komfrem-fuzz-"));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

const sound = catalogue.filter(({ kind }) => kind === "sound").map(({ name }) => name);
type Sample = readonly [runs: number, name: string, channels: "fiks-io" | "all its channels"];

/** Mostly on Fiks IO, where runs are quick; 2,000 in all. */
const samples = sound.flatMap((name): Sample[] => {
  if (shipped(name).role === "sender") return [[150, name, "all its channels"]];
  const slow = name === "correct/poll-only";
  return [
    [slow ? 110 : 260, name, "fiks-io"],
    [slow ? 20 : 40, name, "all its channels"],
  ];
});

/** The operations that faults are drawn for: what a system asks besides is never broken. */
function aimedAt(drawing: Drawing): Set<string> {
  return new Set(cellsDrawn(drawing).map(({ operation }) => operation));
}

function* numbers(count: number): Generator<number, void> {
  for (let run = 0; run < count; run++) yield run;
}

describe("false alarms", () => {
  it("are looked for in 2,000 runs", () => {
    expect(samples.reduce((sum, [runs]) => sum + runs, 0)).toBeGreaterThanOrEqual(2000);
  });

  it.each(samples)(
    "are none in %i runs of %s on %s",
    async (runs, name, on) => {
      const sut = shipped(name);
      const drawing = { role: sut.role, channels: channelsDrawn(sut, on === "fiks-io" ? [on] : undefined) };
      const alarms: string[] = [];
      let inconclusive = 0;
      let covered = nothingCovered;
      await fuzz(drawing, exploredIn(world, sut, { seed: 1, width }), numbers(runs), ({ run, scenario, surveyed }) => {
        if (surveyed.verdict === "failed")
          alarms.push(`run ${run}: ${surveyed.broken.map(({ primary }) => primary.happened).join("; ")}`);
        if (surveyed.verdict === "inconclusive") inconclusive += 1;
        covered = together(covered, coveredBy(scenario, surveyed));
      });
      expect(alarms).toEqual([]);
      // Nothing is proved by runs that struck nothing, or that nobody could judge.
      expect(inconclusive).toBeLessThan(runs / 20);
      const { missed: never, of } = missed(drawing, covered);
      // Who consumes never asks for the next message, and the other way round: what it does not do cannot be struck.
      const inReach = never.filter((cell) => cell.slice(0, cell.indexOf(":")) in covered.operations);
      const outOfReach = never.length - inReach.length;
      if (runs > 100) expect(inReach.length).toBeLessThan((of - outOfReach) * 0.8);
      expect(Object.keys(covered.operations).filter((operation) => !aimedAt(drawing).has(operation))).toEqual([]);
    },
    300_000,
  );
});

/** Written as a vendor would, outside this repository, with one mistake planted. */
const kit = resolve(import.meta.dirname, "../integrations");
const planted: readonly (readonly [string, string, string, RegExp])[] = [
  [
    "remembers ids in a variable of the module",
    `import { storeThenReceipt } from "${kit}/correct/store-then-receipt.ts";
     import { sound } from "${kit}/kit/policy.ts";
     export default storeThenReceipt({ ...sound, sameBy: "memory" });`,
    "one-case",
    /two cases/,
  ],
  [
    "confirms mail before it is stored",
    `import { storeThenReceipt } from "${kit}/correct/store-then-receipt.ts";
     import { sound } from "${kit}/kit/policy.ts";
     export default storeThenReceipt({ ...sound, receipt: "before storing" });`,
    "receipt-after-store",
    /while neither it nor the receiver had a durable copy/,
  ],
];

describe("a module with one planted mistake", () => {
  it.each(planted)(
    "that %s is found, kept, and told",
    async (what, code, rule, telling) => {
      const module = join(folder, `${what.replaceAll(" ", "-")}.ts`);
      writeFileSync(module, code);
      const regressions = join(folder, `${rule}-regressions`);
      const said: string[] = [];
      const log = console.log;
      console.log = (line: string) => said.push(line);
      try {
        const options = ["--budget", "60s", "--first", "--out", join(folder, "out"), "--regressions", regressions];
        expect(await main(["fuzz", "--integration", module, "--channel", "fiks-io", ...options])).toBe(1);
        const [file = ""] = readdirSync(regressions);
        expect(JSON.parse(readFileSync(join(regressions, file), "utf8"))).toMatchObject({ rule, shrunk: true });
        const story = said.join(" ").replaceAll(/\s+/g, " ");
        expect(story).toMatch(telling);
        expect(story).toContain("npx komfrem replay");
        expect(await main(["replay", join(regressions, file)])).toBe(1);
      } finally {
        console.log = log;
      }
    },
    120_000,
  );
});
