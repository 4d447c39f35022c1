import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Heard } from "../../simulators/boundaries.ts";
import { type Answer, answeredInstead, type Reply, type WireRequest } from "../../simulators/wire.ts";
import type { Outbox } from "./outbox.ts";

/**
 * Asks whoever answers at an origin; `hear` is called with what reaches the asker, or never.
 *
 * @param from The connection that it came on.
 */
export type Ask = (
  request: WireRequest,
  hear: (heard: Heard<Answer>, confirm: (inFull: boolean) => void) => void,
  from: Socket,
) => void;

/** Requests not yet read in full and answers not yet handed over: while there are any, time stands still. */
export type UnderWay = { count: number };

/** An HTTP server as thin as can be: a complete request goes in, what reaches the asker comes out. */
export function httpServer(ask: Ask, outbox: Outbox, underWay: UnderWay): Server {
  const server = createServer((incoming, response) => {
    const read = begun(underWay);
    const chunks: Uint8Array[] = [];
    incoming.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on("error", () => {});
    incoming.on("close", read);
    incoming.on("end", () => {
      read();
      ask(
        requestOf(incoming, Buffer.concat(chunks)),
        (heard, confirm) => outbox.say(() => handOver(heard, confirm, response, underWay)),
        incoming.socket,
      );
    });
    response.on("error", () => {});
  });
  // The world decides how long anything may take.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.timeout = 0;
  return server;
}

/** Gives a function that resets every connection of a server on which nothing is asked just then. */
export function resetsResting(server: Server): () => void {
  const resting = new Set<Socket>();
  server.on("connection", (line: Socket) => {
    resting.add(line);
    line.on("close", () => resting.delete(line));
  });
  server.on("request", ({ socket }, response) => {
    resting.delete(socket);
    response.on("close", () => {
      if (!socket.destroyed) resting.add(socket);
    });
  });
  return () => {
    for (const line of resting) line.resetAndDestroy();
  };
}

function handOver(
  heard: Heard<Answer>,
  confirm: (inFull: boolean) => void,
  response: ServerResponse,
  underWay: UnderWay,
): void {
  switch (heard.kind) {
    case "told": {
      const { reply } = heard.value;
      switch (reply.ending.kind) {
        case "complete":
          return inFull(reply, confirm, response, underWay);
        case "cutAfter":
          confirm(false);
          return inPart(reply, reply.ending.bytes, response, underWay, "cut");
        case "stallAfter":
          confirm(false);
          return inPart(reply, reply.ending.bytes, response, underWay, "stall");
      }
      return;
    }
    case "cut":
      return inPart(heard.value.reply, heard.afterBytes, response, underWay, "cut");
    case "answered":
      return inFull(answeredInstead(heard), confirm, response, underWay);
    case "refused":
    case "reset":
      response.socket?.resetAndDestroy();
  }
}

function inFull(reply: Reply, confirm: (inFull: boolean) => void, response: ServerResponse, underWay: UnderWay): void {
  const over = begun(underWay);
  if (response.destroyed || response.socket === null || response.socket.destroyed) {
    over();
    return confirm(false);
  }
  let finished = false;
  response.on("finish", () => {
    finished = true;
    over();
    confirm(true);
  });
  response.on("close", () => {
    over();
    if (!finished) confirm(false);
  });
  if (reply.body instanceof Uint8Array) {
    head(response, reply, reply.body.length);
    response.end(reply.body);
    return;
  }
  head(response, reply, undefined);
  void streamed(reply.body, response);
}

function inPart(
  reply: Reply,
  bytes: number,
  response: ServerResponse,
  underWay: UnderWay,
  then: "cut" | "stall",
): void {
  const over = begun(underWay);
  const { socket } = response;
  response.on("close", over);
  if (!(reply.body instanceof Uint8Array) || socket === null) {
    socket?.resetAndDestroy();
    return over();
  }
  // One byte more is promised than will come, so that a cut at the very end is a cut too.
  head(response, reply, Math.max(reply.body.length, bytes + 1));
  response.write(reply.body.subarray(0, bytes), () => {
    over();
    if (then === "cut") socket.destroy();
  });
  if (bytes === 0) response.flushHeaders();
}

function head(response: ServerResponse, reply: Reply, length: number | undefined): void {
  const headers: string[] = [];
  for (const [name, value] of reply.headers) headers.push(name, value);
  if (length !== undefined && reply.status !== 204 && reply.status !== 304)
    headers.push("content-length", String(length));
  response.sendDate = false;
  response.writeHead(reply.status, headers);
}

async function streamed(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  for await (const chunk of body) response.write(chunk);
  response.end();
}

/** Something is under way; call what this gives once it is not. */
function begun(underWay: UnderWay): () => void {
  underWay.count += 1;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    underWay.count -= 1;
  };
}

function requestOf(incoming: IncomingMessage, body: Uint8Array): WireRequest {
  const target = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return {
    method: incoming.method ?? "GET",
    path: decoded(target.pathname),
    query: Object.fromEntries(target.searchParams),
    headers,
    body,
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
