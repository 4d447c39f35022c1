import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Regression } from "../explore/regressions.ts";
import type { Surveyed, SystemUnderTest } from "../worlds/world.ts";
import { moduleFor } from "./replay.ts";

/** How a system was explored. */
export type Exploration = {
  readonly sut: SystemUnderTest;
  readonly seed: number;
  readonly profile: "default" | "strict";
};

/** A scenario that a system failed by a rule. */
export type Found = Pick<Regression, "found" | "shrunk"> & {
  readonly rule: RuleId;
  readonly scenario: Scenario;
  readonly surveyed: Surveyed;
};

/** What was found, as it is kept. */
export function regressionOf(
  { sut, seed, profile }: Exploration,
  { rule, found, shrunk, scenario, surveyed }: Found,
): Regression {
  const { hash, tookMs, reached } = surveyed;
  return {
    schema: "komfrem.regression/v1",
    system: sut.name,
    module: moduleFor(sut),
    // One that we ship brings its own.
    ...(sut.next === undefined || moduleFor(sut) === sut.name ? {} : { next: sut.next }),
    role: sut.role,
    rule,
    seed,
    profile,
    found,
    shrunk,
    injected: reached.faults.filter(({ outcome }) => outcome === "injected").map(({ faultId }) => faultId),
    tookMs: Math.round(tookMs),
    hash,
    scenario,
  };
}
