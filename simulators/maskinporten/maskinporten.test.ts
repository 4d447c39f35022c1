import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../worlds/clock.ts";
import { seededRandom } from "../../worlds/random.ts";
import { clientKeyId, clientPrivateKey, clientPublicKey, signingPrivateKey } from "../keys/index.ts";
import { maskinportenPublicKey } from "../keys/maskinporten-key.ts";
import type { Reply } from "../wire.ts";
import { signedJwt } from "./jwt.fixture.ts";
import { readJwt, signatureFits } from "./jwt.ts";
import { Maskinporten } from "./maskinporten.ts";
import { jwtBearer } from "./state.ts";

const start = Date.UTC(2023, 4, 8, 6);
const asker = { party: "integration", incarnation: 1 };

function stand() {
  const clock = new VirtualClock(start);
  const maskinporten = new Maskinporten(
    { clock, random: seededRandom(1), facts: { record: () => 0 } },
    {
      origin: "http://maskinporten.test",
      clients: [
        { clientId: "c", keyId: clientKeyId, publicKey: clientPublicKey, scopes: ["ks:fiks"], consumer: "310000000" },
      ],
    },
  );
  let jti = 0;
  const claims = () => {
    const iat = Math.floor(clock.now() / 1000);
    jti += 1;
    return { iss: "c", aud: "http://maskinporten.test/", scope: "ks:fiks", iat, exp: iat + 120, jti: `j${jti}` };
  };
  const grant = (over: object = {}, key = clientPrivateKey, kid = clientKeyId) => {
    const assertion = signedJwt({ alg: "RS256", kid }, { ...claims(), ...over }, key);
    const body = new TextEncoder().encode(new URLSearchParams({ grant_type: jwtBearer, assertion }).toString());
    const operation = maskinporten.operations[0];
    if (operation === undefined) throw new Error("no grant");
    const request = { method: "POST", path: "/token", query: {}, headers: {}, body };
    const about = operation.about(request, {}, asker);
    return { about, ...read(operation.handle(request, {}, asker).reply) };
  };
  return { clock, maskinporten, grant };
}

function read(reply: Reply): { status: number; body: Record<string, string> } {
  return { status: reply.status, body: JSON.parse(new TextDecoder().decode(reply.body as Uint8Array)) };
}

describe("maskinporten", () => {
  it("gives a signed token that is valid for its scope until it expires", () => {
    const { clock, maskinporten, grant } = stand();
    const { status, body } = grant();
    expect(status).toBe(200);
    const token = body.access_token ?? "";
    const jwt = readJwt(token);
    expect(jwt && signatureFits(jwt, maskinportenPublicKey)).toBe(true);
    expect(jwt?.claims).toMatchObject({ consumer: { ID: "0192:310000000" }, exp: start / 1000 + 120 });
    expect(maskinporten.tokens.valid(token, "ks:fiks")).toBe(true);
    expect(maskinporten.tokens.valid(token, "altinn:broker.read")).toBe(false);
    clock.advanceTo(start + 119_999);
    expect(maskinporten.tokens.valid(token, "ks:fiks")).toBe(true);
    clock.advanceTo(start + 120_000);
    expect(maskinporten.tokens.valid(token, "ks:fiks")).toBe(false);
  });

  it.each([
    ["another audience", { aud: "http://elsewhere/" }, 400, "invalid_grant"],
    ["a client it does not know", { iss: "d" }, 401, "invalid_client"],
    ["a scope the client does not hold", { scope: "ks:fiks altinn:x" }, 400, "invalid_scope"],
    ["no jti", { jti: "" }, 400, "invalid_grant"],
    ["a life of more than 120 s", { exp: start / 1000 + 121 }, 400, "invalid_grant"],
    ["an iat ahead of the skew", { iat: start / 1000 + 11, exp: start / 1000 + 60 }, 400, "invalid_grant"],
    ["an exp behind the skew", { iat: start / 1000 - 100, exp: start / 1000 - 11 }, 400, "invalid_grant"],
  ])("refuses %s", (_, over, status, error) => {
    expect(stand().grant(over)).toMatchObject({ status, body: { error } });
  });

  it("takes clocks that are off by no more than the skew", () => {
    expect(stand().grant({ iat: start / 1000 + 10, exp: start / 1000 + 60 }).status).toBe(200);
    expect(stand().grant({ iat: start / 1000 - 100, exp: start / 1000 - 10 }).status).toBe(200);
  });

  it("refuses a signature by another key, and the second use of a jti", () => {
    const { grant } = stand();
    expect(grant({}, signingPrivateKey)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(grant({ jti: "same" }).status).toBe(200);
    expect(grant({ jti: "same" })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("names a grant by whether the asker's token has expired", () => {
    const { clock, grant } = stand();
    expect(grant().about.subject).toEqual({ kind: "state", state: "start" });
    clock.advanceTo(start + 60_000);
    expect(grant().about.subject).toEqual({ kind: "state", state: "start" });
    clock.advanceTo(start + 180_000);
    expect(grant().about.subject).toEqual({ kind: "state", state: "expired" });
  });
});
