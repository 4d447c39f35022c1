import { boundaryOf, readMultipart } from "../../multipart.ts";
import type { Bytes, WireRequest } from "../../wire.ts";

/** A file of a dispatch. */
export type DispatchFile = { readonly name: string; readonly mediaType: string; readonly bytes: Bytes };

/** What a sender asks to have sent. */
export type Order = {
  /** Nine digits. */
  readonly organizationNumber: string;
  /** The sender's own; shown to it again. */
  readonly reference: string | undefined;
  /** Two digits; undefined where the sender knows none. */
  readonly district: string | undefined;
  readonly title: string;
  readonly text: string;
  readonly files: readonly DispatchFile[];
};

export type ReadOrder =
  | { readonly kind: "fit"; readonly order: Order }
  | { readonly kind: "unfit"; readonly detail: string };

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const strict = new TextDecoder("utf-8", { fatal: true });
const organizationForm = /^(?:0192:|urn:altinn:organization:identifier-no:)?(\d{9})$/;
const base64Form = /^[A-Za-z0-9+/_-]*={0,2}$/;
const anyMedia = "application/octet-stream";
const untitled = "Straffesaksforsendelse";

/** The body cannot be read; the message says what is needed. */
class Unreadable extends Error {}

/** What an exchange is about and what it does are asked for one after the other: a body is read once for both. */
const known = new WeakMap<Bytes, ReadOrder>();

/**
 * Reads the body of a dispatch: the `order` of PORT.md, or what a vendor who knows only that page may write for it.
 * JSON, or `multipart/form-data` with the same fields and the files as parts of their own.
 */
export function readOrder(request: WireRequest): ReadOrder {
  let read = known.get(request.body);
  if (read === undefined) {
    read = attempted(request);
    known.set(request.body, read);
  }
  return read;
}

function attempted({ headers, body }: WireRequest): ReadOrder {
  try {
    const boundary = boundaryOf(headers["content-type"]);
    const { fields, files } = boundary === undefined ? { fields: fieldsIn(body), files: [] } : partsIn(body, boundary);
    return { kind: "fit", order: orderIn(fields, files) };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "unfit", detail: error.message };
    throw error;
  }
}

function fieldsIn(body: Bytes): Fields {
  let value: unknown;
  try {
    value = JSON.parse(strict.decode(body));
  } catch {
    throw new Unreadable("The body must be JSON in UTF-8, or multipart/form-data.");
  }
  if (!isFields(value)) throw new Unreadable("The body must be a JSON object with recipient and parts.");
  return isFields(value.order) ? value.order : value;
}

/** Files have a file name; a part of JSON holds fields, and any other is a field itself. */
function partsIn(body: Bytes, boundary: string): { readonly fields: Fields; readonly files: readonly DispatchFile[] } {
  const fields: Record<string, unknown> = {};
  const files: DispatchFile[] = [];
  let parts: ReturnType<typeof readMultipart>;
  try {
    parts = readMultipart(body, boundary);
  } catch {
    throw new Unreadable("The body is no whole multipart/form-data.");
  }
  for (const { name, fileName, headers, body: content } of parts) {
    if (fileName !== undefined)
      files.push({ name: fileName, mediaType: headers["content-type"] ?? anyMedia, bytes: content });
    else if (headers["content-type"]?.startsWith("application/json")) Object.assign(fields, fieldsIn(content));
    else fields[name] = Buffer.from(content).toString("utf8");
  }
  return { fields, files };
}

function orderIn(fields: Fields, attached: readonly DispatchFile[]): Order {
  const listed = first(fields, "parts", "files", "attachments") ?? [];
  if (!Array.isArray(listed)) throw new Unreadable("parts must be a list of { name, mediaType, contentBase64 }.");
  const files = [...listed.map(fileIn), ...attached];
  if (files.length === 0) throw new Unreadable("parts must hold at least one { name, mediaType, contentBase64 }.");
  return {
    organizationNumber: organizationIn(fields),
    reference: textIn(fields, "reference", "label", "sendersReference"),
    district: textIn(fields, "district", "bydelsnummer"),
    title: textIn(fields, "title", "subject") ?? untitled,
    text: textIn(fields, "text", "message", "body") ?? "",
    files,
  };
}

function organizationIn(fields: Fields): string {
  const given = first(fields, "recipient", "recipients", "organizationNumber");
  const one = Array.isArray(given) && given.length === 1 ? given[0] : given;
  const named = isFields(one) ? first(one, "organizationNumber", "identifier", "id") : one;
  const [, number] = organizationForm.exec(typeof named === "string" ? named.trim() : "") ?? [];
  if (number === undefined)
    throw new Unreadable('recipient must name one organisation: { "organizationNumber": "310000000" }.');
  return number;
}

function fileIn(file: unknown, i: number): DispatchFile {
  const fields = isFields(file) ? file : {};
  const name = first(fields, "name", "fileName", "filename");
  const content = first(fields, "contentBase64", "content", "data");
  const mediaType = first(fields, "mediaType", "contentType");
  const encoded = typeof content === "string" ? content.replace(/\s/g, "") : undefined;
  if (typeof name !== "string" || encoded === undefined || !base64Form.test(encoded))
    throw new Unreadable(`parts[${i}] needs a name, and its content in base64 as contentBase64.`);
  return {
    name,
    mediaType: typeof mediaType === "string" ? mediaType : anyMedia,
    bytes: Buffer.from(encoded, "base64"),
  };
}

function textIn(fields: Fields, ...names: readonly string[]): string | undefined {
  const value = first(fields, ...names);
  if (value === undefined || typeof value === "string") return value;
  throw new Unreadable(`${names[0]} must be text.`);
}

/** The first of these fields that is there. */
function first(fields: Fields, ...names: readonly string[]): unknown {
  for (const name of names) if (fields[name] !== undefined && fields[name] !== null) return fields[name];
  return undefined;
}
