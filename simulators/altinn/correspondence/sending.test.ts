import { beforeEach, describe, expect, it } from "vitest";
import { fjordvik, type Json, ordinary, stand, urn } from "../../../test/correspondence-stand.ts";

const pdf = { fileName: "melding.pdf", bytes: Buffer.from("%PDF-1.4 ...") };
const md5 = "ace344ecd810f45a0806ec69b6a3d678";

describe("a request that is refused", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("is told of each field that is wrong, in both forms, and leaves nothing behind", () => {
    const { status, said, saying, copies } = at.ask("POST", "/correspondence", {
      body: { correspondence: { resourceId: "a:b:c", content: { messageTitle: " " }, isConfidential: "ja" } },
    });
    expect([status, saying, copies]).toEqual([400, "negative", []]);
    const paths = [
      "correspondence.resourceId",
      "correspondence.sendersReference",
      "correspondence.content.messageTitle",
      "correspondence.content.messageBody",
      "correspondence.isConfidential",
      "recipients",
    ];
    expect(Object.keys(said.errors as object).sort()).toEqual([...paths].sort());
    const errors = said.validationErrors as readonly { readonly code: string; readonly paths: readonly string[] }[];
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["CORR.VLD-00000"]));
    expect(errors.flatMap((error) => error.paths)).toContain("correspondence/content/messageTitle");
    expect(at.ledger.entries).toEqual([]);
  });

  it.each([
    [
      "ten properties and one",
      { propertyList: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, "v"])) },
    ],
    ["a property's name of 51 characters", { propertyList: { ["k".repeat(51)]: "v" } }],
    ["a property's value of 301 characters", { propertyList: { k: "v".repeat(301) } }],
    ["a text of 30 001 characters", { content: { messageTitle: "x", messageBody: "x".repeat(30_001) } }],
    ["a title of 256 characters", { content: { messageTitle: "x".repeat(256), messageBody: "x" } }],
    ["a language of three letters", { content: { messageTitle: "x", messageBody: "x", language: "nob" } }],
    ["a time that is none", { dueDateTime: "2023-13-01T00:00:00Z" }],
    ["eleven references", { externalReferences: Array(11).fill({ referenceType: "Generic", referenceValue: "x" }) }],
    ["a transmission that is there", { externalReferences: [{ referenceType: 5, referenceValue: "x" }] }],
    ["a kind of transmission that there is not", { externalReferences: [{ referenceType: 6, referenceValue: "x" }] }],
    ["a channel that there is not", { notification: { notificationChannel: "Pigeon" } }],
    [
      "a checksum in upper case",
      { content: { messageTitle: "x", messageBody: "x", attachments: [{ checksum: "A".repeat(32) }] } },
    ],
  ])("may hold %s", (_, over) => {
    expect(at.initialize("A", over)).toMatchObject({ status: 400, said: { validationErrors: expect.any(Array) } });
  });

  it.each([
    ["nobody", []],
    ["more than 500", Array(501).fill(`${urn}${fjordvik}`)],
    ["no organisation", ["Fjordvik"]],
  ])("may be to %s", (_, recipients) => {
    expect(at.initialize("A", {}, { recipients }).status).toBe(400);
  });

  it.each([
    ["a list", []],
    ["text", "hei"],
    ["nothing", undefined],
  ])("may be %s", (_, body) => {
    const headers = { "content-type": "application/json" };
    expect(at.ask("POST", "/correspondence", { body, headers }).status).toBe(400);
  });

  it.each(["/correspondence", "/correspondence/upload", "/attachment"])("may be of another type: %s", (path) => {
    expect(at.ask("POST", path, { body: "x", headers: { "content-type": "text/plain" } }).status).toBe(415);
  });

  it("may be a form that is not whole", () => {
    const headers = { "content-type": "multipart/form-data; boundary=b" };
    expect(at.ask("POST", "/correspondence/upload", { body: Buffer.from("--b\r\n"), headers }).status).toBe(400);
  });

  it.each([
    ["is not in the register", { recipients: [`${urn}310000027`] }, "CORR-01029"],
    [
      "is a person: none of this world's",
      { recipients: ["urn:altinn:person:identifier-no:01010112345"] },
      "CORR-01029",
    ],
  ])("tells of the message where its recipient %s", (_, around, code) => {
    const answer = at.initialize("A", {}, around);
    expect([answer.said.code, answer.saying, answer.copies]).toEqual([code, "negative", ["A"]]);
  });
});

describe("a request that is read leniently", () => {
  it.each([
    ["names in another case", { Correspondence: "correspondence", RECIPIENTS: "recipients" }],
    [
      "fields that are not known",
      { correspondence: "correspondence", recipients: "recipients", framtidig: "recipients" },
    ],
  ])("may have %s", (_, names) => {
    const at = stand();
    const order = at.order("A");
    const body = Object.fromEntries(Object.entries(names).map(([name, from]) => [name, order[from]]));
    expect(at.ask("POST", "/correspondence", { body }).status).toBe(200);
  });

  it("may ask for a deletion: that was once a field, and now silently does nothing", () => {
    const at = stand();
    const id = at.sent("A", { allowSystemDeleteAfter: "2023-05-09T08:00:00Z" });
    at.pass(30 * 86_400_000);
    expect(at.read(`/correspondence/${id}`).said).not.toHaveProperty("allowSystemDeleteAfter");
  });

  it("may name a resource and a recipient by URN or without, and choices by number", () => {
    const at = stand();
    const { said } = at.initialize(
      "A",
      {
        resourceId: `urn:altinn:resource:${ordinary}`,
        externalReferences: [{ referenceType: "2", referenceValue: "x" }],
      },
      { recipients: [`0192:${fjordvik}`] },
    );
    const [first] = said.correspondences as readonly Json[];
    expect(first).toMatchObject({ recipient: `${urn}${fjordvik}`, status: "ReadyForPublish" });
    expect(at.get(`/correspondence/${first?.correspondenceId}`).said).toMatchObject({
      resourceId: ordinary,
      externalReferences: [{ referenceType: "AltinnBrokerFileTransfer" }],
    });
  });
});

describe("an idempotent key that was used before", () => {
  const idempotentKey = "0f0e0d0c-0b0a-4000-8000-000000000001";

  it("is news of what was sent with it, and sends nothing", () => {
    const at = stand();
    at.sent("A", {}, { idempotentKey });
    const again = at.initialize("A", {}, { idempotentKey });
    expect([again.status, again.saying, again.copies]).toEqual([409, "news", ["A"]]);
    at.pass(1000);
    expect(at.items).toHaveLength(1);
  });

  it("says nothing of another message that now comes with it", () => {
    const at = stand();
    at.sent("A", {}, { idempotentKey });
    const other = at.initialize("B", {}, { idempotentKey });
    expect([other.about.copies, other.copies]).toEqual([["B"], ["A"]]);
  });

  it("was not used by a request that was refused", () => {
    const at = stand();
    at.initialize("A", { isConfidential: true }, { idempotentKey });
    expect(at.initialize("A", {}, { idempotentKey }).status).toBe(200);
  });
});

describe("an upload with files", () => {
  let at: ReturnType<typeof stand>;
  beforeEach(() => {
    at = stand();
  });

  it("is read as the JSON would be, is named alike, and holds its files", () => {
    const { status, said, operation, copies } = at.upload("A", [pdf, { ...pdf, fileName: "b.txt" }], {
      propertyList: { kommunenummer: "4690", bydelsnummer: "01" },
    });
    expect([status, operation, copies]).toEqual([200, "initialize", ["A"]]);
    expect(said).toMatchObject({
      correspondences: [{ status: "Initialized" }],
      attachmentIds: [expect.any(String), expect.any(String)],
    });
    at.pass(60_000);
    const [first] = said.correspondences as readonly Json[];
    expect(at.read(`/correspondence/${first?.correspondenceId}`).said).toMatchObject({
      propertyList: { kommunenummer: "4690", bydelsnummer: "01" },
      content: {
        attachments: [
          { fileName: "melding.pdf", status: "Published", dataType: "application/pdf", checksum: md5 },
          { fileName: "b.txt", dataType: "text/plain" },
        ],
      },
    });
  });

  it("pairs files of the same name by their place, and others by name", () => {
    const [one, two] = [Buffer.from("1"), Buffer.from("2")];
    const id = at.sentWith("A", [
      { fileName: "a.txt", bytes: one },
      { fileName: "a.txt", bytes: two },
    ]);
    expect(at.items[0]?.parts.slice(1)).toEqual([
      { name: "a.txt", bytes: one },
      { name: "a.txt", bytes: two },
    ]);
    expect(at.read(`/correspondence/${id}`).status).toBe(200);
  });

  it("with an empty file, a wrong checksum, or a short life is refused, and sends nothing", () => {
    const codes = [
      at.upload("A", [{ ...pdf, bytes: new Uint8Array(0) }]),
      at.upload("A", [{ ...pdf, more: { checksum: "0".repeat(32) } }]),
      at.upload("A", [{ ...pdf, more: { expirationInDays: 13 } }]),
      at.upload("A", [{ ...pdf, fileName: "melding.exe" }]),
    ].map(({ said }) => said.errorCode);
    expect(codes).toEqual([2004, 2008, 2017, 2013]);
    at.pass(60_000);
    expect(at.ledger.entries).toEqual([]);
  });
});

describe("a file that is uploaded by itself", () => {
  let at: ReturnType<typeof stand>;
  const file = { resourceId: ordinary, fileName: "melding.pdf", sendersReference: "A", checksum: md5 };
  beforeEach(() => {
    at = stand();
  });

  it("is named after the message that it is about, where that can be told", () => {
    const begun = at.ask("POST", "/attachment", { body: file });
    expect([begun.operation, begun.about.copies, begun.saying]).toEqual(["attach", ["A"], "news"]);
    const id = JSON.parse(begun.text) as string;
    const put = at.ask("POST", `/attachment/${id}/upload`, { body: pdf.bytes });
    expect([put.operation, put.about.copies]).toEqual(["upload", ["A"]]);
    const nameless = at.ask("POST", "/attachment", { body: { ...file, sendersReference: "fil" } });
    expect(nameless.about).toEqual({ subject: { kind: "state", state: "start" }, copies: [] });
    const other = JSON.parse(nameless.text) as string;
    const [form] = at.parts.B ?? [];
    expect(at.ask("POST", `/attachment/${other}/upload`, { body: form?.bytes }).about.copies).toEqual(["B"]);
  });

  it("goes through its statuses, and is its sender's until it is part of something published", () => {
    const id = JSON.parse(at.ask("POST", "/attachment", { body: file }).text) as string;
    expect(at.get(`/attachment/${id}`).said).toMatchObject({ status: "Initialized", correspondenceIds: [] });
    at.ask("POST", `/attachment/${id}/upload`, { body: pdf.bytes });
    expect(at.get(`/attachment/${id}`).said.status).toBe("UploadProcessing");
    expect(at.get(`/attachment/${id}/download`).bytes).toEqual(pdf.bytes);
    at.pass(60_000);
    const correspondenceId = at.sent("A", {}, { existingAttachments: [id] });
    expect(at.get(`/attachment/${id}/details`).said).toMatchObject({
      correspondenceIds: [correspondenceId],
      statusHistory: [{ status: "Initialized" }, { status: "UploadProcessing" }, { status: "Published" }],
    });
    expect(at.get(`/attachment/${id}/download`).status).toBe(400);
  });

  it("that nothing needs any more is deleted", () => {
    const id = JSON.parse(at.ask("POST", "/attachment", { body: file }).text) as string;
    const answer = at.ask("DELETE", `/attachment/${id}`);
    expect([answer.status, answer.said.status, answer.operation]).toEqual([200, "Purged", "purge"]);
    expect(at.get(`/attachment/${id}`).said.status).toBe("Purged");
  });

  it("tells its sender that what it is part of failed", () => {
    const infected = stand({ scanFindsMalware: true });
    const { said } = infected.upload("A", [pdf]);
    infected.pass(60_000);
    const [id] = said.attachmentIds as readonly string[];
    expect(infected.get(`/attachment/${id}`)).toMatchObject({
      saying: "negative",
      copies: ["A"],
      said: { status: "Failed" },
    });
  });

  it("is nobody else's", () => {
    const id = JSON.parse(at.ask("POST", "/attachment", { body: file }).text) as string;
    expect(at.get(`/attachment/${id}`, { token: "stranger" }).said.code).toBe("CORR-04001");
    expect(at.ask("POST", "/attachment", { token: "stranger", body: file }).said.code).toBe("CORR-04001");
  });
});
