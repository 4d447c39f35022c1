import { afterAll, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import { report } from "../evidence/report.ts";
import { scenarios } from "../scenarios/index.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run } from "../worlds/world.ts";
import { scenario, shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

it("every scenario that we ship is a komfrem.scenario/v1", () => {
  for (const one of scenarios) expect(validate("scenario", one)).toEqual([]);
});

it("what runs leave behind is komfrem.ledger/v1 and komfrem.report/v1, whatever went wrong in them", async () => {
  const runs: Run[] = await Promise.all(
    [
      ["familia-2023", "faulty/receipts-before-storing"],
      ["crash-power", "correct/inbox-first"],
      ["poison-among-healthy", "faulty/quotes-content"],
      ["bad-network", "faulty/nacks-passing-errors"],
      ["sent-again", "correct/careful-simple"],
      ["queued-and-lost", "faulty/receipts-on-queued"],
    ].map(([id = "", name = ""]) => world.run(scenario(id), shipped(name), { seed: 3 })),
  );
  const kinds = new Set<string>();
  for (const { ledger } of runs)
    for (const entry of ledger) {
      kinds.add(entry.kind);
      expect(validate("ledger", JSON.parse(JSON.stringify(entry)))).toEqual([]);
    }
  expect(kinds.size).toBeGreaterThan(25);
  expect(validate("report", JSON.parse(JSON.stringify(report(runs))))).toEqual([]);
});
