import { describe, expect, it } from "vitest";
import { feilet, mottatt } from "../../contracts/fiks/types.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Boundaries } from "../boundaries.ts";
import { Manifest } from "../manifest.ts";
import type { Answer, WireRequest } from "../wire.ts";
import { FiksIo, type Received } from "./fiks-io.ts";
import { fiksIoDefaults } from "./switches.ts";

const mine = "11111111-1111-4111-8111-111111111111";
const other = "33333333-3333-4333-8333-333333333333";
const portal = "22222222-2222-4222-8222-222222222222";
const integration = { party: "integration", incarnation: 1 };
const credentials = { authorization: "Bearer token", integrasjonid: "me", integrasjonpassord: "secret" };
const nothing = new Uint8Array(0);

function start() {
  const clock = new VirtualClock(1_000_000);
  const ledger = new LedgerWriter(clock, 1_000_000);
  const control = { crash() {}, stop() {}, pause() {}, crashParty() {}, latencyMs: () => 0 };
  const fiksIo = new FiksIo(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest: new Manifest("rest", ledger),
      boundaries: new Boundaries(clock, ledger, control, []),
      accounts: [
        { accountId: mine, recipient: "4601-01", certificate: "PEM", name: "Fjordvik" },
        { accountId: other, recipient: "5001-01", served: false },
        { accountId: portal },
      ],
      integration: { id: "me", password: "secret" },
      tokens: { valid: (token, scope) => token === "token" && scope === "ks:fiks" },
      switches: fiksIoDefaults,
    },
  );
  const heard: Received[] = [];
  fiksIo.onMessage(portal, (message) => heard.push(message));
  const ask = (method: string, path: string, headers: Record<string, string> = {}, body: Uint8Array = nothing) => {
    const request: WireRequest = { method, path, query: {}, headers, body };
    for (const operation of fiksIo.operations) {
      const pattern = new RegExp(`^${operation.path.replace("{id}", "(?<id>[^/]+)")}$`);
      const params = pattern.exec(path)?.groups;
      if (operation.method !== method || !pattern.test(path)) continue;
      const about = operation.about(request, params ?? {}, integration);
      const answer = operation.handle(request, params ?? {}, integration);
      return { about, operation: about.operation ?? operation.operation, ...read(answer), answer };
    }
    throw new Error(`nobody answers ${method} ${path}`);
  };
  const send = (metadata: unknown, headers: Record<string, string> = credentials, data?: string) => {
    const text =
      `--b\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n` +
      (data === undefined ? "" : `--b\r\ncontent-disposition: form-data; name=data; filename=x\r\n\r\n${data}\r\n`) +
      "--b--\r\n";
    return ask(
      "POST",
      "/fiks-io/api/v1/send",
      { "content-type": 'multipart/form-data; boundary="b"', ...headers },
      new TextEncoder().encode(text),
    );
  };
  const offer = (copy: string): string =>
    fiksIo.send({ copy, from: portal, to: mine, type: "t", ttlMs: 86_400_000, headers: {}, body: nothing });
  return { clock, ledger, fiksIo, heard, ask, send, offer };
}

function read({ reply, saying }: Answer) {
  return { status: reply.status, saying, body: JSON.parse(new TextDecoder().decode(reply.body as Uint8Array)) };
}

describe("sending over REST", () => {
  it("answers 202 with the message's new id, and the portal hears a receipt at once", () => {
    const { ledger, heard, send, offer } = start();
    const id = offer("A");
    const sent = send({
      avsenderKontoId: mine,
      mottakerKontoId: portal,
      meldingType: mottatt,
      svarPaMelding: id,
      headere: { klientMeldingId: "k" },
    });
    expect(sent).toMatchObject({
      status: 202,
      saying: "positive",
      operation: "receipt",
      about: { subject: { kind: "one", label: "A" }, copies: ["A"] },
      body: {
        meldingType: mottatt,
        avsenderKontoId: mine,
        mottakerKontoId: portal,
        ttl: 604_800_000,
        svarPaMelding: id,
        headere: { klientMeldingId: "k" },
      },
    });
    expect(heard).toMatchObject([{ id: sent.body.meldingId, type: mottatt, from: mine, replyTo: id, copy: "A" }]);
    const [receipted] = ledger.entries.filter((entry) => entry.kind === "receipted");
    expect(receipted).toMatchObject({ copy: "A", saying: "positive", reason: "receipt", seq: heard[0]?.cause });
    expect(ledger.entries.at(-2)).toMatchObject({ kind: "effected", change: "unreceipted → mottatt" });
  });

  it("carries the encrypted body of a feilet byte for byte, and tells a receipt that contradicts an earlier one", () => {
    const { ledger, heard, send, offer } = start();
    const svarPaMelding = offer("A");
    const to = { avsenderKontoId: mine, mottakerKontoId: portal, svarPaMelding };
    send({ ...to, meldingType: mottatt });
    send({ ...to, meldingType: feilet, ttl: 1000 }, credentials, "\r\ncipher\0");
    expect(new TextDecoder().decode(heard[1]?.body)).toBe("\r\ncipher\0");
    const said = ledger.entries.flatMap((entry) =>
      entry.kind === "effected" ? entry.change : entry.kind === "receipted" ? entry.saying : [],
    );
    expect(said).toEqual(["unreceipted → mottatt", "positive", "mottatt → feilet", "negative"]);
  });

  it("calls an answer to nothing known a receipt of unknown subject, and what answers nothing a send", () => {
    const { ledger, send } = start();
    const to = { avsenderKontoId: mine, mottakerKontoId: portal, meldingType: mottatt };
    const answer = send({ ...to, svarPaMelding: "nobody's" });
    expect(answer).toMatchObject({ status: 202, operation: "receipt", about: { subject: { kind: "unknown", n: 1 } } });
    expect(answer.about.doubt).toBeDefined();
    expect(send(to)).toMatchObject({ status: 202, operation: "send", about: { subject: { kind: "unknown", n: 2 } } });
    expect(ledger.entries.some((entry) => entry.kind === "receipted")).toBe(false);
  });

  it("has an answer wait in the queue of an account that nobody inside listens for", () => {
    const { ask, send, offer } = start();
    offer("A");
    send({ avsenderKontoId: mine, mottakerKontoId: other, meldingType: "t" });
    expect(ask("GET", `/fiks-io/katalog/api/v1/kontoer/${other}/status`, credentials).body).toMatchObject({
      antallKonsumenter: 0,
      antallUavhentedeMeldinger: 1,
    });
  });

  it("refuses with 401 when one of the three headers is wrong, and changes nothing", () => {
    const { ledger, heard, send, offer } = start();
    const svarPaMelding = offer("A");
    const before = ledger.entries.length;
    const letter = { avsenderKontoId: mine, mottakerKontoId: portal, meldingType: mottatt, svarPaMelding };
    for (const [name, value] of [
      ["authorization", "Bearer old"],
      ["authorization", "token"],
      ["integrasjonid", "you"],
      ["integrasjonpassord", ""],
    ] as const)
      expect(send(letter, { ...credentials, [name]: value })).toMatchObject({
        status: 401,
        saying: "negative",
        about: { copies: ["A"] },
        body: { status: 401, error: "Unauthorized", path: "/fiks-io/api/v1/send", timestamp: 1_000_000 },
      });
    expect([heard.length, ledger.entries.length]).toEqual([0, before]);
  });

  it("refuses with 403 to send as an account that is not the integration's", () => {
    const { send } = start();
    for (const avsenderKontoId of [other, portal, "nobody"])
      expect(send({ avsenderKontoId, mottakerKontoId: portal, meldingType: mottatt }).status).toBe(403);
  });

  it("refuses with 400 what is not what the interface says", () => {
    const { ask, send } = start();
    const good = { avsenderKontoId: mine, mottakerKontoId: portal, meldingType: mottatt };
    for (const wrong of [
      "text",
      { ...good, meldingType: undefined },
      { ...good, ttl: 999 },
      { ...good, ttl: "2.00:00:00" },
      { ...good, headere: { a: 1 } },
      { ...good, mottakerKontoId: "nobody" },
    ])
      expect(send(wrong).status, JSON.stringify(wrong)).toBe(400);
    expect(
      ask("POST", "/fiks-io/api/v1/send", { ...credentials, "content-type": "application/json" }, nothing).status,
    ).toBe(400);
  });
});

describe("the catalogue", () => {
  it("tells of an account, its consumers and backlog; 404 of one that is not there", () => {
    const { ask, offer } = start();
    offer("A");
    expect(ask("GET", `/fiks-io/katalog/api/v1/kontoer/${mine}`, credentials)).toMatchObject({
      status: 200,
      operation: "account",
      body: { kontoId: mine, kontoNavn: "Fjordvik", status: { antallUavhentedeMeldinger: 1 } },
    });
    expect(ask("GET", "/fiks-io/katalog/api/v1/kontoer/nobody", credentials).status).toBe(404);
    expect(ask("GET", `/fiks-io/katalog/api/v1/kontoer/${mine}`).status).toBe(401);
  });

  it("gives a public key without authentication, and 404 where there is none", () => {
    const { ask } = start();
    expect(ask("GET", `/fiks-io/katalog/api/v1/kontoer/${mine}/offentligNokkel`)).toMatchObject({
      status: 200,
      operation: "key",
      body: { nokkel: "PEM", valid: true },
    });
    expect(ask("GET", `/fiks-io/katalog/api/v1/kontoer/${other}/offentligNokkel`).status).toBe(404);
  });
});
