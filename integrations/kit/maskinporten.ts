import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import type { Maskinporten } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import type { Policy } from "./policy.ts";
import { ask, field, jsonOf } from "./request.ts";

const grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const assertionLifeSeconds = 100;
/** A token this close to its end is not used any more. */
const marginMs = 10_000;

/** The token service could not be heard, or refused. Passing: it is asked again. */
export class NoTokenError extends Error {
  override readonly name = "NoTokenError";
}

/** Access tokens by a signed grant (RS256), each used until shortly before it expires. */
export class Tokens {
  readonly #host: Host;
  readonly #client: Maskinporten;
  readonly #key: KeyObject;
  readonly #used: Policy["tokens"];
  #token: { readonly text: string; readonly endsMs: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(host: Host, used: Policy["tokens"] = "until they expire") {
    const client = host.endpoints.maskinporten;
    if (client?.privateKey === undefined) throw new Error("The endpoints name no Maskinporten client with its key.");
    this.#host = host;
    this.#used = used;
    this.#client = client;
    this.#key = createPrivateKey(client.privateKey);
  }

  /** @throws {NoTokenError} None is to be had just now. */
  async get(): Promise<string> {
    if (this.#token !== undefined && (this.#isForEver || this.#host.clock.now() < this.#token.endsMs - marginMs))
      return this.#token.text;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** The token was refused: the next `get` asks for another. */
  forget(): void {
    if (!this.#isForEver) this.#token = undefined;
  }

  get #isForEver(): boolean {
    return this.#used === "as long as it runs";
  }

  async #ask(): Promise<string> {
    const heard = await ask(this.#host, this.#client.tokenEndpoint, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=${encodeURIComponent(grantType)}&assertion=${this.#assertion()}`,
    });
    if (heard === undefined) throw new NoTokenError("Maskinporten was not heard.");
    const answer = heard.status === 200 ? jsonOf(heard) : undefined;
    const text = field(answer, "access_token");
    if (text === undefined) throw new NoTokenError(`Maskinporten answered ${heard.status}.`);
    const seconds = Number((answer as Record<string, unknown>).expires_in);
    this.#token = { text, endsMs: this.#host.clock.now() + (Number.isFinite(seconds) ? seconds * 1000 : 0) };
    return text;
  }

  #assertion(): string {
    const seconds = Math.floor(this.#host.clock.now() / 1000);
    const head = base64url({ alg: "RS256", typ: "JWT", kid: this.#client.keyId });
    const claims = base64url({
      aud: this.#client.issuer,
      iss: this.#client.clientId,
      scope: this.#client.scopes.join(" "),
      iat: seconds,
      exp: seconds + assertionLifeSeconds,
      jti: this.#host.uuid(),
    });
    const signature = sign("RSA-SHA256", Buffer.from(`${head}.${claims}`), this.#key).toString("base64url");
    return `${head}.${claims}.${signature}`;
  }
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
