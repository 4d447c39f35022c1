import type { Content } from "komfrem/msw";
import { naboset, storhamn } from "komfrem/msw";
import "komfrem/vitest";
import { describe, expect, test } from "vitest";
import { registeredIn, stand } from "./stand.ts";

const contents: readonly Content[] = [
  "short",
  "long",
  "many-children",
  "unborn",
  "accents",
  "decomposed",
  "right-to-left",
  "control-characters",
  "odd-names",
];

describe("a message comes through", () => {
  test.each(contents)("with %s content", async (content) => {
    const { world } = stand();
    world.send("A", { content });
    await world.advance({ hours: 1 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test.each([0, 1, 3, 5])("with %d files more", async (furtherFiles) => {
    const { world } = stand();
    world.send("A", { mail: { furtherFiles } });
    await world.advance({ hours: 1 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test.each([
    ["ordinary", { ordinary: true }],
    ["confidential", {}],
    ["to be confirmed", { confirmation: true }],
    ["published an hour late", { publishedLateMs: 3_600_000 }],
  ] as const)("that is %s", async (_, mail) => {
    const { world } = stand();
    world.send("A", { mail });
    await world.advance({ hours: 4 });
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });

  test.each(["01", "02", "03"])("to district %s of three", async (district) => {
    const { world } = stand({ municipalities: [storhamn] });
    world.send("A", { district });
    await world.advance({ hours: 1 });
    expect(world.ledger.find(({ kind }) => kind === "registered")).toMatchObject({
      municipalityNumber: "4691",
      district,
    });
    expect(world).toLoseNothing();
  });

  test("as one of twenty, each to its own case", async () => {
    const { world } = stand();
    const labels = Array.from({ length: 20 }, (_, i) => `M${i}`);
    for (const label of labels) world.send(label);
    await world.advance({ hours: 1 });
    expect(registeredIn(world).toSorted()).toEqual(labels.toSorted());
    expect(world).toLoseNothing();
  });

  test("whose twin says the same of another child", async () => {
    const { world } = stand();
    world.send("A");
    world.send("B", { twinOf: "A" });
    await world.advance({ hours: 1 });
    expect(registeredIn(world)).toEqual(["A", "B"]);
    expect(world).toLoseNothing();
  });

  test("and one for next door does not", async () => {
    const { world } = stand({ municipalities: [storhamn, naboset] });
    world.send("A", { to: naboset });
    await world.advance({ hours: 2 });
    expect(registeredIn(world)).toEqual([]);
  });
});
