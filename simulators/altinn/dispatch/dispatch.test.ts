import { beforeEach, describe, expect, it } from "vitest";
import { bodyCeiling } from "../../../contracts/altinn-dispatch/lifetimes.ts";
import { unpack } from "../../../contracts/fiks/container.ts";
import { dayMs, hourMs, osloEpochMs } from "../../../core/calendar.ts";
import type { EntryKind } from "../../../core/ledger.ts";
import { municipality, standardDistrict } from "../../../core/scenario-verbs.ts";
import { VirtualClock } from "../../../worlds/clock.ts";
import { LedgerWriter } from "../../../worlds/ledger-writer.ts";
import { seededRandom } from "../../../worlds/random.ts";
import { Manifest } from "../../manifest.ts";
import { Router } from "../../router.ts";
import { compose } from "../../sender/compose.ts";
import type { MailItem } from "../seams.ts";
import { DispatchService } from "./dispatch.ts";
import { dispatchMoves } from "./state.ts";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const storhamn = municipality("4691", "Storhamn", "310000019", [standardDistrict("01", "Storhamn")]);
const start = osloEpochMs("2023-05-08T08:00:00");
const lifeMs = 30 * dayMs;
type Json = Record<string, unknown>;

function stand() {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const manifest = new Manifest("r", ledger);
  const parts = Object.fromEntries(
    ["A", "B"].map((label) => {
      const { delivery } = compose(
        {
          kind: "sends",
          label,
          messageKind: "offentlig",
          version: 1,
          to: { municipality: "4690", district: "01" },
          content: "short",
        },
        { run: "r", nowMs: start, scenario: { municipalities: [fjordvik], steps: [] } },
      );
      manifest.announce(delivery);
      return [label, delivery.parts];
    }),
  );
  const items: MailItem[] = [];
  const mayRead = new Set(["4690"]);
  const service = new DispatchService(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      municipalities: [fjordvik, storhamn],
      rights: {
        mayRead: (who, place) => who === "integration" && mayRead.has(place.municipality),
        qualified: () => true,
      },
      readers: {
        readerOf: (place) => `municipality#${place.municipality}`,
        beforeOffer: (place) => ledger.record({ kind: "doubted", what: `before ${place.resource}` }),
        afterOffer: (item) => items.push(item),
        notice: () => "none",
      },
      tokens: {
        read: (token) =>
          ({
            police: { consumer: "310000106", scopes: ["altinn:correspondence.write"] },
            other: { consumer: "310000114", scopes: ["altinn:correspondence.write"] },
            municipality: { consumer: "310000017", scopes: ["altinn:correspondence.read"] },
            fiks: { consumer: "310000106", scopes: ["ks:fiks"] },
          })[token],
      },
      sinceStart: (epochMs) => epochMs - start,
    },
  );
  const router = new Router([service]);
  const ask = (
    method: string,
    path: string,
    options: { token?: string; party?: string; body?: unknown; lost?: true } = {},
  ) => {
    const { token = "police", party = "sender", body } = options;
    const [plain = "", search = ""] = path.split("?");
    const found = router.find(method, `/dispatch/v1${plain}`);
    if (found === undefined) throw new Error(`no route for ${path}`);
    const bytes = body instanceof Uint8Array ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body));
    const request = {
      method,
      path: `/dispatch/v1${plain}`,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { authorization: `Bearer ${token}` },
      body: bytes,
    };
    const asker = { party, incarnation: 1 };
    const about = found.operation.about(request, found.params, asker);
    const answer = found.operation.handle(request, found.params, asker);
    if (options.lost === undefined) answer.whenTold?.();
    const { reply, saying, copies, also } = answer;
    const content = reply.body as Uint8Array;
    const type = Object.fromEntries(reply.headers)["content-type"];
    const said: Json = type?.includes("json") ? JSON.parse(Buffer.from(content).toString()) : {};
    const operation = about.operation ?? found.operation.operation;
    return { status: reply.status, saying, copies, also, about, operation, type, content, said };
  };
  const order = (label: string, over: Json = {}): Json => ({
    label: `ref-${label}`,
    recipient: { organizationNumber: "310000000" },
    parts: parts[label]?.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      contentBase64: Buffer.from(bytes).toString("base64"),
    })),
    ...over,
  });
  const send = (label = "A", over: Json = {}) => ask("POST", "/dispatches", { body: order(label, over) });
  const sent = (label = "A", over: Json = {}): string => String(send(label, over).said.dispatchId);
  const asReader = { token: "municipality", party: "integration" };
  return {
    clock,
    ledger,
    service,
    items,
    mayRead,
    parts,
    ask,
    order,
    send,
    sent,
    status: (id: string) => ask("GET", `/dispatches/${id}`),
    unopened: (options: { token?: string; lost?: true } = {}) => ask("GET", "/dispatches?unopened=true", options),
    read: (path: string) => ask("GET", path, asReader),
    inbox: (options: { lost?: true } = {}) => ask("GET", "/inbox", { ...asReader, ...options }),
    archive: (id: string) => ask("POST", `/inbox/${id}/archive`, asReader),
    said: (kind: EntryKind) => ledger.entries.filter((entry) => entry.kind === kind),
    pass: (ms: number) => clock.advanceTo(clock.now() + ms),
  };
}

describe("the dispatch's state machine", () => {
  it("has no way out of deleted content, and deletes what was opened as well", () => {
    expect(dispatchMoves.contentDeleted).toEqual({});
    expect(dispatchMoves.opened.expire).toBe("contentDeleted");
  });
});

describe("sending", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("is taken on, linked, held and offered for 30 days, and takes nobody's debt", () => {
    const { status, saying, copies, about, operation } = at.send();
    expect([status, saying, copies, operation]).toEqual([201, "positive", ["A"], "send"]);
    expect(about.subject).toEqual({ kind: "one", label: "A" });
    expect(at.ledger.entries).toMatchObject([
      { kind: "effected", change: "submitted → accepted", delivery: "A", copy: "A" },
      { kind: "linked", scope: "dispatchId", copy: "A" },
      { kind: "held", party: "altinn-dispatch", durability: "power", ok: true, copy: "A" },
      { kind: "doubted", what: "before dispatch/4690" },
      {
        kind: "offered",
        channel: "altinn-dispatch",
        resource: "dispatch/4690",
        to: "municipality#4690",
        lifeEndsMs: lifeMs,
        copy: "A",
      },
    ]);
    expect(at.items).toMatchObject([{ copy: "A", confirmation: false, place: { resource: "dispatch/4690" } }]);
  });

  it("again is another copy, and goes where it is addressed to", () => {
    at.send();
    expect(at.send("A", { recipient: "310000019" }).copies).toEqual(["A~2"]);
    expect(at.said("offered")).toMatchObject([
      { resource: "dispatch/4690" },
      { resource: "dispatch/4691", copy: "A~2" },
    ]);
  });

  it("is about the message whose label it names where it holds no canary, else doubted", () => {
    const parts = [{ name: "x", contentBase64: "AAAA" }];
    expect(at.send("A", { label: "B", parts }).copies).toEqual(["B"]);
    expect(at.send("A", { parts })).toMatchObject({ status: 201, copies: [], about: { doubt: expect.any(String) } });
    expect(at.items).toHaveLength(1);
  });

  it.each([
    ["what cannot be read", { recipient: "Fjordvik" }, 400],
    ["an organisation that is not known", { recipient: "310000027" }, 404],
    ["more than it holds", { parts: [{ name: "x", contentBase64: "A".repeat(bodyCeiling.bytes) }] }, 413],
  ])("refuses %s", (_, over, status) => {
    const refused = at.send("A", over);
    expect([refused.status, refused.saying, refused.type]).toEqual([status, "negative", "application/problem+json"]);
    expect(at.ledger.entries).toEqual([]);
  });

  it.each([
    ["none", 401],
    ["fiks", 403],
  ])("refuses the token %s", (token, status) => {
    expect(at.ask("POST", "/dispatches", { token, body: at.order("A") }).status).toBe(status);
    expect(at.ask("GET", "/inbox", { token, party: "integration" }).status).toBe(status);
    expect(at.unopened({ token }).status).toBe(status);
    expect(at.said("effected")).toEqual([]);
  });
});

describe("content", () => {
  it.each([
    ["a ms before 30 days have passed", lifeMs - 1, 200, "news"],
    ["once 30 days have passed", lifeMs, 410, "negative"],
  ] as const)("%s answers accordingly", (_, ms, status, saying) => {
    const at = stand();
    const id = at.sent();
    at.pass(ms);
    expect(at.status(id).saying).toBe(saying);
    expect(at.read(`/inbox/${id}/file`).status).toBe(status);
  });

  it("is over at the last instant of its life, also where the service's own clock has yet to ring", () => {
    const at = stand();
    const id = at.sent();
    const [item] = at.items;
    at.clock.advanceTo(start + lifeMs - 1);
    at.clock.moveTo(start + lifeMs);
    expect(at.read(`/inbox/${id}`).said).not.toHaveProperty("text");
    expect(at.read(`/inbox/${id}/file`).status).toBe(410);
    expect(item?.isThere()).toBe(false);
    item?.open("person", "Kari");
    at.archive(id);
    expect(at.ledger.entries.filter(({ kind }) => kind === "opened" || kind === "receipted")).toEqual([]);
  });

  it("is deleted on the day, opened or not, and nobody is notified; the shell stays", () => {
    const at = stand();
    const [a, b] = [at.sent("A"), at.sent("B", { text: "Se vedlegg." })];
    at.items[0]?.open("person", "Per");
    at.pass(lifeMs);
    expect(at.said("dropped")).toMatchObject([
      { party: "altinn-dispatch", why: "expired", lastPath: true, copy: "A", atMs: lifeMs },
      { party: "altinn-dispatch", why: "expired", lastPath: true, copy: "B", atMs: lifeMs },
    ]);
    expect(at.said("notified")).toEqual([]);
    expect(at.status(a).said).toMatchObject({ state: "contentDeleted", openedAt: "2023-05-08T08:00:00+02:00" });
    expect(at.status(b).said).not.toHaveProperty("openedAt");
    expect(at.read(`/inbox/${b}`).said).toMatchObject({ state: "contentDeleted", files: [] });
    expect(at.read(`/inbox/${b}`).said).not.toHaveProperty("text");
    expect(at.inbox().said.dispatches).toHaveLength(2);
    expect([at.items[0]?.isThere(), at.items[0]?.isOpened(), at.items[1]?.isOpened()]).toEqual([false, true, false]);
  });

  it("stays in front of whoever has opened it", () => {
    const at = stand();
    at.sent("A", { text: "Se vedlegg." });
    at.items[0]?.open("person", "Per");
    at.pass(lifeMs);
    expect(at.items[0]?.parts.map(({ name }) => name)).toEqual([
      "bekymringsmelding.json",
      "bekymringsmelding.pdf",
      "text",
    ]);
  });

  it("cannot be opened once it is gone", () => {
    const at = stand();
    at.sent();
    at.pass(lifeMs);
    at.items[0]?.open("person", "Per");
    expect(at.said("opened")).toEqual([]);
  });
});

describe("a sender that asks", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("hears how each dispatch stands", () => {
    const id = at.sent();
    expect(at.status(id)).toMatchObject({ saying: "news", copies: ["A"], operation: "status" });
    expect(at.status(id).said).toEqual({
      dispatchId: id,
      reference: "ref-A",
      state: "sent",
      sentAt: "2023-05-08T08:00:00+02:00",
    });
    at.pass(hourMs);
    at.items[0]?.open("person", "Per");
    expect(at.status(id)).toMatchObject({
      saying: "positive",
      said: { state: "opened", openedAt: "2023-05-08T09:00:00+02:00" },
    });
  });

  it("hears of an opening also after the content is gone, where it had not before", () => {
    const id = at.sent();
    at.items[0]?.open("person", "Per");
    at.pass(lifeMs);
    expect(at.status(id)).toMatchObject({ saying: "negative", also: [{ saying: "positive", copies: ["A"] }] });
    expect(at.status(id).also).toBeUndefined();
  });

  it("does not hear of others' dispatches", () => {
    const id = at.sent();
    expect(at.ask("GET", `/dispatches/${id}`, { token: "other" })).toMatchObject({ status: 404, copies: [] });
    expect(at.unopened({ token: "other" }).said.dispatches).toEqual([]);
    expect(at.status("unknown")).toMatchObject({ status: 404, about: { doubt: expect.any(String) } });
  });

  it("finds by its own reference what it never got an id for", () => {
    at.send("A");
    at.send("B");
    const { said, operation } = at.ask("GET", "/dispatches");
    expect(operation).toBe("status");
    expect(said.dispatches).toMatchObject([{ reference: "ref-A" }, { reference: "ref-B" }]);
  });
});

describe("the list of what is unopened", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
    at.send("A");
    at.send("B");
  });

  it("is named by the first that is new to its sender, whatever else lies there", () => {
    expect(at.unopened()).toMatchObject({
      saying: "news",
      copies: ["A", "B"],
      operation: "unopened",
      about: { subject: { kind: "news", label: "A" } },
      said: { dispatches: [{ state: "sent" }, { state: "sent" }] },
    });
  });

  it("tells of all others that they are opened, once", () => {
    at.unopened();
    at.items[0]?.open("person", "Per");
    expect(at.unopened()).toMatchObject({ copies: ["B"], also: [{ saying: "positive", copies: ["A"] }] });
    expect(at.unopened().also).toBeUndefined();
  });

  it("tells again what was lost on the way", () => {
    at.items[0]?.open("person", "Per");
    const also = [{ saying: "positive", copies: ["A"] }];
    expect(at.unopened({ lost: true }).also).toEqual(also);
    expect(at.unopened().also).toEqual(also);
  });

  it("goes on listing what was deleted unopened, and tells of the deletion", () => {
    at.items[0]?.open("person", "Per");
    at.unopened();
    at.pass(lifeMs);
    expect(at.unopened()).toMatchObject({
      saying: "news",
      also: [{ saying: "negative", copies: ["B"] }],
      said: { dispatches: [{ reference: "ref-B", state: "contentDeleted" }] },
    });
  });

  it("is about what it tells where it lists nothing, and empty from then on", () => {
    for (const item of at.items) item.open("person", "Per");
    expect(at.unopened()).toMatchObject({ saying: "empty", copies: [], about: { copies: ["A", "B"] } });
    expect(at.unopened().about).toEqual({
      subject: { kind: "state", state: "idle" },
      copies: [],
      operation: "unopened",
      idle: { resource: "outbox" },
    });
  });

  it("is an idle poll while it says what it said last", () => {
    expect(at.unopened({ lost: true }).about.idle).toBeUndefined();
    expect(at.unopened().about.idle).toBeUndefined();
    expect(at.unopened().about.idle).toEqual({ resource: "outbox" });
    at.send("A");
    expect(at.unopened().about.idle).toBeUndefined();
  });
});

describe("the recipient's inbox", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("shows what is new once, with a sign of life, and is an idle poll from then on", () => {
    at.send("A", { district: "01", title: "Melding" });
    const first = at.inbox();
    expect(first).toMatchObject({ saying: "news", copies: ["A"], about: { subject: { kind: "news", label: "A" } } });
    expect(first.said.dispatches).toMatchObject([
      {
        title: "Melding",
        sender: { organizationNumber: "310000106" },
        recipient: { organizationNumber: "310000000", municipalityNumber: "4690" },
        isConfidential: true,
        propertyList: { kommunenummer: "4690", bydelsnummer: "01" },
      },
    ]);
    expect(at.said("alive")).toMatchObject([
      { reader: "integration", channel: "altinn-dispatch", resource: "dispatch/4690", how: "poll", credit: true },
    ]);
    expect(at.inbox().about.idle).toEqual({ resource: "dispatch/4690" });
    expect(at.said("alive")).toHaveLength(1);
  });

  it("shows again what was lost on the way", () => {
    at.send();
    at.inbox({ lost: true });
    expect(at.inbox().about.subject).toEqual({ kind: "news", label: "A" });
  });

  it("is empty without both rights, and says nothing of it; what is asked for by id is refused", () => {
    const id = at.sent();
    at.mayRead.clear();
    expect(at.inbox()).toMatchObject({ status: 200, saying: "empty", said: { dispatches: [] } });
    const refused = at.read(`/inbox/${id}/file`);
    expect(refused).toMatchObject({ status: 403, saying: "negative", copies: ["A"] });
    expect(refused.said.detail).toBe("For 4690 both rights are needed: dispatch-message and dispatch-file.");
    expect(at.said("opened")).toEqual([]);
  });

  it("writes signs of life for each place it covers, once an hour where it sees nothing new", () => {
    at.mayRead.add("4691");
    for (let polls = 0; polls < 8; polls += 1) {
      at.inbox();
      at.pass(hourMs / 4);
    }
    expect(at.said("alive")).toMatchObject([{ resource: "dispatch/4691" }, { resource: "dispatch/4691" }]);
  });

  it("shows the message without opening it", () => {
    const id = at.sent("A", { text: "Se vedlegg." });
    const { said, saying } = at.read(`/inbox/${id}`);
    expect(saying).toBe("news");
    expect(said).toMatchObject({
      dispatchId: id,
      text: "Se vedlegg.",
      files: [
        { name: "bekymringsmelding.json", mediaType: "application/json", length: at.parts.A?.[0]?.bytes.length },
        { name: "bekymringsmelding.pdf" },
      ],
    });
    expect(at.said("opened")).toEqual([]);
  });

  it("gives several files as one zip, and opens the dispatch as a machine", () => {
    const id = at.sent();
    const { type, content } = at.read(`/inbox/${id}/file`);
    expect(type).toBe("application/zip");
    expect(unpack(content).map(({ bytes }) => Buffer.from(bytes))).toEqual(
      at.parts.A?.map(({ bytes }) => Buffer.from(bytes)),
    );
    expect(at.said("fetched")).toMatchObject([
      { reader: "integration", received: content.length, total: content.length, copy: "A" },
    ]);
    expect(at.said("opened")).toMatchObject([{ opener: "machine", who: "integration", copy: "A" }]);
    at.read(`/inbox/${id}/file`);
    expect([at.said("fetched").length, at.said("opened").length]).toEqual([2, 1]);
  });

  it("gives one file as it is: the only one, or one by name", () => {
    const [, pdf] = at.parts.A ?? [];
    const contentBase64 = Buffer.from(pdf?.bytes ?? []).toString("base64");
    const one = at.sent("A", { parts: [{ name: "a.pdf", mediaType: "application/pdf", contentBase64 }] });
    const several = at.sent();
    for (const path of [`/inbox/${one}/file`, `/inbox/${several}/file?name=bekymringsmelding.pdf`]) {
      const { type, content } = at.read(path);
      expect([type, Buffer.from(content)]).toEqual(["application/pdf", Buffer.from(pdf?.bytes ?? [])]);
    }
    expect(at.read(`/inbox/${several}/file?name=x`).status).toBe(404);
  });

  it("lets go of what is archived: a receipt, once", () => {
    const id = at.sent();
    at.read(`/inbox/${id}/file`);
    expect([at.archive(id).status, at.archive(id).status]).toEqual([204, 204]);
    expect(at.said("receipted")).toMatchObject([{ saying: "positive", reason: "receipt", copy: "A" }]);
    expect(at.inbox().said.dispatches).toEqual([]);
  });

  it("takes no receipt for a shell that nobody opened in time", () => {
    const id = at.sent();
    at.pass(lifeMs);
    expect(at.archive(id).status).toBe(204);
    expect(at.said("receipted")).toEqual([]);
  });

  it("knows no dispatch that was never sent", () => {
    expect(at.read("/inbox/unknown")).toMatchObject({ status: 404, about: { doubt: expect.any(String) } });
  });
});
