import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HarnessError } from "../../core/error.ts";
import { agreed, agreedDocument, documentBase64, documentSha256, idOf, type Subject, subjects } from "./agreed.ts";
import type { Answered } from "./openapi.ts";
import type { ProviderState } from "./pact-file.ts";

export type DeskOptions = {
  /** The vendor's provider. */
  readonly provider: string;
  /** Who sets states in it, where it cannot be brought into them by being asked. */
  readonly states?: string;
  /** What its API takes as a bearer token. */
  readonly token?: string;
};

type Fields = Readonly<Record<string, unknown>>;
type Made = { readonly made: true } | { readonly made: false; readonly why: string };
type Sent = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };

const withinMs = 30_000;
const agreedText = Buffer.from(agreedDocument).toString();

/**
 * Stands between the verifier and a vendor's provider: puts real credentials and fresh ids in the place of the agreed
 * ones, brings the provider into a state, and keeps the last answer. Ids are fresh for each interaction, so that a
 * provider that keeps what it was sent is never asked about the same message twice.
 */
export class Desk {
  readonly #options: DeskOptions;
  readonly #server: Server;
  #real = new Map<string, string>();
  #repeats = false;
  #owes: Fields | undefined;
  #last: Answered | undefined;
  url = "";

  constructor(options: DeskOptions) {
    this.#options = { ...options, provider: options.provider.replace(/\/+$/, "") };
    this.#server = createServer((incoming, response) => void this.#pass(incoming, response));
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** What the provider answered last. */
  get last(): Answered | undefined {
    return this.#last;
  }

  /** @throws {HarnessError} Nobody answers there. */
  async reach(): Promise<void> {
    const sent = await this.#send("GET", "/", {}, Buffer.alloc(0));
    if (sent === undefined)
      throw new HarnessError({
        happened: "The contract was not verified.",
        because: `Nobody answers at ${this.#options.provider}.`,
        next: "Start the provider and give its base URL: --provider http://127.0.0.1:8080",
      });
  }

  /** Brings the provider into a state, by asking it where that is possible. */
  async prepare({ name, params = {} }: ProviderState): Promise<Made> {
    this.#real = new Map(subjects.map((subject: Subject) => [idOf(subject), randomUUID()]));
    this.#real.set(agreed.key, `contract-${randomUUID()}`);
    const document = Buffer.from(`${agreedText}% ${randomUUID()}\n`);
    this.#real.set(agreedText, document.toString());
    this.#real.set(documentBase64, document.toString("base64"));
    this.#real.set(documentSha256, createHash("sha256").update(document).digest("hex"));
    this.#last = undefined;
    this.#repeats = name === "the same was asked before";
    switch (name) {
      case "nothing has happened yet":
      case "the same was asked before":
        return { made: true };
      case "a message is registered":
        return this.#asked("POST", "/intake/v1/messages", JSON.stringify(params.registration), {
          "content-type": "application/json",
          "idempotency-key": String(params.idempotencyKey ?? agreed.key),
        });
      case "a document was uploaded":
        return this.#asked("PUT", `/intake/v1/documents/${documentSha256}`, agreedDocument, {
          "content-type": "application/octet-stream",
        });
      default:
        return this.#ordered(name, params);
    }
  }

  /** The state is over: whoever has set it may undo it. */
  async settle(): Promise<void> {
    const owes = this.#owes;
    this.#owes = undefined;
    if (owes !== undefined) await this.#order({ ...owes, action: "teardown" });
  }

  async #asked(
    method: string,
    path: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>>,
  ): Promise<Made> {
    const authorization = `Bearer ${agreed.token}`;
    const sent = await this.#send(method, path, { ...headers, authorization }, Buffer.from(body));
    if (sent !== undefined && sent.status < 300 && sent.status !== 202) return { made: true };
    return {
      made: false,
      why: `${method} ${path}, which brings it about, was answered with ${sent?.status ?? "nothing"}`,
    };
  }

  async #ordered(state: string, params: Fields): Promise<Made> {
    const { states } = this.#options;
    if (states === undefined)
      return { made: false, why: "only its maker can bring it into this state: --states <url>" };
    const real = JSON.parse(this.#put(JSON.stringify(params))) as Fields;
    const order = { state, params: real };
    const answer = await this.#order({ ...order, action: "setup" });
    if (answer.status === undefined || answer.status >= 300)
      return { made: false, why: `${states} answered ${answer.status ?? "nothing"} when asked for it` };
    this.#owes = order;
    // Ids that the provider has chosen itself.
    for (const [name, value] of Object.entries(answer.values)) {
      const stands = params[name];
      if (typeof stands === "string" && typeof value === "string") this.#real.set(stands, value);
    }
    return { made: true };
  }

  async #order(order: Fields): Promise<{ readonly status?: number; readonly values: Fields }> {
    try {
      const response = await fetch(this.#options.states ?? "", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(order),
        signal: AbortSignal.timeout(withinMs),
      });
      const text = await response.text();
      let values: unknown;
      try {
        values = JSON.parse(text);
      } catch {
        values = {};
      }
      return {
        status: response.status,
        values: typeof values === "object" && values !== null ? (values as Fields) : {},
      };
    } catch {
      return { values: {} };
    }
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers))
      if (!hopByHop.has(name) && value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
    const [method, target, body] = [incoming.method ?? "GET", incoming.url ?? "/", Buffer.concat(chunks)];
    if (this.#repeats) await this.#send(method, target, headers, body);
    this.#repeats = false;
    const sent = await this.#send(method, target, headers, body);
    if (sent === undefined) {
      response.socket?.resetAndDestroy();
      return;
    }
    const path = new URL(this.#put(target), "http://127.0.0.1").pathname;
    this.#last = { method, path, status: sent.status, headers: sent.headers, body: sent.body.toString() };
    response.writeHead(sent.status, { ...sent.headers, "content-length": String(sent.body.length) }).end(sent.body);
  }

  /** Asks the provider; undefined where it is not heard. */
  async #send(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<Sent | undefined> {
    try {
      const real = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, this.#put(value)]));
      const { token } = this.#options;
      if (real.authorization !== undefined && token !== undefined)
        real.authorization = real.authorization.replace(agreed.token, token);
      const hasBody = method !== "GET" && method !== "HEAD";
      const response = await fetch(this.#options.provider + this.#put(target), {
        method,
        headers: real,
        redirect: "manual",
        signal: AbortSignal.timeout(withinMs),
        ...(hasBody ? { body: Buffer.from(this.#put(body.toString("latin1")), "latin1") } : {}),
      });
      const answered: Record<string, string> = {};
      for (const [name, value] of response.headers) if (!hopByHop.has(name)) answered[name] = value;
      return { status: response.status, headers: answered, body: Buffer.from(await response.arrayBuffer()) };
    } catch {
      return undefined;
    }
  }

  #put(text: string): string {
    let result = text;
    for (const [given, real] of this.#real) result = result.replaceAll(given, real);
    return result;
  }
}

const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "accept-encoding",
  "host",
]);
