import { mostRecipients } from "../../../contracts/altinn/lifetimes.ts";
import type { WireRequest } from "../../wire.ts";
import { type FieldErrors, Fields, guidOf, isValues } from "./fields.ts";
import { type FormFile, readForm } from "./form.ts";
import { isMediaType } from "./media-type.ts";
import { type NotificationOrder, notificationIn } from "./notification.ts";

/** A file as its sender describes it. */
export type FileOrder = {
  readonly fileName: string;
  readonly displayName: string | undefined;
  readonly isEncrypted: boolean;
  /** MD5, hex in lower case. */
  readonly checksum: string | undefined;
  readonly sendersReference: string;
  readonly expirationInDays: number | undefined;
};

/** An attachment that is to be uploaded by itself. */
export type AttachmentOrder = { readonly resourceId: string; readonly file: FileOrder };

export type ExternalReference = { readonly type: ReferenceType; readonly value: string };
export type ReplyOption = { readonly url: string; readonly text: string | undefined };

/** What a sender asks to have sent. Times in ms since the epoch. @source altinn.md 2.2 */
export type Order = {
  readonly resourceId: string;
  readonly sendersReference: string;
  readonly messageSender: string | undefined;
  readonly language: string;
  readonly title: string;
  readonly summary: string;
  readonly body: string;
  readonly files: readonly FileOrder[];
  readonly requestedPublishMs: number | undefined;
  readonly dueMs: number | undefined;
  readonly isConfirmationNeeded: boolean;
  readonly isConfidential: boolean;
  readonly ignoreReservation: boolean;
  readonly allowForwarding: boolean;
  readonly externalReferences: readonly ExternalReference[];
  readonly propertyList: readonly (readonly [string, string])[];
  readonly replyOptions: readonly ReplyOption[];
  readonly notification: NotificationOrder | undefined;
  /** URNs, each as the service will tell of it. */
  readonly recipients: readonly string[];
  readonly existingAttachments: readonly string[];
  readonly idempotentKey: string | undefined;
};

export type Read<What> =
  | { readonly kind: "read"; readonly what: What; readonly uploads: readonly FormFile[] }
  | { readonly kind: "invalid"; readonly errors: FieldErrors }
  | { readonly kind: "unsupported" };

const referenceTypes = {
  Generic: 0,
  AltinnAppInstance: 1,
  AltinnBrokerFileTransfer: 2,
  DialogportenDialogId: 3,
  DialogportenProcessId: 4,
  DialogportenTransmissionId: 5,
  DialogportenTransmissionType: 6,
} as const;
type ReferenceType = keyof typeof referenceTypes;
const transmissionTypes: ReadonlySet<string> = new Set([
  "information",
  "acceptance",
  "rejection",
  "request",
  "alert",
  "decision",
  "submission",
  "correction",
]);
const locations = {
  NewCorrespondenceAttachment: 0,
  ExistingCorrespondenceAttachment: 1,
  ExistingExternalStorage: 2,
} as const;

export const organizationUrn = "urn:altinn:organization:identifier-no:";
const personUrn = "urn:altinn:person:identifier-no:";
const resourceForm = /^(?:urn:altinn:resource:)?[^:]{1,255}$/;
const recipientForm =
  /^(?:(?:0192:|urn:altinn:organization:identifier-no:)\d{9}|(?:urn:altinn:person:identifier-no:)?\d{11}|urn:altinn:person:idporten-email:\S+@\S+|urn:altinn:person:legacy-selfidentified:[^:]+)$/i;

/** What an exchange is about and what it does are asked for one after the other: a body is read once for both. */
const knownOrders = new WeakMap<WireRequest, Read<Order>>();

/** Reads an initialize request: JSON, or `multipart/form-data` with its files. */
export function readOrder(request: WireRequest, as: "json" | "form"): Read<Order> {
  let read = knownOrders.get(request);
  if (read === undefined) {
    read = as === "json" ? readJson(request, orderIn) : readUpload(request);
    knownOrders.set(request, read);
  }
  return read;
}

export function readAttachmentOrder(request: WireRequest): Read<AttachmentOrder> {
  return readJson(request, (fields) => ({
    resourceId: resourceIn(fields),
    file: fileIn(fields),
  }));
}

function readJson<What>(request: WireRequest, read: (fields: Fields) => What): Read<What> {
  if (!isMediaType(request.headers["content-type"], "application/json")) return { kind: "unsupported" };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(request.body).toString("utf8"));
  } catch {
    value = undefined;
  }
  if (!isValues(value)) return { kind: "invalid", errors: new Map([["$", ["The body must be a JSON object."]]]) };
  return readWith(new Fields(value, new Map(), false), read, []);
}

function readUpload(request: WireRequest): Read<Order> {
  if (!isMediaType(request.headers["content-type"], "multipart/form-data")) return { kind: "unsupported" };
  const form = readForm(request);
  if (form.kind === "unreadable")
    return { kind: "invalid", errors: new Map([["", ["The body is no whole multipart/form-data."]]]) };
  return readWith(new Fields(form.values, new Map(), true), orderIn, form.files);
}

function readWith<What>(fields: Fields, read: (fields: Fields) => What, uploads: readonly FormFile[]): Read<What> {
  const what = read(fields);
  return fields.errors.size === 0 ? { kind: "read", what, uploads } : { kind: "invalid", errors: fields.errors };
}

function orderIn(fields: Fields): Order {
  const none = (path: string): Fields => new Fields({}, new Map(), false, path);
  const correspondence = fields.object("correspondence", { required: true }) ?? none("correspondence");
  const content = correspondence.object("content", { required: true }) ?? none("content");
  const notification = correspondence.object("notification");
  return {
    resourceId: resourceIn(correspondence),
    sendersReference: correspondence.text("sendersReference", { required: true, most: 4096 }) ?? "",
    messageSender: correspondence.text("messageSender", { most: 255 }),
    language: languageIn(content),
    title: content.text("messageTitle", { required: true, most: 255 }) ?? "",
    summary: content.text("messageSummary", { most: 255 }) ?? "",
    body: content.text("messageBody", { required: true, most: 30_000 }) ?? "",
    files: content.objects("attachments").map((file) => {
      file.choice("dataLocationType", locations);
      return fileIn(file);
    }),
    requestedPublishMs: correspondence.time("requestedPublishTime"),
    dueMs: correspondence.time("dueDateTime"),
    isConfirmationNeeded: correspondence.flag("isConfirmationNeeded"),
    isConfidential: correspondence.flag("isConfidential"),
    ignoreReservation: correspondence.flag("ignoreReservation"),
    allowForwarding: correspondence.flag("allowForwarding"),
    externalReferences: referencesIn(correspondence),
    propertyList: propertiesIn(correspondence),
    replyOptions: correspondence.objects("replyOptions").map((option) => ({
      url: option.text("linkURL", { required: true }) ?? "",
      text: option.text("linkText"),
    })),
    notification: notification === undefined ? undefined : notificationIn(notification),
    recipients: recipientsIn(fields),
    existingAttachments: fields.texts("existingAttachments").flatMap((text) => {
      const guid = guidOf(text);
      if (guid !== undefined) return [guid];
      fields.note("existingAttachments", "The existingAttachments field must hold GUIDs.");
      return [];
    }),
    idempotentKey: fields.guid("idempotentKey"),
  };
}

function resourceIn(fields: Fields): string {
  const named = fields.text("resourceId", { required: true, most: 255, form: resourceForm }) ?? "";
  return named.replace(/^urn:altinn:resource:/, "");
}

function fileIn(fields: Fields): FileOrder {
  const checksum = fields.text("checksum", { form: /^(?:\s*|[^A-Z]{32})$/ });
  return {
    fileName: fields.text("fileName", { most: 255 }) ?? "",
    displayName: fields.text("displayName", { most: 255 }),
    isEncrypted: fields.flag("isEncrypted"),
    checksum: checksum?.trim() === "" ? undefined : checksum,
    sendersReference: fields.text("sendersReference", { required: true, most: 4096 }) ?? "",
    expirationInDays: fields.whole("expirationInDays"),
  };
}

function languageIn(content: Fields): string {
  const language = content.text("language")?.trim() ?? "";
  if (language !== "" && language.length !== 2) content.note("language", "The language field has two letters.");
  return language === "" ? "nb" : language;
}

function referencesIn(correspondence: Fields): readonly ExternalReference[] {
  const references = correspondence.objects("externalReferences").map((reference) => ({
    type: reference.choice("referenceType", referenceTypes, { required: true }) ?? "Generic",
    value: reference.text("referenceValue", { required: true }) ?? "",
  }));
  const note = (what: string): undefined => correspondence.note("externalReferences", what);
  if (references.length > 10) note("externalReferences can contain at most 10 references.");
  for (const { type, value } of references) {
    if (type === "DialogportenTransmissionId") note("A transmission that is there already cannot be named.");
    if (type === "DialogportenTransmissionType" && !transmissionTypes.has(value.toLowerCase()))
      note("The value of a DialogportenTransmissionType must be a type of transmission.");
  }
  return references;
}

function propertiesIn(correspondence: Fields): readonly (readonly [string, string])[] {
  const pairs = correspondence.pairs("propertyList");
  if (pairs.length > 10) correspondence.note("propertyList", "propertyList can contain at most 10 properties.");
  if (pairs.some(([key]) => key.length > 50))
    correspondence.note("propertyList", "A key of propertyList has at most 50 characters.");
  if (pairs.some(([, value]) => value.length > 300))
    correspondence.note("propertyList", "A value of propertyList has at most 300 characters.");
  return pairs;
}

function recipientsIn(fields: Fields): readonly string[] {
  const recipients = fields.texts("recipients");
  if (recipients.length === 0) fields.note("recipients", "Recipients can not be empty.");
  if (recipients.length > mostRecipients.count)
    fields.note("recipients", `Recipients can contain at most ${mostRecipients.count} recipients.`);
  if (!recipients.every((recipient) => recipientForm.test(recipient)))
    fields.note("recipients", "A recipient should be an organization number after its URN or 0192:, or a person.");
  return recipients.map(urnOf);
}

/** The form that the service tells of a recipient in. */
function urnOf(recipient: string): string {
  const low = recipient.toLowerCase();
  const [, organization] = /^(?:0192:|urn:altinn:organization:identifier-no:)(\d{9})$/.exec(low) ?? [];
  if (organization !== undefined) return organizationUrn + organization;
  return /^\d{11}$/.test(low) ? personUrn + low : low;
}
