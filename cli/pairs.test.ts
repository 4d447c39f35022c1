import { describe, expect, it } from "vitest";
import { scenarios } from "../scenarios/index.ts";
import type { SystemUnderTest } from "../worlds/world.ts";
import { channelsUnsaid, pairsOf } from "./pairs.ts";

const mine: SystemUnderTest = { name: "./mine.ts", role: "integration", module: "/mine.ts" };
const ours: SystemUnderTest = { ...mine, name: "correct/store-then-receipt" };
const sender: SystemUnderTest = { ...mine, role: "sender" };
const channelsOf = (pairs: ReturnType<typeof pairsOf>): string[] =>
  [...new Set<string>(pairs.flatMap(({ scenario }) => [...(scenario.channels ?? (["fiks-io"] as const))]))].sort();

describe("the scenarios that a system is put in", () => {
  it("are those on Fiks IO for somebody's own integration, and all for one that we ship", () => {
    expect(channelsOf(pairsOf([mine], scenarios, channelsUnsaid))).toEqual(["fiks-io"]);
    expect(channelsOf(pairsOf([ours], scenarios, channelsUnsaid))).toEqual(["altinn-correspondence", "fiks-io"]);
  });

  it("are those on the channels that it is said to serve, and on no other", () => {
    const served = pairsOf([mine], scenarios, () => ["altinn-correspondence"]);
    expect(channelsOf(served)).toEqual(["altinn-correspondence"]);
    const both = pairsOf([mine], scenarios, () => ["altinn-correspondence", "fiks-io"]);
    expect(both.map(({ scenario }) => scenario.id)).toContain("portal-and-police");
  });

  it("are those that test what it does: for a sender by its first way", () => {
    const dispatching = pairsOf([sender], scenarios, () => ["altinn-dispatch"]);
    expect(new Set(dispatching.map(({ scenario }) => scenario.tests))).toEqual(new Set(["sender"]));
    expect(new Set(dispatching.map(({ scenario }) => scenario.channels?.[0]))).toEqual(new Set(["altinn-dispatch"]));
  });

  it("cannot be none: what was asked for, and why nothing fits, is said", () => {
    expect(() => pairsOf([mine], scenarios, () => ["altinn-dispatch"])).toThrow(/not said to serve[\s\S]*--channel/);
    const forSenders = scenarios.filter(({ tests }) => tests === "sender");
    expect(() => pairsOf([mine], forSenders)).toThrow(/tests a sender, and \.\/mine\.ts is an integration/);
  });
});
