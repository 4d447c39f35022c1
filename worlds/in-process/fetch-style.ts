import type { Heard } from "../../simulators/boundaries.ts";
import { type Answer, answeredInstead, type Reply, type WireRequest } from "../../simulators/wire.ts";

const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** A fetch-style request as plain data, once all of it has arrived. */
export async function wireRequestOf(request: Request): Promise<WireRequest> {
  const { pathname, searchParams } = new URL(request.url);
  return {
    method: request.method,
    path: decoded(pathname),
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(request.headers),
    body: new Uint8Array(await request.arrayBuffer()),
  };
}

/**
 * What reaches the asker, as a fetch-style response. A connection that is refused or reset has no answer: its body fails
 * before the first byte, which whoever carries the response turns into a connection that closes.
 *
 * @param lengthToo Whether the response says how long it is, as a server's does.
 */
export function responseTo(
  heard: Heard<Answer>,
  confirm: (inFull: boolean) => void,
  { lengthToo = true }: { readonly lengthToo?: boolean } = {},
): Response {
  switch (heard.kind) {
    case "told": {
      const { reply } = heard.value;
      const { ending } = reply;
      confirm(ending.kind === "complete");
      if (ending.kind === "complete") return inFull(reply, lengthToo);
      return inPart(reply, ending.bytes, ending.kind === "cutAfter");
    }
    case "cut":
      return inPart(heard.value.reply, heard.afterBytes, true);
    case "answered":
      confirm(true);
      return inFull(answeredInstead(heard), lengthToo);
    case "refused":
    case "reset":
      return new Response(broken(new Uint8Array(0), true));
  }
}

function inFull(reply: Reply, lengthToo: boolean): Response {
  const { status, body } = reply;
  const headers = headersOf(reply);
  if (bodiless.has(status)) return new Response(null, { status, headers });
  if (!(body instanceof Uint8Array))
    return new Response(ReadableStream.from(body) as ReadableStream, { status, headers });
  if (lengthToo) headers.set("content-length", String(body.length));
  return new Response(body as Uint8Array<ArrayBuffer>, { status, headers });
}

/** One byte more is promised than will come, so that a cut at the very end is a cut too. */
function inPart(reply: Reply, bytes: number, ends: boolean): Response {
  const body = reply.body instanceof Uint8Array ? reply.body : new Uint8Array(0);
  const headers = headersOf(reply);
  headers.set("content-length", String(Math.max(body.length, bytes + 1)));
  return new Response(broken(body.subarray(0, bytes), ends), { status: reply.status, headers });
}

function broken(bytes: Uint8Array, ends: boolean): ReadableStream {
  let given = false;
  return new ReadableStream(
    {
      pull(controller) {
        if (!given && bytes.length > 0) controller.enqueue(bytes);
        else if (ends) controller.error(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
        given = true;
        // What was given is read before it breaks; what only stalls is never heard of again.
        return ends ? undefined : new Promise<void>(() => {});
      },
    },
    { highWaterMark: 0 },
  );
}

function headersOf({ headers }: Reply): Headers {
  const made = new Headers();
  for (const [name, value] of headers) made.append(name, value);
  return made;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
