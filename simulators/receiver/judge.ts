import { formName, pdfName } from "../../contracts/fiks/container.ts";
import type { Fidelity, RegisteredPart } from "../../core/ledger.ts";
import type { SentDelivery, SentPart } from "../manifest.ts";
import { sameJson } from "./equal.ts";

/** What this receiver keeps of each part: the form field by field, everything else byte by byte. */
export const receiverFidelity: Readonly<Record<string, Fidelity>> = { [formName]: "fields", [pdfName]: "bytes" };

/** A document whose content has been checked against its sum. */
export type CheckedDocument = { readonly sha256: string; readonly content: Uint8Array };

/** `whole` is false where set or order of documents differ from the parts that were sent. */
export type Judged = { readonly parts: readonly RegisteredPart[]; readonly whole: boolean };

const decoder = new TextDecoder();
const parsed = new WeakMap<SentPart, { readonly json: unknown }>();
const notJson = Symbol("not JSON");

function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return notJson;
  }
}

function jsonOf(part: SentPart): unknown {
  let known = parsed.get(part);
  if (known === undefined) {
    known = { json: jsonIn(part.bytes) };
    parsed.set(part, known);
  }
  return known.json;
}

/**
 * Compares what is registered with what was sent.
 *
 * The form is there if `payload` or a document says the same; every other part if a document has the same bytes. The
 * whole is wrong where a document is no part of what was sent, comes twice, or comes in another order.
 */
export function judgeParts(sent: SentDelivery, payload: unknown, documents: readonly CheckedDocument[]): Judged {
  const places = sent.parts.map((part) => {
    const bytes = documents.findIndex(({ sha256 }) => sha256 === part.sha256);
    return bytes >= 0 || part.name !== formName ? bytes : documentSaying(jsonOf(part), documents);
  });
  const inPayload = sent.parts.map((part) => part.name === formName && sameJson(payload, jsonOf(part)));
  const parts = sent.parts.map((part, i): RegisteredPart => {
    const ok = (places[i] ?? -1) >= 0 || inPayload[i] === true;
    return { name: part.name, fidelity: receiverFidelity[part.name] ?? "bytes", ok };
  });
  const there = places.filter((place) => place >= 0);
  // A form that stands in the payload has its place there: a further copy among the documents may come anywhere.
  const ordered = places.filter((place, i) => place >= 0 && inPayload[i] !== true);
  const inOrder = ordered.every((place, i) => i === 0 || place > (ordered[i - 1] ?? -1));
  return { parts, whole: inOrder && there.length === documents.length };
}

function documentSaying(json: unknown, documents: readonly CheckedDocument[]): number {
  if (json === notJson) return -1;
  return documents.findIndex(({ content }) => content[0] === 0x7b && sameJson(jsonIn(content), json));
}
