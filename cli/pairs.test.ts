import { describe, expect, it } from "vitest";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import { scenarios } from "../scenarios/index.ts";
import type { Product, SystemUnderTest } from "../worlds/world.ts";
import { pairsOf } from "./pairs.ts";

const mine: SystemUnderTest = { name: "./mine.ts", role: "integration", module: "/mine.ts" };
const ours: SystemUnderTest = { ...mine, name: "correct/store-then-receipt" };
const sender: SystemUnderTest = { ...mine, role: "sender" };
const channelsOf = (pairs: ReturnType<typeof pairsOf>): string[] =>
  [...new Set<string>(pairs.flatMap(({ scenario }) => [...(scenario.channels ?? (["fiks-io"] as const))]))].sort();

const unnamed = { said: undefined, byName: false } as const;
const named = { said: undefined, byName: true } as const;
const saying = (...said: readonly ChannelName[]) => ({ said, byName: false });
const reads = (...channels: readonly ChannelName[]): Product => ({ ...({} as Product), channels });
const byId = (...ids: readonly string[]): Scenario[] => scenarios.filter(({ id }) => ids.includes(id));

describe("the scenarios that a system is put in", () => {
  it("are those on Fiks IO for somebody's own integration, and all for one that we ship", () => {
    expect(channelsOf(pairsOf([mine], scenarios, unnamed))).toEqual(["fiks-io"]);
    expect(channelsOf(pairsOf([ours], scenarios, unnamed))).toEqual(["altinn-correspondence", "fiks-io"]);
  });

  it("are those on the channels that it is said to serve, and on no other", () => {
    const served = pairsOf([mine], scenarios, saying("altinn-correspondence"));
    expect(channelsOf(served)).toEqual(["altinn-correspondence"]);
    const both = pairsOf([mine], scenarios, saying("altinn-correspondence", "fiks-io"));
    expect(both.map(({ scenario }) => scenario.id)).toContain("portal-and-police");
  });

  it("are those that test what it does: for a sender by its first way", () => {
    const dispatching = pairsOf([sender], scenarios, saying("altinn-dispatch"));
    expect(new Set(dispatching.map(({ scenario }) => scenario.tests))).toEqual(new Set(["sender"]));
    expect(new Set(dispatching.map(({ scenario }) => scenario.channels?.[0]))).toEqual(new Set(["altinn-dispatch"]));
  });

  it("are on any channel where they are named, but for a product, whose config says what it reads", () => {
    expect(pairsOf([mine], byId("mail-astray", "familia-2023"), named)).toHaveLength(2);
    const product: SystemUnderTest = { ...mine, name: "intake", product: reads("fiks-io") };
    expect(pairsOf([product], byId("familia-2023"), named)).toHaveLength(1);
    expect(() => pairsOf([product], byId("mail-astray"), named)).toThrow(
      /altinn-correspondence, which intake was not said/,
    );
    expect(pairsOf([product], byId("mail-astray"), { ...named, said: ["altinn-correspondence"] })).toHaveLength(1);
  });

  it("are each of those that are named, or none", () => {
    expect(() => pairsOf([mine], byId("familia-2023", "sender-crashes"), named)).toThrow(
      /sender-crashes cannot be run, and nothing was\.[\s\S]*tests a sender/,
    );
    expect(pairsOf([mine, sender], byId("familia-2023", "sender-crashes"), named)).toHaveLength(2);
  });

  it("cannot be none: what was asked for, and why nothing fits, is said", () => {
    expect(() => pairsOf([mine], scenarios, saying("altinn-dispatch"))).toThrow(/not said to serve[\s\S]*--channel/);
    const forSenders = scenarios.filter(({ tests }) => tests === "sender");
    expect(() => pairsOf([mine], forSenders, unnamed)).toThrow(/tests a sender, and \.\/mine\.ts is an integration/);
  });
});
