import { Buffer } from "node:buffer";
import { deserialize } from "node:v8";
import { canariesIn } from "../core/canary.ts";

const base64 = /^[A-Za-z0-9+/_-]{24,}={0,2}$/;
const hexadecimal = /^(?:[0-9a-fA-F]{2}){16,}$/;

function fromText(text: string, token: string, found: Set<string>): void {
  for (const word of canariesIn(text, token)) found.add(word);
  // Hexadecimal digits are letters of base64 too.
  if (hexadecimal.test(text)) fromBytes(Buffer.from(text, "hex"), token, found);
  if (base64.test(text)) fromBytes(Buffer.from(text, "base64"), token, found);
}

function fromBytes(bytes: Uint8Array, token: string, found: Set<string>): void {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  for (const word of canariesIn(text, token)) found.add(word);
}

function fromValue(value: unknown, token: string, found: Set<string>, seen: Set<object> = new Set()): void {
  // What a structured clone may hold may hold itself.
  if (value !== null && typeof value === "object") {
    if (seen.has(value)) return;
    seen.add(value);
  }
  if (typeof value === "string") {
    fromText(value, token, found);
    // A value may be JSON text that carries the container as base64.
    if (value.startsWith("{") || value.startsWith("["))
      for (const [, quoted = ""] of value.matchAll(/"([A-Za-z0-9+/_-]{64,}={0,2})"/g))
        fromBytes(Buffer.from(quoted, "base64"), token, found);
  } else if (ArrayBuffer.isView(value)) {
    fromBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), token, found);
  } else if (value instanceof ArrayBuffer) {
    fromBytes(new Uint8Array(value), token, found);
  } else if (value instanceof Map) {
    for (const [key, inner] of value) {
      fromValue(key, token, found, seen);
      fromValue(inner, token, found, seen);
    }
  } else if (value !== null && typeof value === "object") {
    for (const inner of value instanceof Set ? value : Object.values(value)) fromValue(inner, token, found, seen);
  }
}

/**
 * The canaries that stand in a stored value: in text, bytes, base64 or hexadecimal, at any depth.
 * What is compressed or encrypted shows none; there the isolate-and-kill experiment decides.
 */
export function tracesIn(stored: Uint8Array, token: string): Set<string> {
  const found = new Set<string>();
  fromValue(deserialize(stored), token, found);
  return found;
}
