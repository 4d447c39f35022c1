import type { Bytes } from "./wire.ts";

/** Bytes as text, one character each, so that what is planted can be looked for in them. */
export function latin1(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
