import { endingOf, fileTypes } from "../../../contracts/altinn/file-names.ts";
import { rfc3339 } from "../../../core/calendar.ts";
import { type Attachment, latestOf } from "./attachment.ts";
import type { Item, ItemFile, Notice } from "./item.ts";
import { organizationUrn } from "./order.ts";

type Json = Readonly<Record<string, unknown>>;

/** Whether content is shown: to recipients always, to the sender only before it is published. @source the service's code */
export type Seen = "content" | "envelope";

const timeOf = (ms: number | undefined): string | null => (ms === undefined ? null : rfc3339(ms));

export function mediaTypeOf(fileName: string): string {
  return fileTypes.get(endingOf(fileName)) ?? "application/octet-stream";
}

/** @source altinn.md 2.1, 2.3 */
export function overviewOf(item: Item, seen: Seen): Json {
  return {
    ...envelopeOf(item, seen),
    notifications: item.notices.map(({ id, isReminder }) => ({ notificationOrderId: id, isReminder })),
  };
}

/** The overview, every status it has had, and what became of notices. A sender does not see that it was purged. */
export function detailsOf(item: Item, seen: Seen): Json {
  return {
    ...envelopeOf(item, seen),
    notifications: item.notices.map((notice) => noticeOf(item, notice)),
    statusHistory: item.history.events.map(({ status, atMs, text }) => ({
      status,
      statusText: text,
      statusChanged: rfc3339(atMs),
    })),
  };
}

function envelopeOf(item: Item, seen: Seen): Json {
  const { order, history } = item;
  const { status, atMs, text } = history.highest();
  return {
    correspondenceId: item.id,
    recipient: item.recipient,
    content: contentOf(item, seen),
    created: rfc3339(item.createdAtMs),
    status,
    statusText: text,
    statusChanged: rfc3339(atMs),
    altinn2CorrespondenceId: null,
    published: timeOf(item.publishedAtMs),
    read: timeOf(history.firstMs("Read")),
    resourceId: order.resourceId,
    sender: organizationUrn + item.sender,
    sendersReference: order.sendersReference,
    messageSender: order.messageSender ?? "",
    requestedPublishTime: rfc3339(item.requestedAtMs),
    dueDateTime: timeOf(order.dueMs),
    externalReferences: order.externalReferences.map(({ type, value }) => ({
      referenceValue: value,
      referenceType: type,
    })),
    propertyList: Object.fromEntries(order.propertyList),
    replyOptions: order.replyOptions.map(({ url, text: linkText = null }) => ({ linkURL: url, linkText })),
    notification: null,
    ignoreReservation: order.ignoreReservation,
    isConfirmationNeeded: order.isConfirmationNeeded,
    isConfidential: order.isConfidential,
    allowForwarding: order.allowForwarding,
  };
}

function contentOf({ order, files }: Item, seen: Seen): Json {
  if (seen === "envelope")
    return { language: "no", messageTitle: "", messageSummary: "", messageBody: "", attachments: [] };
  return {
    language: order.language,
    messageTitle: order.title,
    messageSummary: order.summary,
    messageBody: order.body,
    attachments: files.map(fileOf),
  };
}

function fileOf({ attachment, createdAtMs, expiresAtMs }: ItemFile): Json {
  const { file } = attachment;
  const { status, atMs, text } = latestOf(attachment);
  return {
    id: attachment.id,
    dataLocationType: "AltinnCorrespondenceAttachment",
    created: rfc3339(createdAtMs),
    status,
    statusText: text,
    statusChanged: rfc3339(atMs),
    dataType: mediaTypeOf(file.fileName),
    expirationTime: timeOf(expiresAtMs),
    fileName: file.fileName,
    displayName: file.displayName ?? null,
    isEncrypted: file.isEncrypted,
    checksum: attachment.checksum ?? "",
    sendersReference: file.sendersReference,
    expirationInDays: null,
  };
}

/** Altinn's words for what became of a notice. @source altinn.md 2.6 */
const orderStatuses: Readonly<Record<Notice["result"], string>> = {
  waiting: "Registered",
  "not needed": "SendConditionNotMet",
  delivered: "Completed",
  bounced: "Completed",
  none: "Completed",
};
const sendStatuses: Readonly<Record<Notice["result"], string>> = {
  waiting: "New",
  "not needed": "New",
  delivered: "Delivered",
  bounced: "Failed_Bounced",
  none: "Failed_RecipientNotIdentified",
};

function noticeOf({ order, recipient }: Item, notice: Notice): Json {
  const lastUpdate = rfc3339(notice.resultAtMs);
  const { channel = "Email", reminderChannel = "Email", sendersReference = null } = order.notification ?? {};
  const one = {
    id: notice.id,
    succeeded: notice.result === "delivered",
    recipient: { organizationNumber: recipient.slice(-9) },
    sendStatus: { status: sendStatuses[notice.result], lastUpdate },
  };
  return {
    id: notice.id,
    sendersReference,
    requestedSendTime: rfc3339(notice.requestedAtMs),
    creator: "digdir",
    created: rfc3339(notice.createdAtMs),
    isReminder: notice.isReminder,
    notificationChannel: notice.isReminder ? reminderChannel : channel,
    ignoreReservation: order.ignoreReservation,
    resourceId: order.resourceId,
    processingStatus: { status: orderStatuses[notice.result], lastUpdate },
    notificationStatusDetails: { email: one, emails: [one], smses: [] },
  };
}

/** @source altinn.md 2.1 */
export function attachmentOverviewOf(attachment: Attachment): Json {
  const { file } = attachment;
  const { status, atMs, text } = latestOf(attachment);
  return {
    attachmentId: attachment.id,
    status,
    statusText: text,
    statusChanged: rfc3339(atMs),
    correspondenceIds: attachment.items.map(({ id }) => id),
    dataType: mediaTypeOf(file.fileName),
    resourceId: attachment.resourceId,
    sender: organizationUrn + attachment.sender,
    fileName: file.fileName,
    displayName: file.displayName ?? null,
    isEncrypted: file.isEncrypted,
    checksum: attachment.checksum ?? "",
    sendersReference: file.sendersReference,
    expirationInDays: file.expirationInDays ?? null,
  };
}

export function attachmentDetailsOf(attachment: Attachment): Json {
  return {
    ...attachmentOverviewOf(attachment),
    statusHistory: attachment.events.map(({ status, atMs, text }) => ({
      status,
      statusText: text,
      statusChanged: rfc3339(atMs),
    })),
  };
}
