import type { Recipient } from "../../port/endpoints.ts";
import type { Content, Document } from "./concern.ts";
import { registered } from "./documents.ts";
import type { Policy } from "./policy.ts";

/** Mail as Altinn's overview of it tells, as far as it is acted upon. Whatever is missing there is undefined. */
export type Mail = {
  readonly id: string;
  readonly text: string | undefined;
  readonly confirmationAsked: boolean;
  readonly attachments: readonly Attachment[];
  /** All of the overview. */
  readonly overview: Fields;
};

export type Attachment = {
  readonly id: string;
  readonly name: string;
  /** MD5, hex, where the sender gave one. */
  readonly checksum: string | undefined;
};

/** For whom mail is, or why it is not for us. */
export type Addressed =
  | { readonly kind: "ours"; readonly municipalityNumber: string; readonly district: string }
  | { readonly kind: "defective"; readonly reason: string };

type Fields = Readonly<Record<string, unknown>>;

const noDistrict = "00";
/** What changes while a message lies there: the same message must be the same content however often it is registered. */
const changing: ReadonlySet<string> = new Set(["status", "statusText", "statusChanged", "read", "notifications"]);

/** Reads an overview; undefined where it is none. */
export function mailIn(id: string, overview: string): Mail | undefined {
  let value: unknown;
  try {
    value = JSON.parse(overview);
  } catch {
    return undefined;
  }
  if (!isFields(value)) return undefined;
  const content = isFields(value.content) ? value.content : {};
  const attachments = Array.isArray(content.attachments) ? content.attachments.filter(isFields) : [];
  return {
    id,
    text: textAt(content, "messageBody"),
    confirmationAsked: value.isConfirmationNeeded === true,
    attachments: attachments.map((one) => ({
      id: textAt(one, "id") ?? "",
      name: textAt(one, "fileName") ?? textAt(one, "displayName") ?? "",
      checksum: textAt(one, "checksum"),
    })),
    overview: value,
  };
}

/** Mail whose overview lacked its text, with the text filled in. */
export function withText(mail: Mail, text: string): Mail {
  const content = isFields(mail.overview.content) ? mail.overview.content : {};
  return { ...mail, text, overview: { ...mail.overview, content: { ...content, messageBody: text } } };
}

/** Which of our recipients mail is for. Where the sender named no district it goes to the first one. */
export function addressOf({ overview }: Mail, recipients: readonly Recipient[], policy: Policy): Addressed {
  const defective = (reason: string): Addressed => ({ kind: "defective", reason });
  const organization = /(\d{9})$/.exec(textAt(overview, "recipient") ?? "")?.[1];
  const recipient = recipients.find(({ organizationNumber }) => organizationNumber === organization);
  if (recipient === undefined) return defective("other-recipient");
  const { municipalityNumber, districts } = recipient;
  const named = isFields(overview.propertyList) ? overview.propertyList : {};
  const municipality = textAt(named, "kommunenummer");
  if (municipality !== undefined && municipality !== municipalityNumber) return defective("other-municipality");
  const wanted = textAt(named, "bydelsnummer") ?? noDistrict;
  const standard = wanted === noDistrict || policy.district === "standard";
  const district = standard ? districts[0] : districts.find(({ number }) => number === wanted);
  return district === undefined
    ? defective("other-district")
    : { kind: "ours", municipalityNumber, district: district.number };
}

/** The concern that mail is, with its files in their order. */
export function concernIn(
  mail: Mail,
  files: readonly Document[],
  recipients: readonly Recipient[],
  policy: Policy,
): Content {
  const addressed = addressOf(mail, recipients, policy);
  if (addressed.kind === "defective") return addressed;
  return {
    kind: "concern",
    concern: {
      channel: "altinn-correspondence",
      sourceId: mail.id,
      id: mail.id,
      sameAs: { correspondenceId: mail.id },
      type: textAt(mail.overview, "resourceId") ?? "correspondence",
      municipalityNumber: addressed.municipalityNumber,
      district: addressed.district,
      confidential: policy.confidential === "as sent" && mail.overview.isConfidential === true,
      payload: JSON.stringify(withoutChanging(mail.overview)),
      documents: registered(files, policy),
    },
  };
}

function withoutChanging(overview: Fields): Fields {
  const { content } = overview;
  const kept = without(overview);
  if (!isFields(content) || !Array.isArray(content.attachments)) return kept;
  const attachments = content.attachments.map((one) => (isFields(one) ? without(one) : one));
  return { ...kept, content: { ...content, attachments } };
}

function without(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !changing.has(name)));
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text that says something; undefined where there is none. */
function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
