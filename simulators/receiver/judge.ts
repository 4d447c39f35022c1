import { formName, pdfName } from "../../contracts/fiks/container.ts";
import type { Fidelity, RegisteredPart } from "../../core/ledger.ts";
import { type SentDelivery, type SentPart, textName } from "../manifest.ts";
import { sameJson } from "./equal.ts";
import { saysText, type Wording, wordingOf } from "./wording.ts";

/** What this receiver keeps of each part: the form field by field, mail's text as text, everything else byte by byte. */
export const receiverFidelity: Readonly<Record<string, Fidelity>> = {
  [formName]: "fields",
  [pdfName]: "bytes",
  [textName]: "text",
};

/** A document whose content has been checked against its sum. */
export type CheckedDocument = { readonly sha256: string; readonly content: Uint8Array };

/** `whole` is false where set or order of documents differ from the parts that were sent. */
export type Judged = { readonly parts: readonly RegisteredPart[]; readonly whole: boolean };

const decoder = new TextDecoder();
const parsed = new WeakMap<SentPart, { readonly json: unknown }>();
const worded = new WeakMap<SentPart, Wording>();
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

function wordingIn(part: SentPart): Wording {
  let known = worded.get(part);
  if (known === undefined) {
    known = wordingOf(decoder.decode(part.bytes));
    worded.set(part, known);
  }
  return known;
}

/**
 * Compares what is registered with what was sent.
 *
 * The form is there if `payload` or a document says the same, and so is the text of mail, which may stand in any field
 * of `payload`; every other part if a document has the same bytes. The whole is wrong where a document is no part of
 * what was sent, comes twice, or comes in another order.
 */
export function judgeParts(sent: SentDelivery, payload: unknown, documents: readonly CheckedDocument[]): Judged {
  const places = sent.parts.map((part) => {
    const bytes = documents.findIndex(({ sha256 }) => sha256 === part.sha256);
    return bytes >= 0 ? bytes : documentSaying(part, documents);
  });
  const inPayload = sent.parts.map((part) => standsIn(payload, part));
  const parts = sent.parts.map((part, i): RegisteredPart => {
    const ok = (places[i] ?? -1) >= 0 || inPayload[i] === true;
    return { name: part.name, fidelity: receiverFidelity[part.name] ?? "bytes", ok };
  });
  const there = places.filter((place) => place >= 0);
  // What stands in the payload has its place there: a further copy among the documents may come anywhere.
  const ordered = places.filter((place, i) => place >= 0 && inPayload[i] !== true);
  const inOrder = ordered.every((place, i) => i === 0 || place > (ordered[i - 1] ?? -1));
  return { parts, whole: inOrder && there.length === documents.length };
}

function standsIn(payload: unknown, part: SentPart): boolean {
  switch (part.name) {
    case formName:
      return sameJson(payload, jsonOf(part));
    case textName:
      return saysText(payload, wordingIn(part));
    default:
      return false;
  }
}

/** The document that says what the form or the text says, in other bytes. */
function documentSaying(part: SentPart, documents: readonly CheckedDocument[]): number {
  switch (part.name) {
    case formName: {
      const json = jsonOf(part);
      if (json === notJson) return -1;
      return documents.findIndex(({ content }) => content[0] === 0x7b && sameJson(jsonIn(content), json));
    }
    case textName: {
      const wording = wordingIn(part);
      return documents.findIndex(
        ({ content }) => content.length <= wording.mostBytes && saysText(decoder.decode(content), wording),
      );
    }
    default:
      return -1;
  }
}
