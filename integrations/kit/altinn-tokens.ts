import type { Host } from "../../port/host.ts";
import { NoTokenError, Tokens } from "./maskinporten.ts";
import { ask } from "./request.ts";

/** Altinn allows no clock to be off: a token this close to its end is not used any more. */
const marginMs = 10_000;

/** Altinn's own tokens, each got in exchange for one of Maskinporten's when it is needed and used until it expires. @source altinn.md 4.2 */
export class AltinnTokens {
  readonly #host: Host;
  readonly #url: string;
  readonly #maskinporten: Tokens;
  #token: { readonly text: string; readonly endsMs: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(host: Host) {
    if (host.endpoints.altinn === undefined) throw new Error("The endpoints name no Altinn.");
    this.#host = host;
    this.#url = `${host.endpoints.altinn.baseUrl}/authentication/api/v1/exchange/maskinporten`;
    this.#maskinporten = new Tokens(host);
  }

  /** @throws {NoTokenError} None is to be had just now. */
  async get(): Promise<string> {
    if (this.#token !== undefined && this.#host.clock.now() < this.#token.endsMs - marginMs) return this.#token.text;
    this.#asking ??= this.#exchange().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** The token was refused: the next `get` asks for another. */
  forget(): void {
    this.#token = undefined;
  }

  async #exchange(): Promise<string> {
    const authorization = `Bearer ${await this.#maskinporten.get()}`;
    const heard = await ask(this.#host, this.#url, { headers: { authorization } });
    if (heard === undefined) throw new NoTokenError("Altinn's token exchange was not heard.");
    if (heard.status === 401) this.#maskinporten.forget();
    // Bare text, or the same in quotation marks.
    const text = heard.text.trim().replace(/^"(.*)"$/, "$1");
    if (heard.status !== 200 || text === "")
      throw new NoTokenError(`Altinn's token exchange answered ${heard.status}.`);
    this.#token = { text, endsMs: endOf(text) ?? this.#host.clock.now() };
    return text;
  }
}

/** When a token ends, ms since the epoch; undefined where it does not say so. */
function endOf(token: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    const { exp } = claims as { readonly exp?: unknown };
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
