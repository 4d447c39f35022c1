import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { configured } from "./config.ts";
import { init } from "./init.ts";
import { scenariosNamed, systemsNamed } from "./selection.ts";

// In the package, so that what is written finds it by its name.
mkdirSync("komfrem-out", { recursive: true });
const folder = mkdtempSync(join("komfrem-out", "init-"));
const world = new SimulatedWorld(1);
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

describe("what init writes for a sender", () => {
  it.each([
    ["fiks-io", undefined],
    ["altinn-correspondence", "faulty/police-sends-again"],
    ["altinn-dispatch", "faulty/police-sends-again"],
  ] as const)(
    "on %s can be used as it stands, and tells a sound one from one that is not",
    async (channel, careless) => {
      const at = join(folder, channel);
      vi.spyOn(console, "log").mockImplementation(() => {});
      expect(init([at, "--role", "sender", "--channel", channel, "--ci", "none"])).toBe(0);
      vi.restoreAllMocks();
      expect(await configured(join(at, "komfrem.config.ts"))).toMatchObject({
        role: "sender",
        product: { command: ["node", "sender.mjs"], channels: [channel] },
      });
      const [scenario] = await scenariosNamed([join(at, "komfrem/first.scenario.ts")], []);
      for (const [name, verdict] of [
        ["correct/police-sender", "passed"],
        [careless, "failed"],
      ] as const) {
        if (name === undefined || scenario === undefined) continue;
        const [sut] = await systemsNamed([name]);
        if (sut === undefined) throw new Error(`${name} is not shipped`);
        expect((await world.run(scenario, sut, { seed: 1 })).judged.verdict.kind).toBe(verdict);
      }
    },
  );
});
