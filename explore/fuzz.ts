import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import { type Drawing, drawnScenario } from "./draw/scenario.ts";
import type { Explored } from "./explored.ts";

/** One run of a campaign: its number, what was drawn for it, and what it came to. */
export type Drawn = { readonly run: number; readonly scenario: Scenario; readonly surveyed: Surveyed };

/** The rules that a failed run broke first, by delivery: what findings are told apart by. */
export function signaturesOf({ verdict, broken }: Surveyed): RuleId[] {
  return verdict === "failed" ? [...new Set(broken.map(({ primary }) => primary.rule))] : [];
}

/**
 * Performs runs of a campaign, as many at a time as the system allows, until there are no more numbers to take.
 *
 * @param runs Numbers of runs; whoever gives them decides on budget, shard and resuming, and may end at any time.
 * @param ended Told of each run as it ends, which need not be in their order.
 * @throws {HarnessError} The system could not be run at all.
 */
export async function fuzz(
  drawing: Drawing,
  explored: Explored,
  runs: Iterator<number>,
  ended: (drawn: Drawn) => void,
): Promise<void> {
  const work = async (): Promise<void> => {
    for (let next = runs.next(); next.done !== true; next = runs.next()) {
      const scenario = explored.performable(drawnScenario(drawing, explored.seed, next.value));
      ended({ run: next.value, scenario, surveyed: await explored.survey(scenario) });
    }
  };
  await Promise.all(Array.from({ length: explored.width }, work));
}
