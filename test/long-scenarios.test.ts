import { afterAll, describe, expect, it } from "vitest";
import policeNational, { plantedNationally } from "../scenarios/incidents/police-national.ts";
import unopened1307 from "../scenarios/incidents/unopened-1307.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run } from "../worlds/world.ts";
import { shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

/** The deliveries that a system is found to have broken. */
const named = ({ judged }: Run): string[] => judged.broken.flatMap(({ delivery }) => delivery ?? []).sort();

describe("five years of the whole country", () => {
  it("name exactly the 172 messages that were not opened in time, of 11,400", async () => {
    const run = await world.run(policeNational, shipped("faulty/police-never-looks-again"), { seed: 1 });
    expect(named(run)).toEqual([...plantedNationally].sort());
    expect(run.judged.verdict.kind).toBe("failed");
    expect([run.judged.counts["expired silently"], run.judged.counts.late, run.judged.counts.lost]).toEqual([
      151, 21, 0,
    ]);
  });

  it("name nothing where the sender looks: it warns, and takes another way", async () => {
    const run = await world.run(policeNational, shipped("correct/police-sender"), { seed: 1 });
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.judged.counts["expired silently"]).toBe(0);
  });
});

describe("1,307 items to 162 organisations", () => {
  it("are all named where their sender believes the channel", async () => {
    const run = await world.run(unopened1307, shipped("faulty/police-believes-published"), { seed: 1 });
    expect(named(run)).toHaveLength(1307);
  });
});
