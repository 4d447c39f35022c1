/** Statuses of a correspondence and their numbers; the highest one stands in the overview. @source altinn.md 2.3 */
export const statusNumbers = {
  Initialized: 0,
  ReadyForPublish: 1,
  Published: 2,
  Fetched: 3,
  Read: 4,
  Replied: 5,
  Confirmed: 6,
  PurgedByRecipient: 7,
  PurgedByAltinn: 8,
  Archived: 9,
  Reserved: 10,
  Failed: 11,
  AttachmentsDownloaded: 12,
  Forwarded: 13,
} as const;

export type CorrespondenceStatus = keyof typeof statusNumbers;

/** With one of these as its highest status a correspondence is there for its recipient. @source the service's code */
export const availableToRecipient: ReadonlySet<CorrespondenceStatus> = new Set([
  "Published",
  "Fetched",
  "Read",
  "Replied",
  "Confirmed",
  "Archived",
  "Reserved",
  "AttachmentsDownloaded",
  "Forwarded",
]);

/** In these a sender may still take it back. @source altinn.md 2.4, step 7 */
export const purgeableBySender: ReadonlySet<CorrespondenceStatus> = new Set([
  "Initialized",
  "ReadyForPublish",
  "Failed",
]);

/** Whose last status is one of these is not in a recipient's list. @source altinn.md 2.5 */
export const hiddenFromRecipient: ReadonlySet<CorrespondenceStatus> = purgeableBySender;

/** Statuses of an attachment and their numbers. @source altinn.md 2.3 */
export const attachmentStatusNumbers = {
  Initialized: 0,
  UploadProcessing: 1,
  Published: 2,
  Purged: 3,
  Failed: 4,
  Expired: 5,
} as const;

export type AttachmentStatus = keyof typeof attachmentStatusNumbers;

/** For whom a list is. @source altinn.md 2.5; the numbers: the service's code */
export const roleNumbers = { Recipient: 0, Sender: 1, RecipientAndSender: 2 } as const;

export type Role = keyof typeof roleNumbers;
