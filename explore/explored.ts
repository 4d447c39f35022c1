import type { Scenario } from "../core/scenario.ts";
import type { Run, Surveyed } from "../worlds/world.ts";

/** A system under exploration: performs any scenario with it, several at a time. */
export type Explored = {
  readonly name: string;
  readonly role: "integration" | "sender";
  readonly seed: number;
  /** How many scenarios may be under way at once. */
  readonly width: number;
  /** In memory the same seed gives the same bytes, and the power can be cut; over sockets neither. */
  readonly inMemory: boolean;
  /** The nearest to a scenario that can be performed here: itself in memory. */
  performable(scenario: Scenario): Scenario;
  survey(scenario: Scenario): Promise<Surveyed>;
  /** With its ledger. */
  run(scenario: Scenario): Promise<Run>;
};

/** Does something with each item, at most `width` at a time; results stand in the order of the items. */
export async function atOnce<T, R>(
  width: number,
  items: readonly T[],
  does: (item: T, at: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await does(items[at] as T, at);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, work));
  return results;
}
