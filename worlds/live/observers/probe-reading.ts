import { formName, pdfName } from "../../../contracts/fiks/container.ts";
import { validate } from "../../../contracts/komfrem/index.ts";
import type { ProbeEnd, ProbeItem, ProbeLine } from "../../../contracts/komfrem/probe.ts";
import { HarnessError } from "../../../core/error.ts";
import type { Fidelity, RegisteredPart } from "../../../core/ledger.ts";
import { type CopyId, type DeliveryId, deliveryOf } from "../../../core/names.ts";
import { type Manifest, type SentDelivery, type SentPart, textName } from "../../../simulators/manifest.ts";
import { sameJson } from "../../../simulators/receiver/equal.ts";
import { saysText, wordingOf } from "../../../simulators/receiver/wording.ts";
import type { DeclaredFidelity } from "../../world.ts";

/** A probe's whole answer: what stands there, and whether that is all of it. */
export type Reading = { readonly items: readonly ProbeItem[]; readonly complete: boolean };

/**
 * What a probe answered.
 *
 * @throws {HarnessError} A line is not as `komfrem.probe/v1` says.
 */
export function readingOf(lines: readonly unknown[]): Reading {
  for (const [at, line] of lines.entries()) {
    const [problem] = validate("probe", line);
    if (problem === undefined) continue;
    throw new HarnessError({
      happened: `Line ${at + 1} of the probe's answer cannot be used.`,
      because: problem,
      next: "Correct the probe; contracts/komfrem/probe.v1.schema.json says what a line has, docs/live.md shows one.",
    });
  }
  const read = lines as readonly ProbeLine[];
  const last = read.at(-1);
  return {
    items: read.filter((line): line is ProbeItem => "ids" in line),
    // Without its last line an answer broke off.
    complete: last !== undefined && isEnd(last) && last.complete,
  };
}

function isEnd(line: ProbeLine): line is ProbeEnd {
  return !("ids" in line);
}

/** Which delivery an item is about: `copy` is known where an identifier of the wire stands on it. */
export type Meant =
  | { readonly kind: "meant"; readonly delivery: DeliveryId; readonly copy?: CopyId }
  /** Its content is of several. */
  | { readonly kind: "ambiguous"; readonly deliveries: readonly DeliveryId[] }
  /** Nothing of this run stands on it. */
  | { readonly kind: "stranger" };

/** By an identifier of the wire, else by the sums of its parts, else by the words planted in what it shows. */
export function meantBy(item: ProbeItem, manifest: Manifest): Meant {
  for (const id of item.ids) {
    const copy = manifest.copyWith(id);
    if (copy !== undefined) return { kind: "meant", delivery: deliveryOf(copy), copy };
  }
  const sums = new Set(item.parts?.flatMap(({ sha256 }) => sha256 ?? []));
  const bySums = [...manifest.deliveries()].filter(({ parts }) => parts.some(({ sha256 }) => sums.has(sha256)));
  const found = bySums.length > 0 ? bySums.map(({ id }) => id) : manifest.deliveriesIn(shownBy(item));
  const [delivery, ...others] = found;
  if (delivery === undefined) return { kind: "stranger" };
  return others.length === 0 ? { kind: "meant", delivery } : { kind: "ambiguous", deliveries: found };
}

/** Everything of an item that can be read as text. */
export function shownBy({ ids, parts = [] }: ProbeItem): string {
  return [...ids, ...parts.flatMap(({ name = "", text = "" }) => [name, text])].join("\n");
}

/** How an item's parts compare with what was sent; `readable` is false where something that counts was not shown. */
export type Compared = {
  readonly parts: readonly RegisteredPart[];
  /** False where parts stand in another order, or one of another message stands among them. */
  readonly whole: boolean;
  readonly readable: boolean;
};

/** @source RULES.md, *Fidelity* */
export function comparedWith(
  sent: SentDelivery,
  item: ProbeItem,
  declared: DeclaredFidelity,
  manifest: Manifest,
): Compared {
  const shown = item.parts;
  if (shown === undefined) return { parts: [], whole: true, readable: false };
  let readable = true;
  const places: number[] = [];
  const parts = sent.parts.map((part): RegisteredPart => {
    const fidelity = fidelityOf(part, declared);
    if (fidelity === "absent") return { name: part.name, fidelity, ok: true };
    const same = shown.findIndex(({ sha256 }, i) => sha256 === part.sha256 && !places.includes(i));
    const place =
      same >= 0 ? same : shown.findIndex(({ text }) => text !== undefined && says(text, part, fidelity, sent));
    if (place >= 0) places.push(place);
    else readable &&= shown.every((one) => (fidelity === "bytes" ? one.sha256 : one.text) !== undefined);
    return { name: part.name, fidelity, ok: place >= 0 };
  });
  const inOrder = places.every((place, i) => i === 0 || place >= (places[i - 1] ?? 0));
  const strange = shown.some(
    ({ sha256, text = "" }) =>
      [...manifest.deliveries()].some(
        (other) => other.id !== sent.id && other.parts.some((part) => part.sha256 === sha256),
      ) || manifest.deliveriesIn(text).some((other) => other !== sent.id),
  );
  return { parts, whole: inOrder && !strange, readable };
}

const usual: Required<DeclaredFidelity> = { form: "fields", pdf: "bytes", text: "text", file: "bytes" };

/** What a product says that it keeps of the parts whose names are fixed, as the run tells it. */
export function declaredFidelity(declared: DeclaredFidelity): Readonly<Record<string, Fidelity>> {
  return Object.fromEntries([formName, pdfName, textName].map((name) => [name, fidelityOf({ name }, declared)]));
}

/** As our own receiver does unless said. */
function fidelityOf({ name }: Pick<SentPart, "name">, declared: DeclaredFidelity): Fidelity {
  const kind = name === formName ? "form" : name === pdfName ? "pdf" : name === textName ? "text" : "file";
  return declared[kind] ?? usual[kind];
}

function says(text: string, part: SentPart, fidelity: Fidelity, sent: SentDelivery): boolean {
  switch (fidelity) {
    case "text":
      return saysText(text, wordingOf(new TextDecoder().decode(part.bytes)));
    case "fields":
      return sameJson(jsonIn(text), jsonIn(new TextDecoder().decode(part.bytes)) ?? part);
    case "rendered": {
      const words = sent.canaries.filter((canary) => canary.part === part.name && canary.position !== "name");
      const there = text.toUpperCase();
      return words.length > 0 && words.every(({ word }) => there.includes(word));
    }
    default:
      return false;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
