import type { SwitchValues } from "../../core/scenario.ts";
import { maskinportenKeyId, maskinportenPublicKey } from "../keys/maskinporten-key.ts";
import { switchNumber } from "../switch-value.ts";
import type { Asker, Given, HttpOperation, HttpSimulator } from "../wire.ts";
import { maskinportenOperations } from "./http.ts";
import { publicJwk, type ReadJwt, readJwt, signatureFits, signJwt } from "./jwt.ts";
import { type Client, type GrantRuling, type GrantTerms, ruleOnGrant } from "./state.ts";
import { maskinportenSwitches } from "./switches.ts";
import { Tokens } from "./tokens.ts";

export type MaskinportenSetup = {
  /** Where it stands: `http://maskinporten.test`, no trailing slash. The issuer is the same with one. */
  readonly origin: string;
  readonly clients: readonly Client[];
  readonly switches?: SwitchValues;
};

export type Granted = {
  readonly kind: "granted";
  readonly token: string;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
};

type Last = { readonly incarnation: number; readonly expiresAtMs: number };

/** Issues tokens for signed grants, and knows which tokens are good. */
export class Maskinporten implements HttpSimulator {
  readonly party = "maskinporten";
  readonly operations: readonly HttpOperation[];
  readonly tokens: Tokens;
  readonly #given: Given;
  readonly #terms: GrantTerms;
  readonly #lifetimeSeconds: number;
  readonly #clients: ReadonlyMap<string, Client>;
  /** `client jti`, until when it may not be used again. Ms. */
  readonly #used = new Map<string, number>();
  readonly #last = new Map<string, Last>();
  #serial = 0;

  constructor(given: Given, setup: MaskinportenSetup) {
    const switches = setup.switches ?? {};
    this.#given = given;
    this.tokens = new Tokens(given.clock);
    this.#terms = {
      issuer: `${setup.origin}/`,
      assertionSeconds: switchNumber(maskinportenSwitches, switches, "assertionSeconds"),
      skewSeconds: switchNumber(maskinportenSwitches, switches, "clockSkewSeconds"),
    };
    this.#lifetimeSeconds = switchNumber(maskinportenSwitches, switches, "tokenLifetimeSeconds");
    this.#clients = new Map(setup.clients.map((client) => [client.clientId, client]));
    this.operations = maskinportenOperations(this);
  }

  get issuer(): string {
    return this.#terms.issuer;
  }

  /** Why this asker asks: it has just started, or the token it had no longer lives. */
  reasonOf(asker: Asker): "start" | "expired" {
    const last = this.#last.get(asker.party);
    const expired = last?.incarnation === asker.incarnation && last.expiresAtMs <= this.#given.clock.now();
    return expired ? "expired" : "start";
  }

  grant(assertion: string, asker: Asker): Granted | Extract<GrantRuling, { kind: "refused" }> {
    const now = this.#given.clock.now();
    const jwt = readJwt(assertion);
    const ruling = ruleOnGrant(
      jwt,
      this.#clients,
      this.#terms,
      Math.floor(now / 1000),
      (read: ReadJwt, publicKey) => signatureFits(read, publicKey),
      (clientId, jti) => (this.#used.get(`${clientId} ${jti}`) ?? 0) > now,
    );
    if (ruling.kind === "refused") return ruling;
    this.#remember(`${ruling.client.clientId} ${ruling.jti}`, now);
    const token = this.#issue(ruling.client, ruling.scopes, now);
    const expiresAtMs = now + this.#lifetimeSeconds * 1000;
    this.tokens.add(token, { scopes: ruling.scopes, consumer: ruling.client.consumer, expiresAtMs });
    this.#last.set(asker.party, { incarnation: asker.incarnation, expiresAtMs });
    this.#given.facts.record({ kind: "effected", change: "asked → granted" });
    return { kind: "granted", token, scopes: ruling.scopes, expiresInSeconds: this.#lifetimeSeconds };
  }

  keys(): object {
    return { keys: [publicJwk(maskinportenPublicKey, maskinportenKeyId)] };
  }

  #remember(use: string, now: number): void {
    if (this.#used.size >= 1024)
      for (const [old, until] of this.#used) {
        if (until > now) break;
        this.#used.delete(old);
      }
    this.#used.set(use, now + (this.#terms.assertionSeconds + 2 * this.#terms.skewSeconds + 1) * 1000);
  }

  /** Only time and order tell tokens apart, so that equal runs need no new signatures. */
  #issue(client: Client, scopes: readonly string[], now: number): string {
    this.#serial += 1;
    const iat = Math.floor(now / 1000);
    return signJwt(
      { kid: maskinportenKeyId, alg: "RS256" },
      {
        iss: this.#terms.issuer,
        client_amr: "private_key_jwt",
        token_type: "Bearer",
        client_id: client.clientId,
        scope: scopes.join(" "),
        consumer: { authority: "iso6523-actorid-upis", ID: `0192:${client.consumer}` },
        iat,
        exp: iat + this.#lifetimeSeconds,
        jti: `token-${this.#serial}`,
      },
    );
  }
}
