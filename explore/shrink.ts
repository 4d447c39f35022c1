import { HarnessError } from "../core/error.ts";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import { atOnce, type Explored } from "./explored.ts";
import {
  type Candidates,
  fewerFaults,
  fewerSteps,
  fewerWaits,
  joinedFaults,
  plainerDurations,
  plainerFaults,
  plainerLabels,
  plainerSteps,
  plainerSurroundings,
  troubleElsewhere,
  usualPolling,
} from "./smaller.ts";

/** The smallest scenario that was found, what it came to, and how many runs that took. */
export type Shrunk = { readonly scenario: Scenario; readonly surveyed: Surveyed; readonly tries: number };

const mostTriesUnsaid = 1500;

/** In this order, over and over until none of them finds anything smaller. */
const passes: readonly Candidates[] = [
  fewerFaults,
  fewerSteps,
  plainerSurroundings,
  fewerWaits,
  plainerFaults,
  plainerSteps,
  plainerDurations,
  troubleElsewhere,
];

/** What the harness cannot perform shows nothing, and is no reason to give up. */
function notPerformed(error: unknown): undefined {
  if (!(error instanceof HarnessError)) throw error;
}

/** Whether a run broke this rule first, for some delivery. */
export function breaks({ verdict, broken }: Surveyed, rule: RuleId): boolean {
  return verdict === "failed" && broken.some(({ primary }) => primary.rule === rule);
}

/**
 * Makes a scenario smaller while the system still breaks the rule in it: things are left out, in halves and then one at
 * a time; what is left becomes as plain as it can; waits are merged and durations become the usual ones.
 *
 * Candidates are tried `explored.width` at a time, and the first in their order that breaks the rule is taken: how many
 * are tried at once changes nothing. What cannot be made smaller comes back as it is.
 *
 * @param options.signal Ends it with the smallest so far. @param options.mostTries Runs at most; 1,500 unless said.
 */
export async function shrink(
  scenario: Scenario,
  explored: Explored,
  { rule, signal, mostTries = mostTriesUnsaid }: { rule: RuleId; signal?: AbortSignal; mostTries?: number },
): Promise<Shrunk> {
  const known = new Set<string>();
  let tries = 1;
  let best: { readonly scenario: Scenario; readonly surveyed: Surveyed } = {
    scenario,
    surveyed: await explored.survey(scenario),
  };
  if (!breaks(best.surveyed, rule)) return { ...best, tries };
  known.add(JSON.stringify(scenario));
  const over = (): boolean => signal?.aborted === true || tries >= mostTries;

  /** Takes the first of them that still breaks the rule. */
  const takeOne = async (candidates: readonly Scenario[]): Promise<boolean> => {
    const fresh = candidates.filter((candidate) => !known.has(JSON.stringify(candidate)));
    for (let from = 0; from < fresh.length && !over(); from += explored.width) {
      const some = fresh.slice(from, from + explored.width);
      const surveys = await atOnce(explored.width, some, (candidate) => explored.survey(candidate).catch(notPerformed));
      for (const [i, candidate] of some.entries()) {
        const surveyed = surveys[i];
        tries += 1;
        known.add(JSON.stringify(candidate));
        if (surveyed === undefined || !breaks(surveyed, rule)) continue;
        best = { scenario: candidate, surveyed };
        return true;
      }
    }
    return false;
  };

  for (let changed = true; changed && !over(); ) {
    changed = false;
    for (const pass of passes) while (!over() && (await takeOne(pass(best.scenario, best.surveyed)))) changed = true;
    if (!changed) changed = await takeOne(usualPolling(best.scenario, best.surveyed));
  }
  // After all passes: plainer faults stand at one place each, and would take it apart again.
  await takeOne(joinedFaults(best.scenario, best.surveyed));
  await takeOne(plainerLabels(best.scenario, best.surveyed));
  return { ...best, tries };
}
