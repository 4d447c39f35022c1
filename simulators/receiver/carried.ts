import type { RegisteredPart } from "../../core/ledger.ts";
import type { CarriedPart } from "../altinn/seams.ts";
import type { SentDelivery, SentPart } from "../manifest.ts";
import { sameJson } from "./equal.ts";
import type { Judged } from "./judge.ts";
import { saysText, wordingOf } from "./wording.ts";

const utf8 = new TextDecoder();

/**
 * Compares what was carried by hand with what was sent: a file is there byte by byte, a form if something says the same
 * field by field, a text if something has the same wording. What was carried besides, such as a covering text, is let
 * be; files must come in the order they were sent.
 */
export function judgeCarried(sent: SentDelivery, carried: readonly CarriedPart[]): Judged {
  const places: number[] = [];
  const parts = sent.parts.map((part): RegisteredPart => {
    const place = carried.findIndex(({ bytes }, i) => !places.includes(i) && Buffer.compare(bytes, part.bytes) === 0);
    if (place >= 0) {
      places.push(place);
      return { name: part.name, fidelity: "bytes", ok: true };
    }
    return asText(part, carried);
  });
  const inOrder = places.every((place, i) => i === 0 || place > (places[i - 1] ?? -1));
  return { parts, whole: inOrder && parts.every(({ ok }) => ok) };
}

function asText({ name, mediaType, bytes }: SentPart, carried: readonly CarriedPart[]): RegisteredPart {
  const texts = carried.map((one) => utf8.decode(one.bytes));
  if (mediaType === "application/json") {
    const form = jsonIn(utf8.decode(bytes));
    return { name, fidelity: "fields", ok: form !== undefined && texts.some((text) => sameJson(jsonIn(text), form)) };
  }
  if (!mediaType.startsWith("text/")) return { name, fidelity: "bytes", ok: false };
  const wording = wordingOf(utf8.decode(bytes));
  return { name, fidelity: "text", ok: texts.some((text) => saysText(text, wording)) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
