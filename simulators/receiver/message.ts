import { parseRfc3339 } from "../../core/calendar.ts";

/** A document as a registration names it; `content` is absent for one uploaded before. */
export type NamedDocument = {
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly content: Uint8Array | undefined;
};

/** A registration's body that has the right shape. What its documents hold has not been checked. */
export type Registration = {
  readonly channel: string;
  readonly sourceId: string;
  readonly sameAs: Readonly<Record<string, string>>;
  readonly municipalityNumber: string;
  readonly district: string;
  readonly type: string;
  readonly confidential: boolean;
  readonly payload: unknown;
  readonly documents: readonly NamedDocument[];
};

/** Why a body is not taken; `status` is permanent for that content. */
export type Unfit = { readonly kind: "unfit"; readonly status: 400 | 422; readonly detail: string };
export type Fit<Value> = { readonly kind: "fit"; readonly value: Value };

export type Deviation = {
  readonly channel: string;
  readonly sourceId: string | undefined;
  readonly reason: string;
  readonly retrievable: boolean;
};

const decoder = new TextDecoder("utf-8", { fatal: true });
const shaForm = /^[0-9a-f]{64}$/;
const unfit = (status: 400 | 422, detail: string): Unfit => ({ kind: "unfit", status, detail });

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What an exchange is about and what it does are asked for one after the other: a body is read once for both. */
const read = new WeakMap<Uint8Array, Fit<Fields> | Unfit>();

/** A JSON object from a body. */
export function readFields(body: Uint8Array): Fit<Fields> | Unfit {
  let fields = read.get(body);
  if (fields === undefined) {
    fields = parsed(body);
    read.set(body, fields);
  }
  return fields;
}

function parsed(body: Uint8Array): Fit<Fields> | Unfit {
  try {
    const value: unknown = JSON.parse(decoder.decode(body));
    return isFields(value) ? { kind: "fit", value } : unfit(422, "The body must be a JSON object.");
  } catch {
    return unfit(400, "The body is not JSON in UTF-8.");
  }
}

/** Reads a registration. Fields not named in PORT.md are let be. */
export function readRegistration(fields: Fields): Fit<Registration> | Unfit {
  const { source, recipient, type, confidential, receivedAt, payload, documents = [] } = fields;
  if (!isFields(source) || typeof source.channel !== "string" || typeof source.id !== "string" || source.id === "")
    return unfit(422, "source needs channel and id.");
  const sameAs = source.sameAs ?? {};
  if (!isFields(sameAs) || !Object.values(sameAs).every((id) => typeof id === "string"))
    return unfit(422, "source.sameAs must hold texts.");
  if (!isFields(recipient)) return unfit(422, "recipient is missing.");
  const { municipalityNumber, district } = recipient;
  if (typeof municipalityNumber !== "string" || !/^\d{4}$/.test(municipalityNumber))
    return unfit(422, "recipient.municipalityNumber must be four digits.");
  if (typeof district !== "string" || !/^\d{2}$/.test(district))
    return unfit(422, "recipient.district must be two digits.");
  if (typeof type !== "string" || type === "") return unfit(422, "type is missing.");
  if (typeof confidential !== "boolean") return unfit(422, "confidential must be true or false.");
  if (typeof receivedAt !== "string" || !isInstant(receivedAt))
    return unfit(422, "receivedAt must be an RFC 3339 time with offset.");
  if (payload === undefined) return unfit(422, "payload is missing.");
  if (!Array.isArray(documents)) return unfit(422, "documents must be a list.");
  const read: NamedDocument[] = [];
  for (const [i, document] of documents.entries()) {
    const named = readDocument(document);
    if (named === undefined) return unfit(422, `documents[${i}] needs name, mediaType, sha256 and content.`);
    read.push(named);
  }
  return {
    kind: "fit",
    value: {
      channel: source.channel,
      sourceId: source.id,
      sameAs: sameAs as Readonly<Record<string, string>>,
      municipalityNumber,
      district,
      type,
      confidential,
      payload,
      documents: read,
    },
  };
}

function readDocument(document: unknown): NamedDocument | undefined {
  if (!isFields(document)) return undefined;
  const { name, mediaType, sha256, contentBase64, uploaded } = document;
  if (typeof name !== "string" || typeof mediaType !== "string") return undefined;
  if (typeof sha256 !== "string" || !shaForm.test(sha256)) return undefined;
  if (typeof contentBase64 === "string")
    return { name, mediaType, sha256, content: Buffer.from(contentBase64, "base64") };
  return uploaded === true ? { name, mediaType, sha256, content: undefined } : undefined;
}

/** Reads a deviation. */
export function readDeviation(fields: Fields): Fit<Deviation> | Unfit {
  const { source, reason, detail, retrievable } = fields;
  if (!isFields(source) || typeof source.channel !== "string") return unfit(422, "source needs a channel.");
  if (source.id !== undefined && typeof source.id !== "string") return unfit(422, "source.id must be text.");
  if (typeof reason !== "string" || !/^[a-z0-9:.-]{1,80}$/.test(reason))
    return unfit(422, "reason must be 1 to 80 of a-z, 0-9, colon, point and hyphen.");
  if (detail !== undefined && typeof detail !== "string") return unfit(422, "detail must be text.");
  if (typeof retrievable !== "boolean") return unfit(422, "retrievable must be true or false.");
  return { kind: "fit", value: { channel: source.channel, sourceId: source.id, reason, retrievable } };
}

function isInstant(text: string): boolean {
  try {
    parseRfc3339(text);
    return true;
  } catch {
    return false;
  }
}
