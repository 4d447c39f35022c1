import { beforeEach, describe, expect, it } from "vitest";
import { minuteMs, osloEpochMs } from "../../../core/calendar.ts";
import type { SwitchValues } from "../../../core/scenario.ts";
import { VirtualClock } from "../../../worlds/clock.ts";
import { LedgerWriter } from "../../../worlds/ledger-writer.ts";
import { seededRandom } from "../../../worlds/random.ts";
import { maskinportenPublicKey } from "../../keys/maskinporten-key.ts";
import { type ReadJwt, readJwt, signatureFits } from "../../maskinporten/jwt.ts";
import { Tokens } from "../../maskinporten/tokens.ts";
import { Router } from "../../router.ts";
import { Authentication } from "./authentication.ts";

const start = osloEpochMs("2023-05-08T08:00:00");
const path = "/authentication/api/v1/exchange/maskinporten";

function stand(switches: SwitchValues = {}) {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const maskinporten = new Tokens(clock);
  const authentication = new Authentication(
    { clock, random: seededRandom(1), facts: ledger },
    { origin: "http://altinn.test", maskinporten, switches },
  );
  maskinporten.add("living", {
    consumer: "310000017",
    scopes: ["altinn:correspondence.read", "altinn:broker.read"],
    expiresAtMs: start + 2 * minuteMs,
  });
  const router = new Router([authentication]);
  const exchange = (token: string | undefined, incarnation = 1) => {
    const operation = router.find("GET", path)?.operation;
    if (operation === undefined) throw new Error(`no route for ${path}`);
    const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
    const request = { method: "GET", path, query: {}, headers, body: new Uint8Array(0) };
    const asker = { party: "integration", incarnation };
    const { subject } = operation.about(request, {}, asker);
    const { reply, saying } = operation.handle(request, {}, asker);
    return { subject, saying, status: reply.status, text: Buffer.from(reply.body as Uint8Array).toString() };
  };
  return { clock, ledger, authentication, maskinporten, exchange };
}

describe("the token exchange", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("answers a living token of Maskinporten's with Altinn's as bare text, for the same organisation and scopes", () => {
    const { status, saying, text } = at.exchange("Bearer living");
    expect([status, saying]).toEqual([200, "positive"]);
    expect(at.ledger.entries).toMatchObject([{ kind: "effected", change: "asked → exchanged" }]);
    const jwt = readJwt(text) as ReadJwt;
    expect(signatureFits(jwt, maskinportenPublicKey)).toBe(true);
    expect(jwt.claims).toMatchObject({
      iss: "http://altinn.test/authentication/api/v1/openid/",
      scope: "altinn:correspondence.read altinn:broker.read",
      consumer: { ID: "0192:310000017" },
      "urn:altinn:orgNumber": "310000017",
      exp: start / 1000 + 30 * 60,
    });
    expect(at.authentication.tokens.read(text)).toMatchObject({
      consumer: "310000017",
      scopes: ["altinn:correspondence.read", "altinn:broker.read"],
    });
  });

  it.each([
    ["without a token", undefined],
    ["with a foreign one", "Bearer foreign"],
    ["with another scheme", "Basic living"],
  ])("is refused %s, with an empty body", (_, token) => {
    expect(at.exchange(token)).toMatchObject({ status: 401, saying: "negative", text: "" });
    expect(at.ledger.entries).toEqual([]);
  });

  it("is refused from the ms that Maskinporten's token expires", () => {
    at.clock.advanceTo(start + 2 * minuteMs - 1);
    expect(at.exchange("Bearer living").status).toBe(200);
    at.clock.advanceTo(start + 2 * minuteMs);
    expect(at.exchange("Bearer living").status).toBe(401);
  });

  it("gives a token that ends after thirty minutes, to the ms", () => {
    const { text } = at.exchange("Bearer living");
    at.clock.advanceTo(start + 30 * minuteMs - 1);
    expect(at.authentication.tokens.read(text)).toBeDefined();
    at.clock.advanceTo(start + 30 * minuteMs);
    expect(at.authentication.tokens.read(text)).toBeUndefined();
  });

  it("lets the end that a token names be the end it has, also within a second", () => {
    at.clock.advanceTo(start + 400);
    const { text } = at.exchange("Bearer living");
    const { exp } = (readJwt(text) as ReadJwt).claims;
    at.clock.advanceTo(Number(exp) * 1000 - 1);
    expect(at.authentication.tokens.read(text)).toBeDefined();
    at.clock.advanceTo(Number(exp) * 1000);
    expect(at.authentication.tokens.read(text)).toBeUndefined();
  });

  it("lives as long as its switch says", () => {
    const brief = stand({ altinnTokenMinutes: 5 });
    const { text } = brief.exchange("Bearer living");
    brief.clock.advanceTo(start + 5 * minuteMs);
    expect(brief.authentication.tokens.read(text)).toBeUndefined();
  });

  it("is named by why it is asked for: a start, or a token that has expired", () => {
    at.maskinporten.add("later", { consumer: "310000017", scopes: [], expiresAtMs: start + 60 * minuteMs });
    expect(at.exchange("Bearer later").subject).toEqual({ kind: "state", state: "start" });
    at.clock.advanceTo(start + 30 * minuteMs);
    expect(at.exchange("Bearer later").subject).toEqual({ kind: "state", state: "expired" });
    expect(at.exchange("Bearer later", 2).subject).toEqual({ kind: "state", state: "start" });
  });

  it("gives the same tokens in the same run", () => {
    expect(at.exchange("Bearer living").text).toBe(stand().exchange("Bearer living").text);
    expect(at.exchange("Bearer living").text).not.toBe(stand().exchange("Bearer living").text);
  });
});
