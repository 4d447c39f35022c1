import { type Canary, canaryLength } from "../core/canary.ts";
import type { DeliveryId, Label } from "../core/names.ts";
import type { Manifest } from "./manifest.ts";
import type { Facts, WireRequest } from "./wire.ts";

/** Planted content that stands where it must not. Never holds the value itself. */
export type Leak = {
  /** `url`, `header idempotency-key`, `alarm`, `deviation`. */
  readonly where: string;
  readonly encoding: "plain" | "percent" | "base64" | "hex";
  /** Message, part and position: `A form head`. */
  readonly planted: string;
  readonly message: Label;
  readonly delivery?: DeliveryId;
};

type Needles = {
  readonly base64: readonly string[];
  readonly hex: string;
  /** By header name, the last value that was found clean: most headers say the same each time. */
  readonly clean: Map<string, string>;
};

const needles = new WeakMap<Manifest, Needles>();
const none: readonly Leak[] = [];

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
 * The canaries of this run that stand in a text, plain in any case, percent-encoded, in base64 or in hex; each once.
 *
 * @param where How the ledger calls the place.
 */
export function leaksInText(text: string, where: string, manifest: Manifest): readonly Leak[] {
  if (text.length < canaryLength) return none;
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

/** Planted content in a request's line or headers, where none is allowed. Bodies are the party's own business. */
export function leaksIn(request: WireRequest, manifest: Manifest): readonly Leak[] {
  let leaks = none;
  const { clean } = needlesOf(manifest);
  const look = (text: string, place: string, where: string): void => {
    if (text.length < canaryLength || clean.get(place) === text) return;
    const found = leaksInText(text, where, manifest);
    if (found.length === 0) clean.set(place, text);
    else leaks = [...leaks, ...found];
  };
  look(request.path, request.method, "url");
  for (const name in request.query) look(`${name}=${request.query[name]}`, `?${name}`, "url");
  for (const name in request.headers) look(request.headers[name] ?? "", name, `header ${name}`);
  return leaks;
}

/** Writes one `leaked` entry a leak: where and what, never the value. */
export function recordLeaks(facts: Facts, leaks: readonly Leak[]): void {
  for (const leak of leaks) facts.record({ kind: "leaked", ...leak });
}
