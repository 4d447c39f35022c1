import { fjordvik, grants, receiverCrashes, revokes, strains, unreachable } from "komfrem/msw";
import "komfrem/vitest";
import { describe, expect, test } from "vitest";
import { registeredIn, stand, toldIn } from "./stand.ts";

describe("over days", () => {
  test.each(["overloaded", "locked", "full", "queues"] as const)(
    "a case system that is %s for two hours delays, and loses nothing",
    async (how) => {
      const { world } = stand();
      world.does(strains(how, { hours: 2 }));
      world.send("A", { mail: { confirmation: true } });
      await world.advance({ hours: 6 });
      expect(registeredIn(world)).toEqual(["A"]);
      expect(world).toLoseNothing();
    },
  );

  test("a case system that crashes delays, and loses nothing", async () => {
    const { world } = stand();
    world.send("A");
    world.does(receiverCrashes({ hours: 3 }));
    await world.advance({ hours: 6 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test("Altinn is away for a night", async () => {
    const { world } = stand();
    world.does(unreachable("altinn-correspondence", { hours: 12 }));
    world.send("A");
    await world.advance({ hours: 14 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test("a right that is lost is told to people, and once it is back everything is read", async () => {
    const { world } = stand();
    world.does(revokes("integration", fjordvik, "confidential"));
    world.send("A");
    await world.advance({ hours: 3 });
    expect(toldIn(world)).toHaveLength(1);
    world.does(grants("integration", fjordvik, "confidential"));
    await world.advance({ hours: 2 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test("what cannot be done within a day is told to people, by its id alone", async () => {
    const { world } = stand();
    world.fault({ at: "receiver.register(A)/*:asked", does: { kind: "answer", status: 503 }, times: 100 });
    world.send("A");
    await world.advance({ hours: 24 });
    expect(toldIn(world)).toHaveLength(1);
    expect(world).toLoseNothing();
  });

  test("a whole run ends with all rules held", async () => {
    const { world } = stand();
    world.send("A");
    world.send("B", { mail: { confirmation: true } });
    await world.advance({ hours: 2 });
    expect(await world.end()).toLoseNothing();
  });
});
