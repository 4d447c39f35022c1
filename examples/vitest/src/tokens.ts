import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { ask, jsonOf, Passing, textOf } from "./answer.ts";

export type TokenSettings = {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly privateKey: string;
};

/** Altinn allows no clock to be off. */
const marginMs = 10_000;

/** Altinn's tokens, each in exchange for one of Maskinporten's. */
export class Tokens {
  readonly #settings: TokenSettings;
  readonly #altinnUrl: string;
  #token = { text: "", endsMs: 0 };

  constructor(settings: TokenSettings, altinnUrl: string) {
    this.#settings = settings;
    this.#altinnUrl = altinnUrl;
  }

  /** @throws {Passing} None is to be had just now. */
  async get(): Promise<string> {
    if (Date.now() >= this.#token.endsMs - marginMs) this.#token = await this.#fresh();
    return this.#token.text;
  }

  forget(): void {
    this.#token = { text: "", endsMs: 0 };
  }

  async #fresh(): Promise<{ text: string; endsMs: number }> {
    const grant = await ask(
      "POST",
      this.#settings.tokenEndpoint,
      { "content-type": "application/x-www-form-urlencoded" },
      new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: this.#assertion(),
      }).toString(),
    );
    if (grant.status !== 200) throw new Passing(`Maskinporten answered ${grant.status}`);
    const { access_token } = jsonOf(grant) as { access_token: string };
    const exchanged = await ask("GET", `${this.#altinnUrl}/authentication/api/v1/exchange/maskinporten`, {
      authorization: `Bearer ${access_token}`,
    });
    if (exchanged.status !== 200) throw new Passing(`the token exchange answered ${exchanged.status}`);
    const text = textOf(exchanged).trim().replaceAll('"', "");
    const { exp } = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as { exp: number };
    return { text, endsMs: exp * 1000 };
  }

  #assertion(): string {
    const { issuer, clientId, keyId, scopes, privateKey } = this.#settings;
    const iat = Math.floor(Date.now() / 1000);
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = { aud: issuer, iss: clientId, scope: scopes.join(" "), iat, exp: iat + 100, jti: randomUUID() };
    const signed = `${part({ alg: "RS256", typ: "JWT", kid: keyId })}.${part(claims)}`;
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), createPrivateKey(privateKey)).toString("base64url")}`;
  }
}
