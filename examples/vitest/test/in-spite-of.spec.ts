import type { Fault } from "komfrem/msw";
import "komfrem/vitest";
import { describe, expect, test } from "vitest";
import { registeredIn, stand, struckIn } from "./stand.ts";

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
