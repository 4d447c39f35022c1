import http from "node:http";
import type { AddressInfo } from "node:net";
import { http as msw } from "msw";
import { setupServer } from "msw/node";
import type { Answer, Reply, WireRequest } from "../simulators/wire.ts";
import { responseTo, wireRequestOf } from "../worlds/in-process/fetch-style.ts";
import { httpServer } from "../worlds/live/http-server.ts";
import { Outbox } from "../worlds/live/outbox.ts";
import type { Answered, Asking, File, Json, Stand } from "./correspondence-stand.ts";

/** What a client has heard. */
export type Heard = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
};

/** One way for a request to get to a wire handler, and for its answer back. */
export type Wire = {
  readonly name: string;
  /** @returns How to ask, and how to end it. */
  open(handle: (request: WireRequest) => Reply): Promise<{
    ask(method: string, path: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Heard>;
    close(): void;
  }>;
};

const origin = "http://altinn.komfrem.test";

function heardOf(reply: Reply): { readonly kind: "told"; readonly value: Answer } {
  return { kind: "told", value: { reply, saying: "positive", copies: [] } };
}

async function byFetch(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<Heard> {
  const hasBody = method !== "GET" && method !== "HEAD";
  const heard = await fetch(url, { method, headers, body: hasBody ? (body as Uint8Array<ArrayBuffer>) : null });
  return responseHeard(heard);
}

async function responseHeard(heard: Response): Promise<Heard> {
  const bytes = new Uint8Array(await heard.arrayBuffer());
  return { status: heard.status, headers: Object.fromEntries(heard.headers), bytes };
}

function byNode(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const asked = http.request(url, { method, headers: { ...headers, "content-length": body.length } }, (heard) => {
      const chunks: Buffer[] = [];
      heard.on("data", (chunk: Buffer) => chunks.push(chunk));
      heard.on("error", reject);
      heard.on("end", () =>
        resolve({
          status: heard.statusCode ?? 0,
          headers: heard.headers as Record<string, string>,
          bytes: new Uint8Array(Buffer.concat(chunks)),
        }),
      );
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

function throughMsw(name: string, how: typeof byFetch): Wire {
  return {
    name,
    open: async (handle) => {
      const server = setupServer(
        msw.all(`${origin}/*`, async ({ request }) =>
          responseTo(heardOf(handle(await wireRequestOf(request))), () => {}),
        ),
      );
      server.listen({ onUnhandledFrame: "error" });
      return {
        ask: (method, path, headers, body) => how(method, origin + path, headers, body),
        close: () => server.close(),
      };
    },
  };
}

/** No adapter at all: what all of them are compared with. */
export const memory: Wire = {
  name: "memory",
  open: async (handle) => ({
    ask: async (method, path, headers, body) => {
      const { pathname, searchParams } = new URL(path, origin);
      const query = Object.fromEntries(searchParams);
      const reply = handle({ method, path: decodeURIComponent(pathname), query, headers, body });
      return { status: reply.status, headers: Object.fromEntries(reply.headers), bytes: reply.body as Uint8Array };
    },
    close: () => {},
  }),
};

/** Every adapter that serves a wire handler: what is true on one must be true on all. */
export const wires: readonly Wire[] = [
  {
    name: "a port",
    open: async (handle) => {
      const server = httpServer((request, hear) => hear(heardOf(handle(request)), () => {}), new Outbox(), {
        count: 0,
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      return {
        ask: (method, path, headers, body) => byFetch(method, `http://127.0.0.1:${port}${path}`, headers, body),
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      };
    },
  },
  {
    name: "a fetch-style handler",
    open: async (handle) => ({
      ask: async (method, path, headers, body) => {
        const hasBody = method !== "GET" && method !== "HEAD";
        const asked = { method, headers, body: hasBody ? (body as Uint8Array<ArrayBuffer>) : null };
        const request = await wireRequestOf(new Request(origin + path, asked));
        return responseHeard(responseTo(heardOf(handle(request)), () => {}));
      },
      close: () => {},
    }),
  },
  throughMsw("MSW, asked by fetch", byFetch),
  throughMsw("MSW, asked by node:http", byNode),
];

/** A stand that is asked over a wire, or in memory where none is given; one at a time. */
export type WiredStand = Pick<Stand, "service" | "rights" | "pass" | "order" | "sent"> & {
  ask(method: string, path: string, asking?: Asking): Promise<WiredAnswer>;
  get(path: string, asking?: Asking): Promise<WiredAnswer>;
  read(path: string, asking?: Asking): Promise<WiredAnswer>;
  does(method: string, path: string): Promise<WiredAnswer>;
  upload(label: string, files: readonly File[], over?: Json, around?: Json): Promise<WiredAnswer>;
};
export type WiredAnswer = Pick<Answered, "status" | "headers" | "bytes" | "text" | "said">;

/** A wire that is open, for one stand after the other. */
export class OpenWire {
  readonly #wire: Wire | undefined;
  #opened: Awaited<ReturnType<Wire["open"]>> | undefined;
  #handle: (request: WireRequest) => Reply | undefined = () => undefined;

  constructor(wire: Wire | undefined) {
    this.#wire = wire;
  }

  async open(): Promise<void> {
    this.#opened = await this.#wire?.open((request) => {
      const reply = this.#handle(request);
      if (reply === undefined) throw new Error(`no route for ${request.method} ${request.path}`);
      return reply;
    });
  }

  close(): void {
    this.#opened?.close();
  }

  to(at: Stand): WiredStand {
    const ask = async (method: string, path: string, asking: Asking = {}): Promise<WiredAnswer> => {
      const opened = this.#opened;
      if (opened === undefined) return at.ask(method, path, asking);
      const { headers, body, path: asked } = at.request(method, path, asking);
      this.#handle = (request) => at.serve(request, asking.party ?? "sender");
      const query = path.includes("?") ? path.slice(path.indexOf("?")) : "";
      const heard = await opened.ask(method, asked + query, headers, body);
      const text = Buffer.from(heard.bytes).toString();
      const said = heard.headers["content-type"]?.includes("json") ? (JSON.parse(text) as Json) : {};
      return { ...heard, text, said };
    };
    const asReader = { token: "municipality", party: "integration" };
    const { service, rights, pass, order, sent } = at;
    return {
      service,
      rights,
      pass,
      order,
      sent,
      ask,
      get: (path, asking) => ask("GET", path, asking),
      read: (path, asking) => ask("GET", path, { ...asReader, ...asking }),
      does: (method, path) => ask(method, path, asReader),
      upload: (...given) => ask("POST", "/correspondence/upload", at.uploading(...given)),
    };
  }
}
