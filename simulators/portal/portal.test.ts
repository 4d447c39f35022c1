import { beforeEach, describe, expect, it } from "vitest";
import { feilet, mottatt, serverfeil, tidsavbrudd } from "../../contracts/fiks/types.ts";
import { dayMs, hourMs, osloEpochMs } from "../../core/calendar.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Municipality, SwitchValues } from "../../core/scenario.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import { Manifest } from "../manifest.ts";
import { Router } from "../router.ts";
import { compose, type Sends } from "../sender/compose.ts";
import type { WireRequest } from "../wire.ts";
import { type HeardMessage, Portal } from "./portal.ts";
import { portalMoves } from "./state.ts";

const municipalities: readonly Municipality[] = [
  {
    number: "4601",
    name: "Fjordvik",
    organizationNumber: "310000000",
    districts: [
      { number: "01", name: "Sentrum", standard: false, supports: "V1" },
      { number: "02", name: "Øst", standard: true, supports: "V2" },
      { number: "03", name: "Uten fagsystem", standard: false, supports: "V1" },
    ],
    served: true,
  },
];
const sender = {
  fiksOrgId: "org-1",
  integrationId: "int-1",
  integrationPassword: "secret",
  organizationNumber: "310000009",
};
type Envelope = Parameters<ConstructorParameters<typeof Portal>[1]["channel"]["send"]>[0];

/** A Monday morning; no holiday until 17 May. */
const start = osloEpochMs("2023-05-08T08:00:00");

function stand(switches: SwitchValues = {}) {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const manifest = new Manifest("r", ledger);
  const sent: (Envelope & { readonly id: string })[] = [];
  let hear: (message: HeardMessage) => void = () => {};
  const portal = new Portal(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      municipalities,
      channel: {
        send: (envelope) => {
          const id = `melding-${sent.length + 1}`;
          sent.push({ ...envelope, id });
          return id;
        },
        onMessage: (_account, then) => {
          hear = then;
        },
      },
      account: "portal-account",
      accounts: new Map([
        ["4601-01", "account-01"],
        ["4601-02", "account-02"],
      ]),
      tokens: {
        valid: (token, scope) => token === "good" && scope === "ks:fiks",
        read: (token) => (token === "good" ? { consumer: sender.organizationNumber } : undefined),
      },
      readerOf: () => "integration",
      senders: [sender],
      token: () => "good",
      certificates: { print: "PRINT", districts: "DISTRICTS" },
      switches,
    },
  );
  const router = new Router([portal]);
  const ask = (request: WireRequest) => {
    const found = router.find(request.method, request.path);
    if (found === undefined) throw new Error(`no route for ${request.path}`);
    const asker = { party: "sender", incarnation: 1 };
    const about = found.operation.about(request, found.params, asker);
    const answer = found.operation.handle(request, found.params, asker);
    const body = JSON.parse(new TextDecoder().decode(answer.reply.body as Uint8Array));
    return { about, answer, status: answer.reply.status, body };
  };
  const get = (path: string) =>
    ask({
      method: "GET",
      path: `/bekymringsmelding/api/${path}`,
      query: {},
      headers: { authorization: "Bearer good", integrasjonid: "int-1", integrasjonpassord: "secret" },
      body: new Uint8Array(0),
    });
  const submission = (over: Partial<Sends> = {}) => {
    const step: Sends = {
      kind: "sends",
      label: "A",
      messageKind: "offentlig",
      version: 1,
      to: { municipality: "4601", district: "01" },
      content: "short",
      ...over,
    };
    const made = compose(step, { run: "r", nowMs: clock.now(), scenario: { municipalities, steps: [step] } });
    return { request: portal.submission(made.delivery, made.container), container: made.container };
  };
  const submit = (over: Partial<Sends> = {}) => ask(submission(over).request);
  const answers = (type: string, nth = 1) => {
    hear({ type, replyTo: `melding-${nth}`, cause: 7 });
    clock.advanceTo(clock.now());
  };
  const told = (kind: LedgerEntry["kind"]) => ledger.entries.filter((entry) => entry.kind === kind);
  const history = (id: string) =>
    get(`v1/mottak/fagsystem/org-1/bekymringsmelding/${id}/status`).body.map(
      ({ tilstand }: { tilstand: string }) => tilstand,
    );
  return { clock, ledger, portal, sent, ask, get, submission, submit, answers, told, history };
}

describe("the portal's state machine", () => {
  it("has no way out of delivered, and none but paper out of refused", () => {
    expect(portalMoves.delivered).toEqual({});
    expect(portalMoves.refused).toEqual({ handToPrinter: "printing" });
  });
});

describe("the portal", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("takes a message on: accepted, linked, held, and the portal owes it", () => {
    const { about, answer, status, body } = at.submit();
    expect([status, about.copies, answer.takesDebt]).toEqual([201, ["A"], "portal"]);
    expect(body.uuid).toMatch(/^[0-9a-f-]{36}$/);
    expect(at.ledger.entries).toMatchObject([
      { kind: "effected", change: "submitted → accepted", message: "A", delivery: "A", copy: "A" },
      { kind: "linked", scope: "bekymringsmelding-id", copy: "A" },
      { kind: "held", party: "portal", durability: "power", ok: true, delivery: "A", copy: "A" },
    ]);
    expect(at.history(body.uuid)).toEqual(["AKSEPTERT"]);
  });

  it("dispatches the container to the district's account, its id in a header", () => {
    const { request, container } = at.submission({ version: 2 });
    const { uuid } = at.ask(request).body;
    at.clock.advanceTo(start + 1000);
    expect(at.sent).toMatchObject([
      {
        copy: "A",
        from: "portal-account",
        to: "account-01",
        type: "no.ks.fiks.bekymringsmelding.offentlig.v2",
        ttlMs: 24 * hourMs,
        headers: { "bekymringsmelding-id": uuid, klientMeldingId: uuid },
      },
    ]);
    expect(at.sent[0]?.body).toBe(container);
    expect(at.sent[0]?.headers["bydel-ressurs-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("sends what names no district to the standard one, and odd types as they are", () => {
    at.submit({ to: { municipality: "4601" } });
    at.submit({ label: "B", defect: "unknown-type" });
    at.clock.advanceTo(start + 1000);
    expect(at.sent.map(({ to, type }) => [to, type])).toEqual([
      ["account-02", "no.ks.fiks.bekymringsmelding.offentlig.v1"],
      ["account-01", "no.ks.fiks.bekymringsmelding.tillegg.v1"],
    ]);
  });

  it("is relieved by mottatt, and deletes its copy 30 days later", () => {
    const { uuid } = at.submit().body;
    at.clock.advanceTo(start + hourMs);
    at.answers(mottatt);
    expect(at.told("told")).toMatchObject([
      { to: "portal", saying: "positive", code: "mottatt", copies: ["A"], takesDebt: "integration", cause: 7 },
    ]);
    expect(at.history(uuid)).toEqual(["AKSEPTERT", "SENDT_FAGSYSTEM", "LEVERT"]);
    at.clock.advanceTo(start + hourMs + 30 * dayMs - 1);
    expect(at.told("dropped")).toEqual([]);
    at.clock.advanceTo(start + hourMs + 30 * dayMs);
    expect(at.told("dropped")).toMatchObject([{ party: "portal", why: "purged", lastPath: true, copy: "A" }]);
    expect(at.told("printed")).toEqual([]);
  });

  it("deletes after 14 days where the switch says so", () => {
    const old = stand({ retentionDays: 14 });
    old.submit();
    old.clock.advanceTo(start + hourMs);
    old.answers(mottatt);
    old.clock.advanceTo(start + hourMs + 14 * dayMs);
    expect(old.told("dropped")).toHaveLength(1);
  });

  it("turns to paper on feilet, whatever is said later", () => {
    const { uuid } = at.submit().body;
    at.clock.advanceTo(start + hourMs);
    at.answers(feilet);
    at.answers(mottatt);
    expect(at.told("told")).toMatchObject([
      { saying: "negative", code: "feilet" },
      { saying: "positive", code: "mottatt" },
    ]);
    expect(at.told("told")[1]).not.toHaveProperty("takesDebt");
    expect(at.told("returned")).toMatchObject([{ to: "portal", reason: "refused", delivery: "A" }]);
    at.clock.advanceTo(start + 26 * hourMs);
    expect(at.told("printed")).toMatchObject([{ to: "4601-01", reason: "refused", delivery: "A" }]);
    expect(at.history(uuid)).toEqual(["AKSEPTERT", "SENDT_FAGSYSTEM", "AVVIST_FAGSYSTEM", "SENDT_PRINT", "LEVERT"]);
  });

  it("keeps LEVERT when feilet follows mottatt", () => {
    const { uuid } = at.submit().body;
    at.clock.advanceTo(start + hourMs);
    at.answers(mottatt);
    at.answers(feilet);
    at.clock.advanceTo(start + 5 * dayMs);
    expect(at.history(uuid).at(-1)).toBe("LEVERT");
    expect([at.told("returned"), at.told("printed")]).toEqual([[], []]);
  });

  it.each([
    [tidsavbrudd, "tidsavbrudd", "expired"],
    [serverfeil, "serverfeil", "undeliverable"],
  ])("turns to paper on %s", (type, code, reason) => {
    const { uuid } = at.submit().body;
    at.clock.advanceTo(start + hourMs);
    at.answers(type);
    expect(at.told("told")).toMatchObject([{ saying: "negative", code, copies: ["A"] }]);
    at.clock.advanceTo(start + 26 * hourMs);
    expect(at.told("printed")).toMatchObject([{ reason }]);
    expect(at.history(uuid)).toEqual(["AKSEPTERT", "SENDT_FAGSYSTEM", "SENDT_PRINT", "LEVERT"]);
  });

  it("turns to paper when no receipt came in two working days", () => {
    at.submit();
    at.clock.advanceTo(start + 1000 + 2 * dayMs + 25 * hourMs - 1);
    expect(at.told("printed")).toEqual([]);
    at.clock.advanceTo(start + 1000 + 2 * dayMs + 25 * hourMs);
    expect(at.told("printed")).toMatchObject([{ reason: "unreceipted" }]);
  });

  it("sends a district without a case system paper", () => {
    at.submit({ to: { municipality: "4601", district: "03" } });
    at.clock.advanceTo(start + 3 * dayMs);
    expect(at.sent).toEqual([]);
    expect(at.told("printed")).toMatchObject([{ to: "4601-03", reason: "undeliverable" }]);
  });

  it("resends as a new copy under the same id, until delivered", () => {
    const { uuid } = at.submit().body;
    expect(at.portal.resend("A")).toBe(false);
    at.clock.advanceTo(start + hourMs);
    expect(at.portal.resend("A")).toBe(true);
    expect(at.told("resent")).toMatchObject([{ of: "A", as: "A~2", copy: "A~2", delivery: "A" }]);
    expect(at.sent.map(({ copy, headers }) => [copy, headers["bekymringsmelding-id"]])).toEqual([
      ["A", uuid],
      ["A~2", uuid],
    ]);
    at.answers(tidsavbrudd, 1);
    at.clock.advanceTo(start + 4 * hourMs);
    expect(at.history(uuid)).toEqual(["AKSEPTERT", "SENDT_FAGSYSTEM"]);
    at.answers(mottatt, 2);
    expect(at.told("told").at(-1)).toMatchObject({ code: "mottatt", copies: ["A~2"], takesDebt: "integration" });
    expect(at.portal.resend("A")).toBe(false);
    expect(at.portal.resend("B")).toBe(false);
  });

  it("makes a second message of a second submission", () => {
    const { request } = at.submission();
    const [first, second] = [at.ask(request), at.ask(request)];
    expect(second.body.uuid).not.toBe(first.body.uuid);
    expect(at.told("linked").map(({ copy }) => copy)).toEqual(["A", "A~2"]);
    expect(second.about.copies).toEqual(["A"]);
  });

  it("knows a submission it did not make by its canaries", () => {
    const { request, container } = at.submission();
    const foreign = at.ask({ ...request, body: new Uint8Array(request.body) });
    expect([foreign.status, foreign.about.copies]).toEqual([201, ["A"]]);
    at.clock.advanceTo(start + 1000);
    expect(Buffer.from(at.sent[0]?.body ?? [])).toEqual(Buffer.from(container));
  });

  it("refuses in the general form", () => {
    const { request } = at.submission();
    const headers = (over: Record<string, string>) => ({ ...request, headers: { ...request.headers, ...over } });
    expect(at.ask(headers({ authorization: "Bearer old" }))).toMatchObject({
      status: 401,
      body: { status: 401, error: "Unauthorized", path: request.path, timestamp: start },
    });
    expect(at.ask(headers({ integrasjonpassord: "wrong" })).status).toBe(401);
    const path = (from: string, to: string) => ({ ...request, path: request.path.replace(from, to) });
    expect(at.ask(path("org-1", "org-2")).status).toBe(403);
    expect(at.ask(path("/4601/01/", "/4601/77/")).status).toBe(404);
    expect(at.ask(path("/api/v1/", "/api/v3/")).status).toBe(404);
    expect(at.ask({ ...request, body: new Uint8Array(5 * 1024 * 1024 + 1) })).toMatchObject({
      status: 413,
      about: { subject: { kind: "unknown", n: 1 } },
    });
    expect(at.ask({ ...request, body: request.body.slice(0, -9) }).status).toBe(400);
  });

  it("refuses v2 for a V1 district where the switch says so", () => {
    const strict = stand({ newerVersionAccepted: false });
    expect(strict.submit({ version: 2 }).status).toBe(400);
    expect(strict.submit({ version: 2, to: { municipality: "4601", district: "02" } }).status).toBe(201);
  });

  it("shows municipalities, districts and keys", () => {
    expect(at.get("v2/kommuner/4601/bydeler").body).toContainEqual({
      bydelsnummer: "02",
      bydelsnavn: "Øst",
      standardMottaker: true,
      stottetVersjon: "V2",
    });
    expect(at.get("v1/kommuner/4601/bydeler").body[0]).not.toHaveProperty("stottetVersjon");
    expect(at.get("v1/kommuner/9999/bydeler").body).toEqual([]);
    expect(at.get("v2/kommuner/4601/bydeler/01").body.bydelsnavn).toBe("Sentrum");
    expect(at.get("v2/kommuner/fylker/46/kommuner").body).toHaveLength(1);
    expect(at.get("v2/mottak/fagsystem/4601/01/krypteringsnokler").body).toMatchObject({
      printOffentligNokkel: { nokkel: "PRINT", gyldig: true },
      fiksIOOffentligNokkel: { nokkel: "DISTRICTS" },
    });
  });
});
