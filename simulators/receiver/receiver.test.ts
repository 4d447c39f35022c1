import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { canary } from "../../core/canary.ts";
import type { EntryKind } from "../../core/ledger.ts";
import type { SwitchValues } from "../../core/scenario.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Manifest } from "../manifest.ts";
import { Router } from "../router.ts";
import { compose } from "../sender/compose.ts";
import { Receiver } from "./receiver.ts";
import { intakeMoves, strainOn } from "./state.ts";

const start = Date.UTC(2023, 4, 8, 6);
const seconds = (n: number): number => n * 1000;
const minutes = (n: number): number => n * 60_000;
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
type Json = Record<string, unknown>;

function stand(switches: SwitchValues = {}) {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const manifest = new Manifest("r", ledger);
  const sent = Object.fromEntries(
    ["A", "B"].map((label) => {
      const { delivery } = compose(
        {
          kind: "sends",
          label,
          messageKind: "offentlig",
          version: 1,
          to: { municipality: "4601", district: "01" },
          content: "short",
        },
        { run: "r", nowMs: start, scenario: { municipalities: [], steps: [] } },
      );
      manifest.announce(delivery);
      manifest.link(manifest.newCopy(label), "bekymringsmelding-id", `concern-${label}`);
      return [label, delivery];
    }),
  );
  const shown: string[] = [];
  const alerts: number[] = [];
  const receiver = new Receiver(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      apiKey: "key",
      people: {
        owner: () => "Unn",
        registered: (delivery, recipient) => shown.push(`${delivery} to ${recipient}`),
        alerted: (alert) => alerts.push(alert),
      },
      switches,
    },
  );
  const links = ledger.entries.length;
  const router = new Router([receiver]);
  const ask = (method: string, path: string, body: unknown, headers: Record<string, string> = {}, query = {}) => {
    const found = router.find(method, path);
    if (found === undefined) throw new Error(`no route for ${path}`);
    const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const request = { method, path, query, headers: { authorization: "Bearer key", ...headers }, body: bytes };
    const asker = { party: "integration", incarnation: 1 };
    const about = found.operation.about(request, found.params, asker);
    const { reply, saying, copies } = found.operation.handle(request, found.params, asker);
    const answer: Json = JSON.parse(new TextDecoder().decode(reply.body as Uint8Array));
    const heard = Object.fromEntries(reply.headers);
    return { status: reply.status, saying, copies, about, answer, headers: heard };
  };
  const body = (label = "A", over: Json = {}): Json => {
    const [form, pdf] = sent[label]?.parts ?? [];
    if (form === undefined || pdf === undefined) throw new Error("nothing was sent");
    return {
      source: { channel: "fiks-io", id: `concern-${label}`, sameAs: {} },
      recipient: { municipalityNumber: "4601", district: "01" },
      type: "no.ks.fiks.bekymringsmelding.offentlig.v1",
      confidential: true,
      receivedAt: "2023-05-08T08:00:00+02:00",
      payload: JSON.parse(new TextDecoder().decode(form.bytes)),
      documents: [document(pdf)],
      ...over,
    };
  };
  const register = (of: unknown = body(), key = "k1") =>
    ask("POST", "/intake/v1/messages", of, { "idempotency-key": key });
  const lookup = (id: string) =>
    ask("GET", "/intake/v1/messages", {}, {}, { "source.channel": "fiks-io", "source.id": id });
  const deviate = (of: Json) =>
    ask("POST", "/intake/v1/deviations", {
      source: { channel: "fiks-io", id: "concern-A" },
      reason: "receiver-refused:422",
      retrievable: true,
      ...of,
    });
  return {
    clock,
    ledger,
    manifest,
    receiver,
    sent,
    shown,
    alerts,
    ask,
    body,
    register,
    lookup,
    deviate,
    facts: () => ledger.entries.slice(links),
    said: (kind: EntryKind) => ledger.entries.slice(links).filter((entry) => entry.kind === kind),
    pass: (ms: number) => clock.advanceTo(clock.now() + ms),
  };
}

function document(part: { readonly name: string; readonly bytes: Uint8Array; readonly sha256: string }): Json {
  return {
    name: part.name,
    mediaType: "application/pdf",
    sha256: part.sha256,
    contentBase64: Buffer.from(part.bytes).toString("base64"),
  };
}

describe("the receiver's state machine", () => {
  it("forgets in a crash what is queued, and keeps what is staged", () => {
    expect(Object.values(intakeMoves).map(({ crash }) => crash)).toEqual([
      undefined,
      "new",
      "staged",
      "registered",
      "new",
    ]);
  });

  it("lets the severest strain decide, until it is over", () => {
    const until = new Map([
      ["queues", 50],
      ["locked", 10],
    ] as const);
    expect(strainOn("register", until, 9)).toMatchObject({ status: 423 });
    expect(strainOn("register", until, 10)).toMatchObject({ kind: "queues" });
    expect(strainOn("deviate", until, 9)).toEqual({ kind: "none" });
    expect(strainOn("register", until, 50)).toEqual({ kind: "none" });
  });
});

describe("registering", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("stages, holds and registers in that order, and shows the case to the recipient", () => {
    const { status, saying, copies, about, answer } = at.register();
    expect([status, saying, copies]).toEqual([201, "positive", ["A"]]);
    expect(about.subject).toEqual({ kind: "one", label: "A" });
    expect(answer.registeredAt).toBe("2023-05-08T08:00:00+02:00");
    expect(at.facts()).toMatchObject([
      { kind: "effected", change: "new → staged", delivery: "A", copy: "A" },
      { kind: "held", party: "receiver", durability: "power", ok: true },
      {
        kind: "registered",
        caseId: "x3",
        municipalityNumber: "4601",
        district: "01",
        class: "confidential",
        parts: [
          { name: "bekymringsmelding.json", fidelity: "fields", ok: true },
          { name: "bekymringsmelding.pdf", fidelity: "bytes", ok: true },
        ],
        whole: true,
      },
    ]);
    expect(at.shown).toEqual(["A to 4601-01"]);
  });

  it("answers a repeat with the same case, whatever envelope and time it names", () => {
    const first = at.register();
    const again = at.register(
      at.body("A", {
        receivedAt: "2023-05-09T08:00:00Z",
        source: { channel: "fiks-io", id: "concern-A", sameAs: { "melding-id": "other" } },
      }),
    );
    expect([again.status, again.answer.caseId]).toEqual([200, first.answer.caseId]);
    expect(at.said("registered")).toHaveLength(1);
  });

  it("answers other content under the same key with 409 and the first case", () => {
    const first = at.register();
    const other = at.register(at.body("B"));
    expect([other.status, other.saying, other.answer.caseId]).toEqual([409, "negative", first.answer.caseId]);
    expect(at.said("registered")).toHaveLength(1);
  });

  it("holds a payload to be the same whatever its channel says of how things stand", () => {
    const overview = {
      correspondenceId: "c-1",
      status: "Published",
      statusChanged: "2023-05-08",
      content: { messageTitle: "x" },
    };
    at.register({ ...at.body(), payload: overview });
    const read = { ...overview, status: "Read", read: "2023-05-09", statusText: "Read" };
    expect(at.register({ ...at.body(), payload: read }).status).toBe(200);
    expect(at.register({ ...at.body(), payload: { ...read, content: { messageTitle: "y" } } }).status).toBe(409);
  });

  it("makes a second case of a fresh key", () => {
    at.register();
    expect(at.register(at.body(), "k2").status).toBe(201);
    expect(new Set(at.said("registered").map((entry) => "caseId" in entry && entry.caseId)).size).toBe(2);
  });

  it.each([
    ["a changed form", { payload: { melding: {} } }, [false, true], true],
    ["no PDF", { documents: [] }, [true, false], true],
    ["a truncated PDF", { documents: "truncated" }, [true, false], false],
    ["a document too many", { documents: "extra" }, [true, true], false],
    ["the form as a document too", { documents: "both", payload: {} }, [true, true], true],
    ["parts in another order", { documents: "swapped", payload: {} }, [true, true], false],
    ["no disorder in a further copy of the form", { documents: "swapped" }, [true, true], true],
  ])("sees %s", (_, over, ok, whole) => {
    const [form, pdf] = at.sent.A?.parts ?? [];
    if (form === undefined || pdf === undefined) throw new Error("nothing was sent");
    const half = pdf.bytes.subarray(0, 90);
    const documents = {
      truncated: [document({ ...pdf, bytes: half, sha256: sha(half) })],
      extra: [document(pdf), document({ name: "x", bytes: half, sha256: sha(half) })],
      both: [document(form), document(pdf)],
      swapped: [document(pdf), document(form)],
    };
    const list = "documents" in over ? over.documents : undefined;
    const body = at.body("A", typeof list === "string" ? { ...over, documents: documents[list as "both"] } : over);
    expect(at.register(body).status).toBe(201);
    const [registered] = at.said("registered");
    if (registered?.kind !== "registered") throw new Error("not registered");
    expect([registered.parts.map((part) => part.ok), registered.whole]).toEqual([ok, whole]);
    expect(at.said("held")).toMatchObject([{ ok: whole && !ok.includes(false) }]);
  });

  it("is about the later copy where sameAs names it", () => {
    at.manifest.link("A~2", "melding-id", "m2");
    const { about } = at.register(
      at.body("A", { source: { channel: "fiks-io", id: "concern-A", sameAs: { "melding-id": "m2" } } }),
    );
    expect(about.copies).toEqual(["A~2"]);
    expect(at.said("registered")).toMatchObject([{ delivery: "A", copy: "A~2" }]);
  });

  it("is told by key, then canary, where the source is unknown; else doubted", () => {
    const source = { channel: "fiks-io", id: "of-its-own" };
    expect(at.register(at.body("A", { source }), "fiks-io:concern-B").about.copies).toEqual(["B"]);
    expect(at.register(at.body("A", { source })).about.copies).toEqual(["A"]);
    expect(at.register(at.body("A", { source, payload: {}, documents: [] }), "k3").about).toMatchObject({
      subject: { kind: "unknown", n: 1 },
      doubt: expect.any(String),
    });
  });

  it.each([
    ["no key", () => at.register(at.body(), ""), 400],
    ["no JSON", () => at.register(new TextEncoder().encode("{")), 400],
    ["no offset", () => at.register(at.body("A", { receivedAt: "2023-05-08T08:00:00" })), 422],
    ["no district", () => at.register(at.body("A", { recipient: { municipalityNumber: "4601" } })), 422],
    ["a body over 16 MiB", () => at.register(new Uint8Array(16 * 1024 * 1024 + 1)), 413],
    [
      "a document that is not what its sum says",
      () =>
        at.register(
          at.body("A", {
            documents: [{ name: "x", mediaType: "x/y", sha256: "0".repeat(64), contentBase64: "AAAA" }],
          }),
        ),
      422,
    ],
    ["another key", () => at.ask("POST", "/intake/v1/messages", at.body(), { authorization: "Bearer x" }), 401],
  ])("refuses %s", (_, ask, status) => {
    const refused = ask();
    expect([refused.status, refused.saying]).toEqual([status, "negative"]);
    expect(refused.headers["content-type"]).toBe("application/problem+json");
    expect(at.facts()).toEqual([]);
  });

  it("takes documents that were uploaded within 24 hours", () => {
    const pdf = at.sent.A?.parts[1];
    if (pdf === undefined) throw new Error("nothing was sent");
    const put = () => at.ask("PUT", `/intake/v1/documents/${pdf.sha256}`, pdf.bytes);
    const uploaded = { name: pdf.name, mediaType: "application/pdf", sha256: pdf.sha256, uploaded: true };
    const body = at.body("A", { documents: [uploaded] });
    expect(at.register(body).status).toBe(422);
    expect([put().status, put().status]).toEqual([201, 200]);
    expect(put().about.copies).toEqual(["A"]);
    expect(at.ask("PUT", `/intake/v1/documents/${"0".repeat(64)}`, pdf.bytes).status).toBe(422);
    at.pass(24 * 60 * minutes(1));
    expect(at.register(body).status).toBe(422);
    put();
    expect(at.register(body).status).toBe(201);
    expect(at.said("registered")).toMatchObject([{ whole: true }]);
  });
});

describe("registering by hand", () => {
  let at: ReturnType<typeof stand>;
  let parts: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  beforeEach(() => {
    at = stand();
    parts = at.sent.A?.parts ?? [];
    at.manifest.link("A", "dispatchId", "d1");
  });
  const text = (...words: string[]) => ({ name: "text", bytes: new TextEncoder().encode(words.join(" ")) });
  const planted = (part: "form" | "pdf") =>
    (["name", "head", "middle", "tail"] as const).map((position) => canary("r", "A", part, position).word);

  it("stages, holds and registers a case of the copy, and shows it to the recipient", () => {
    expect(at.receiver.registerByHand("A", parts)).toBe(true);
    expect(at.facts().slice(1)).toMatchObject([
      { kind: "effected", change: "new → staged", delivery: "A", copy: "A" },
      { kind: "held", party: "receiver", durability: "power", ok: true, copy: "A" },
      {
        kind: "registered",
        municipalityNumber: "4601",
        district: "01",
        class: "confidential",
        copy: "A",
        parts: [
          { name: "bekymringsmelding.json", fidelity: "bytes", ok: true },
          { name: "bekymringsmelding.pdf", fidelity: "bytes", ok: true },
        ],
        whole: true,
      },
    ]);
    expect(at.shown).toEqual(["A to 4601-01"]);
  });

  it("is where the mail lay, and as confidential as that was", () => {
    at.receiver.registerByHand("A", parts, { municipalityNumber: "4602", class: "ordinary" });
    expect(at.said("registered")).toMatchObject([{ municipalityNumber: "4602", district: "01", class: "ordinary" }]);
  });

  it("is as confidential as what was sent, where it came as a letter", () => {
    const sent = at.sent.A;
    if (sent === undefined) throw new Error("nothing was sent");
    at.receiver.registerLetter({ ...sent, class: "ordinary" });
    at.receiver.registerLetter(sent);
    expect(at.said("registered")).toMatchObject([{ class: "ordinary" }, { class: "confidential" }]);
  });

  type Part = { readonly name: string; readonly bytes: Uint8Array } | undefined;
  const cut = (part: Part): Part => part && { ...part, bytes: part.bytes.subarray(0, -20) };
  const reordered = (part: Part) => {
    const fields = Object.entries(JSON.parse(Buffer.from(part?.bytes ?? []).toString()));
    return { name: "skjema.json", bytes: Buffer.from(JSON.stringify(Object.fromEntries(fields.reverse()))) };
  };

  it.each([
    ["a form whose fields come in another order", () => [reordered(parts[0]), ...parts.slice(1)], [true, true], true],
    ["a form's planted words alone", () => [text(...planted("form")), ...parts.slice(1)], [false, true], false],
    ["a PDF whose end is cut off", () => [parts[0], cut(parts[1])].flatMap((one) => one ?? []), [true, false], false],
    ["a covering text besides", () => [text("Se vedlegg."), ...parts], [true, true], true],
    ["not all the words", () => [text(...planted("form").slice(1)), ...parts.slice(1)], [false, true], false],
    ["a part missing", () => parts.slice(0, 1), [true, false], false],
    ["files in another order", () => [...parts].reverse(), [true, true], false],
    ["nothing", () => [], [false, false], false],
  ])("sees %s", (_, carried, ok, whole) => {
    at.receiver.registerByHand("A", carried());
    const [registered] = at.said("registered");
    if (registered?.kind !== "registered") throw new Error("not registered");
    expect([registered.parts.map((part) => part.ok), registered.whole]).toEqual([ok, whole]);
    expect(at.said("held")).toMatchObject([{ ok: whole }]);
  });

  it("makes no second case of the same copy, whoever registered it first", () => {
    at.receiver.registerByHand("A", parts);
    expect(at.receiver.registerByHand("A", parts)).toBe(true);
    at.register(at.body("B"));
    at.receiver.registerByHand("B", at.sent.B?.parts ?? []);
    expect(at.said("registered")).toHaveLength(2);
  });

  it("makes no second case of a copy that shares an identifier, and one of a copy that shares none", () => {
    at.receiver.registerByHand("A", parts);
    at.manifest.link("A~2", "dispatchId", "d1");
    at.receiver.registerByHand("A~2", parts);
    expect(at.said("registered")).toHaveLength(1);
    at.manifest.link("A~3", "correspondenceId", "c1");
    at.receiver.registerByHand("A~3", parts);
    expect(new Set(at.said("registered").map((entry) => "caseId" in entry && entry.caseId)).size).toBe(2);
  });

  it("outlives a crash, and waits while the store refuses", () => {
    at.receiver.strain("locked", minutes(5));
    expect(at.receiver.registerByHand("A", parts)).toBe(false);
    at.pass(minutes(5));
    expect(at.receiver.registerByHand("A", parts)).toBe(true);
    at.receiver.crash();
    expect(at.receiver.registerByHand("A", parts)).toBe(true);
    expect(at.said("registered")).toHaveLength(1);
  });
});

describe("under strain, the receiver", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it.each([
    ["overloaded", 503, "30"],
    ["locked", 423, "5"],
    ["full", 507, "600"],
  ] as const)("that is %s refuses for now, and says when to try again", (how, status, retryAfter) => {
    at.receiver.strain(how, minutes(5));
    const refused = at.register();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([status, retryAfter]);
    at.pass(minutes(5));
    expect(at.register().status).toBe(201);
  });

  it("keeps what a queued message refers to, however long that has to wait", () => {
    const pdf = at.sent.A?.parts[1];
    if (pdf === undefined) throw new Error("nothing was sent");
    at.ask("PUT", `/intake/v1/documents/${pdf.sha256}`, pdf.bytes);
    at.receiver.strain("queues", minutes(1));
    const uploaded = { name: pdf.name, mediaType: "application/pdf", sha256: pdf.sha256, uploaded: true };
    expect(at.register(at.body("A", { documents: [uploaded] })).status).toBe(202);
    at.receiver.strain("full", 30 * 60 * minutes(1));
    at.pass(31 * 60 * minutes(1));
    expect(at.said("registered")).toMatchObject([{ whole: true }]);
  });

  it("queues in memory, and registers after a while", () => {
    at.receiver.strain("queues", minutes(5));
    const queued = at.register();
    expect([queued.status, queued.saying]).toEqual([202, "news"]);
    expect(at.register().headers.location).toBe(queued.headers.location);
    expect(at.register(at.body("B")).status).toBe(409);
    expect(at.said("held")).toMatchObject([{ durability: "memory" }]);
    const wait = () => at.ask("GET", queued.headers.location ?? "", {});
    expect(wait()).toMatchObject({ status: 200, saying: "news", answer: { status: "queued" }, copies: ["A"] });
    expect(at.lookup("concern-A")).toMatchObject({ saying: "news", answer: { messages: [{ status: "queued" }] } });
    at.pass(minutes(10));
    expect(wait()).toMatchObject({ saying: "positive", answer: { status: "registered" } });
    expect(at.said("held")).toMatchObject([{ durability: "memory" }, { durability: "power" }]);
    expect(at.register().status).toBe(200);
  });

  it("loses in a crash what it only had queued", () => {
    at.receiver.strain("queues", minutes(5));
    const { location = "" } = at.register().headers;
    at.receiver.crash();
    expect(at.said("dropped")).toMatchObject([{ party: "receiver", why: "lost", delivery: "A", copy: "A" }]);
    at.pass(minutes(60));
    expect(at.said("registered")).toEqual([]);
    const gone = at.ask("GET", location, {});
    expect([gone.status, gone.about.copies]).toEqual([404, ["A"]]);
    expect(at.lookup("concern-A")).toMatchObject({ saying: "empty", answer: { messages: [] } });
    expect(at.register().status).toBe(201);
  });

  it("that crashes between staging and registering has it staged, and a repeat completes it", () => {
    at.receiver.strain("slow", minutes(5));
    expect(at.register().status).toBe(202);
    at.pass(seconds(6));
    expect(at.said("held")).toMatchObject([{ durability: "memory" }, { durability: "power" }]);
    at.receiver.crash();
    expect(at.said("dropped")).toEqual([]);
    at.pass(minutes(60));
    expect(at.said("registered")).toEqual([]);
    expect(at.lookup("concern-A").answer).toEqual({ messages: [] });
    expect(at.register().status).toBe(201);
    expect(at.said("registered")).toHaveLength(1);
    expect(at.register().status).toBe(200);
  });

  it("registers 30 s later where it is only slow", () => {
    at.receiver.strain("slow", minutes(5));
    at.register();
    at.pass(seconds(29));
    expect(at.said("registered")).toEqual([]);
    at.pass(seconds(1));
    expect(at.said("registered")).toHaveLength(1);
  });

  it("keeps what is queued until a locked store is free", () => {
    at.receiver.strain("queues", minutes(5));
    at.register();
    at.receiver.strain("locked", minutes(30));
    at.pass(minutes(29));
    expect(at.said("registered")).toEqual([]);
    at.pass(minutes(1));
    expect(at.said("registered")).toHaveLength(1);
  });

  it("goes on, once, with what waited for the end of a strain when it is relieved, and forgets it in a crash", () => {
    for (const crashes of [false, true]) {
      const one = stand();
      one.receiver.strain("queues", minutes(5));
      one.register();
      one.receiver.strain("locked", minutes(180));
      one.pass(minutes(60));
      expect(one.said("registered")).toEqual([]);
      if (crashes) one.receiver.crash();
      one.receiver.relieve();
      one.pass(0);
      expect(one.said("registered")).toHaveLength(crashes ? 0 : 1);
      one.pass(minutes(180));
      const changes = one.said("effected").map((entry) => (entry.kind === "effected" ? entry.change : ""));
      expect(changes).toEqual(crashes ? ["new → queued"] : ["new → queued", "queued → staged"]);
    }
  });

  it("rejects what it finds wrong only after it was queued", () => {
    at.receiver.strain("queues", minutes(5));
    const documents = [{ name: "x", mediaType: "x/y", sha256: "0".repeat(64), contentBase64: "AAAA" }];
    const { location = "" } = at.register(at.body("A", { documents })).headers;
    at.pass(minutes(10));
    expect(at.ask("GET", location, {})).toMatchObject({
      saying: "negative",
      answer: { status: "rejected", problem: { status: 422 } },
    });
    expect(at.said("registered")).toEqual([]);
  });
});

describe("reading back", () => {
  it("lists every case of a source, and an empty list for none", () => {
    const at = stand();
    const { answer } = at.register();
    at.register(at.body(), "k2");
    const found = at.lookup("concern-A");
    expect(found).toMatchObject({ status: 200, saying: "positive", copies: ["A"] });
    expect(found.answer.messages).toMatchObject([
      {
        caseId: answer.caseId,
        status: "registered",
        source: { channel: "fiks-io", id: "concern-A" },
        documents: [{ name: "bekymringsmelding.pdf", sha256: at.sent.A?.parts[1]?.sha256 }],
      },
      { status: "registered" },
    ]);
    expect(at.lookup("concern-B")).toMatchObject({ status: 200, saying: "empty", copies: [] });
  });
});

describe("deviations", () => {
  it("are put on the staffed worklist once", () => {
    const at = stand();
    const first = at.deviate({});
    const again = at.deviate({});
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.answer.deviationId).toBe(first.answer.deviationId);
    expect(at.facts()).toMatchObject([
      {
        kind: "alerted",
        sink: "receiver",
        owner: "Unn",
        ids: ["A"],
        about: "receiver-refused:422",
        bounced: false,
        retrievable: true,
        delivery: "A",
        copy: "A",
      },
    ]);
    expect(at.alerts).toEqual([2]);
  });

  it("about no message are told of each time, and are the same item for a day", () => {
    const at = stand();
    const told = () => at.deviate({ source: { channel: "altinn-correspondence" }, reason: "no-right:x" }).status;
    expect([told(), told()]).toEqual([201, 200]);
    at.pass(24 * 60 * minutes(1) + 1);
    expect(told()).toBe(201);
    expect(at.said("alerted")).toHaveLength(3);
    expect(at.alerts).toHaveLength(2);
  });

  it("may be about no message, and are doubted where their id is unknown", () => {
    const at = stand();
    expect(at.deviate({ source: { channel: "maskinporten" } }).about.subject).toEqual({
      kind: "state",
      state: "start",
    });
    expect(at.deviate({ source: { channel: "fiks-io", id: "zzz" } }).about.subject).toEqual({ kind: "unknown", n: 1 });
  });

  it("that hold content are leaks, taken or refused", () => {
    const at = stand();
    const { word } = canary("r", "A", "pdf", "tail");
    expect(at.deviate({ detail: `could not read ${word}` }).status).toBe(201);
    expect(at.deviate({ reason: `About ${word}` }).status).toBe(400);
    expect(at.said("leaked")).toMatchObject([
      { where: "deviation", encoding: "plain", planted: "A pdf tail" },
      { where: "deviation" },
    ]);
    expect(JSON.stringify(at.facts())).not.toContain(word);
  });
});
