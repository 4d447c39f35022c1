import type { RegisteredPart } from "../../core/ledger.ts";
import type { Manifest, SentDelivery, SentPart } from "../manifest.ts";
import type { Judged } from "./judge.ts";

/** Something that somebody had in front of them when they made a case by hand: a file, or a text. */
export type Carried = { readonly name: string; readonly bytes: Uint8Array };

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

/**
 * Compares what was carried by hand with what was sent, leniently: a part is there byte by byte, or with everything
 * planted in it. What was carried besides, such as a covering text, is let be; files must come in the order they were sent.
 */
export function judgeCarried(sent: SentDelivery, carried: readonly Carried[], manifest: Manifest): Judged {
  const planted = new Set(
    manifest.canariesIn(carried.map(({ name, bytes }) => `${name}\n${latin1(bytes)}`).join("\n")),
  );
  const places: number[] = [];
  const parts = sent.parts.map((part): RegisteredPart => {
    const place = carried.findIndex(({ bytes }, i) => !places.includes(i) && Buffer.compare(bytes, part.bytes) === 0);
    if (place >= 0) {
      places.push(place);
      return { name: part.name, fidelity: "bytes", ok: true };
    }
    const canaries = canariesOf(part, manifest);
    const ok = canaries.length > 0 && canaries.every((canary) => planted.has(canary));
    return { name: part.name, fidelity: "rendered", ok };
  });
  const inOrder = places.every((place, i) => i === 0 || place > (places[i - 1] ?? -1));
  return { parts, whole: inOrder && parts.every(({ ok }) => ok) };
}

function canariesOf(part: SentPart, manifest: Manifest): ReturnType<Manifest["canariesIn"]> {
  return manifest.canariesIn(`${part.name}\n${latin1(part.bytes)}`);
}
