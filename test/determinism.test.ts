import { afterAll, describe, expect, it } from "vitest";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import { scenario, shipped } from "./systems.ts";

const world = new SimulatedWorld(2);
afterAll(() => world.close());

/** The AMQP client, signed grants, crashes of both classes and lost answers are on in these. */
const eventful = ["crash-power", "lost-answers"];

describe("the same seed", () => {
  it("gives the same ledger, byte for byte, for 200 seeds", async () => {
    const seeds = Array.from({ length: 200 }, (_, i) => i + 1);
    const hashes = await Promise.all(
      seeds.map(async (seed) => {
        const chosen = scenario(eventful[seed % eventful.length] ?? "");
        const sut = shipped(seed % 4 < 2 ? "correct/store-then-receipt" : "correct/inbox-first");
        const [first, second] = await Promise.all([world.run(chosen, sut, { seed }), world.run(chosen, sut, { seed })]);
        return [first.hash, second.hash];
      }),
    );
    expect(hashes.filter(([first, second]) => first !== second)).toEqual([]);
    // Seeds that changed nothing would make the comparison empty.
    expect(new Set(hashes.map(([first]) => first)).size).toBe(200);
  });
});
