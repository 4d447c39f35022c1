import type { ErrorName } from "../../../contracts/altinn/errors.ts";
import type { Fields } from "./fields.ts";

const channels = { Email: 0, Sms: 1, EmailPreferred: 2, SmsPreferred: 3, EmailAndSms: 4 } as const;
const templates = { CustomMessage: 0, GenericAltinnMessage: 1 } as const;
const contentTypes = { Plain: 0, Html: 1 } as const;

export type NotificationChannel = keyof typeof channels;

/** One other than the registered addresses. */
type CustomRecipient = {
  readonly email: string | undefined;
  readonly mobile: string | undefined;
  readonly organization: string | undefined;
  readonly person: string | undefined;
};

type Texts = {
  readonly emailSubject: string | undefined;
  readonly emailBody: string | undefined;
  readonly smsBody: string | undefined;
};

/** The notice that a sender asks for. Who asks for none gets none. @source altinn.md 2.6 */
export type NotificationOrder = {
  readonly template: keyof typeof templates;
  readonly channel: NotificationChannel;
  readonly texts: Texts;
  readonly sendReminder: boolean;
  readonly reminderChannel: NotificationChannel;
  readonly reminderTexts: Texts;
  readonly customRecipients: readonly CustomRecipient[];
  readonly overridesRegistered: boolean;
  readonly sendersReference: string | undefined;
};

const mostSubject = 512;
const mostBody = 10_000;
const mostSms = 2144;

export function notificationIn(fields: Fields): NotificationOrder {
  const channel = fields.choice("notificationChannel", channels) ?? "Email";
  fields.choice("emailContentType", contentTypes);
  fields.choice("reminderEmailContentType", contentTypes);
  return {
    template: fields.choice("notificationTemplate", templates) ?? "CustomMessage",
    channel,
    texts: {
      emailSubject: fields.text("emailSubject", { most: mostSubject }),
      emailBody: fields.text("emailBody", { most: mostBody }),
      smsBody: fields.text("smsBody", { most: mostSms }),
    },
    sendReminder: fields.flag("sendReminder"),
    reminderChannel: fields.choice("reminderNotificationChannel", channels) ?? channel,
    reminderTexts: {
      emailSubject: fields.text("reminderEmailSubject", { most: mostSubject }),
      emailBody: fields.text("reminderEmailBody", { most: mostBody }),
      smsBody: fields.text("reminderSmsBody", { most: mostSms }),
    },
    customRecipients: customRecipientsIn(fields),
    overridesRegistered: fields.flag("overrideRegisteredContactInformation"),
    sendersReference: fields.text("sendersReference"),
  };
}

/** Under the name it has now, or one of the two it had before. */
function customRecipientsIn(fields: Fields): readonly CustomRecipient[] {
  const listed = fields.objects("customRecipients");
  const single = fields.object("customRecipient");
  const overriding = fields.objects("customNotificationRecipients").flatMap((one) => one.objects("recipients"));
  const given = listed.length > 0 ? listed : single === undefined ? overriding : [single];
  return given.map((one) => ({
    email: one.text("emailAddress"),
    mobile: one.text("mobileNumber"),
    organization: one.text("organizationNumber"),
    person: one.text("nationalIdentityNumber"),
  }));
}

type Missing = {
  readonly email: ErrorName;
  readonly sms: ErrorName;
  readonly preferred: ErrorName;
  readonly both: ErrorName;
};

const missing: Missing = {
  email: "emailTextMissing",
  sms: "smsTextMissing",
  preferred: "preferredTextMissing",
  both: "bothTextsMissing",
};
const missingInReminder: Missing = {
  email: "reminderEmailTextMissing",
  sms: "reminderSmsTextMissing",
  preferred: "reminderPreferredTextMissing",
  both: "reminderBothTextsMissing",
};

/** @source the service's code; altinn.md 2.6 */
export function refusalOfNotification(order: NotificationOrder, recipients: number): ErrorName | undefined {
  const { customRecipients, template, channel, texts, sendReminder, reminderChannel, reminderTexts } = order;
  if (order.overridesRegistered && customRecipients.length === 0) return "overrideNeedsCustom";
  if (customRecipients.length > 0 && recipients > 1) return "customForSeveral";
  for (const custom of customRecipients) {
    const refusal = refusalOfCustom(custom, order);
    if (refusal !== undefined) return refusal;
  }
  if (template === "GenericAltinnMessage") return undefined;
  return (
    missingText(channel, texts, missing) ??
    (sendReminder ? missingText(reminderChannel, reminderTexts, missingInReminder) : undefined)
  );
}

const emailForm = /^[^\s@;]+@(?:[A-Za-z0-9æøåÆØÅ-]+\.)+[A-Za-z]{2,14}$/;
const mobileForm = /^(?:\+|00)?\d{8,15}$/;

function refusalOfCustom(
  { email, mobile, organization, person }: CustomRecipient,
  { texts, reminderTexts }: NotificationOrder,
): ErrorName | undefined {
  const given = [email, mobile, organization, person].filter((one) => one !== undefined && one !== "");
  if (given.length === 0) return "customWithNone";
  if (given.length > 1) return "customWithSeveral";
  const allTexts = [...Object.values(texts), ...Object.values(reminderTexts)].join("\n").toLowerCase();
  if ((email ?? mobile) !== undefined && allTexts.includes("$recipientname$")) return "nameNeedsRegister";
  if (email !== undefined && !emailForm.test(email)) return "emailInvalid";
  if (mobile !== undefined && !mobileForm.test(mobile)) return "mobileInvalid";
  return undefined;
}

function missingText(
  channel: NotificationChannel,
  { emailSubject, emailBody, smsBody }: Texts,
  names: Missing,
): ErrorName | undefined {
  const lacksEmail = !emailSubject || !emailBody;
  const lacksSms = !smsBody;
  switch (channel) {
    case "Email":
      return lacksEmail ? names.email : undefined;
    case "Sms":
      return lacksSms ? names.sms : undefined;
    case "EmailPreferred":
    case "SmsPreferred":
      return lacksEmail || lacksSms ? names.preferred : undefined;
    case "EmailAndSms":
      return lacksEmail || lacksSms ? names.both : undefined;
  }
}
