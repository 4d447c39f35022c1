import { describe, expect, it } from "vitest";
import { drawnScenario } from "./draw/scenario.ts";
import { plainerSurroundings, usualPolling } from "./smaller.ts";
import { surveyedWith } from "./surveyed.fixture.ts";

const scenario = {
  ...drawnScenario({ role: "integration", channels: ["altinn-correspondence"] }, 1, 0),
  switches: { pollIntervalMinutes: 360, retentionDays: 14, readEndsIt: true },
};
const surveyed = surveyedWith(["no-loss"]);

describe("plainer surroundings", () => {
  it("leave rare polling alone, which is taken away by itself", () => {
    const all = plainerSurroundings(scenario, surveyed).map(({ switches }) => switches);
    expect(all).toContainEqual({ pollIntervalMinutes: 360 });
    expect(all).toContainEqual({ pollIntervalMinutes: 360, readEndsIt: true });
    expect(all.filter((switches) => !("pollIntervalMinutes" in switches))).toEqual([]);
    expect(usualPolling(scenario, surveyed).map(({ switches }) => switches)).toEqual([
      { retentionDays: 14, readEndsIt: true },
    ]);
    expect(usualPolling({ ...scenario, switches: {} }, surveyed)).toEqual([]);
  });
});
