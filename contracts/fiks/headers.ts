/** AMQP headers of a delivered message; all values are strings. @source fiks.md, section 3.3 */
export const headers = {
  /** uuid, new per send. Always there. */
  id: "melding-id",
  /** Message type. Always there. */
  type: "type",
  /** Account uuid of the sender. Always there. */
  sender: "avsender-id",
  senderName: "avsender-navn",
  /** `melding-id` that this answers. */
  answers: "svar-til",
  /** Type of the message that this answers; on `tidsavbrudd`. */
  answersType: "svar-til-type",
  /** The body is in Dokumentlager, the AMQP body empty. */
  documentStore: "dokumentlager-id",
} as const;

/** In front of a sender's own headers on the wire. */
export const customPrefix = "egendefinert-header.";

/** A sender's own headers, without the prefix. */
export const customHeaders = {
  /** The portal's uuid of the message: the same for every resend. */
  concernId: "bekymringsmelding-id",
  districtResourceId: "bydel-ressurs-id",
  /** The same for every resend by the same client. */
  clientId: "klientMeldingId",
  correlationId: "klientKorrelasjonsId",
  /** The old spelling, still written beside the new one by the Java client. */
  correlationIdOld: "klientKorrelasjonId",
} as const;

/** Header table as AMQP libraries give it: values are text, or bytes of text. */
export type HeaderTable = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

/** A header's text, or undefined where it is missing or no text. */
export function headerText(table: HeaderTable, name: string): string | undefined {
  const value = table[name];
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return decoder.decode(value);
  return undefined;
}

/** A sender's own header, read with the prefix or bare: which of the two is on the wire is not published. */
export function customHeader(table: HeaderTable, name: string): string | undefined {
  return headerText(table, customPrefix + name) ?? headerText(table, name);
}
