import type { BoundaryName } from "../core/names.ts";
import type { RuleId } from "../core/rule.ts";
import type { Sweep, SweptCount } from "../explore/sweep.ts";

/** What was found in one scenario, by name. */
export type SweptScenario = {
  /** The system, as reports call it. */
  readonly system: string;
  readonly scenario: string;
  readonly clean: Sweep["clean"]["verdict"];
  readonly enumerated: readonly BoundaryName[];
  readonly closure: readonly BoundaryName[];
  readonly passedOver: readonly BoundaryName[];
  readonly singles: SweptCount;
  readonly pairs: SweptCount;
  readonly notReached: readonly string[];
  readonly notInjectable: readonly string[];
  readonly notPerformed: Sweep["notPerformed"];
  readonly inconclusive: readonly { readonly name: string; readonly because: string }[];
  readonly failed: readonly { readonly name: string; readonly rules: readonly RuleId[] }[];
  /** Paths of the regressions that were kept, by rule. */
  readonly regressions: Readonly<Partial<Record<RuleId, string>>>;
};

/** A sweep as data: `komfrem.sweep/v1`. */
export type SweepFile = {
  readonly schema: "komfrem.sweep/v1";
  readonly seed: number;
  readonly profile: "default" | "strict";
  readonly sweeps: readonly SweptScenario[];
};

/** A sweep of one scenario without its scenarios and findings, which stand in the regressions. */
export function sweptScenario(
  system: string,
  { scenario, clean, injectedAt: _, inconclusive, failed, ...rest }: Sweep,
  regressions: ReadonlyMap<RuleId, string>,
): SweptScenario {
  return {
    system,
    scenario: scenario.id,
    clean: clean.verdict,
    ...rest,
    inconclusive: inconclusive.map(({ name, because = "" }) => ({ name, because })),
    failed: failed.map(({ name, broken }) => ({
      name,
      rules: [...new Set(broken.map(({ primary }) => primary.rule))],
    })),
    regressions: Object.fromEntries(regressions),
  };
}
