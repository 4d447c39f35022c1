import { authenticationSwitches } from "../../../contracts/altinn/switches.ts";
import { minuteMs } from "../../../core/calendar.ts";
import type { SwitchValues } from "../../../core/scenario.ts";
import { maskinportenKeyId } from "../../keys/maskinporten-key.ts";
import { signJwt } from "../../maskinporten/jwt.ts";
import { type TokenFacts, Tokens } from "../../maskinporten/tokens.ts";
import { switchNumber } from "../../switch-value.ts";
import type { Asker, Given, HttpOperation, HttpSimulator } from "../../wire.ts";
import { authenticationOperations } from "./http.ts";

export type AuthenticationSetup = {
  /** Where Altinn stands: `http://altinn.test`, no trailing slash. */
  readonly origin: string;
  /** Maskinporten's, which are taken in exchange. */
  readonly maskinporten: { read(token: string): Pick<TokenFacts, "consumer" | "scopes"> | undefined };
  readonly switches?: SwitchValues;
};

type Last = { readonly incarnation: number; readonly expiresAtMs: number };

/** Gives an Altinn token for a living one of Maskinporten's. @source altinn.md 4.2 */
export class Authentication implements HttpSimulator {
  readonly party = "altinn-authentication";
  readonly operations: readonly HttpOperation[];
  /** Altinn's own: the services ask it what a token is good for. No clock may be off. */
  readonly tokens: Tokens;
  readonly #given: Given;
  readonly #setup: AuthenticationSetup;
  readonly #lifetimeMs: number;
  readonly #last = new Map<string, Last>();
  #serial = 0;

  constructor(given: Given, setup: AuthenticationSetup) {
    this.#given = given;
    this.#setup = setup;
    this.#lifetimeMs = switchNumber(authenticationSwitches, setup.switches ?? {}, "altinnTokenMinutes") * minuteMs;
    this.tokens = new Tokens(given.clock);
    this.operations = authenticationOperations(this);
  }

  /** Why this asker asks: it has just started, or the token it had no longer lives. */
  reasonOf(asker: Asker): "start" | "expired" {
    const last = this.#last.get(asker.party);
    const expired = last?.incarnation === asker.incarnation && last.expiresAtMs <= this.#given.clock.now();
    return expired ? "expired" : "start";
  }

  /** The Altinn token for one of Maskinporten's; undefined where that is foreign or has expired. */
  exchange(maskinportenToken: string, asker: Asker): string | undefined {
    const facts = this.#setup.maskinporten.read(maskinportenToken);
    if (facts === undefined) return undefined;
    const { consumer, scopes } = facts;
    const now = this.#given.clock.now();
    const token = this.#issue(consumer, scopes, now);
    const expiresAtMs = now - (now % 1000) + this.#lifetimeMs;
    this.tokens.add(token, { consumer, scopes, expiresAtMs });
    this.#last.set(asker.party, { incarnation: asker.incarnation, expiresAtMs });
    this.#given.facts.record({ kind: "effected", change: "asked → exchanged" });
    return token;
  }

  /** Only time and order tell tokens apart, so that equal runs need no new signatures. */
  #issue(consumer: string, scopes: readonly string[], now: number): string {
    this.#serial += 1;
    const iat = Math.floor(now / 1000);
    return signJwt(
      { kid: maskinportenKeyId, alg: "RS256" },
      {
        iss: `${this.#setup.origin}/authentication/api/v1/openid/`,
        token_type: "Bearer",
        scope: scopes.join(" "),
        consumer: { authority: "iso6523-actorid-upis", ID: `0192:${consumer}` },
        "urn:altinn:orgNumber": consumer,
        "urn:altinn:authenticatemethod": "maskinporten",
        "urn:altinn:authlevel": 3,
        iat,
        nbf: iat,
        exp: iat + this.#lifetimeMs / 1000,
        jti: `altinn-token-${this.#serial}`,
      },
    );
  }
}
