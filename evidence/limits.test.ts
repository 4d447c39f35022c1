import { describe, expect, it } from "vitest";
import type { RuleOutcome } from "../core/verdict.ts";
import type { AcceptedLimit, Product, Run } from "../worlds/world.ts";
import { consoleReport } from "./console.ts";
import { limitsOf } from "./limits.ts";
import { doubtful, failing, passing } from "./runs.fixture.ts";

const limit: AcceptedLimit = { because: "No district yet.", owner: "Vera Vakt", until: "2027-01-31" };
const open: RuleOutcome = { kind: "inconclusive", judged: 0, because: ["A: no district"] };

function with_(run: Run, accepts: readonly AcceptedLimit[], over: Partial<Run["judged"]["rules"]> = {}): Run {
  return {
    ...run,
    sut: { ...run.sut, product: { accepts } as Product },
    judged: { ...run.judged, rules: { ...run.judged.rules, ...over } },
  };
}

const mustHold = doubtful.scenario.mustHold.map((rule) => ({ ...limit, rule }));
const covers = (accepts: readonly AcceptedLimit[], date = "2026-11-23", over: Partial<Run["judged"]["rules"]> = {}) =>
  limitsOf(with_(doubtful, [...mustHold, ...accepts], over), date) !== undefined;

describe("an accepted limit", () => {
  it("covers the rule that stays open, in its scenario, to the end of its last day", () => {
    const right = { "right-recipient": open };
    expect(covers([], undefined, right)).toBe(false);
    expect(covers([{ ...limit, rule: "right-recipient" }], undefined, right)).toBe(true);
    expect(covers([{ ...limit, rule: "intact" }], undefined, right)).toBe(false);
    expect(covers([{ ...limit, rule: "right-recipient", scenario: "another" }], undefined, right)).toBe(false);
    expect(covers([{ ...limit, scenario: doubtful.scenario.id }], undefined, right)).toBe(true);
    const untilNewYear = [{ ...limit, rule: "right-recipient" as const, until: "2026-12-31" }];
    expect(covers(untilNewYear, "2026-12-31", right)).toBe(true);
    expect(covers(untilNewYear, "2027-01-01", right)).toBe(false);
  });

  it("of one rule does not cover what the ledger itself doubts", () => {
    const doubts = [
      ...doubtful.ledger,
      { seq: 99, atMs: 0, by: "world", kind: "doubted", what: "a power cut was a kill" } as const,
    ];
    const run = with_({ ...doubtful, ledger: doubts }, mustHold);
    expect(limitsOf(run, "2026-11-23")).toBeUndefined();
    expect(limitsOf(with_(run, [limit]), "2026-11-23")).toEqual([limit]);
  });

  it("covers nothing that failed, and is not needed where all passed", () => {
    expect(limitsOf(with_(failing, [limit]), "2026-11-23")).toBeUndefined();
    expect(limitsOf(with_(passing, [limit]), "2026-11-23")).toBeUndefined();
  });

  it("is told of with its owner, its day and its reason", () => {
    const text = consoleReport([with_(doubtful, [{ ...limit, until: "2999-01-31" }])], {
      lang: "en",
      colour: false,
      width: 100,
    });
    expect(text).toContain("Accepted by Vera Vakt, 2999-01-31: No district yet.");
  });
});
