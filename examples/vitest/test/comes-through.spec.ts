import type { Content, Fault } from "komfrem/msw";
import { naboset, storhamn } from "komfrem/msw";
import "komfrem/vitest";
import { describe, expect, test } from "vitest";
import { registeredIn, stand, struckIn } from "./stand.ts";

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

const lost: Fault["does"] = { kind: "reset" };
const busy: Fault["does"] = { kind: "answer", status: 503, retryAfterSeconds: 60 };

describe("a message comes through though", () => {
  test.each<readonly [string, string, Fault["does"]]>([
    ["no token is granted", "maskinporten.grant(*)/1:asked", busy],
    ["the grant is lost", "maskinporten.grant(*)/1:done", lost],
    ["the token exchange is down", "altinn-authentication.exchange(*)/1:asked", busy],
    ["the list is refused", "altinn-correspondence.list(*)/1:asked", { kind: "refuse" }],
    ["the list is lost", "altinn-correspondence.list(*)/1:done", lost],
    ["the list breaks off", "altinn-correspondence.list(*)/1:done", { kind: "cut", afterBytes: 10 }],
    ["the overview is lost", "altinn-correspondence.overview(A)/1:done", lost],
    ["the overview breaks off", "altinn-correspondence.overview(A)/1:done", { kind: "cut", afterBytes: 100 }],
    ["a file breaks off", "altinn-correspondence.fetch(A)/1:done", { kind: "cut", afterBytes: 100 }],
    ["a file is not there yet", "altinn-correspondence.fetch(A)/1:asked", busy],
    ["the case system refuses the connection", "receiver.register(A)/1:asked", { kind: "refuse" }],
    ["the case system is busy", "receiver.register(A)/1:asked", busy],
    ["the case system's answer is lost", "receiver.register(A)/1:done", lost],
    ["the case system's answer breaks off", "receiver.register(A)/1:done", { kind: "cut", afterBytes: 3 }],
    ["it is registered twice", "receiver.register(A)/1:asked", { kind: "repeat" }],
    ["the confirmation is lost before it counts", "altinn-correspondence.confirm(A)/1:asked", lost],
    ["the confirmation's answer is lost", "altinn-correspondence.confirm(A)/1:done", lost],
    ["it cannot be marked as read", "altinn-correspondence.markasread(A)/1:asked", busy],
  ])("%s", async (_, at, does) => {
    const { world } = stand();
    world.fault({ at, does });
    world.send("A", { mail: { confirmation: true } });
    await world.advance({ hours: 4 });
    expect(struckIn(world)).toHaveLength(1);
    expect(registeredIn(world)).toEqual(["A"]);
    expect(world).toLoseNothing();
  });
});
