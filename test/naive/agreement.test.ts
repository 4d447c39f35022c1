import { describe, expect, it } from "vitest";
import { ruleIds } from "../../core/rule.ts";
import { agreement } from "./agreement.ts";
import { disputed, naiveRules } from "./checker.ts";

/** `npm run soak` takes a hundred thousand. */
const ledgers = 3000;
/** A sample in which a rule hardly ever fails, or holds, proves nothing about it. */
const leastOfEach = 20;

describe("a checker written from RULES.md alone", () => {
  const { differed, disagreement, tallies } = agreement(ledgers, 20231117);

  it("agrees with the rules on every delivery of small random ledgers", () => {
    expect(disagreement ?? "").toBe("");
  });

  it.each(disputed.map(({ name }) => name))("still differs where it is disputed: %s", (name) => {
    // One that no longer differs has been settled: take it out of `disputed`.
    expect(differed).toContain(name);
  });

  it.each(ruleIds.filter((rule) => rule in naiveRules))("saw %s held and failed often enough", (rule) => {
    const tally = tallies.get(rule);
    expect(tally?.held).toBeGreaterThanOrEqual(leastOfEach);
    expect(tally?.failed).toBeGreaterThanOrEqual(leastOfEach);
  });
});
