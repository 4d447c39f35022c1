import { expect, it } from "vitest";
import { createWorld } from "../../cli/entry/msw.ts";
import { fuzzed, scenario, scenarios } from "../../cli/entry/vitest.ts";

const regressions = process.env.REGRESSIONS ?? "";

scenarios({ integration: "correct/careful-simple", only: ["twins", "districts"], part: "1/2" });
scenario("receiver-queues", { integration: "faulty/receipts-on-queued", seed: 3 });
fuzzed({ integration: "faulty/receipts-on-queued", runs: 40, seed: 1, regressions });
it("never looks", async () => {
  const world = createWorld({ channels: ["altinn-correspondence"], poll: () => {} });
  world.send("A");
  expect(world).toLoseNothing();
  expect(await world.end()).toLoseNothing();
});
