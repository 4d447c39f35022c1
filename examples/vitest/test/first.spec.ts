import { expect, test } from "vitest";
import { stand } from "./stand.ts";

test("a message comes through", async () => {
  const { world } = stand();
  world.send("A");
  await world.advance({ hours: 3 });
  expect(world.ledger.filter(({ kind }) => kind === "registered")).toHaveLength(1);
  const run = await world.end();
  expect(run.judged.verdict).toEqual({ kind: "passed" });
});
