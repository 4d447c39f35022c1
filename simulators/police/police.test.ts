import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs, osloEpochMs, osloLocal } from "../../core/calendar.ts";
import type { EntryKind } from "../../core/ledger.ts";
import type { SwitchValues } from "../../core/scenario.ts";
import { atSenders, municipality, sends, standardDistrict } from "../../core/scenario-verbs.ts";
import { VirtualClock } from "../../worlds/clock.ts";
import { LedgerWriter } from "../../worlds/ledger-writer.ts";
import { seededRandom } from "../../worlds/random.ts";
import type { Heard } from "../boundaries.ts";
import { Manifest } from "../manifest.ts";
import { boundaryOf, readMultipart } from "../multipart.ts";
import { People } from "../people/people.ts";
import { compose, type Sends } from "../sender/compose.ts";
import { type Answer, json, type WireRequest } from "../wire.ts";
import { Police } from "./police.ts";
import { policeMoves } from "./state.ts";

const fjordvik = municipality("4690", "Fjordvik", "310000000", [standardDistrict("01", "Fjordvik")]);
const monday = "2023-05-08T10:00:00";
const id = "d-1";

type Reply = "lost" | { readonly status: number; readonly json?: unknown };
type Way = NonNullable<Sends["by"]>;

/** Police whose channels answer in turn as told by operation, the last answer again and again. */
function stand(
  told: Readonly<Record<string, readonly Reply[]>> = {},
  options: {
    investigator?: boolean;
    tests?: "sender";
    refusesLetters?: number;
    retrievable?: false;
    switches?: SwitchValues;
  } = {},
) {
  const start = osloEpochMs(monday);
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const given = { clock, random: seededRandom(1), facts: ledger };
  const manifest = new Manifest("r", ledger);
  const asked: { readonly what: string; readonly at: string; readonly request: WireRequest }[] = [];
  const heardOf = new Map<string, number>();
  const carried: string[] = [];
  let refusals = options.refusesLetters ?? 0;
  const duty = [atSenders("Vakt", "deviations"), ...(options.investigator ? [atSenders("Ida", "investigator")] : [])];
  const people = new People(given, { people: duty, tests: "sender" });
  const police = new Police(given, {
    manifest,
    municipalities: [fjordvik],
    ask(request, hear) {
      const what = wordFor(request);
      asked.push({ what, at: osloLocal(clock.now()), request });
      const nth = heardOf.get(what) ?? 0;
      heardOf.set(what, nth + 1);
      const replies = told[what] ?? [];
      hear(heard(replies[Math.min(nth, replies.length - 1)] ?? ordinary[what] ?? "lost"), () => {});
    },
    token: () => "token",
    resourceIds: { ordinary: "henvendelse", confidential: "fortrolig" },
    people,
    carryLetter: ({ id }) => {
      refusals -= 1;
      carried.push(`${refusals >= 0 ? "not " : ""}${id} ${osloLocal(clock.now())}`);
      return refusals < 0;
    },
    canRetrieve: () => options.retrievable !== false,
    ...(options.tests === undefined ? {} : { tests: options.tests }),
    switches: options.switches ?? {},
  });
  const composed = (label: string, how: Parameters<typeof sends>[2] = {}) => {
    const step = sends(label, "4690", { district: "01", ...how }) as Sends;
    const scenario = {
      municipalities: [fjordvik],
      steps: [],
      ...(options.tests === undefined ? {} : { tests: options.tests }),
    };
    const made = compose(step, { run: "r", nowMs: clock.now(), scenario });
    manifest.announce(made.delivery);
    return { made, step };
  };
  const send = (by: Way, how: Parameters<typeof sends>[2] = {}) => {
    const { made, step } = composed("A", { by, ...how });
    police.send(made, step);
    return made;
  };
  const alarm = (reason: string, copies = ["A"]): number => {
    const alert = ledger.record({
      kind: "alerted",
      sink: "alarm",
      owner: "Vakt",
      ids: copies,
      about: reason,
      bounced: false,
    });
    police.raised(alert, copies, reason);
    people.alerted(alert);
    return alert;
  };
  return {
    clock,
    police,
    asked,
    carried,
    send,
    alarm,
    order: (label: string) => composed(label).made,
    words: () => asked.map(({ what }) => what),
    times: (what: string) => asked.filter((one) => one.what === what).map(({ at }) => at),
    said: (kind: EntryKind) =>
      ledger.entries
        .filter((entry) => entry.kind === kind)
        .map((entry) => ({ ...entry, local: osloLocal(start + entry.atMs) })),
    kinds: () => ledger.entries.map(({ kind }) => kind),
    pass: (ms: number) => clock.advanceTo(clock.now() + ms),
  };
}

const ordinary: Readonly<Record<string, Reply>> = {
  dispatch: { status: 201, json: { dispatchId: id } },
  dispatches: { status: 200, json: { dispatches: [] } },
  unopened: { status: 200, json: { dispatches: [{ dispatchId: id, reference: "A", state: "sent" }] } },
  upload: { status: 200, json: { correspondences: [{ correspondenceId: id }], attachmentIds: [] } },
  list: { status: 200, json: { ids: [] } },
  details: { status: 200, json: { statusHistory: [{ status: "Published" }, { status: "Fetched" }] } },
};

function wordFor({ method, path, query }: WireRequest): string {
  if (path.startsWith("/dispatch/")) {
    if (method === "POST") return "dispatch";
    return query.unopened === "true" ? "unopened" : "dispatches";
  }
  if (method === "POST") return "upload";
  return path.endsWith("/details") ? "details" : "list";
}

function heard(reply: Reply): Heard<Answer> {
  if (reply === "lost") return { kind: "reset" };
  return { kind: "told", value: { reply: json(reply.status, reply.json ?? {}), saying: "news", copies: [] } };
}

function uploadOf({ headers, body }: WireRequest) {
  const parts = readMultipart(body, boundaryOf(headers["content-type"]) ?? "");
  const fields = parts.filter(({ fileName }) => fileName === undefined);
  return {
    fields: Object.fromEntries(fields.map(({ name, body: value }) => [name, Buffer.from(value).toString()])),
    files: parts.flatMap(({ fileName, body: content }) => (fileName === undefined ? [] : [[fileName, content.length]])),
  };
}

describe("the police's state machine", () => {
  it("posts one letter a message, whatever came before, and has no way back from it", () => {
    const posting = Object.entries(policeMoves).filter(([, moves]) => "post" in moves);
    expect(posting.map(([state]) => state)).toEqual(["kept", "sent"]);
    expect(policeMoves.filed).toEqual({});
  });
});

describe("by correspondence the police", () => {
  it("send text and files in one upload, keep a copy, and ask for nothing afterwards", () => {
    const { send, pass, asked, said, kinds } = stand();
    const { delivery } = send("altinn-correspondence", { mail: { furtherFiles: 1 } });
    pass(60 * dayMs);
    expect(asked.map(({ what, request }) => [what, request.path, request.headers.authorization])).toEqual([
      ["upload", "/correspondence/api/v1/correspondence/upload", "Bearer token"],
    ]);
    expect(said("held")).toMatchObject([{ party: "police", durability: "power", ok: true, delivery: "A" }]);
    expect(kinds()).toEqual(["held"]);
    const { fields, files } = uploadOf(asked[0]?.request as WireRequest);
    const file = (i: number, name: string, checksum: unknown) => ({
      [`Correspondence.Content.Attachments[${i}].FileName`]: name,
      [`Correspondence.Content.Attachments[${i}].DisplayName`]: name,
      [`Correspondence.Content.Attachments[${i}].IsEncrypted`]: "false",
      [`Correspondence.Content.Attachments[${i}].Checksum`]: checksum,
      [`Correspondence.Content.Attachments[${i}].SendersReference`]: "A",
      [`Correspondence.Content.Attachments[${i}].DataLocationType`]: "NewCorrespondenceAttachment",
    });
    const md5 = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(fields).toEqual({
      "Correspondence.ResourceId": "fortrolig",
      "Correspondence.SendersReference": "A",
      "Correspondence.IsConfidential": "true",
      "Correspondence.PropertyList[kommunenummer]": "4690",
      "Correspondence.PropertyList[bydelsnummer]": "01",
      "Correspondence.Content.Language": "nb",
      "Correspondence.Content.MessageTitle": delivery.title,
      "Correspondence.Content.MessageSummary": "Henvendelse fra politiet",
      "Correspondence.Content.MessageBody": Buffer.from(delivery.parts[0]?.bytes ?? []).toString(),
      ...file(0, "bekymringsmelding.pdf", md5),
      ...file(1, "vedlegg-1.pdf", md5),
      "Recipients[0]": "urn:altinn:organization:identifier-no:310000000",
      IdempotentKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(files).toEqual(delivery.parts.slice(1).map(({ name, bytes }) => [name, bytes.length]));
  });

  it("ask for what the scenario has them ask for", () => {
    const { send, asked } = stand();
    send("altinn-correspondence", {
      defect: "other-municipality",
      mail: { ordinary: true, confirmation: true, notice: true, filesLiveDays: 14 },
    });
    const { fields } = uploadOf(asked[0]?.request as WireRequest);
    expect(fields).toMatchObject({
      "Correspondence.ResourceId": "henvendelse",
      "Correspondence.IsConfidential": "false",
      "Correspondence.IsConfirmationNeeded": "true",
      "Correspondence.DueDateTime": "2023-05-15T10:00:00+02:00",
      "Correspondence.PropertyList[kommunenummer]": "9999",
      "Correspondence.Content.Attachments[0].ExpirationInDays": "14",
      "Correspondence.Notification.NotificationTemplate": "GenericAltinnMessage",
      "Correspondence.Notification.NotificationChannel": "Email",
      "Correspondence.Notification.SendReminder": "true",
    });
  });

  it("name no district that they do not know", () => {
    const { police, asked, order } = stand();
    const step = { ...(sends("B", "4690", { by: "altinn-correspondence" }) as Sends) };
    order("B");
    police.send(compose(step, { run: "r", nowMs: 0, scenario: { municipalities: [fjordvik], steps: [] } }), step);
    expect(Object.keys(uploadOf(asked[0]?.request as WireRequest).fields)).not.toContain(
      "Correspondence.PropertyList[bydelsnummer]",
    );
  });

  it("look for what they got no answer for, and send it again under the same key only if it is not there", () => {
    const { send, pass, words, asked, times } = stand({
      upload: ["lost", { status: 503 }, ordinary.upload as Reply],
      list: ["lost", ordinary.list as Reply],
    });
    send("altinn-correspondence");
    pass(dayMs);
    expect(words()).toEqual(["upload", "list", "list", "upload", "list", "upload"]);
    expect(times("upload")).toEqual(["2023-05-08T10:00:00", "2023-05-08T10:06:00", "2023-05-08T10:21:00"]);
    const keys = asked.flatMap(({ what, request }) =>
      what === "upload" ? [uploadOf(request).fields.IdempotentKey] : [request.query.idempotentKey],
    );
    expect(new Set(keys).size).toBe(1);
    expect(asked[1]?.request.query).toMatchObject({ resourceId: "fortrolig", role: "Sender" });
  });

  it.each([
    ["found on the list", { upload: ["lost"], list: [{ status: 200, json: { ids: [id] } }] }, ["upload", "list"]],
    ["refused as known", { upload: [{ status: 409 }] }, ["upload"]],
  ] as [string, Record<string, Reply[]>, string[]][])("do not send what is %s", (_, told, words) => {
    const at = stand(told);
    at.send("altinn-correspondence");
    at.pass(60 * dayMs);
    expect(at.words()).toEqual(words);
    expect(at.said("printed")).toEqual([]);
  });

  it.each([
    ["is refused for good", { upload: [{ status: 400 }] }, "refused", "2023-05-08T10:00:00"],
    ["nobody answers for two days", { upload: ["lost"] }, "undeliverable", "2023-05-10T06:21:00"],
  ] as [string, Record<string, Reply[]>, string, string][])("write a letter where it %s", (_, told, reason, local) => {
    const { send, pass, said } = stand(told);
    send("altinn-correspondence");
    pass(30 * dayMs);
    expect(said("printed")).toMatchObject([{ to: "4690-01", reason, delivery: "A", local }]);
  });
});

describe("by dispatch the police", () => {
  it("send the order with title and text, and ask for nothing afterwards", () => {
    const { send, pass, asked, said } = stand();
    const { delivery } = send("altinn-dispatch", { mail: { furtherFiles: 1 } });
    pass(60 * dayMs);
    expect(asked.map(({ request }) => `${request.method} ${request.path}`)).toEqual(["POST /dispatch/v1/dispatches"]);
    expect(JSON.parse(Buffer.from(asked[0]?.request.body ?? []).toString())).toEqual({
      reference: "A",
      kind: "no.ks.fiks.bekymringsmelding.offentlig.v1",
      recipient: { organizationNumber: "310000000", municipalityNumber: "4690" },
      district: "01",
      confidential: true,
      title: delivery.title,
      text: Buffer.from(delivery.parts[0]?.bytes ?? []).toString(),
      parts: delivery.parts.slice(1).map(({ name, mediaType, bytes }) => ({
        name,
        mediaType,
        contentBase64: Buffer.from(bytes).toString("base64"),
      })),
    });
    expect(said("held")).toHaveLength(1);
  });

  it("look for its reference where they got no answer: a repeat would be a second dispatch", () => {
    const found = {
      status: 200,
      json: {
        dispatches: [
          { dispatchId: "d-0", reference: "B" },
          { dispatchId: id, reference: "A" },
        ],
      },
    };
    const there = stand({ dispatch: ["lost"], dispatches: [found] });
    there.send("altinn-dispatch");
    there.pass(dayMs);
    expect(there.words()).toEqual(["dispatch", "dispatches"]);
    const absent = stand({ dispatch: ["lost", ordinary.dispatch as Reply] });
    absent.send("altinn-dispatch");
    absent.pass(dayMs);
    expect(absent.words()).toEqual(["dispatch", "dispatches", "dispatch"]);
  });
});

describe("a letter", () => {
  it("is kept and on paper at once, arrives after three working days, and is filed by hand the next", () => {
    const { send, pass, said, carried, words, clock } = stand();
    send("letter");
    expect(said("held")).toMatchObject([{ party: "police", delivery: "A", local: monday }]);
    pass(30 * dayMs);
    expect(said("printed")).toMatchObject([{ to: "4690-01", reason: "other", delivery: "A", local: monday }]);
    expect(said("effected")).toMatchObject([{ change: "submitted → accepted", delivery: "A", local: monday }]);
    expect(said("printed")[0]).not.toHaveProperty("copy");
    expect(carried).toEqual(["A 2023-05-12T10:00:00"]);
    expect([words(), clock.pending]).toEqual([[], 0]);
  });

  it("takes as long as its switches say, and waits for a case system that does not take it", () => {
    const { send, pass, said, carried } = stand(
      {},
      { switches: { letterDays: 6, letterFiledDays: 0 }, refusesLetters: 2 },
    );
    send("letter");
    pass(30 * dayMs);
    expect(said("printed")).toMatchObject([{ local: monday }]);
    expect(carried).toEqual(["not A 2023-05-16T10:00:00", "not A 2023-05-19T10:00:00", "A 2023-05-22T10:00:00"]);
  });
});

describe("an investigator", () => {
  it.each(["altinn-dispatch", "altinn-correspondence"] as const)(
    "sends a letter for what nobody has opened for over two working days, once: %s",
    (by) => {
      const { send, pass, times, said, clock } = stand({}, { investigator: true });
      send(by);
      pass(60 * dayMs);
      const look = by === "altinn-dispatch" ? "unopened" : "details";
      expect(times(look)).toEqual(["2023-05-10T11:00:00"]);
      expect(said("printed")).toMatchObject([{ reason: "undeliverable", local: "2023-05-10T11:00:00" }]);
      expect(clock.pending).toBe(0);
    },
  );

  it.each([
    ["altinn-dispatch", { unopened: [{ status: 200, json: { dispatches: [] } }] }],
    ["altinn-correspondence", { details: [{ status: 200, json: { statusHistory: [{ status: "Read" }] } }] }],
  ] as [Way, Record<string, Reply[]>][])("leaves alone what somebody has opened: %s", (by, told) => {
    const { send, pass, said, clock } = stand(told, { investigator: true });
    send(by);
    pass(60 * dayMs);
    expect([said("printed"), clock.pending]).toEqual([[], 0]);
  });

  it.each([
    ["was not published", { status: 200, json: { statusHistory: [{ status: "Failed" }] } }],
    ["was purged", { status: 404 }],
  ])("sends a letter for what %s", (_, details) => {
    const { send, pass, said } = stand({ details: [details] }, { investigator: true });
    send("altinn-correspondence");
    pass(60 * dayMs);
    expect(said("printed")).toHaveLength(1);
  });

  it("looks again where Altinn does not answer", () => {
    const { send, pass, times, said } = stand(
      { unopened: ["lost", ordinary.unopened as Reply] },
      { investigator: true },
    );
    send("altinn-dispatch");
    pass(60 * dayMs);
    expect(times("unopened")).toEqual(["2023-05-10T11:00:00", "2023-05-10T12:00:00"]);
    expect(said("printed")).toHaveLength(1);
  });

  it("learns the id first of what was taken on in an answer that got lost", () => {
    const told = { upload: [{ status: 409 }], list: [{ status: 200, json: { ids: [id] } }] };
    const { send, pass, words, said } = stand(told, { investigator: true });
    send("altinn-correspondence");
    pass(60 * dayMs);
    expect(words()).toEqual(["upload", "list", "details"]);
    expect(said("printed")).toHaveLength(1);
  });

  it("asks for the list once a look, however much is on it", () => {
    const listed = ["d-1", "d-2"].map((dispatchId) => ({ dispatchId }));
    const { police, order, pass, times, said } = stand(
      {
        dispatch: listed.map((dispatch) => ({ status: 201, json: dispatch })),
        unopened: [{ status: 200, json: { dispatches: listed } }],
      },
      { investigator: true },
    );
    for (const label of ["A", "B"]) {
      const step = sends(label, "4690", { by: "altinn-dispatch" }) as Sends;
      order(label);
      police.send(compose(step, { run: "r", nowMs: 0, scenario: { municipalities: [fjordvik], steps: [] } }), step);
    }
    pass(60 * dayMs);
    expect([times("unopened").length, said("printed").length]).toEqual([1, 2]);
  });
});

describe("an order that the sender under test hands back", () => {
  it("is returned once a person has seen the alarm, and goes by letter", () => {
    const { order, alarm, pass, said, kinds, carried } = stand({}, { tests: "sender" });
    order("A");
    const alert = alarm("returned:unopened", ["A", "A~2"]);
    pass(hourMs - minuteMs);
    expect(kinds()).toEqual(["alerted"]);
    pass(30 * dayMs);
    expect(kinds()).toEqual(["alerted", "seen", "told", "returned", "held", "printed"]);
    expect(said("told")).toMatchObject([
      { to: "police", saying: "negative", code: "returned", copies: ["A", "A~2"], delivery: "A", cause: alert },
    ]);
    expect(said("returned")).toMatchObject([{ to: "police", reason: "undeliverable", delivery: "A", cause: alert }]);
    expect(said("held")).toMatchObject([{ party: "police", delivery: "A", local: "2023-05-08T11:00:00" }]);
    expect(said("printed")).toMatchObject([{ to: "4690-01", reason: "undeliverable", local: "2023-05-08T11:00:00" }]);
    expect(carried).toEqual(["A 2023-05-12T11:00:00"]);
  });

  it("is returned once, however often it is handed back; several at once each for itself", () => {
    const { order, alarm, pass, said } = stand({}, { tests: "sender" });
    for (const label of ["A", "B"]) order(label);
    alarm("returned", ["A", "B"]);
    alarm("returned:failed", ["A"]);
    pass(30 * dayMs);
    expect(said("returned")).toMatchObject([{ delivery: "A" }, { delivery: "B" }]);
    expect(said("told")).toMatchObject([{ copies: ["A"] }, { copies: ["B"] }]);
    expect(said("printed")).toHaveLength(2);
  });

  it.each([
    ["of an alarm that only warns", "unopened", { tests: "sender" }],
    ["where the sender no longer has it", "returned:unopened", { tests: "sender", retrievable: false }],
    ["where no sender is under test", "returned:unopened", {}],
  ] as const)("is not theirs by reason %s", (_, reason, options) => {
    const { order, alarm, pass, kinds } = stand({}, options);
    order("A");
    alarm(reason);
    pass(30 * dayMs);
    expect(kinds()).toEqual(["alerted", "seen"]);
  });

  it("is not what they sent themselves", () => {
    const { send, alarm, pass, said } = stand({}, { tests: "sender" });
    send("altinn-dispatch");
    alarm("returned");
    pass(30 * dayMs);
    expect(said("returned")).toEqual([]);
  });

  it("goes by letter too where the sender would not take it, once", () => {
    const { police, order, alarm, pass, said } = stand({}, { tests: "sender" });
    const composed = order("A");
    police.takeBack(composed);
    police.takeBack(composed);
    alarm("returned");
    pass(30 * dayMs);
    expect(said("returned")).toEqual([]);
    expect(said("printed")).toMatchObject([{ reason: "refused", delivery: "A" }]);
  });
});
