import { availableParallelism } from "node:os";
import { LiveWorld } from "../worlds/live/live-world.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { SystemUnderTest, World } from "../worlds/world.ts";

/**
 * The world that a command performs in: in memory, or over sockets; a product that is a program of its own is run over
 * sockets in any case.
 *
 * @param width Runs at once.
 */
export function worldFor(kind: World["kind"], width: number): World {
  const live = new LiveWorld();
  const simulated = new SimulatedWorld(width);
  const of = ({ product }: SystemUnderTest): World => (kind === "live" || product !== undefined ? live : simulated);
  return {
    kind,
    run: (scenario, sut, options) => of(sut).run(scenario, sut, options),
    survey: (scenario, sut, options) => of(sut).survey(scenario, sut, options),
    close: async () => {
      await Promise.all([live.close(), simulated.close()]);
    },
  };
}

/**
 * How many runs at once: a system over sockets has the machine to itself, but for products that do little but wait and
 * keep to themselves.
 */
export function workersFor(kind: World["kind"], systems: readonly SystemUnderTest[]): number {
  const products = systems.flatMap(({ product }) => product ?? []);
  if (products.length > 0) return Math.min(...products.map(({ runsAtOnce }) => runsAtOnce));
  return kind === "live" ? 1 : availableParallelism();
}
