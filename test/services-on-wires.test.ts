import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Description } from "../cli/contract/openapi.ts";
import { bodyCeiling } from "../contracts/altinn-dispatch/lifetimes.ts";
import { unpack } from "../contracts/fiks/container.ts";
import { dayMs, minuteMs, osloEpochMs } from "../core/calendar.ts";
import { municipality, standardDistrict } from "../core/scenario-verbs.ts";
import { Authentication } from "../simulators/altinn/authentication/authentication.ts";
import { DispatchService } from "../simulators/altinn/dispatch/dispatch.ts";
import { clientKeyId, clientPrivateKey, clientPublicKey, signingPrivateKey } from "../simulators/keys/index.ts";
import { Manifest } from "../simulators/manifest.ts";
import { signedJwt } from "../simulators/maskinporten/jwt.fixture.ts";
import { Maskinporten } from "../simulators/maskinporten/maskinporten.ts";
import { jwtBearer } from "../simulators/maskinporten/state.ts";
import { Router } from "../simulators/router.ts";
import { VirtualClock } from "../worlds/clock.ts";
import { LedgerWriter } from "../worlds/ledger-writer.ts";
import { seededRandom } from "../worlds/random.ts";
import { type Heard, memory, type Wire, wires } from "./wires.ts";

const start = osloEpochMs("2023-05-08T08:00:00");
const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const police = { clientId: "police", consumer: "310000106", scopes: ["altinn:correspondence.write", "ks:fiks"] };
const exchange = "/authentication/api/v1/exchange/maskinporten";
/** Headers that services set themselves; the others are the wire's. */
const ofServices = ["cache-control", "content-type", "location", "www-authenticate"];
const file = { name: "bekymring æøå.bin", bytes: Uint8Array.from({ length: 1000 }, (_, i) => i % 256) };

/** Maskinporten, the token exchange and the dispatch, as one server. */
function services(): { readonly clock: VirtualClock; serve(...asked: Parameters<Serve>): ReturnType<Serve> } {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const given = { clock, random: seededRandom(1), facts: ledger };
  const client = { ...police, keyId: clientKeyId, publicKey: clientPublicKey };
  const maskinporten = new Maskinporten(given, { origin: "http://maskinporten.test", clients: [client] });
  const authentication = new Authentication(given, { origin: "http://altinn.test", maskinporten: maskinporten.tokens });
  const dispatch = new DispatchService(given, {
    manifest: new Manifest("r", ledger),
    municipalities: [fjordvik],
    rights: { mayRead: () => true, qualified: () => true },
    readers: { readerOf: () => "integration", beforeOffer: () => {}, afterOffer: () => {}, notice: () => "none" },
    tokens: authentication.tokens,
    sinceStart: (epochMs) => epochMs - start,
  });
  const router = new Router([maskinporten, authentication, dispatch]);
  return {
    clock,
    serve: (request) => {
      const found = router.find(request.method, request.path);
      if (found === undefined) throw new Error(`no route for ${request.method} ${request.path}`);
      const asker = { party: "integration", incarnation: 1 };
      found.operation.about(request, found.params, asker);
      const { reply, whenTold } = found.operation.handle(request, found.params, asker);
      whenTold?.();
      return reply;
    },
  };
}
type Serve = Parameters<Wire["open"]>[0];

type Told = Pick<Heard, "status" | "bytes"> & {
  readonly asked: string;
  readonly headers: Readonly<Record<string, string>>;
};
/** Everything that the three answer to a client, good and bad, in one go. */
async function story(wire: Wire): Promise<Readonly<Record<string, Told>>> {
  const { clock, serve } = services();
  const opened = await wire.open(serve);
  const all: Record<string, Told> = {};
  const ask = async (
    name: string,
    method: string,
    path: string,
    { token, form, json }: { token?: string; form?: Record<string, string>; json?: unknown } = {},
  ): Promise<Told> => {
    const type = form === undefined ? "application/json" : "application/x-www-form-urlencoded";
    const text = form === undefined ? JSON.stringify(json) : new URLSearchParams(form).toString();
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { "content-type": type }),
    };
    const heard = await opened.ask(method, path, headers, new TextEncoder().encode(text ?? ""));
    const kept = Object.entries(heard.headers).filter(([header]) => ofServices.includes(header.toLowerCase()));
    all[name] = {
      asked: `${method} ${path}`,
      status: heard.status,
      headers: Object.fromEntries(kept),
      bytes: heard.bytes,
    };
    return all[name];
  };
  let jti = 0;
  const grant = (name: string, over: object = {}, key = clientPrivateKey): Promise<Told> => {
    const iat = Math.floor(clock.now() / 1000);
    jti += 1;
    const claims = { iss: "police", aud: "http://maskinporten.test/", scope: police.scopes[0], iat, exp: iat + 120 };
    const assertion = signedJwt({ alg: "RS256", kid: clientKeyId }, { ...claims, jti: `j${jti}`, ...over }, key);
    return ask(name, "POST", "/token", { form: { grant_type: jwtBearer, assertion } });
  };
  const tokenFor = async (name: string, over: object = {}): Promise<string> => {
    const { access_token } = JSON.parse(textOf(await grant(`${name}: grant`, over)));
    return textOf(await ask(`${name}: exchange`, "GET", exchange, { token: access_token }));
  };
  try {
    await ask("keys", "GET", "/jwk");
    await ask("metadata", "GET", "/.well-known/oauth-authorization-server");
    await ask("no grant type", "POST", "/token", { form: { assertion: "x" } });
    await ask("another grant type", "POST", "/token", { form: { grant_type: "password" } });
    await ask("no assertion", "POST", "/token", { form: { grant_type: jwtBearer } });
    await grant("another client", { iss: "nobody" });
    await grant("a scope it does not hold", { scope: "altinn:else" });
    await grant("another key", {}, signingPrivateKey);
    await ask("exchange without a token", "GET", exchange);
    await ask("exchange of a foreign token", "GET", exchange, { token: "foreign" });
    const token = await tokenFor("police");
    const other = await tokenFor("no right", { scope: "ks:fiks" });

    const parts = [
      {
        name: file.name,
        mediaType: "application/octet-stream",
        contentBase64: Buffer.from(file.bytes).toString("base64"),
      },
      { name: "to.txt", mediaType: "text/plain", contentBase64: "w6bDuMOl" },
    ];
    const order = { label: "ref", recipient: { organizationNumber: "310000000" }, title: "Å melde", parts };
    const dispatches = "/dispatch/v1/dispatches";
    await ask("sending without a token", "POST", dispatches, { json: order });
    await ask("sending without the scope", "POST", dispatches, { token: other, json: order });
    await ask("sending what cannot be read", "POST", dispatches, { token, json: { recipient: "Fjordvik" } });
    await ask("sending to nobody", "POST", dispatches, { token, json: { ...order, recipient: "310000027" } });
    const tooMuch = { ...order, parts: [{ name: "x", contentBase64: "A".repeat(bodyCeiling.bytes) }] };
    await ask("sending too much", "POST", dispatches, { token, json: tooMuch });
    const { dispatchId: id } = JSON.parse(textOf(await ask("sending", "POST", dispatches, { token, json: order })));
    await ask("status", "GET", `${dispatches}/${id}`, { token });
    await ask("status of nothing", "GET", `${dispatches}/nothing`, { token });
    await ask("all that was sent", "GET", dispatches, { token });
    await ask("what is unopened", "GET", `${dispatches}?unopened=true`, { token });
    const inbox = "/dispatch/v1/inbox";
    await ask("inbox", "GET", inbox, { token });
    await ask("overview", "GET", `${inbox}/${id}`, { token });
    await ask("a file", "GET", `${inbox}/${id}/file?name=${encodeURIComponent(file.name)}`, { token });
    await ask("all files", "GET", `${inbox}/${id}/file`, { token });
    await ask("no such file", "GET", `${inbox}/${id}/file?name=x`, { token });
    await ask("archiving", "POST", `${inbox}/${id}/archive`, { token });
    clock.advanceTo(clock.now() + 30 * minuteMs);
    await ask("a token that has expired", "GET", inbox, { token });
    clock.advanceTo(start + 30 * dayMs);
    const later = await tokenFor("later");
    await ask("a file that was deleted", "GET", `${inbox}/${id}/file`, { token: later });
    return all;
  } finally {
    opened.close();
  }
}

const textOf = ({ bytes }: Pick<Told, "bytes">): string => new TextDecoder().decode(bytes);

describe("Maskinporten, the token exchange and the dispatch", () => {
  let told: Readonly<Record<string, Told>>;
  beforeAll(async () => {
    told = await story(memory);
  });

  it("answer as they should in memory", () => {
    const statuses = Object.fromEntries(Object.entries(told).map(([name, { status }]) => [name, status]));
    expect(statuses).toEqual({
      keys: 200,
      metadata: 200,
      "no grant type": 400,
      "another grant type": 400,
      "no assertion": 400,
      "another client": 401,
      "a scope it does not hold": 400,
      "another key": 400,
      "exchange without a token": 401,
      "exchange of a foreign token": 401,
      "police: grant": 200,
      "police: exchange": 200,
      "no right: grant": 200,
      "no right: exchange": 200,
      "sending without a token": 401,
      "sending without the scope": 403,
      "sending what cannot be read": 400,
      "sending to nobody": 404,
      "sending too much": 413,
      sending: 201,
      status: 200,
      "status of nothing": 404,
      "all that was sent": 200,
      "what is unopened": 200,
      inbox: 200,
      overview: 200,
      "a file": 200,
      "all files": 200,
      "no such file": 404,
      archiving: 204,
      "a token that has expired": 401,
      "later: grant": 200,
      "later: exchange": 200,
      "a file that was deleted": 410,
    });
    expect(new Uint8Array(told["a file"]?.bytes ?? [])).toEqual(file.bytes);
    expect(unpack(told["all files"]?.bytes ?? new Uint8Array(0)).map(({ name }) => name)).toContain(file.name);
    expect(told["exchange of a foreign token"]?.headers).toEqual({ "www-authenticate": "Bearer" });
    expect(told["police: grant"]?.headers["cache-control"]).toBe("no-store");
  });

  it("of which the dispatch answers as its description says", () => {
    const description = new Description(resolve(import.meta.dirname, "../contracts/altinn-dispatch/openapi.yaml"));
    const dispatched = Object.values(told).filter(({ asked }) => asked.includes("/dispatch/v1"));
    const problems = dispatched.flatMap((one) => {
      const [method = "", path = ""] = one.asked.replace(/\?.*/, "").split(" ");
      const asked = { method, path: path.replace("/dispatch/v1", "") };
      return description.problems({ ...asked, status: one.status, headers: one.headers, body: textOf(one) });
    });
    expect(problems).toEqual([]);
    expect(dispatched.length).toBeGreaterThan(15);
  });

  it.each(wires)("answer the same through $name, byte by byte", async (wire) => {
    const heard = await story(wire);
    expect(Object.keys(heard)).toEqual(Object.keys(told));
    for (const [name, one] of Object.entries(heard))
      expect({ ...one, bytes: Buffer.from(one.bytes).toString("base64") }, name).toEqual({
        ...told[name],
        bytes: Buffer.from(told[name]?.bytes ?? []).toString("base64"),
      });
  });
});
