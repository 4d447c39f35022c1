/** DER, as far as certificates and keystores need it: each gives the bytes of one value, tag and length included. */

export function sequence(...values: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...values);
}

/** A SET OF; its values are sorted, as DER wants it. */
export function setOf(...values: readonly Uint8Array[]): Buffer {
  return tagged(0x31, ...[...values].sort(Buffer.compare));
}

/** An explicit `[n]` around a value. */
export function explicit(n: number, value: Uint8Array): Buffer {
  return tagged(0xa0 | n, value);
}

/** An implicit `[n]` in place of a primitive value's own tag. */
export function implicit(n: number, content: Uint8Array): Buffer {
  return tagged(0x80 | n, content);
}

/** A number of at least zero. */
export function integer(value: number | bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return tagged(0x02, (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

/** @param name Dotted, `1.2.840.113549.1.7.1`. */
export function objectId(name: string): Buffer {
  const [first = 0, second = 0, ...rest] = name.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(inSevens)));
}

export function nothing(): Buffer {
  return tagged(0x05);
}

export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0));
}

export function octets(content: Uint8Array): Buffer {
  return tagged(0x04, content);
}

/** @param unused Bits at the end of the last byte that do not count. */
export function bits(content: Uint8Array, unused = 0): Buffer {
  return tagged(0x03, Buffer.of(unused), content);
}

export function utf8(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** A BMPString: two bytes a letter. */
export function bmp(text: string): Buffer {
  return tagged(0x1e, Buffer.from(text, "utf16le").swap16());
}

/**
 * A time in a certificate: with two digits of the year up to 2049, with four from then on (RFC 5280, 4.1.2.5).
 *
 * @param digits UTC, `20150101000000Z`.
 */
export function time(digits: string): Buffer {
  return digits < "2050" ? tagged(0x17, Buffer.from(digits.slice(2))) : tagged(0x18, Buffer.from(digits));
}

function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.of(0x80 | bytes.length), bytes]);
}

/** Seven bits a byte, the first bit set in all but the last. */
function inSevens(value: number): number[] {
  const sevens = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) sevens.unshift(128 + (rest % 128));
  return sevens;
}
