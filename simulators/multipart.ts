/** One part of a `multipart/form-data` body; header names in lower case, the body a view into what was read. */
export type Part = {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** The body is not what its content type says. */
export class MultipartError extends Error {
  override readonly name = "MultipartError";
}

const text = new TextDecoder();

/**
 * The boundary named by a content type; undefined if it is not `multipart/form-data` or names none.
 *
 * @source RFC 2046 section 5.1.1, RFC 7578
 */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (contentType === undefined) return undefined;
  const parameters = parametersOf(contentType);
  return parameters[""]?.toLowerCase() === "multipart/form-data" ? parameters.boundary || undefined : undefined;
}

/** `a; b=c; d="e"` as `{ "": "a", b: "c", d: "e" }`; names in lower case. */
function parametersOf(value: string): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 0;
  let first = true;
  while (at < value.length) {
    let name = "";
    let content = "";
    let inName = !first;
    while (at < value.length && value[at] !== ";") {
      const letter = value[at] as string;
      if (inName && letter === "=") inName = false;
      else if (!inName && letter === '"') {
        at++;
        while (at < value.length && value[at] !== '"') {
          if (value[at] === "\\" && at + 1 < value.length) at++;
          content += value[at++];
        }
      } else if (inName) name += letter;
      else content += letter;
      at++;
    }
    found[first ? "" : name.trim().toLowerCase()] = content.trim();
    first = false;
    at++;
  }
  return found;
}

/** Where `needle` first stands at or after `from`; -1 if nowhere. */
function indexOf(bytes: Uint8Array, needle: Uint8Array, from: number): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(needle, from);
}

/**
 * Reads a `multipart/form-data` body, strictly: parts are separated by CRLF and the boundary, every part has a name,
 * and the closing boundary is there.
 *
 * @throws {MultipartError} It is not; the message says where it goes wrong.
 */
export function readMultipart(body: Uint8Array, boundary: string): Part[] {
  const delimiter = new TextEncoder().encode(`\r\n--${boundary}`);
  const first = delimiter.subarray(2);
  const parts: Part[] = [];
  let at = startsWith(body, first, 0) ? first.length : indexOf(body, delimiter, 0) + delimiter.length;
  if (at < first.length) throw new MultipartError("the body does not hold its boundary");
  for (;;) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return parts;
    // Blanks may follow a boundary on its line.
    while (body[at] === 0x20 || body[at] === 0x09) at++;
    if (body[at] !== 0x0d || body[at + 1] !== 0x0a)
      throw new MultipartError("a boundary is followed by neither a line end nor --");
    at += 2;
    const next = indexOf(body, delimiter, at - 2);
    if (next < 0) throw new MultipartError("the closing boundary is missing");
    parts.push(partOf(body, at, next));
    at = next + delimiter.length;
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array, from: number): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[from + i] !== start[i]) return false;
  return true;
}

function partOf(body: Uint8Array, from: number, to: number): Part {
  const headers: Record<string, string> = {};
  let at = from;
  for (;;) {
    if (at + 1 < to && body[at] === 0x0d && body[at + 1] === 0x0a) {
      at += 2;
      break;
    }
    let end = at;
    while (end < to && body[end] !== 0x0d) end++;
    if (end + 1 >= to) throw new MultipartError("a part's headers do not end");
    const line = text.decode(body.subarray(at, end));
    const colon = line.indexOf(":");
    if (colon <= 0) throw new MultipartError("a part has a header line without a name");
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    at = end + 2;
  }
  const disposition = parametersOf(headers["content-disposition"] ?? "");
  if (disposition[""]?.toLowerCase() !== "form-data" || disposition.name === undefined)
    throw new MultipartError("a part has no name");
  return { name: disposition.name, fileName: disposition.filename, headers, body: body.subarray(at, to) };
}
