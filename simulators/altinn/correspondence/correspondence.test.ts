import { beforeEach, describe, expect, it } from "vitest";
import { correspondenceSwitches } from "../../../contracts/altinn/switches.ts";
import { dayMs, hourMs, minuteMs, rfc3339 } from "../../../core/calendar.ts";
import { confidential, fjordvik, ordinary, stand, start, storhamn, urn } from "../../../test/correspondence-stand.ts";

const pdf = { fileName: "melding.pdf", bytes: Buffer.from("%PDF-1.4 ...") };
const kinds = (at: ReturnType<typeof stand>): string[] => at.ledger.entries.map(({ kind }) => kind);

describe("mail that is taken on", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("is accepted, linked and held, and takes nobody's debt; nobody is offered anything yet", () => {
    const { status, saying, copies, takesDebt, about, operation } = at.initialize("A");
    expect([status, saying, copies, takesDebt, operation]).toEqual([200, "positive", ["A"], undefined, "initialize"]);
    expect(about.subject).toEqual({ kind: "one", label: "A" });
    expect(at.ledger.entries).toMatchObject([
      { kind: "effected", change: "submitted → accepted", delivery: "A", copy: "A" },
      { kind: "linked", scope: "correspondenceId", copy: "A" },
      { kind: "held", party: "altinn-correspondence", durability: "power", ok: true, copy: "A" },
    ]);
    expect(at.ledger.entries).toHaveLength(3);
  });

  it("is published a moment later, as no part of that exchange, and offered for as long as it is there", () => {
    at.sent("A");
    expect(at.ledger.entries.slice(3)).toMatchObject([
      { kind: "doubted", what: "before correspondence/4690" },
      { kind: "effected", change: "readyForPublish → published", copy: "A", atMs: 1000 },
      {
        kind: "offered",
        channel: "altinn-correspondence",
        resource: "correspondence/4690",
        to: "integration",
        copy: "A",
      },
    ]);
    expect(at.said("offered")[0]).not.toHaveProperty("lifeEndsMs");
    expect(at.items).toMatchObject([{ copy: "A", confirmation: false, place: { resource: "correspondence/4690" } }]);
  });

  it("goes where its resource and recipient say", () => {
    at.sent("A", { resourceId: confidential, isConfidential: true }, { recipients: [`0192:${storhamn}`] });
    expect(at.said("offered")).toMatchObject([{ resource: "confidential/4691", to: "municipality#4691" }]);
  });

  it("goes to each of several recipients as a copy of its own", () => {
    const { copies, said } = at.initialize("A", {}, { recipients: [`${urn}${fjordvik}`, `${urn}${storhamn}`] });
    expect(copies).toEqual(["A", "A~2"]);
    expect(said.correspondences).toMatchObject([
      { recipient: `${urn}${fjordvik}` },
      { recipient: `${urn}${storhamn}` },
    ]);
  });

  it("waits until it was asked to be published, and for what makes it late", () => {
    const late = stand({}, { publishedLateMs: (copy) => (copy === "A" ? 2 * hourMs : 0) });
    late.sent("A", { requestedPublishTime: rfc3339(start + hourMs) });
    late.pass(3 * hourMs - 1001);
    expect(late.said("offered")).toEqual([]);
    late.pass(1);
    expect(late.said("offered")).toMatchObject([{ atMs: 3 * hourMs }]);
  });

  it("is published at once where it was asked to be in the past", () => {
    at.sent("A", { requestedPublishTime: rfc3339(start - 7 * dayMs) });
    expect(at.said("offered")).toMatchObject([{ atMs: 1000 }]);
  });

  it("is about the message whose label is its reference where it holds no canary, else doubted", () => {
    const text = { content: { messageTitle: "x", messageBody: "x" } };
    expect(at.initialize("A", { ...text, sendersReference: "B" }).copies).toEqual(["B"]);
    expect(at.initialize("A", text)).toMatchObject({ status: 200, copies: [], about: { doubt: expect.any(String) } });
    at.pass(dayMs);
    expect(at.items).toHaveLength(1);
  });

  it("is known by the files that were uploaded before it", () => {
    const attachmentId = attached(at, "B");
    const { copies, said } = at.initialize(
      "A",
      { content: { messageTitle: "x", messageBody: "x" } },
      { existingAttachments: [attachmentId] },
    );
    expect([copies, said.attachmentIds]).toEqual([["B"], [attachmentId]]);
  });
});

function attached(at: ReturnType<typeof stand>, label: string, more = {}): string {
  const begun = at.ask("POST", "/attachment", {
    body: { resourceId: ordinary, fileName: "skjema.json", sendersReference: label, ...more },
  });
  const id = JSON.parse(begun.text) as string;
  at.ask("POST", `/attachment/${id}/upload`, { body: at.parts[label]?.[0]?.bytes });
  at.pass(minuteMs);
  return id;
}

describe("mail with files", () => {
  it("waits for their scan, and is published when the last one is over", () => {
    const at = stand({ scanSeconds: 900 });
    at.sentWith("A", [pdf, { ...pdf, fileName: "mer.pdf" }]);
    at.pass(15 * minuteMs - 60_001);
    expect(at.said("offered")).toEqual([]);
    at.pass(1);
    expect(at.said("offered")).toMatchObject([{ atMs: 15 * minuteMs }]);
  });

  it("fails where the scan finds something, and its sender must ask to hear of it", () => {
    const at = stand({ scanFindsMalware: true });
    const id = at.sentWith("A", [pdf]);
    expect(at.said("refused")).toMatchObject([
      { party: "altinn-correspondence", permanent: true, code: "malware", copy: "A" },
    ]);
    expect([at.said("offered"), at.said("told")]).toEqual([[], []]);
    expect(at.get(`/correspondence/${id}`)).toMatchObject({
      status: 200,
      saying: "negative",
      copies: ["A"],
      said: { status: "Failed" },
    });
    expect(at.read(`/correspondence/${id}`).status).toBe(404);
  });

  it("loses them when their days are over, read or not, and keeps its text", () => {
    const at = stand();
    const id = at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }, pdf]);
    expect(at.said("offered")).toMatchObject([{ lifeEndsMs: 14 * dayMs }]);
    expect(at.items[0]?.isThere()).toBe(true);
    at.pass(14 * dayMs - minuteMs);
    expect(at.said("dropped")).toMatchObject([
      { party: "altinn-correspondence", why: "expired", lastPath: true, copy: "A", atMs: 14 * dayMs },
    ]);
    expect(at.items[0]?.isThere()).toBe(false);
    expect(at.get(`/correspondence/${id}`)).toMatchObject({ saying: "negative", copies: ["A"] });
    expect(at.read(`/correspondence/${id}/content`).status).toBe(200);
  });

  it("keeps a file for as long as anything it is part of does, and loses it to each in its own time", () => {
    const at = stand();
    const existingAttachments = [attached(at, "A", { expirationInDays: 14 })];
    at.sent("A", {}, { existingAttachments });
    at.pass(dayMs);
    const later = at.sent("A", {}, { existingAttachments });
    at.pass(13.5 * dayMs);
    expect(at.said("dropped")).toMatchObject([{ copy: "A" }]);
    const download = (): number =>
      at.read(`/correspondence/${later}/attachment/${existingAttachments[0]}/download`).status;
    expect(download()).toBe(200);
    at.pass(dayMs);
    expect(at.said("dropped")).toMatchObject([{ copy: "A" }, { copy: "A~2" }]);
    expect(download()).toBe(400);
  });
});

describe("confidential mail", () => {
  const sealed = { resourceId: confidential, isConfidential: true };

  it("fails when nobody there holds a qualifying role any more at publication", () => {
    const at = stand();
    at.initialize("A", { ...sealed, requestedPublishTime: rfc3339(start + dayMs) });
    at.unqualified.add("4690");
    at.pass(dayMs);
    expect(at.said("refused")).toMatchObject([{ permanent: true, code: "CORR-01044", copy: "A", atMs: dayMs }]);
    expect(at.said("offered")).toEqual([]);
  });

  it("that nobody has read for seven days gets a reminder, whether or not one was asked for", () => {
    const at = stand();
    at.sent("A", sealed);
    const read = at.sent("B", sealed);
    at.read(`/correspondence/${read}/content`);
    at.pass(7 * dayMs - 2001);
    expect(at.notices).toEqual([]);
    at.pass(1);
    expect(at.notices).toEqual(["confidential/4690 A"]);
  });
});

describe("notices", () => {
  const notification = {
    notificationTemplate: "GenericAltinnMessage",
    notificationChannel: "Email",
    sendReminder: true,
  };
  type Details = {
    readonly notifications: readonly { readonly notificationStatusDetails: { readonly email: object } }[];
  };

  it("go to nobody unless the sender asks for them", () => {
    const at = stand();
    at.sent("A");
    at.pass(30 * dayMs);
    expect(at.notices).toEqual([]);
  });

  it("go out five minutes after publication, and once more after seven days unread", () => {
    const at = stand();
    const id = at.sent("A", { notification });
    at.pass(5 * minuteMs);
    expect(at.notices).toEqual(["correspondence/4690 A"]);
    at.pass(7 * dayMs);
    expect(at.notices).toHaveLength(2);
    expect(at.get(`/correspondence/${id}/details`).said.notifications).toMatchObject([
      { isReminder: false, processingStatus: { status: "Completed" } },
      { isReminder: true, processingStatus: { status: "Completed" } },
    ]);
  });

  it("are not repeated once it is read", () => {
    const at = stand();
    const id = at.sent("A", { notification });
    at.read(`/correspondence/${id}/content`);
    at.pass(8 * dayMs);
    expect(at.notices).toHaveLength(1);
    expect(at.get(`/correspondence/${id}/details`).said.notifications).toMatchObject([
      { processingStatus: { status: "Completed" } },
      { processingStatus: { status: "SendConditionNotMet" } },
    ]);
  });

  it.each([
    ["delivered", fjordvik, "Delivered"],
    ["bounced", storhamn, "Failed_Bounced"],
  ])("that are %s stand in the details", (_, recipient, status) => {
    const at = stand();
    const id = at.sent("A", { notification }, { recipients: [`${urn}${recipient}`] });
    at.pass(minuteMs);
    expect(
      (at.get(`/correspondence/${id}/details`).said as Details).notifications[0]?.notificationStatusDetails.email,
    ).toMatchObject({ sendStatus: { status: "New" } });
    at.pass(5 * minuteMs);
    expect(
      (at.get(`/correspondence/${id}/details`).said as Details).notifications[0]?.notificationStatusDetails.email,
    ).toMatchObject({ sendStatus: { status } });
  });
});

describe("people", () => {
  it("open it: fetched, read, and told to its sender without saying by whom", () => {
    const at = stand();
    const id = at.sentWith("A", [pdf]);
    at.items[0]?.open("person", "Per");
    at.items[0]?.open("person", "Per");
    expect(at.said("opened")).toMatchObject([{ opener: "person", who: "Per", copy: "A" }]);
    expect(at.items[0]?.isOpened()).toBe(true);
    expect(at.get(`/correspondence/${id}`)).toMatchObject({
      saying: "positive",
      takesDebt: undefined,
      said: { status: "Read", read: at.at(minuteMs) },
    });
  });

  it("have its text and files in front of them, also once they are gone", () => {
    const at = stand();
    at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }]);
    at.items[0]?.open("person", "Per");
    at.pass(14 * dayMs);
    expect(at.items[0]?.parts.map(({ name }) => name)).toEqual(["text", "melding.pdf"]);
  });

  it("cannot open what is gone", () => {
    const at = stand();
    const id = at.sent("A");
    at.does("DELETE", `/correspondence/${id}/purge`);
    at.items[0]?.open("person", "Per");
    expect([at.said("opened"), at.items[0]?.isThere()]).toEqual([[], false]);
  });

  it("cannot open what is over at that instant, also where the service's own clock has yet to ring", () => {
    const at = stand();
    at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }]);
    at.clock.advanceTo(start + 14 * dayMs - 1);
    expect(at.items[0]?.isThere()).toBe(true);
    at.clock.moveTo(start + 14 * dayMs);
    at.items[0]?.open("person", "Per");
    expect([at.said("opened"), at.items[0]?.isThere()]).toEqual([[], false]);
  });

  it("confirm it once, where they were asked to", () => {
    const at = stand();
    at.sent("A", { isConfirmationNeeded: true, dueDateTime: rfc3339(start + dayMs) });
    at.sent("B");
    for (const item of at.items) item.open("person", "Per");
    for (const item of [...at.items, ...at.items]) item.settle("Per");
    at.pass(hourMs);
    for (const item of at.items) item.settle("Per");
    expect(at.said("receipted")).toMatchObject([{ saying: "positive", reason: "receipt", copy: "A" }]);
  });
});

describe("what an experiment takes away", () => {
  it("can be read by nobody, and no clock ends it again", () => {
    const at = stand();
    const id = at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }]);
    at.service.discard("A");
    at.service.discard("A");
    expect(at.said("dropped")).toMatchObject([{ why: "lost", lastPath: false, copy: "A" }]);
    expect(at.read(`/correspondence/${id}`).status).toBe(404);
    expect(at.read(`/correspondence?resourceId=${ordinary}&role=Recipient`).said).toEqual({ ids: [] });
    at.pass(14 * dayMs);
    expect(at.said("dropped")).toHaveLength(1);
  });

  it("can still be confirmed by who has it in a store of its own", () => {
    const at = stand();
    const id = at.sentWith("A", [pdf]);
    at.read(`/correspondence/${id}`);
    at.service.discard("A");
    expect(at.does("POST", `/correspondence/${id}/confirm`).status).toBe(200);
    expect(at.read(`/correspondence/${id}/content`).status).toBe(404);
  });

  it("is not published any more either", () => {
    const at = stand();
    at.initialize("A");
    at.service.discard("A");
    at.pass(dayMs);
    expect(at.items).toEqual([]);
  });
});

describe("a run", () => {
  it("is the same again", () => {
    const run = (): unknown => {
      const at = stand();
      at.sentWith("A", [pdf]);
      at.items[0]?.open("person", "Per");
      return at.ledger.entries;
    };
    expect(run()).toEqual(run());
  });

  it("has every switch at a value that is allowed", () => {
    for (const { value, allowed } of Object.values(correspondenceSwitches)) expect(allowed).toContain(value);
  });

  it("takes on what cannot be told, and offers it to nobody by name", () => {
    const at = stand();
    at.sent("A", { content: { messageTitle: "x", messageBody: "x" } });
    expect(kinds(at)).toEqual([]);
  });
});
