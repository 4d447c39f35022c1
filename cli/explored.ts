import type { Explored } from "../explore/explored.ts";
import { overSockets } from "../worlds/live/over-sockets.ts";
import type { SystemUnderTest, World } from "../worlds/world.ts";

/** Real time, ms: what a budget is of. */
export const realMs = (): number => performance.now();

/** A system in a world, ready to be explored with this seed, so many runs at a time. */
export function exploredIn(
  world: World,
  sut: SystemUnderTest,
  { seed, width, profile = "default" }: { seed: number; width: number; profile?: "default" | "strict" },
): Explored {
  const options = { seed, profile };
  const inMemory = world.kind === "simulated" && sut.product === undefined;
  return {
    name: sut.name,
    role: sut.role,
    seed,
    width,
    inMemory,
    performable: (scenario) => (inMemory ? scenario : overSockets(scenario, sut)),
    survey: (scenario) => world.survey(scenario, sut, options),
    run: (scenario) => world.run(scenario, sut, options),
  };
}
