import type { ReadJwt } from "./jwt.ts";

/** Whoever may ask for tokens. */
export type Client = {
  readonly clientId: string;
  readonly keyId: string;
  /** PEM. */
  readonly publicKey: string;
  readonly scopes: readonly string[];
  /** Organisation number that tokens are issued for. */
  readonly consumer: string;
};

/** RFC 6749, section 5.2, and RFC 7523. */
export type GrantError =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unsupported_grant_type"
  | "invalid_scope";

export type GrantRuling =
  | { readonly kind: "granted"; readonly client: Client; readonly scopes: readonly string[]; readonly jti: string }
  | { readonly kind: "refused"; readonly error: GrantError; readonly because: string };

/** How grants are judged. Seconds. */
export type GrantTerms = {
  readonly issuer: string;
  readonly assertionSeconds: number;
  readonly skewSeconds: number;
};

export const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

const refused = (error: GrantError, because: string): GrantRuling => ({ kind: "refused", error, because });

/**
 * Judges a grant. It only judges: the signature is checked by the function handed in, and remembering that a `jti` was
 * used is the caller's business.
 *
 * @param nowSeconds Maskinporten's clock, seconds since the epoch.
 * @param used Whether this client has used this `jti` within its life.
 */
export function ruleOnGrant(
  jwt: ReadJwt | undefined,
  clients: ReadonlyMap<string, Client>,
  terms: GrantTerms,
  nowSeconds: number,
  fits: (jwt: ReadJwt, publicKey: string) => boolean,
  used: (clientId: string, jti: string) => boolean,
): GrantRuling {
  if (jwt === undefined) return refused("invalid_grant", "The assertion is not a JWT.");
  const { iss, aud, iat, exp, jti, scope } = jwt.claims;
  const client = typeof iss === "string" ? clients.get(iss) : undefined;
  if (client === undefined) return refused("invalid_client", "iss names no client known here.");
  if (jwt.header.alg !== "RS256") return refused("invalid_grant", "alg must be RS256.");
  if (jwt.header.kid !== undefined && jwt.header.kid !== client.keyId)
    return refused("invalid_client", "kid names no key of this client.");
  if (!fits(jwt, client.publicKey)) return refused("invalid_grant", "The signature does not fit the client's key.");
  if (aud !== terms.issuer && !(Array.isArray(aud) && aud.includes(terms.issuer)))
    return refused("invalid_grant", `aud must be ${terms.issuer}`);
  if (typeof iat !== "number" || typeof exp !== "number") return refused("invalid_grant", "iat and exp are required.");
  if (exp - iat > terms.assertionSeconds || exp < iat)
    return refused("invalid_grant", `exp must be at most ${terms.assertionSeconds} seconds after iat.`);
  if (iat > nowSeconds + terms.skewSeconds) return refused("invalid_grant", "iat lies in the future.");
  if (exp < nowSeconds - terms.skewSeconds) return refused("invalid_grant", "The assertion has expired.");
  if (typeof jti !== "string" || jti === "") return refused("invalid_grant", "jti is required.");
  if (used(client.clientId, jti)) return refused("invalid_grant", "This jti has been used.");
  const scopes = typeof scope === "string" ? scope.split(" ").filter((word) => word !== "") : [];
  const foreign = scopes.find((word) => !client.scopes.includes(word));
  if (scopes.length === 0 || foreign !== undefined)
    return refused("invalid_scope", "The client does not hold the scope it asks for.");
  return { kind: "granted", client, scopes, jti };
}
