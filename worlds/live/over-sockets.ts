import type { Fault } from "../../core/fault.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import type { SystemUnderTest } from "../world.ts";
import { inMemoryOnly } from "./live-world.ts";

/**
 * The scenario that is nearest to one and can be performed over sockets with a system: a process is killed where the power
 * was to be cut, one version follows the other where two were to run at once, and a backup that nobody can put back is not.
 */
export function overSockets(scenario: Scenario, sut: SystemUnderTest): Scenario {
  const killed: Scenario = {
    ...scenario,
    steps: scenario.steps.map(withoutPowerCut),
    faults: scenario.faults.map(
      (fault): Fault =>
        fault.does.kind === "crash" ? { ...fault, does: { kind: "crash", class: "process", survives: "none" } } : fault,
    ),
  };
  if (inMemoryOnly(killed, sut) === undefined) return killed;
  const inTurn = { ...killed, steps: killed.steps.map(inSuccession) };
  if (inMemoryOnly(inTurn, sut) === undefined) return inTurn;
  const restored = (step: Step): boolean => step.kind === "restores" && step.party === "integration";
  return { ...inTurn, steps: inTurn.steps.filter((step) => !restored(step)) };
}

function withoutPowerCut(step: Step): Step {
  return step.kind === "crashes" ? { ...step, class: "process", survives: "none" } : step;
}

function inSuccession(step: Step): Step {
  if (step.kind !== "upgrades") return step;
  const { overlapMs: _, ...one } = step;
  return one;
}
