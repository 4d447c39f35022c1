import type { Clock } from "../../core/clock.ts";

/** What a token is good for. */
export type TokenFacts = {
  readonly scopes: readonly string[];
  readonly consumer: string;
  readonly expiresAtMs: number;
};

const pruneAt = 1024;

/** Every access token issued in this run. Parties ask it instead of checking signatures again. */
export class Tokens {
  readonly #clock: Clock;
  readonly #issued = new Map<string, TokenFacts>();
  #own = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(token: string, facts: TokenFacts): void {
    // Issued in order of expiry, near enough: what has expired stands first.
    if (this.#issued.size >= pruneAt)
      for (const [old, { expiresAtMs }] of this.#issued) {
        if (expiresAtMs > this.#clock.now()) break;
        this.#issued.delete(old);
      }
    this.#issued.set(token, facts);
  }

  /** Whether the token was issued here, lives, and has the scope. */
  valid(token: string, scope: string): boolean {
    return this.read(token)?.scopes.includes(scope) ?? false;
  }

  /** What a living token is good for. */
  read(token: string): TokenFacts | undefined {
    const facts = this.#issued.get(token);
    return facts !== undefined && facts.expiresAtMs > this.#clock.now() ? facts : undefined;
  }

  /** A token that never expires, for parties the world plays itself: no grant is asked for and nothing is signed. */
  own(consumer: string, scopes: readonly string[]): string {
    this.#own += 1;
    const token = `own-${this.#own}`;
    this.#issued.set(token, { scopes, consumer, expiresAtMs: Number.POSITIVE_INFINITY });
    return token;
  }
}
