import { createHash } from "node:crypto";
import type { Channel } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import type { Concern, Document } from "./concern.ts";
import type { Policy } from "./policy.ts";
import { ask, field, type Heard, jsonOf, retryAfterMs } from "./request.ts";

/** What one try to register came to. */
export type Tried =
  | { readonly kind: "registered" }
  /** Held in memory only; where to ask for more. */
  | { readonly kind: "queued"; readonly location: string; readonly retryAfterMs: number }
  /** Never for this content. */
  | { readonly kind: "refused"; readonly reason: string }
  /** Not now, or not known: the same again, later. */
  | { readonly kind: "passing"; readonly retryAfterMs: number };

/** Something that a person must look at. `id` is the message's `source.id`; absent where it is about none. */
export type Deviation = {
  readonly channel: Channel;
  readonly id?: string;
  /** `[a-z0-9:.-]{1,80}` */
  readonly reason: string;
  readonly detail?: string;
  /** Whether the content can still be had; not claimed unless said. */
  readonly retrievable?: boolean;
};

/** A document of more than this is sent ahead of its message, and so is every one for which the message has no room. */
const mostInlineBytes = 5_000_000;
/** The body of a registration may have 16 MiB, and base64 makes four bytes of three. */
const mostInlineBytesInAll = 10_000_000;

type ReceiverPolicy = Pick<Policy, "ahead" | "busy" | "conflict" | "municipality">;

/** The case system's intake. @source PORT.md, *Receiver API* */
export class ReceiverClient {
  readonly #host: Host;
  readonly #baseUrl: string;
  readonly #authorization: string;
  readonly #policy: ReceiverPolicy;

  constructor(host: Host, policy: ReceiverPolicy) {
    if (host.endpoints.receiver === undefined) throw new Error("The endpoints name no receiver.");
    this.#host = host;
    this.#policy = policy;
    this.#baseUrl = host.endpoints.receiver.baseUrl;
    this.#authorization = `Bearer ${host.endpoints.receiver.apiKey}`;
  }

  /** Tries once. The same key with the same concern never makes a second case. */
  async register(concern: Concern, key: string): Promise<Tried> {
    const ahead = this.#policy.ahead === "all" ? new Set(concern.documents) : withoutRoom(concern.documents);
    for (const document of ahead) {
      const failed = await this.#upload(document);
      if (failed !== undefined) return failed;
    }
    const heard = await ask(this.#host, `${this.#baseUrl}/intake/v1/messages`, {
      method: "POST",
      headers: {
        authorization: this.#authorization,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: this.#intake(concern, ahead),
    });
    if (heard === undefined) return { kind: "passing", retryAfterMs: 0 };
    switch (heard.status) {
      case 200:
      case 201:
        return { kind: "registered" };
      case 202: {
        const location = heard.header("location");
        return location === null
          ? { kind: "passing", retryAfterMs: retryAfterMs(heard) }
          : { kind: "queued", location, retryAfterMs: retryAfterMs(heard) };
      }
      case 400:
      case 413:
      case 422:
        return { kind: "refused", reason: `receiver-refused:${heard.status}` };
      case 409:
        return this.#policy.conflict === "registered" ? { kind: "registered" } : this.#afterConflict(concern);
      case 423:
      case 429:
      case 503:
        return this.#policy.busy === "refusal"
          ? { kind: "refused", reason: `receiver-refused:${heard.status}` }
          : { kind: "passing", retryAfterMs: retryAfterMs(heard) };
      default:
        return { kind: "passing", retryAfterMs: retryAfterMs(heard) };
    }
  }

  /** Sends a document ahead; undefined where it is there now. */
  async #upload({ bytes }: Document): Promise<Tried | undefined> {
    const heard = await ask(this.#host, `${this.#baseUrl}/intake/v1/documents/${sha256(bytes)}`, {
      method: "PUT",
      headers: { authorization: this.#authorization, "content-type": "application/octet-stream" },
      body: bytes,
    });
    if (heard === undefined) return { kind: "passing", retryAfterMs: 0 };
    switch (heard.status) {
      case 200:
      case 201:
        return undefined;
      case 400:
      case 413:
      case 422:
        return { kind: "refused", reason: `receiver-refused-document:${heard.status}` };
      default:
        return { kind: "passing", retryAfterMs: retryAfterMs(heard) };
    }
  }

  /** Asks what became of something queued. Gone (404) is passing: a crash has taken it, and it must be sent again. */
  async outcome(location: string): Promise<Tried> {
    const heard = await ask(this.#host, new URL(location, this.#baseUrl).href, {
      headers: { authorization: this.#authorization },
    });
    if (heard?.status !== 200) return { kind: "passing", retryAfterMs: heard === undefined ? 0 : retryAfterMs(heard) };
    switch (field(jsonOf(heard), "status")) {
      case "registered":
        return { kind: "registered" };
      case "rejected":
        return { kind: "refused", reason: "receiver-rejected" };
      default:
        return { kind: "queued", location, retryAfterMs: retryAfterMs(heard) };
    }
  }

  /** Puts a named item on the staffed worklist; false where that is not known to have worked. */
  async deviate(deviation: Deviation): Promise<boolean> {
    const heard = await ask(this.#host, `${this.#baseUrl}/intake/v1/deviations`, {
      method: "POST",
      headers: { authorization: this.#authorization, "content-type": "application/json" },
      body: JSON.stringify({
        source: { channel: deviation.channel, ...(deviation.id === undefined ? {} : { id: deviation.id }) },
        reason: deviation.reason,
        ...(deviation.detail === undefined ? {} : { detail: deviation.detail }),
        retrievable: deviation.retrievable ?? false,
      }),
    });
    return heard !== undefined && (heard.status === 200 || heard.status === 201);
  }

  /** Whether these documents are registered under this source; undefined where that cannot be heard just now. */
  async isRegistered(concern: Concern): Promise<boolean | undefined> {
    const heard = await this.#lookup(concern);
    if (heard?.status !== 200) return undefined;
    const { messages } = jsonOf(heard) as { readonly messages?: readonly Found[] };
    const wanted = namesAndSums(concern.documents.map(({ name, bytes }) => ({ name, sha256: sha256(bytes) })));
    return messages?.some(({ status, documents }) => status === "registered" && namesAndSums(documents) === wanted);
  }

  /** The key is taken by other content. It is ours after all if these documents are registered under this source. */
  async #afterConflict(concern: Concern): Promise<Tried> {
    const registered = await this.isRegistered(concern);
    if (registered === undefined) return { kind: "passing", retryAfterMs: 0 };
    return registered ? { kind: "registered" } : { kind: "refused", reason: "receiver-refused:409" };
  }

  async #lookup({ channel, sourceId }: Concern): Promise<Heard | undefined> {
    return ask(
      this.#host,
      `${this.#baseUrl}/intake/v1/messages?source.channel=${channel}&source.id=${encodeURIComponent(sourceId)}`,
      { headers: { authorization: this.#authorization } },
    );
  }

  #municipalityOf({ municipalityNumber }: Concern): string {
    if (this.#policy.municipality === "addressed") return municipalityNumber;
    return this.#host.endpoints.recipients[0]?.municipalityNumber ?? municipalityNumber;
  }

  /** The payload goes in as it came: nothing is read out of it and written anew. */
  #intake(concern: Concern, ahead: ReadonlySet<Document>): string {
    const documents = concern.documents.map((document) => {
      const { name, bytes } = document;
      return {
        name,
        mediaType: name.endsWith(".pdf") ? "application/pdf" : "application/octet-stream",
        sha256: sha256(bytes),
        ...(ahead.has(document)
          ? { uploaded: true }
          : { contentBase64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") }),
      };
    });
    const around = JSON.stringify({
      source: { channel: concern.channel, id: concern.sourceId, sameAs: concern.sameAs },
      recipient: { municipalityNumber: this.#municipalityOf(concern), district: concern.district },
      type: concern.type,
      confidential: concern.confidential,
      receivedAt: new Date(this.#host.clock.now()).toISOString(),
      documents,
    });
    return `${around.slice(0, -1)},"payload":${concern.payload}}`;
  }
}

/** The documents that do not fit into the registration itself. */
function withoutRoom(documents: readonly Document[]): ReadonlySet<Document> {
  const ahead = new Set<Document>();
  let inline = 0;
  for (const document of documents) {
    const { length } = document.bytes;
    if (length > mostInlineBytes || inline + length > mostInlineBytesInAll) ahead.add(document);
    else inline += length;
  }
  return ahead;
}

type Sum = { readonly name: string; readonly sha256: string };
type Found = { readonly status: string; readonly documents: readonly Sum[] };

function namesAndSums(documents: readonly Sum[]): string {
  return JSON.stringify(documents.map(({ name, sha256: sum }) => [name, sum]));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
