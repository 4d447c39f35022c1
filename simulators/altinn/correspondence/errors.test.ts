import { describe, expect, it } from "vitest";
import { codeOf, type ErrorName, errors } from "../../../contracts/altinn/errors.ts";
import { dayMs, hourMs, rfc3339 } from "../../../core/calendar.ts";
import {
  type Answered,
  confidential,
  type Json,
  ordinary,
  stand,
  start,
  storhamn,
  urn,
} from "../../../test/correspondence-stand.ts";

type Stand = ReturnType<typeof stand>;

const pdf = { fileName: "melding.pdf", bytes: Buffer.from("%PDF-1.4 ...") };
const key = "0f0e0d0c-0b0a-4000-8000-000000000001";
const unknown = "00000000-0000-4000-8000-00000000000f";
const content = (over: Json): Json => ({
  content: { messageTitle: "Henvendelse", messageBody: "Se vedlegg.", ...over },
});
const notice = (over: Json): Json => ({ notification: { notificationTemplate: "CustomMessage", ...over } });
const texts = { emailSubject: "Varsel", emailBody: "Se Altinn.", smsBody: "Se Altinn." };
const reminded = (reminderNotificationChannel: string): Json =>
  notice({ ...texts, sendReminder: true, notificationChannel: "Email", reminderNotificationChannel });
const custom = (recipient: Json, over: Json = {}): Json =>
  notice({ ...texts, notificationChannel: "Email", customRecipients: [recipient], ...over });
const references = (...types: readonly string[]): Json => ({
  externalReferences: types.map((referenceType) => ({ referenceType, referenceValue: "Alert" })),
});
const both = [`${urn}310000000`, `${urn}${storhamn}`];

const file = { resourceId: ordinary, fileName: "melding.pdf", sendersReference: "fil" };
const attach = (at: Stand, over: Json = {}): Answered => at.ask("POST", "/attachment", { body: { ...file, ...over } });
const attached = (at: Stand, over: Json = {}): string => JSON.parse(attach(at, over).text) as string;
const put = (at: Stand, id: string, bytes: Uint8Array = pdf.bytes): Answered =>
  at.ask("POST", `/attachment/${id}/upload`, { body: bytes });
function uploaded(at: Stand, over: Json = {}): string {
  const id = attached(at, over);
  put(at, id);
  at.pass(60_000);
  return id;
}
const using = (at: Stand, ...existingAttachments: readonly string[]): Answered =>
  at.initialize("A", {}, { existingAttachments });
const confirmable = (at: Stand): string =>
  at.sent("A", { isConfirmationNeeded: true, dueDateTime: rfc3339(start + dayMs) });
const firstFileOf = (at: Stand, id: string): string => {
  const overview = at.read(`/correspondence/${id}`).said as {
    readonly content: { readonly attachments: readonly Json[] };
  };
  return `/correspondence/${id}/attachment/${overview.content.attachments[0]?.id}/download`;
};

/** What gives each error. There is a case for every one of them, or this does not compile. */
const cases: Readonly<Record<ErrorName, (at: Stand) => Answered>> = {
  notFound: (at) => at.read(`/correspondence/${unknown}`),
  titleNotPlain: (at) => at.initialize("A", content({ messageTitle: "En **viktig** melding" })),
  bodyNotMarkdown: (at) => at.initialize("A", content({ messageBody: "<p>Se vedlegg.</p>" })),
  filesDoNotMatch: (at) => at.initialize("A", content({ attachments: [file] })),
  recipientTwice: (at) => at.initialize("A", {}, { recipients: [`${urn}${storhamn}`, `0192:${storhamn}`] }),
  attachmentUnknown: (at) => using(at, unknown),
  dueDatePassed: (at) => at.initialize("A", { dueDateTime: rfc3339(start - 1) }),
  dueBeforePublication: (at) =>
    at.initialize("A", { dueDateTime: rfc3339(start + 1), requestedPublishTime: rfc3339(start + 2) }),
  publishedAlready: (at) => at.ask("DELETE", `/correspondence/${at.sent("A")}/purge`),
  purgedAlready: (at) => {
    const path = `/correspondence/${at.sent("A")}/purge`;
    at.does("DELETE", path);
    return at.does("DELETE", path);
  },
  dueDateMissing: (at) => at.initialize("A", { isConfirmationNeeded: true }),
  attachmentOfAnother: (at) => {
    const other = at.service.attachments.begin("310000114", ordinary, { ...fileOrder, fileName: "a.pdf" }, []);
    return using(at, other.id);
  },
  attachmentNotPublished: (at) => using(at, attached(at)),
  languageUnknown: (at) => at.initialize("A", content({ language: "se" })),
  readBeforeFetched: (at) => at.does("POST", `/correspondence/${at.sent("A")}/markasread`),
  confirmedBeforeFetched: (at) => at.does("POST", `/correspondence/${at.sent("A")}/confirm`),
  notConfirmedYet: (at) => at.does("DELETE", `/correspondence/${confirmable(at)}/purge`),
  fromAfterTo: (at) =>
    at.get(`/correspondence?resourceId=${ordinary}&role=Sender&from=2023-05-09T00:00:00Z&to=2023-05-08T00:00:00Z`),
  recipientUnknown: (at) => at.initialize("A", {}, { recipients: [`${urn}310000027`] }),
  sentAlready: (at) => {
    at.initialize("A", {}, { idempotentKey: key });
    return at.initialize("B", {}, { idempotentKey: key });
  },
  replyOptionInvalid: (at) => at.initialize("A", { replyOptions: [{ linkURL: "http://svar.example.no" }] }),
  resourceUnknown: (at) => at.initialize("A", { resourceId: "noe-annet" }),
  tooManyAttachments: (at) => {
    const id = uploaded(at);
    return using(at, ...Array<string>(101).fill(id));
  },
  messageSenderNotPlain: (at) => at.initialize("A", { messageSender: "<b>Politiet</b>" }),
  readAlready: (at) => {
    const path = `/correspondence/${at.sent("A")}`;
    at.read(`${path}/content`);
    return at.does("POST", `${path}/markasread`);
  },
  confirmedAlready: (at) => {
    const path = `/correspondence/${confirmable(at)}`;
    at.read(path);
    at.does("POST", `${path}/confirm`);
    at.pass(4000);
    return at.does("POST", `${path}/confirm`);
  },
  recipientLacksRole: (at) => {
    at.unqualified.add("4690");
    return at.initialize("A", { resourceId: confidential, isConfidential: true });
  },
  keyForSeveral: (at) => at.initialize("A", {}, { idempotentKey: key, recipients: both }),
  dialogIdInvalid: (at) => at.initialize("A", references("DialogportenDialogId")),
  severalTransmissionTypes: (at) =>
    at.initialize("A", references("DialogportenTransmissionType", "DialogportenTransmissionType")),
  transmissionTypeAlone: (at) => at.initialize("A", references("DialogportenTransmissionType")),
  dialogUnknown: (at) => at.initialize("A", { externalReferences: [{ referenceType: 3, referenceValue: unknown }] }),
  attachmentEndsSoon: (at) => {
    const id = uploaded(at, { expirationInDays: 14 });
    using(at, id);
    at.pass(14 * dayMs - 6 * hourMs);
    return using(at, id);
  },
  mustBeConfidential: (at) => at.initialize("A", { resourceId: confidential }),
  mustNotBeConfidential: (at) => at.initialize("A", { isConfidential: true }),
  forwardingNeedsNoLevel: (at) => at.initialize("A", { allowForwarding: true }),

  attachmentNotFound: (at) => at.get(`/attachment/${unknown}`),
  sizeInvalid: (at) => put(at, attached(at), new Uint8Array(0)),
  uploadedAlready: (at) => put(at, uploaded(at)),
  attachmentPurgedAlready: (at) => {
    const path = `/attachment/${uploaded(at)}`;
    at.ask("DELETE", path);
    return at.ask("DELETE", path);
  },
  attachmentInUse: (at) => {
    const id = uploaded(at);
    using(at, id);
    return at.ask("DELETE", `/attachment/${id}`);
  },
  checksumDiffers: (at) => put(at, attached(at, { checksum: "0".repeat(32) })),
  fileNameMissing: (at) => attach(at, { fileName: "" }),
  fileNameInvalid: (at) => attach(at, { fileName: "mappe/melding.pdf" }),
  fileTypeNotAllowed: (at) => attach(at, { fileName: "melding.exe" }),
  attachmentHandedOver: (at) => {
    const id = uploaded(at);
    using(at, id);
    at.pass(1000);
    return at.get(`/attachment/${id}/download`);
  },
  filesEndTooSoon: (at) => attach(at, { expirationInDays: 13 }),
  attachmentExpiredAlready: (at) => at.ask("DELETE", `/attachment/${expired(at)}`),
  filePurged: (at) => {
    const id = uploaded(at);
    at.ask("DELETE", `/attachment/${id}`);
    return at.get(`/attachment/${id}/download`);
  },
  fileExpired: (at) => {
    const id = at.sentWith("A", [{ ...pdf, more: { expirationInDays: 14 } }]);
    const path = firstFileOf(at, id);
    at.pass(14 * dayMs);
    return at.read(path);
  },
  fileNameReserved: (at) => attach(at, { fileName: "con.pdf" }),
  zipTooLarge: (at) => {
    const id = at.sentWith("A", [{ ...pdf, bytes: new Uint8Array(25_000_001) }]);
    return at.read(`/correspondence/${id}/attachments/downloadall`);
  },

  emailTextMissing: (at) => at.initialize("A", notice({ notificationChannel: "Email", emailSubject: "Varsel" })),
  reminderEmailTextMissing: (at) => at.initialize("A", reminded("Email")),
  smsTextMissing: (at) => at.initialize("A", notice({ notificationChannel: "Sms" })),
  reminderSmsTextMissing: (at) => at.initialize("A", reminded("Sms")),
  preferredTextMissing: (at) =>
    at.initialize("A", notice({ ...texts, smsBody: "", notificationChannel: "SmsPreferred" })),
  reminderPreferredTextMissing: (at) => at.initialize("A", reminded("EmailPreferred")),
  emailInvalid: (at) => at.initialize("A", custom({ emailAddress: "post" })),
  mobileInvalid: (at) => at.initialize("A", custom({ mobileNumber: "mobil" })),
  nameNeedsRegister: (at) =>
    at.initialize("A", custom({ emailAddress: "post@fjordvik.example.no" }, { emailBody: "Til $recipientName$" })),
  customForSeveral: (at) =>
    at.initialize("A", custom({ emailAddress: "post@fjordvik.example.no" }), { recipients: both }),
  customWithSeveral: (at) =>
    at.initialize("A", custom({ emailAddress: "post@fjordvik.example.no", mobileNumber: "+4755000000" })),
  customWithNone: (at) => at.initialize("A", custom({})),
  overrideNeedsCustom: (at) => at.initialize("A", notice({ ...texts, overrideRegisteredContactInformation: true })),
  bothTextsMissing: (at) => at.initialize("A", notice({ ...texts, emailBody: "", notificationChannel: "EmailAndSms" })),
  reminderBothTextsMissing: (at) => at.initialize("A", reminded("EmailAndSms")),

  noRight: (at) => at.ask("POST", "/correspondence", { token: "stranger", body: at.order() }),
};

const fileOrder = {
  displayName: undefined,
  isEncrypted: false,
  checksum: undefined,
  sendersReference: "fil",
  expirationInDays: undefined,
};

function expired(at: Stand): string {
  const id = uploaded(at, { expirationInDays: 14 });
  using(at, id);
  at.pass(14 * dayMs);
  return id;
}

describe("an error", () => {
  it.each(Object.keys(cases) as ErrorName[])("is told by its own number: %s", (name) => {
    const { status, headers, said } = cases[name](stand());
    const { number, status: expected } = errors[name];
    expect(said).toMatchObject({ status: expected, code: codeOf(name), errorCode: number, title: expect.any(String) });
    expect([status, headers["content-type"]]).toEqual([expected, "application/problem+json"]);
  });

  it("has a number that no other has", () => {
    const numbers = Object.values(errors).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("quotes nothing of what was sent", () => {
    const at = stand();
    const title = Buffer.from(at.parts.A?.[0]?.bytes ?? "").toString();
    const answer = at.initialize("A", content({ messageTitle: title, messageBody: 7, language: title }));
    expect([answer.status, at.service.setup.manifest.canariesIn(answer.text)]).toEqual([400, []]);
  });
});
