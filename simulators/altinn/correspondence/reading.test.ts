import { beforeEach, describe, expect, it } from "vitest";
import { unpack } from "../../../contracts/fiks/container.ts";
import { dayMs, minuteMs, rfc3339 } from "../../../core/calendar.ts";
import { type Answered, type Json, stand, start, storhamn, urn } from "../../../test/correspondence-stand.ts";

const pdf = { fileName: "melding.pdf", bytes: Buffer.from("%PDF-1.4 ...") };
const toConfirm = { isConfirmationNeeded: true, dueDateTime: rfc3339(start + 7 * dayMs) };
const refused = ({ status, said }: Answered): readonly unknown[] => [status, said.code, said.errorCode];
type Details = { readonly statusHistory: readonly { readonly status: string }[] };
const historyIn = ({ said }: Answered): readonly string[] =>
  (said as Details).statusHistory.map(({ status }) => status);

function standWith(over: Json = {}, switches = {}) {
  const at = stand(switches);
  const id = at.sentWith("A", [pdf], over);
  const path = `/correspondence/${id}`;
  const fileId = String(
    (at.read(path).said as { content: { attachments: readonly Json[] } }).content.attachments[0]?.id,
  );
  return { ...at, id, path, file: `${path}/attachment/${fileId}/download` };
}

describe("a recipient", () => {
  let at: ReturnType<typeof standWith>;
  beforeEach(() => {
    at = standWith();
  });

  it("sees the overview, text and files and all; that is noted as fetched, and opens nothing", () => {
    const { status, saying, copies, operation, said } = at.read(at.path);
    expect([status, saying, copies, operation]).toEqual([200, "news", ["A"], "overview"]);
    expect(said).toMatchObject({
      correspondenceId: at.id,
      status: "Published",
      content: { messageTitle: "Henvendelse fra politiet", attachments: [{ fileName: "melding.pdf" }] },
      read: null,
    });
    expect(at.said("opened")).toEqual([]);
    expect(at.said("effected").filter(({ change }) => change === "published → fetched")).toHaveLength(1);
  });

  it("is noted as having fetched it once in fifteen seconds for overviews, and each time for details", () => {
    at.read(at.path);
    at.pass(14_999);
    at.read(at.path);
    expect(historyIn(at.read(`${at.path}/details`)).filter((status) => status === "Fetched")).toHaveLength(2);
    at.pass(1);
    at.read(at.path);
    expect(historyIn(at.read(`${at.path}/details`)).filter((status) => status === "Fetched")).toHaveLength(4);
  });

  it("opens it by its text, as a machine, and is noted as having read it once", () => {
    const { status, headers, text } = at.read(`${at.path}/content`);
    expect([status, headers["content-type"]]).toEqual([200, "text/plain; charset=utf-8"]);
    expect(text).toBe(Buffer.from(at.parts.A?.[0]?.bytes ?? "").toString());
    at.read(`${at.path}/content`);
    expect(at.said("opened")).toMatchObject([{ opener: "machine", who: "integration", copy: "A" }]);
    const bytes = Buffer.byteLength(text);
    expect(at.said("fetched")).toMatchObject([
      { reader: "integration", received: bytes, total: bytes, copy: "A" },
      { copy: "A" },
    ]);
    expect(historyIn(at.read(`${at.path}/details`)).filter((status) => status === "Read")).toHaveLength(1);
    expect(at.said("receipted")).toEqual([]);
  });

  it("downloads its files; that hides whatever it did besides", () => {
    at.read(`${at.path}/content`);
    const { status, operation, headers, bytes } = at.read(at.file);
    expect([status, operation, headers["content-type"]]).toEqual([200, "fetch", "application/pdf"]);
    expect(bytes).toEqual(pdf.bytes);
    expect(at.said("fetched")).toMatchObject([{}, { total: pdf.bytes.length, copy: "A" }]);
    expect(at.read(at.path).said).toMatchObject({ status: "AttachmentsDownloaded", read: at.at(minuteMs) });
  });

  it("marks it as read", () => {
    const { status, text, saying, copies } = at.does("POST", `${at.path}/markasread`);
    expect([status, text, saying, copies]).toEqual([200, JSON.stringify(at.id), "positive", ["A"]]);
    expect(at.said("opened")).toMatchObject([{ opener: "machine", who: "integration" }]);
    const again = at.does("POST", `${at.path}/markasread`);
    expect([...refused(again), again.saying, again.copies]).toEqual([400, "CORR-01040", 1040, "news", ["A"]]);
  });

  it("gets all files as one zip, names made unlike", () => {
    const at = stand();
    const id = at.sentWith("A", [pdf, { ...pdf, bytes: Buffer.from("annen") }]);
    const { status, headers, bytes } = at.read(`/correspondence/${id}/attachments/downloadall`);
    expect([status, headers["content-type"]]).toEqual([200, "application/zip"]);
    expect(unpack(bytes).map(({ name }) => name)).toEqual(["melding.pdf", "melding(1).pdf"]);
  });

  it("purges it: it is gone for everybody, its files too", () => {
    const { status, saying, copies, operation } = at.does("DELETE", `${at.path}/purge`);
    expect([status, saying, copies, operation]).toEqual([200, "positive", ["A"], "purge"]);
    expect(at.said("dropped")).toMatchObject([{ why: "purged", lastPath: true, copy: "A" }]);
    for (const path of [at.path, `${at.path}/details`]) {
      expect(refused(at.read(path))).toEqual([404, "CORR-01001", 1001]);
      expect(at.get(path)).toMatchObject({ status: 404, saying: "negative", copies: ["A"] });
    }
    expect(refused(at.read(at.file))).toEqual([400, "CORR-02019", 2019]);
    expect(refused(at.does("DELETE", `${at.path}/purge`))).toEqual([400, "CORR-01014", 1014]);
  });
});

describe("a confirmation", () => {
  it("is a receipt as soon as it is accepted; the status comes four seconds later, as of then", () => {
    const at = standWith(toConfirm);
    const { status, saying, copies, operation } = at.does("POST", `${at.path}/confirm`);
    expect([status, saying, copies, operation]).toEqual([200, "positive", ["A"], "confirm"]);
    expect(at.said("receipted")).toMatchObject([{ saying: "positive", reason: "receipt", copy: "A", atMs: minuteMs }]);
    at.pass(3999);
    expect(at.get(at.path).said.status).toBe("Published");
    at.pass(1);
    expect(at.get(at.path).said).toMatchObject({ status: "Confirmed", statusChanged: at.at(minuteMs) });
  });

  it("is accepted again until then, as one receipt, and refused after", () => {
    const at = standWith(toConfirm);
    const confirm = (): Answered => at.does("POST", `${at.path}/confirm`);
    expect([confirm().status, confirm().status]).toEqual([200, 200]);
    at.pass(4000);
    const again = confirm();
    expect([...refused(again), again.saying, again.copies]).toEqual([400, "CORR-01041", 1041, "news", ["A"]]);
    expect(at.said("receipted")).toHaveLength(1);
  });

  it("tells its sender that somebody else owes it now; by the overview only while nothing hides it", () => {
    const at = standWith(toConfirm);
    at.does("POST", `${at.path}/confirm`);
    at.pass(4000);
    expect(at.get(at.path)).toMatchObject({ saying: "positive", takesDebt: "integration" });
    at.read(at.file);
    const overview = at.get(at.path);
    expect([overview.saying, overview.takesDebt, overview.said.status]).toEqual([
      "news",
      undefined,
      "AttachmentsDownloaded",
    ]);
    expect(at.get(`${at.path}/details`)).toMatchObject({ saying: "positive", takesDebt: "integration" });
  });

  it("never shows where Altinn cannot verify it", () => {
    const at = standWith(toConfirm, { confirmVerified: false });
    at.does("POST", `${at.path}/confirm`);
    at.pass(dayMs);
    expect(at.get(at.path).said.status).toBe("Published");
    expect(at.does("POST", `${at.path}/confirm`).status).toBe(200);
  });

  it("must come before a purge, where it was asked for", () => {
    const at = standWith(toConfirm);
    expect(refused(at.does("DELETE", `${at.path}/purge`))).toEqual([400, "CORR-01026", 1026]);
    at.does("POST", `${at.path}/confirm`);
    at.pass(4000);
    expect(at.does("DELETE", `${at.path}/purge`).status).toBe(200);
  });
});

describe("where Read is the sender's end state", () => {
  it("the first reading by a machine is a receipt, and a person's is none", () => {
    const at = standWith({}, { readEndsIt: true });
    at.items[0]?.open("person", "Per");
    expect(at.said("receipted")).toEqual([]);
    at.read(`${at.path}/content`);
    at.read(`${at.path}/content`);
    expect(at.said("receipted")).toMatchObject([{ saying: "positive", reason: "receipt", copy: "A" }]);
  });

  it("so is marking as read", () => {
    const at = standWith({}, { readEndsIt: true });
    at.does("POST", `${at.path}/markasread`);
    expect(at.said("receipted")).toHaveLength(1);
  });
});

describe("a sender", () => {
  it("sees content only until it is published", () => {
    const at = stand();
    const { said } = at.initialize("A");
    const id = String((said.correspondences as readonly Json[])[0]?.correspondenceId);
    expect(at.get(`/correspondence/${id}`).said).toMatchObject({
      status: "ReadyForPublish",
      content: { messageTitle: "Henvendelse fra politiet" },
    });
    at.pass(1000);
    expect(at.get(`/correspondence/${id}`).said).toMatchObject({ content: { messageTitle: "", attachments: [] } });
  });

  it("leaves no trace by looking", () => {
    const at = stand();
    const id = at.sent("A");
    at.get(`/correspondence/${id}`);
    expect(historyIn(at.get(`/correspondence/${id}/details`))).toEqual(["Initialized", "ReadyForPublish", "Published"]);
    expect(at.get(`/correspondence/${id}`)).toMatchObject({ saying: "news", copies: ["A"] });
  });

  it("takes back what is not published, and not what is", () => {
    const at = stand();
    const id = at.sent("A", { requestedPublishTime: rfc3339(start + dayMs) });
    expect(at.ask("DELETE", `/correspondence/${id}/purge`)).toMatchObject({ status: 200, saying: "negative" });
    at.pass(2 * dayMs);
    expect(at.said("offered")).toEqual([]);
    const published = at.sent("B");
    expect(refused(at.ask("DELETE", `/correspondence/${published}/purge`))).toEqual([400, "CORR-01013", 1013]);
  });
});

describe("what cannot be done", () => {
  let at: ReturnType<typeof stand>;
  let path: string;
  beforeEach(() => {
    at = stand();
    path = `/correspondence/${at.sent("A")}`;
  });

  it.each([
    ["marked as read before it is fetched", "markasread", "CORR-01024"],
    ["confirmed before it is fetched", "confirm", "CORR-01025"],
  ])("is not %s", (_, move, code) => {
    const answer = at.does("POST", `${path}/${move}`);
    expect([answer.status, answer.said.code, answer.saying, answer.copies]).toEqual([400, code, "negative", []]);
    expect(at.said("receipted")).toEqual([]);
  });

  it("is not seen by a recipient before it is published", () => {
    const id = at.sent("B", { requestedPublishTime: rfc3339(start + dayMs) });
    for (const word of ["", "/details", "/content"])
      expect(refused(at.read(`/correspondence/${id}${word}`))).toEqual([404, "CORR-01001", 1001]);
  });

  it("is not seen where a right was lost, in the midst of it", () => {
    expect(at.read(path).status).toBe(200);
    at.rights.delete("correspondence/4690");
    for (const word of ["", "/details", "/content"])
      expect(refused(at.read(path + word))).toEqual([401, "CORR-04001", 4001]);
    for (const move of ["markasread", "confirm"])
      expect(refused(at.does("POST", `${path}/${move}`))).toEqual([401, "CORR-04001", 4001]);
    expect(refused(at.does("DELETE", `${path}/purge`))).toEqual([401, "CORR-04001", 4001]);
  });

  it("is not seen where there never was a right", () => {
    const id = at.sent("C", {}, { recipients: [`${urn}${storhamn}`] });
    expect(refused(at.read(`/correspondence/${id}`))).toEqual([401, "CORR-04001", 4001]);
    expect(refused(at.get(`/correspondence/${id}`, { token: "stranger" }))).toEqual([401, "CORR-04001", 4001]);
  });

  it("is not there under an id that nobody was given, and doubted", () => {
    const answer = at.read("/correspondence/00000000-0000-4000-8000-000000000001");
    expect([...refused(answer), answer.about.doubt]).toEqual([404, "CORR-01001", 1001, expect.any(String)]);
  });

  it("is named by field where an id is none", () => {
    expect(at.read("/correspondence/nonsense")).toMatchObject({
      status: 400,
      said: { errors: { id: [expect.any(String)] }, validationErrors: [{ code: "CORR.VLD-00000", paths: ["id"] }] },
    });
  });

  it.each([
    ["without a token", "", 401],
    ["with a token that does not live", "gone", 401],
    ["without the scope", "fiks", 403],
  ])("%s has an empty answer", (_, token, status) => {
    for (const asked of [at.get(path, { token }), at.ask("POST", "/correspondence", { token, body: {} })])
      expect([asked.status, asked.text, asked.saying]).toEqual([status, "", "negative"]);
  });

  it("by the sender's scope alone is what recipients do", () => {
    expect(at.ask("POST", `${path}/confirm`).status).toBe(403);
    expect(at.ask("POST", "/attachment", { token: "municipality", body: {} }).status).toBe(403);
  });

  it("with a token of another issuer is told as a problem", () => {
    const claims = Buffer.from(JSON.stringify({ iss: "https://maskinporten.no/" })).toString("base64url");
    expect(at.get(path, { token: `e30.${claims}.x` })).toMatchObject({
      status: 403,
      said: { title: "Issuer validation failed." },
    });
  });

  it.each([
    ["application/json", 200],
    ["text/html, application/json;q=0.5", 200],
    ["*/*", 200],
    ["application/*", 406],
    ["application/xml", 406],
  ])("depends on what is accepted: %s", (accept, status) => {
    expect(at.read(path, { headers: { accept } }).status).toBe(status);
  });
});

describe("a file that is gone", () => {
  it("has expired", () => {
    const at = stand();
    const id = at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }]);
    const overview = at.read(`/correspondence/${id}`).said as { content: { attachments: readonly Json[] } };
    const path = `/correspondence/${id}/attachment/${overview.content.attachments[0]?.id}/download`;
    expect(at.read(path).status).toBe(200);
    at.pass(14 * dayMs);
    const answer = at.read(path);
    expect([...refused(answer), answer.saying, answer.copies]).toEqual([400, "CORR-02020", 2020, "negative", ["A"]]);
    expect(refused(at.read(`/correspondence/${id}/attachments/downloadall`))).toEqual([400, "CORR-02020", 2020]);
  });

  it("was never part of it", () => {
    const at = stand();
    const id = at.sent("A");
    const unknown = "00000000-0000-4000-8000-000000000001";
    for (const path of [`attachment/${unknown}/download`, "attachments/downloadall"])
      expect(refused(at.read(`/correspondence/${id}/${path}`))).toEqual([404, "CORR-02001", 2001]);
  });

  it("is too large for a zip with its like, or zips are switched off", () => {
    const large = { ...pdf, bytes: new Uint8Array(13_000_000) };
    const at = stand();
    const id = at.sentWith("A", [large, { ...large, fileName: "b.pdf" }]);
    expect(refused(at.read(`/correspondence/${id}/attachments/downloadall`))).toEqual([400, "CORR-02023", 2023]);
    const off = stand({ downloadAll: false });
    const other = off.sentWith("A", [pdf]);
    expect(off.read(`/correspondence/${other}/attachments/downloadall`).status).toBe(404);
  });
});
