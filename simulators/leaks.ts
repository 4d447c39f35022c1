import { hash } from "node:crypto";
import type { Canary } from "../core/canary.ts";
import type { DeliveryId, Label } from "../core/names.ts";
import type { Manifest } from "./manifest.ts";
import type { Facts, WireRequest } from "./wire.ts";

/** Planted content that stands where it must not. Never holds the value itself. */
export type Leak = {
  /** `url`, `header idempotency-key`, `alarm`, `deviation`. */
  readonly where: string;
  readonly encoding: "plain" | "percent" | "base64" | "hex" | "sha256";
  /** Message, part and position: `A form head`, or `A id number`. */
  readonly planted: string;
  readonly message: Label;
  readonly delivery?: DeliveryId;
};

type Needles = {
  readonly base64: readonly string[];
  readonly hex: string;
  /** SHA-256 of planted id numbers, hex: their message; as many as were planted when it was made. */
  readonly digests: Map<string, Label>;
  digested: number;
  /** By header name, the last value that was found clean: most headers say the same each time. */
  readonly clean: Map<string, string>;
};

const needles = new WeakMap<Manifest, Needles>();
const none: readonly Leak[] = [];
/** An id number: nothing shorter is planted. */
const shortestPlanted = 11;

/** How the run's token looks in base64, at each of the three places it may begin within three bytes. */
function base64Needles(token: string): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from("\0".repeat(before) + token).toString("base64");
    // Characters that also carry bits of what stands before or after the token are left out.
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + token.length) * 8) / 6));
  });
}

function needlesOf(manifest: Manifest): Needles {
  let found = needles.get(manifest);
  if (found === undefined) {
    found = {
      base64: base64Needles(manifest.token),
      hex: Buffer.from(manifest.token).toString("hex"),
      digests: new Map(),
      digested: 0,
      clean: new Map(),
    };
    needles.set(manifest, found);
  }
  return found;
}

function unescaped(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** What stands in base64 from a place on; `shift` tells how many of three bytes come before the needle. */
function unbase64(text: string, at: number, shift: number): string {
  const from = at - Math.ceil((shift * 8) / 6);
  return from < 0 ? "" : Buffer.from(text.slice(from), "base64").toString("latin1");
}

/**
 * What is planted and stands in a text: canaries, plain in any case, percent-encoded, in base64 or in hex, and national
 * id numbers, plain or as their bare SHA-256; each once.
 *
 * @param where How the ledger calls the place.
 */
export function leaksInText(text: string, where: string, manifest: Manifest): readonly Leak[] {
  if (text.length < shortestPlanted) return none;
  const canaries = canaryLeaks(text, where, manifest);
  const numbers = idNumberLeaks(text, where, manifest);
  return numbers.length === 0 ? canaries : [...canaries, ...numbers];
}

function canaryLeaks(text: string, where: string, manifest: Manifest): readonly Leak[] {
  const leaks = (found: readonly Canary[], encoding: Leak["encoding"]): readonly Leak[] =>
    found.map((canary) => leak(canary, where, encoding, manifest));
  const plain = manifest.canariesIn(text);
  if (plain.length > 0) return leaks(plain, "plain");
  if (text.includes("%")) {
    const found = manifest.canariesIn(unescaped(text));
    if (found.length > 0) return leaks(found, "percent");
  }
  const { base64, hex } = needlesOf(manifest);
  for (const [shift, needle] of base64.entries()) {
    const at = text.indexOf(needle);
    if (at < 0) continue;
    const found = manifest.canariesIn(unbase64(text, at, shift));
    if (found.length > 0) return leaks(found, "base64");
  }
  const at = text.toLowerCase().indexOf(hex);
  if (at < 0) return none;
  return leaks(manifest.canariesIn(Buffer.from(text.slice(at), "hex").toString("latin1")), "hex");
}

const elevenDigits = /\d{11}/g;
const digest = /[0-9a-fA-F]{64}/g;

function idNumberLeaks(text: string, where: string, manifest: Manifest): readonly Leak[] {
  const found = new Map<Label, Leak["encoding"]>();
  for (const [number] of text.matchAll(elevenDigits)) {
    const label = manifest.withIdNumber(number);
    if (label !== undefined) found.set(label, "plain");
  }
  for (const [hex] of text.matchAll(digest)) {
    const label = digestsOf(manifest).get(hex.toLowerCase());
    if (label !== undefined && !found.has(label)) found.set(label, "sha256");
  }
  if (found.size === 0) return none;
  return [...found].map(([message, encoding]) => {
    const delivery = manifest.delivery(message)?.id;
    const planted = `${message} id number`;
    return { where, encoding, planted, message, ...(delivery === undefined ? {} : { delivery }) };
  });
}

function digestsOf(manifest: Manifest): ReadonlyMap<string, Label> {
  const known = needlesOf(manifest);
  const numbers = manifest.idNumbers();
  if (known.digested !== numbers.size) {
    for (const [number, label] of numbers) known.digests.set(hash("sha256", number), label);
    known.digested = numbers.size;
  }
  return known.digests;
}

function leak(canary: Canary, where: string, encoding: Leak["encoding"], manifest: Manifest): Leak {
  const delivery = manifest.delivery(canary.message)?.id;
  return {
    where,
    encoding,
    planted: `${canary.message} ${canary.part} ${canary.position}`,
    message: canary.message,
    ...(delivery === undefined ? {} : { delivery }),
  };
}

/**
 * Planted content in a request where none is allowed: in its line and headers, and in its body unless that goes to the
 * receiver, or to whoever scans what it gets itself.
 *
 * @source PORT.md, ruling 10
 */
export function leaksIn(request: WireRequest, manifest: Manifest, bodyTo?: string): readonly Leak[] {
  let leaks = none;
  const { clean } = needlesOf(manifest);
  const look = (text: string, place: string, where: string): void => {
    if (text.length < shortestPlanted || clean.get(place) === text) return;
    const found = leaksInText(text, where, manifest);
    if (found.length === 0) clean.set(place, text);
    else leaks = [...leaks, ...found];
  };
  look(request.path, request.method, "url");
  for (const name in request.query) look(`${name}=${request.query[name]}`, `?${name}`, "url");
  for (const name in request.headers) look(request.headers[name] ?? "", name, `header ${name}`);
  if (bodyTo !== undefined && request.body.length >= shortestPlanted)
    look(
      Buffer.from(request.body.buffer, request.body.byteOffset, request.body.length).toString("latin1"),
      `>${bodyTo}`,
      `body to ${bodyTo}`,
    );
  return leaks;
}

/** Writes one `leaked` entry a leak: where and what, never the value. */
export function recordLeaks(facts: Facts, leaks: readonly Leak[]): void {
  for (const leak of leaks) facts.record({ kind: "leaked", ...leak });
}
