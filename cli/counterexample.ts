import { fileURLToPath } from "node:url";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Broken } from "../core/verdict.ts";
import type { Counterexample } from "../evidence/counterexample.ts";
import { differenceOf, happenings } from "../explore/difference.ts";
import type { Explored } from "../explore/explored.ts";
import type { Shrunk } from "../explore/shrink.ts";
import { sizeOf } from "../explore/size.ts";
import { catalogue } from "../integrations/index.ts";
import type { Run, World } from "../worlds/world.ts";
import { exploredIn } from "./explored.ts";

/**
 * What there is to tell of a scenario that a system fails by a rule: performed once more with its ledger, and beside it
 * the sound design that goes the same way longest, up to where the handover broke.
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
  const sound = await nearestSound(run, broken, explored, world);
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

type Nearest = NonNullable<Counterexample["sound"]>;

/** Of those that part from it before the handover is broken for good, the one that goes the same way longest; else of all. */
async function nearestSound(
  run: Run,
  { delivery, primary }: Broken,
  { role, seed, width }: Explored,
  world: World,
): Promise<Nearest | undefined> {
  if (delivery === undefined) return undefined;
  const proofs = new Set(primary.entries.map((seq) => run.ledger[seq]?.exchange));
  const brokeAt = happenings(run.ledger, delivery, [role]).findLastIndex(({ exchange }) => proofs.has(exchange));
  const isInTime = ({ difference }: Nearest): boolean => brokeAt < 0 || difference.alike <= brokeAt;
  let nearest: Nearest | undefined;
  for (const one of catalogue) {
    if (one.kind !== "sound" || one.role !== role) continue;
    const sut = { name: one.name, role, module: fileURLToPath(one.module) };
    const theirs = await exploredIn(world, sut, { seed, width }).run(run.scenario);
    const difference = differenceOf(run.ledger, theirs.ledger, delivery, [role]);
    if (difference === undefined || theirs.judged.verdict.kind !== "passed") continue;
    const found = { name: one.name, difference };
    const isNearer =
      nearest === undefined ||
      (isInTime(found) === isInTime(nearest) ? difference.alike > nearest.difference.alike : isInTime(found));
    if (isNearer) nearest = found;
  }
  return nearest;
}
