import type { Fault, FaultAction } from "../core/fault.ts";
import type { Scenario, Step } from "../core/scenario.ts";
import { ms } from "../core/scenario-verbs.ts";

/** A duration that stands in a step or in what a fault does: its name there, and its value in ms. */
export type Duration = { readonly name: string; readonly value: number };

/** What a duration is where nothing calls for another, ms: by the kind of step or fault, and its name there. */
const usual: Readonly<Record<string, number>> = {
  "waits ms": ms({ hours: 1 }),
  "crashes downMs": ms({ minutes: 1 }),
  "stops graceMs": ms({ seconds: 10 }),
  "stops downMs": ms({ minutes: 1 }),
  "upgrades graceMs": ms({ seconds: 10 }),
  "upgrades downMs": ms({ minutes: 1 }),
  "upgrades overlapMs": ms({ minutes: 1 }),
  "restores agoMs": ms({ hours: 12 }),
  "restores downMs": ms({ minutes: 1 }),
  "unreachable forMs": ms({ hours: 1 }),
  "strains forMs": ms({ hours: 1 }),
  "receiverCrashes downMs": ms({ minutes: 1 }),
  "away forMs": ms({ days: 14 }),
  "delay byMs": ms({ seconds: 90 }),
  "stop graceMs": ms({ seconds: 10 }),
  "crashParty downMs": ms({ minutes: 10 }),
  "pause forMs": ms({ minutes: 5 }),
};

/** Every duration of a step or of what a fault does. */
export function durationsOf(one: Step | FaultAction): Duration[] {
  return Object.entries(one).flatMap(([name, value]) =>
    typeof value === "number" && usual[`${one.kind} ${name}`] !== undefined ? [{ name, value }] : [],
  );
}

/** What a duration usually is. */
export function usualMs(kind: string, name: string): number {
  return usual[`${kind} ${name}`] ?? Number.NaN;
}

/**
 * How large a counterexample is: steps, faults, and durations that are not the usual ones. A fault that strikes several
 * times counts once.
 *
 * @source DESIGN.md, section 9
 */
export function sizeOf({ steps, faults }: Pick<Scenario, "steps" | "faults">): number {
  const unusual = (one: Step | FaultAction): number =>
    durationsOf(one).filter(({ name, value }) => value !== usualMs(one.kind, name)).length;
  const inSteps = steps.reduce((sum, step) => sum + 1 + unusual(step), 0);
  return faults.reduce((sum, { does }: Fault) => sum + 1 + unusual(does), inSteps);
}
