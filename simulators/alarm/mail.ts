import { latin1 } from "../latin1.ts";
import type { Bytes } from "../wire.ts";
import { type Said, saidIn } from "./state.ts";

/** Parts within parts are read this deep. */
const deepest = 8;

type Entity = { readonly headers: string; readonly body: string };

/**
 * Reads an alarm that came as mail: headers and bodies as their reader sees them.
 *
 * @source RFC 2045 section 6, RFC 2046 section 5.1, RFC 2047
 */
export function saidInMail(mail: Bytes): Said {
  const { headers, body } = entity(latin1(mail), deepest);
  return saidIn(`${headers}\n\n${body}`, body);
}

function entity(raw: string, depth: number): Entity {
  const ends = raw.search(/\r\n\r\n/);
  const lines = (ends < 0 ? raw : raw.slice(0, ends)).replaceAll(/\r\n[ \t]+/g, " ");
  const content = ends < 0 ? "" : raw.slice(ends + 4);
  const headers = utf8(Buffer.from(lines.replaceAll(encodedWord, decodedWord), "latin1"));
  const boundary = /^content-type:\s*multipart\/.*boundary="?([^";\r\n]+)/im.exec(lines)?.[1];
  if (boundary === undefined || depth === 0) return { headers, body: utf8(decoded(content, encodingIn(lines))) };
  // What stands before the first boundary is for readers that know no parts, and what stands after the last is nothing.
  const parts = `\r\n${content}`.split(`\r\n--${boundary}`).slice(1);
  const inner = parts.filter((part) => !part.startsWith("--")).map((part) => entity(afterLine(part), depth - 1));
  return {
    headers: [headers, ...inner.map((part) => part.headers)].join("\n"),
    body: inner.map((part) => part.body).join("\n"),
  };
}

/** A part begins on the line after its boundary, and may have no headers at all. */
function afterLine(part: string): string {
  const rest = part.slice(part.indexOf("\r\n") + 2);
  return rest.startsWith("\r\n") ? `\r\n${rest}` : rest;
}

function encodingIn(headers: string): string | undefined {
  return /^content-transfer-encoding:\s*([\w-]+)/im.exec(headers)?.[1]?.toLowerCase();
}

function decoded(content: string, encoding: string | undefined): Uint8Array {
  switch (encoding) {
    case "base64":
      return Buffer.from(content, "base64");
    case "quoted-printable":
      return unquoted(content.replaceAll(/=[ \t]*\r\n/g, ""));
    default:
      return Buffer.from(content, "latin1");
  }
}

const encodedWord = /=\?[^?\s]+\?([bq])\?([^?\s]*)\?=(?:[ \t]+(?==\?))?/gi;

function decodedWord(_: string, encoding: string, text: string): string {
  return latin1(encoding.toLowerCase() === "b" ? Buffer.from(text, "base64") : unquoted(text.replaceAll("_", " ")));
}

function unquoted(text: string): Uint8Array {
  const plain = text.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, "latin1");
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
