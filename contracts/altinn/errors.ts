/**
 * Errors of Correspondence that this world can give. Those about people, Dialogporten, storage and migrated data have
 * no place in it.
 *
 * @source altinn.md 2.2 to 2.6; numbers and statuses: the service's code
 */
export const errors = {
  notFound: { number: 1001, status: 404, means: "There is no such correspondence, or it is not there for the caller." },
  titleNotPlain: { number: 1002, status: 400, means: "The title must be plain text." },
  bodyNotMarkdown: { number: 1003, status: 400, means: "The body must be markdown, without HTML." },
  filesDoNotMatch: {
    number: 1005,
    status: 400,
    means: "Uploaded files and the attachments that are described are not the same.",
  },
  recipientTwice: { number: 1006, status: 400, means: "A recipient is named twice." },
  attachmentUnknown: { number: 1007, status: 400, means: "An existing attachment is not there." },
  dueDatePassed: { number: 1008, status: 400, means: "The due date has passed." },
  dueBeforePublication: { number: 1009, status: 400, means: "The due date is before publication." },
  publishedAlready: { number: 1013, status: 400, means: "A sender cannot take back what is published." },
  purgedAlready: { number: 1014, status: 400, means: "It is purged already." },
  dueDateMissing: { number: 1016, status: 400, means: "A confirmation needs a due date." },
  attachmentOfAnother: { number: 1017, status: 400, means: "An existing attachment is another sender's." },
  attachmentNotPublished: { number: 1018, status: 400, means: "An existing attachment is not published." },
  languageUnknown: { number: 1023, status: 400, means: "The language must be nb, nn or en." },
  readBeforeFetched: { number: 1024, status: 400, means: "It must be fetched before it can be read." },
  confirmedBeforeFetched: { number: 1025, status: 400, means: "It must be fetched before it can be confirmed." },
  notConfirmedYet: { number: 1026, status: 400, means: "It must be confirmed before it can be purged." },
  fromAfterTo: { number: 1027, status: 400, means: "from is after to." },
  recipientUnknown: { number: 1029, status: 404, means: "A recipient is not in the register." },
  sentAlready: { number: 1034, status: 409, means: "A correspondence with the same idempotentKey is there already." },
  replyOptionInvalid: {
    number: 1035,
    status: 400,
    means: "A reply option must be an https address of at most 255 characters.",
  },
  resourceUnknown: { number: 1036, status: 400, means: "resourceId names no resource." },
  tooManyAttachments: { number: 1038, status: 400, means: "There are more than 100 attachments." },
  messageSenderNotPlain: { number: 1039, status: 400, means: "messageSender must be plain text." },
  readAlready: { number: 1040, status: 400, means: "It is read already." },
  confirmedAlready: { number: 1041, status: 400, means: "It is confirmed already." },
  recipientLacksRole: {
    number: 1044,
    status: 400,
    means: "Nobody at a recipient has a role that confidential mail needs.",
  },
  keyForSeveral: { number: 1047, status: 400, means: "idempotentKey goes with exactly one recipient." },
  dialogIdInvalid: { number: 1048, status: 400, means: "A DialogportenDialogId must be a GUID." },
  severalTransmissionTypes: { number: 1052, status: 400, means: "There may be one DialogportenTransmissionType." },
  transmissionTypeAlone: {
    number: 1053,
    status: 400,
    means: "A DialogportenTransmissionType needs a DialogportenDialogId.",
  },
  dialogUnknown: { number: 1054, status: 404, means: "There is no such dialog." },
  attachmentEndsSoon: { number: 1055, status: 400, means: "An existing attachment expires within six hours." },
  mustBeConfidential: { number: 1060, status: 400, means: "Mail of this resource must be marked as confidential." },
  mustNotBeConfidential: {
    number: 1061,
    status: 400,
    means: "Mail of this resource must not be marked as confidential.",
  },
  forwardingNeedsNoLevel: {
    number: 1068,
    status: 400,
    means: "Mail of a resource with an authentication level cannot be forwarded.",
  },

  attachmentNotFound: { number: 2001, status: 404, means: "There is no such attachment." },
  sizeInvalid: { number: 2004, status: 400, means: "A file is empty or too large." },
  uploadedAlready: { number: 2005, status: 400, means: "The file has been uploaded already." },
  attachmentPurgedAlready: { number: 2006, status: 400, means: "The attachment is purged already." },
  attachmentInUse: {
    number: 2007,
    status: 400,
    means: "The attachment is part of a correspondence and cannot be deleted.",
  },
  checksumDiffers: { number: 2008, status: 400, means: "The file's MD5 is not the one that was given." },
  fileNameMissing: { number: 2010, status: 400, means: "The file name is missing." },
  fileNameInvalid: { number: 2012, status: 400, means: "The file name has a character that it must not have." },
  fileTypeNotAllowed: { number: 2013, status: 400, means: "Files of this type are not taken." },
  attachmentHandedOver: {
    number: 2016,
    status: 400,
    means: "The attachment is part of a published correspondence: its sender cannot read it.",
  },
  filesEndTooSoon: { number: 2017, status: 400, means: "Files must live longer than this." },
  attachmentExpiredAlready: { number: 2018, status: 400, means: "The attachment has expired." },
  filePurged: { number: 2019, status: 400, means: "The file is purged." },
  fileExpired: { number: 2020, status: 400, means: "The file has expired." },
  fileNameReserved: { number: 2021, status: 400, means: "The file name is one that Windows keeps for itself." },
  zipTooLarge: { number: 2023, status: 400, means: "The files are too large for one zip." },

  emailTextMissing: { number: 3002, status: 400, means: "A notice by e-mail needs a subject and a body." },
  reminderEmailTextMissing: { number: 3003, status: 400, means: "A reminder by e-mail needs a subject and a body." },
  smsTextMissing: { number: 3004, status: 400, means: "A notice by SMS needs a body." },
  reminderSmsTextMissing: { number: 3005, status: 400, means: "A reminder by SMS needs a body." },
  preferredTextMissing: { number: 3006, status: 400, means: "A preferred channel needs the texts of both." },
  reminderPreferredTextMissing: {
    number: 3007,
    status: 400,
    means: "A preferred reminder channel needs the texts of both.",
  },
  emailInvalid: { number: 3011, status: 400, means: "A custom recipient's e-mail address is none." },
  mobileInvalid: { number: 3012, status: 400, means: "A custom recipient's mobile number is none." },
  nameNeedsRegister: {
    number: 3015,
    status: 400,
    means: "$recipientName$ cannot be filled in for an address or a number.",
  },
  customForSeveral: { number: 3017, status: 400, means: "Custom recipients go with exactly one recipient." },
  customWithSeveral: { number: 3018, status: 400, means: "A custom recipient has more than one identifier." },
  customWithNone: { number: 3019, status: 400, means: "A custom recipient has no identifier." },
  overrideNeedsCustom: {
    number: 3022,
    status: 400,
    means: "overrideRegisteredContactInformation needs customRecipients.",
  },
  bothTextsMissing: { number: 3024, status: 400, means: "A notice by e-mail and SMS needs the texts of both." },
  reminderBothTextsMissing: {
    number: 3025,
    status: 400,
    means: "A reminder by e-mail and SMS needs the texts of both.",
  },

  noRight: { number: 4001, status: 401, means: "The caller has no right to this resource for this organisation." },
} as const;

export type ErrorName = keyof typeof errors;

/** `CORR-01044`, as it stands in a problem. @source altinn.md, section 2 */
export function codeOf(name: ErrorName): string {
  return `CORR-${String(errors[name].number).padStart(5, "0")}`;
}

/** The code of a field that is missing or malformed. */
export const invalidField = "CORR.VLD-00000";
