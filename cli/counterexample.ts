import { fileURLToPath } from "node:url";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Counterexample } from "../evidence/counterexample.ts";
import { type Difference, differenceOf } from "../explore/difference.ts";
import type { Explored } from "../explore/explored.ts";
import type { Shrunk } from "../explore/shrink.ts";
import { sizeOf } from "../explore/size.ts";
import { catalogue } from "../integrations/index.ts";
import type { Run, World } from "../worlds/world.ts";
import { exploredIn } from "./explored.ts";

/**
 * What there is to tell of a scenario that a system fails by a rule: performed once more with its ledger, and beside it
 * the sound design that goes the same way longest.
 */
export async function counterexampleOf(
  { scenario, tries }: Shrunk,
  rule: RuleId,
  before: Scenario,
  explored: Explored,
  world: World,
): Promise<Counterexample | undefined> {
  const run = await explored.run(scenario);
  const broken =
    run.judged.broken.find(({ primary, delivery }) => primary.rule === rule && isTold(delivery, scenario)) ??
    run.judged.broken.find(({ primary }) => primary.rule === rule);
  if (broken === undefined) return undefined;
  const sound = broken.delivery === undefined ? undefined : await nearestSound(run, broken.delivery, explored, world);
  return {
    run,
    broken,
    size: sizeOf(scenario),
    sizeBefore: sizeOf(before),
    tries,
    ...(sound === undefined ? {} : { sound }),
  };
}

/** A message of the scenario's own, not of the morning after. */
function isTold(delivery: string | undefined, { steps }: Scenario): boolean {
  return steps.some((step) => step.kind === "sends" && step.label === delivery);
}

async function nearestSound(
  run: Run,
  delivery: string,
  { role, seed, width }: Explored,
  world: World,
): Promise<{ readonly name: string; readonly difference: Difference } | undefined> {
  let nearest: { readonly name: string; readonly difference: Difference } | undefined;
  for (const one of catalogue) {
    if (one.kind !== "sound" || one.role !== role) continue;
    const sut = { name: one.name, role, module: fileURLToPath(one.module) };
    const theirs = await exploredIn(world, sut, { seed, width }).run(run.scenario);
    const difference = differenceOf(run.ledger, theirs.ledger, delivery, [role]);
    if (difference === undefined || theirs.judged.verdict.kind !== "passed") continue;
    if (nearest === undefined || difference.alike > nearest.difference.alike) nearest = { name: one.name, difference };
  }
  return nearest;
}
