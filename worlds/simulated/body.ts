import type { HostBody } from "../../port/host.ts";

const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** A request's body in full, and the content type it implies. */
export type Encoded = { readonly bytes: Uint8Array; readonly contentType?: string };

/** The body as bytes at once, a copy of the asker's own; undefined where it must first be read. */
export function encodedNow(body: HostBody | null | undefined): Encoded | undefined {
  if (body === null || body === undefined) return { bytes: nothing };
  if (typeof body === "string") return { bytes: encoder.encode(body), contentType: "text/plain;charset=UTF-8" };
  if (body instanceof Uint8Array) return { bytes: new Uint8Array(body) };
  if (body instanceof ArrayBuffer) return { bytes: new Uint8Array(body.slice(0)) };
  if (ArrayBuffer.isView(body)) {
    const view = body as ArrayBufferView;
    return { bytes: new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice() };
  }
  if (body instanceof URLSearchParams)
    return { bytes: encoder.encode(body.toString()), contentType: "application/x-www-form-urlencoded;charset=UTF-8" };
  return undefined;
}

/** Reads a body that is not there yet: a form, a blob or a stream. */
export async function encodedLater(body: HostBody, boundary: () => string): Promise<Encoded> {
  if (body instanceof Blob)
    return {
      bytes: new Uint8Array(await body.arrayBuffer()),
      ...(body.type === "" ? {} : { contentType: body.type }),
    };
  if (body instanceof FormData) {
    const mark = `----komfrem-${boundary()}`;
    const chunks: Uint8Array[] = [];
    for (const [name, value] of body.entries()) {
      const quoted = escaped(withLineBreaks(name));
      if (typeof value === "string") {
        chunks.push(
          encoder.encode(
            `--${mark}\r\nContent-Disposition: form-data; name="${quoted}"\r\n\r\n${withLineBreaks(value)}\r\n`,
          ),
        );
        continue;
      }
      const filename = escaped(value.name);
      chunks.push(
        encoder.encode(
          `--${mark}\r\nContent-Disposition: form-data; name="${quoted}"; filename="${filename}"\r\nContent-Type: ${value.type === "" ? "application/octet-stream" : value.type}\r\n\r\n`,
        ),
        new Uint8Array(await value.arrayBuffer()),
        encoder.encode("\r\n"),
      );
    }
    chunks.push(encoder.encode(`--${mark}--\r\n`));
    return { bytes: joined(chunks), contentType: `multipart/form-data; boundary=${mark}` };
  }
  if (body instanceof ReadableStream) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) throw new TypeError("Received non-Uint8Array chunk");
      chunks.push(chunk);
    }
    return { bytes: joined(chunks) };
  }
  throw new TypeError(
    "This body cannot be sent: give text, bytes, URLSearchParams, FormData, a Blob or a ReadableStream.",
  );
}

const withLineBreaks = (text: string): string => text.replace(/\r\n|\r|\n/g, "\r\n");

const escaped = (name: string): string => name.replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/"/g, "%22");

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
