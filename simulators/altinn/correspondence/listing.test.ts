import { beforeEach, describe, expect, it, vi } from "vitest";
import { dayMs, hourMs, rfc3339 } from "../../../core/calendar.ts";
import {
  type Answered,
  confidential,
  ordinary,
  stand,
  start,
  storhamn,
  urn,
} from "../../../test/correspondence-stand.ts";
import { History } from "./state.ts";

const idsIn = ({ said }: Answered): unknown => said.ids;
const query = (fields: Readonly<Record<string, string>>): string =>
  `/correspondence?${new URLSearchParams({ resourceId: ordinary, ...fields })}`;
const asRecipient = query({ role: "Recipient" });
const asSender = (fields: Readonly<Record<string, string>> = {}): string => query({ role: "Sender", ...fields });

describe("a recipient's list", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("is named by what it shows for the first time, with a sign of life, and idle from then on", () => {
    const id = at.sent("A");
    const first = at.read(asRecipient);
    expect(first).toMatchObject({
      status: 200,
      operation: "list",
      saying: "news",
      copies: ["A"],
      about: { subject: { kind: "news", label: "A" }, copies: ["A"] },
      said: { ids: [id] },
    });
    expect(at.said("alive")).toMatchObject([
      {
        reader: "integration",
        channel: "altinn-correspondence",
        resource: "correspondence/4690",
        how: "poll",
        credit: true,
      },
    ]);
    const second = at.read(asRecipient);
    expect(second.about).toEqual({
      subject: { kind: "state", state: "idle" },
      copies: [],
      idle: { resource: "correspondence/4690" },
    });
    expect([second.saying, idsIn(second)]).toEqual(["news", [id]]);
    expect(at.said("alive")).toHaveLength(1);
  });

  it("shows again what was lost on the way", () => {
    at.sent("A");
    at.read(asRecipient, { lost: true });
    expect(at.read(asRecipient).about.subject).toEqual({ kind: "news", label: "A" });
    expect(at.read(asRecipient).about.idle).toBeDefined();
  });

  it("is empty, and idle, where nothing has come", () => {
    expect(at.read(asRecipient)).toMatchObject({ saying: "empty", copies: [], said: { ids: [] }, about: { idle: {} } });
  });

  it("does not show what is not published, and shows it once it is", () => {
    const id = at.sent("A", { requestedPublishTime: rfc3339(start + dayMs) });
    expect(idsIn(at.read(asRecipient))).toEqual([]);
    expect(idsIn(at.read(query({ role: "Recipient", status: "Initialized" })))).toEqual([]);
    at.pass(dayMs);
    expect(idsIn(at.read(asRecipient))).toEqual([id]);
  });

  it("does not show what has failed", () => {
    const failing = stand({ scanFindsMalware: true });
    failing.sentWith("A", [{ fileName: "a.pdf", bytes: Buffer.from("x") }]);
    expect(idsIn(failing.read(asRecipient))).toEqual([]);
    expect(idsIn(failing.read(query({ role: "Recipient", status: "Failed" })))).toEqual([]);
  });

  it("goes by when publication was asked for, newest first, and strictly between from and to", () => {
    const ids = [2, 1, 3].map((days) => at.sent("A", { requestedPublishTime: rfc3339(start - days * dayMs) }));
    const [second, first, third] = ids;
    expect(idsIn(at.read(asRecipient))).toEqual([first, second, third]);
    const from = rfc3339(start - 3 * dayMs);
    const to = rfc3339(start - dayMs);
    expect(idsIn(at.read(query({ role: "Recipient", from })))).toEqual([first, second]);
    expect(idsIn(at.read(query({ role: "Recipient", to })))).toEqual([second, third]);
    expect(idsIn(at.read(query({ role: "Recipient", from, to })))).toEqual([second]);
  });

  it("hides what was published late from whoever asks from the last poll on", () => {
    const late = stand({}, { publishedLateMs: () => 2 * hourMs });
    late.sent("A");
    late.pass(hourMs);
    const sinceLastPoll = query({ role: "Recipient", from: rfc3339(late.clock.now()) });
    late.pass(2 * hourMs);
    expect(idsIn(late.read(sinceLastPoll))).toEqual([]);
    expect(late.read(sinceLastPoll).about.idle).toBeDefined();
    expect(late.read(asRecipient).about.subject).toEqual({ kind: "news", label: "A" });
  });

  it("of a status shows what has ever had it", () => {
    const id = at.sent("A");
    at.read(`/correspondence/${id}/content`);
    for (const status of ["Published", "Fetched", "Read", "4", "read"])
      expect(idsIn(at.read(query({ role: "Recipient", status })))).toEqual([id]);
    expect(idsIn(at.read(query({ role: "Recipient", status: "Confirmed" })))).toEqual([]);
  });

  it("holds so many at most, and says nothing of the older ones", () => {
    const capped = stand({ mailListCap: 100 });
    for (let i = 0; i < 101; i++) capped.initialize("A", { requestedPublishTime: rfc3339(start - i * 1000) });
    capped.pass(1000);
    const listed = capped.read(asRecipient);
    expect(idsIn(listed)).toHaveLength(100);
    expect(listed.copies).not.toContain("A~101");
    expect(capped.read(asRecipient).about.idle).toBeDefined();
  });

  it("shows everything where its caller may read, and a sign of life at each place", () => {
    at.rights.add("correspondence/4691");
    const ids = [at.sent("A"), at.sent("C", {}, { recipients: [`${urn}${storhamn}`] })];
    expect(idsIn(at.read(asRecipient))).toEqual(ids.toReversed());
    expect(at.said("alive").map(({ resource }) => resource)).toEqual(["correspondence/4690", "correspondence/4691"]);
    at.read(asRecipient);
    at.pass(hourMs);
    at.read(asRecipient);
    expect(at.said("alive").slice(2)).toMatchObject([{ resource: "correspondence/4691" }]);
    expect(idsIn(at.read(query({ role: "Recipient", onBehalfOf: `0192:${storhamn}` })))).toEqual([ids[1]]);
  });

  it("is refused where its caller may read nowhere, now", () => {
    at.sent("A");
    at.rights.delete("correspondence/4690");
    const answer = at.read(asRecipient);
    expect([answer.status, answer.said.code]).toEqual([401, "CORR-04001"]);
    expect(answer.about).toEqual({ subject: { kind: "state", state: "lost" }, copies: [] });
    expect(at.read(`/correspondence?resourceId=${confidential}&role=Recipient`).status).toBe(200);
    at.rights.add("correspondence/4690");
    expect(at.read(asRecipient).about.subject).toEqual({ kind: "news", label: "A" });
  });

  it("still shows what was purged", () => {
    const id = at.sent("A");
    at.does("DELETE", `/correspondence/${id}/purge`);
    expect(idsIn(at.read(asRecipient))).toEqual([id]);
  });
});

describe("a list that cannot be had", () => {
  it.each([
    ["without a role", { resourceId: ordinary }, "role"],
    ["without a resource", { role: "Recipient" }, "resourceId"],
    ["of a role that there is not", { resourceId: ordinary, role: "Owner" }, "role"],
    ["of a status that there is not", { resourceId: ordinary, role: "Sender", status: "Opened" }, "status"],
    ["from no time", { resourceId: ordinary, role: "Sender", from: "yesterday" }, "from"],
    ["by a key that is no GUID", { resourceId: ordinary, role: "Sender", idempotentKey: "1" }, "idempotentKey"],
  ] as const)("is told by field: %s", (_, fields, field) => {
    const { status, said } = stand().get(`/correspondence?${new URLSearchParams(fields)}`);
    expect([status, Object.keys(said.errors as object)]).toEqual([400, [field]]);
  });

  it("is refused where from is after to, and for a resource that there is not", () => {
    const at = stand();
    const [early, late] = [rfc3339(start), rfc3339(start + 1)];
    expect(at.get(asSender({ from: late, to: early })).said.code).toBe("CORR-01027");
    expect(at.get(asSender({ resourceId: "noe-annet" })).said.code).toBe("CORR-04001");
    expect(at.get(asSender(), { token: "stranger" }).said.code).toBe("CORR-04001");
  });
});

describe("times in a query", () => {
  it.each([
    ["with an offset", "2023-05-08T08:00:00+02:00"],
    ["whose plus has become a blank", "2023-05-08T08:00:00 02:00"],
    ["in UTC", "2023-05-08T06:00:00Z"],
    ["without an offset, which is UTC", "2023-05-08T06:00:00"],
  ])("are read %s", (_, from) => {
    const at = stand();
    at.sent("A", { requestedPublishTime: rfc3339(start) });
    const later = at.sent("B", { requestedPublishTime: rfc3339(start + 1) });
    expect(idsIn(at.get(asSender({ from })))).toEqual([later]);
  });
});

describe("a sender's list", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("of what was confirmed tells it once, and who owes it now", () => {
    const ids = [at.sent("A"), at.sent("B")];
    for (const id of ids) at.read(`/correspondence/${id}`);
    at.does("POST", `/correspondence/${ids[0]}/confirm`);
    expect(at.get(asSender({ status: "Confirmed" })).about.idle).toEqual({ resource: "outbox" });
    at.pass(4000);
    expect(at.get(asSender({ status: "Confirmed" }))).toMatchObject({
      about: { subject: { kind: "news", label: "A" } },
      saying: "positive",
      copies: ["A"],
      takesDebt: "integration",
    });
    expect(at.get(asSender({ status: "Confirmed" })).about.idle).toEqual({ resource: "outbox" });
    expect(at.said("alive")).toEqual([]);
  });

  it("tells of each party that owes something now", () => {
    at.rights.add("correspondence/4691");
    const ids = [at.sent("A"), at.sent("C", {}, { recipients: [`${urn}${storhamn}`] })];
    for (const id of ids) {
      at.read(`/correspondence/${id}`);
      at.does("POST", `/correspondence/${id}/confirm`);
    }
    at.pass(4000);
    expect(at.get(asSender({ status: "Confirmed" }))).toMatchObject({
      copies: ["C"],
      takesDebt: "municipality#4691",
      also: [{ saying: "positive", copies: ["A"], takesDebt: "integration" }],
    });
  });

  it("of what was read is good news and takes no debt", () => {
    at.sent("A");
    at.items[0]?.open("person", "Per");
    const { saying, copies, takesDebt } = at.get(asSender({ status: "Read" }));
    expect([saying, copies, takesDebt]).toEqual(["positive", ["A"], undefined]);
  });

  it("of what was purged is bad news", () => {
    const id = at.sent("A");
    at.does("DELETE", `/correspondence/${id}/purge`);
    expect(at.get(asSender({ status: "PurgedByRecipient" }))).toMatchObject({ saying: "negative", copies: ["A"] });
  });

  it("without a status tells only that they are there, also before publication", () => {
    const id = at.sent("A", { requestedPublishTime: rfc3339(start + dayMs) });
    expect(at.get(asSender())).toMatchObject({ saying: "news", copies: ["A"], said: { ids: [id] } });
    expect(at.get(asSender()).about.idle).toBeDefined();
  });

  it("finds what was sent by its reference, and by its idempotent key", () => {
    const idempotentKey = "0f0e0d0c-0b0a-4000-8000-000000000001";
    const [a] = [at.sent("A", {}, { idempotentKey }), at.sent("B")];
    expect(idsIn(at.get(asSender({ sendersReference: "ref-A" })))).toEqual([a]);
    expect(at.get(asSender({ idempotentKey }))).toMatchObject({
      about: { subject: { kind: "one", label: "A" } },
      saying: "news",
      copies: ["A"],
      said: { ids: [a] },
    });
    const unknown = asSender({ idempotentKey: "0f0e0d0c-0b0a-4000-8000-000000000002" });
    expect(at.get(unknown)).toMatchObject({ about: { subject: { kind: "state" } }, copies: [], said: { ids: [] } });
    expect(idsIn(at.get(asSender({ altinn2CorrespondenceId: "7" })))).toEqual([]);
  });

  it("is not mixed with a recipient's", () => {
    at.sent("A");
    expect(idsIn(at.get(asRecipient))).toEqual([]);
    expect(idsIn(at.get(query({ role: "RecipientAndSender" })))).toHaveLength(1);
  });
});

describe("a poll that sees nothing new", () => {
  it("looks at nothing that lies there, however much it is", () => {
    const at = stand();
    for (let i = 0; i < 500; i++) at.initialize("A", { requestedPublishTime: rfc3339(start - i * 1000) });
    at.pass(1000);
    at.read(asRecipient);
    const operation = at.service.operations.find((one) => one.operation === "list");
    const request = (i: number) => ({
      method: "GET",
      path: "/correspondence/api/v1/correspondence",
      query: { resourceId: ordinary, role: "Recipient", from: rfc3339(start - 90 * dayMs + i) },
      headers: { authorization: "Bearer municipality" },
      body: new Uint8Array(0),
    });
    const asker = { party: "integration", incarnation: 1 };
    const polls = 2000;
    const requests = Array.from({ length: polls }, (_, i) => request(i));
    const looks = vi.spyOn(History.prototype, "isListed");
    let named = 0;
    for (const one of requests) {
      if (operation?.about(one, {}, asker).idle === undefined) named += 1;
      operation?.handle(one, {}, asker);
    }
    const looked = looks.mock.calls.length;
    looks.mockRestore();
    expect([named, looked]).toEqual([0, 0]);
  });
});
