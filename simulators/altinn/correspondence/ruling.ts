import type { ErrorName } from "../../../contracts/altinn/errors.ts";
import { endingOf, fileTypes, hasForbiddenCharacter, reservedName } from "../../../contracts/altinn/file-names.ts";
import { lastUse, mostFiles } from "../../../contracts/altinn/lifetimes.ts";
import { dayMs } from "../../../core/calendar.ts";
import { type Attachment, latestOf } from "./attachment.ts";
import { guidOf } from "./fields.ts";
import type { FormFile } from "./form.ts";
import { refusalOfNotification } from "./notification.ts";
import type { ExternalReference, FileOrder, Order, ReplyOption } from "./order.ts";

/** What an order is judged by. */
export type Circumstances = {
  readonly nowMs: number;
  /** Undefined where there is no such resource. */
  readonly resource: { readonly isConfidential: boolean; readonly isOwner: boolean } | undefined;
  readonly isKnown: (recipient: string) => boolean;
  /** Somebody there has a role that confidential mail needs. */
  readonly isQualified: (recipient: string) => boolean;
  readonly attachment: (id: string) => Attachment | undefined;
  readonly sender: string;
  /** None where the body was JSON. */
  readonly uploads: readonly FormFile[];
  readonly leastFileMs: number;
};

/**
 * Judges what a sender asks to have sent, in the service's order; it only judges.
 *
 * @source altinn.md 2.2; the order: the service's code
 */
export function refusalOfOrder(order: Order, at: Circumstances): ErrorName | undefined {
  return (
    refusalOfResource(order, at) ??
    refusalOfRecipients(order, at) ??
    refusalOfDates(order, at.nowMs) ??
    refusalOfText(order) ??
    refusalOfReferences(order.externalReferences) ??
    refusalOfAttachments(order, at) ??
    refusalOfUploads(order, at) ??
    refusalOfLives(order, at) ??
    (order.replyOptions.every(isReplyOption) ? undefined : "replyOptionInvalid") ??
    (order.notification === undefined ? undefined : refusalOfNotification(order.notification, order.recipients.length))
  );
}

function refusalOfResource(
  { isConfidential, allowForwarding }: Order,
  { resource }: Circumstances,
): ErrorName | undefined {
  if (resource === undefined) return "resourceUnknown";
  if (!resource.isOwner) return "noRight";
  if (resource.isConfidential && !isConfidential) return "mustBeConfidential";
  if (!resource.isConfidential && isConfidential) return "mustNotBeConfidential";
  // Every resource of this world has an authentication level.
  return allowForwarding ? "forwardingNeedsNoLevel" : undefined;
}

function refusalOfRecipients(
  { recipients, isConfidential }: Order,
  { isKnown, isQualified }: Circumstances,
): ErrorName | undefined {
  if (new Set(recipients).size !== recipients.length) return "recipientTwice";
  if (!recipients.every(isKnown)) return "recipientUnknown";
  return isConfidential && !recipients.every(isQualified) ? "recipientLacksRole" : undefined;
}

function refusalOfDates(
  { isConfirmationNeeded, dueMs, requestedPublishMs }: Order,
  nowMs: number,
): ErrorName | undefined {
  if (dueMs === undefined) return isConfirmationNeeded ? "dueDateMissing" : undefined;
  if (dueMs < nowMs) return "dueDatePassed";
  return dueMs < (requestedPublishMs ?? nowMs) ? "dueBeforePublication" : undefined;
}

const tag = /<\/?[a-z][a-z0-9]*(?:\s[^>]*)?\/?>/i;
const markup = /\*\*\S|__\S|^\s{0,3}#{1,6}\s|!?\[[^\]]*\]\([^)]*\)/m;
const code = /```[\s\S]*?```|`[^`]*`/g;
const languages: ReadonlySet<string> = new Set(["nb", "nn", "en"]);

function isPlain(text: string): boolean {
  return !tag.test(text) && !markup.test(text);
}

function refusalOfText({ title, body, language, messageSender }: Order): ErrorName | undefined {
  if (!isPlain(title)) return "titleNotPlain";
  if (tag.test(body.replace(code, ""))) return "bodyNotMarkdown";
  if (!languages.has(language.toLowerCase())) return "languageUnknown";
  return messageSender !== undefined && !isPlain(messageSender) ? "messageSenderNotPlain" : undefined;
}

function refusalOfReferences(references: readonly ExternalReference[]): ErrorName | undefined {
  const types = references.filter(({ type }) => type === "DialogportenTransmissionType");
  const dialog = references.find(({ type }) => type === "DialogportenDialogId");
  if (types.length > 1) return "severalTransmissionTypes";
  if (types.length === 1 && dialog === undefined) return "transmissionTypeAlone";
  if (dialog === undefined) return undefined;
  // There is no Dialogporten in this world, so that no dialog is there.
  return guidOf(dialog.value) === undefined ? "dialogIdInvalid" : "dialogUnknown";
}

function refusalOfAttachments(
  { existingAttachments, files }: Order,
  { attachment, sender }: Circumstances,
): ErrorName | undefined {
  const found = existingAttachments.map(attachment).filter((one) => one !== undefined);
  if (found.some((one) => one.sender !== sender)) return "attachmentOfAnother";
  if (found.length !== existingAttachments.length) return "attachmentUnknown";
  if (existingAttachments.length + files.length > mostFiles.count) return "tooManyAttachments";
  return found.every((one) => latestOf(one).status === "Published") ? undefined : "attachmentNotPublished";
}

function refusalOfUploads({ files }: Order, { uploads }: Circumstances): ErrorName | undefined {
  for (const file of files) {
    const refusal = refusalOfName(file);
    if (refusal !== undefined) return refusal;
  }
  const paired = pairedWith(files, uploads);
  if (paired === undefined) return "filesDoNotMatch";
  return paired.every(({ bytes }) => bytes.length > 0) ? undefined : "sizeInvalid";
}

function refusalOfLives(
  { files, existingAttachments }: Order,
  { attachment, nowMs, leastFileMs }: Circumstances,
): ErrorName | undefined {
  if (!files.every((file) => livesLongEnough(file, leastFileMs))) return "filesEndTooSoon";
  const soonMs = nowMs + lastUse.lasts.ms;
  const endsSoon = existingAttachments.some((id) => (lastEndOf(attachment(id)) ?? Number.POSITIVE_INFINITY) <= soonMs);
  return endsSoon ? "attachmentEndsSoon" : undefined;
}

/** When the last correspondence that it is part of lets it go; undefined where none does. Ms since the epoch. */
export function lastEndOf(attachment: Attachment | undefined): number | undefined {
  const ends = (attachment?.items ?? []).flatMap(({ files }) =>
    files.flatMap((file) =>
      file.attachment === attachment && file.expiresAtMs !== undefined ? [file.expiresAtMs] : [],
    ),
  );
  return ends.length === 0 ? undefined : Math.max(...ends);
}

export function livesLongEnough({ expirationInDays }: FileOrder, leastMs: number): boolean {
  return expirationInDays === undefined || expirationInDays * dayMs >= leastMs;
}

export function refusalOfName({ fileName }: FileOrder): ErrorName | undefined {
  if (fileName.trim() === "") return "fileNameMissing";
  if (!fileTypes.has(endingOf(fileName))) return "fileTypeNotAllowed";
  if (hasForbiddenCharacter(fileName)) return "fileNameInvalid";
  return reservedName.test(fileName) ? "fileNameReserved" : undefined;
}

/**
 * The upload of each file, in the files' order: the one in the same place if it has the same name, else the only one
 * with that name. Undefined where they do not match.
 */
export function pairedWith(files: readonly FileOrder[], uploads: readonly FormFile[]): readonly FormFile[] | undefined {
  if (files.length !== uploads.length) return undefined;
  const used = new Set<FormFile>();
  for (const [i, { fileName }] of files.entries()) {
    const named = uploads.filter((upload) => upload.fileName === fileName);
    const there = uploads[i];
    const upload = there?.fileName === fileName ? there : named.length === 1 ? named[0] : undefined;
    if (upload === undefined || used.has(upload)) return undefined;
    used.add(upload);
  }
  return [...used];
}

function isReplyOption({ url }: ReplyOption): boolean {
  return url.length <= 255 && /^https:\/\/[^\s/?#]+\S*$/i.test(url);
}
