import { createHash } from "node:crypto";

export type Json = Readonly<Record<string, unknown>>;

/** What came back. */
export type Heard = {
  readonly status: number;
  readonly headers: Headers;
  /** Its body, {} where that is no JSON. */
  readonly said: Record<string, unknown>;
};

export const apiKey = "a key for tests";
export const sha = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A registration about `source.id`. */
export function message(id: string, over: Json = {}): Json {
  return {
    source: { channel: "fiks-io", id, sameAs: { klientMeldingId: `k-${id}` } },
    recipient: { municipalityNumber: "4601", district: "01" },
    type: "no.ks.fiks.bekymringsmelding.offentlig.v1",
    confidential: true,
    receivedAt: "2023-05-08T08:00:00+02:00",
    payload: { about: id },
    documents: [document("letter.pdf", `letter of ${id}`)],
    ...over,
  };
}

export function document(name: string, content: string): Json {
  const mediaType = "application/pdf";
  return { name, mediaType, sha256: sha(bytes(content)), contentBase64: Buffer.from(content).toString("base64") };
}

/** A client of the intake. */
export class Intake {
  /** Every operation and status that was seen, `register 201`. */
  readonly seen: Set<string>;
  readonly #baseUrl: () => string;

  constructor(baseUrl: () => string, seen: Set<string> = new Set()) {
    this.#baseUrl = baseUrl;
    this.seen = seen;
  }

  register(key: string | undefined, body: unknown, headers: Record<string, string> = {}): Promise<Heard> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const named = key === undefined ? {} : { "idempotency-key": key };
    return this.ask("register", "POST", "/intake/v1/messages", bytes(text), { ...named, ...headers });
  }

  lookup(id: string, headers: Record<string, string> = {}): Promise<Heard> {
    const query = new URLSearchParams({ "source.channel": "fiks-io", "source.id": id });
    return this.ask("lookup", "GET", `/intake/v1/messages?${query}`, undefined, headers);
  }

  /** What is read back about a source. */
  async known(id: string): Promise<readonly Json[]> {
    return (await this.lookup(id)).said.messages as readonly Json[];
  }

  await(location: string, headers: Record<string, string> = {}): Promise<Heard> {
    return this.ask("await", "GET", location, undefined, headers);
  }

  upload(content: string, as: string = sha(bytes(content)), headers: Record<string, string> = {}): Promise<Heard> {
    return this.ask("upload", "PUT", `/intake/v1/documents/${as}`, bytes(content), headers);
  }

  deviate(id: string, over: Json = {}, headers: Record<string, string> = {}): Promise<Heard> {
    const item = { source: { channel: "fiks-io", id }, reason: "receiver-refused:422", retrievable: true, ...over };
    return this.ask("deviate", "POST", "/intake/v1/deviations", bytes(JSON.stringify(item)), headers);
  }

  async ask(
    operation: string,
    method: string,
    path: string,
    body: Uint8Array | undefined,
    headers: Record<string, string> = {},
  ): Promise<Heard> {
    const answer = await fetch(new URL(path, this.#baseUrl()), {
      method,
      headers: { authorization: `Bearer ${apiKey}`, ...headers },
      ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    });
    this.seen.add(`${operation} ${answer.status}`);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, said: text.startsWith("{") ? JSON.parse(text) : {} };
  }
}
