import { aboutNothing } from "../about.ts";
import { type Answer, type Asker, type HttpOperation, json, type WireRequest } from "../wire.ts";
import type { Maskinporten } from "./maskinporten.ts";
import { type GrantError, jwtBearer } from "./state.ts";

const decoder = new TextDecoder();

/** RFC 6749, section 5.2: only an unknown client is 401. */
function refusal(error: GrantError, description: string): Answer {
  return {
    reply: json(error === "invalid_client" ? 401 : 400, { error, error_description: description }, [
      ["cache-control", "no-store"],
    ]),
    saying: "negative",
    copies: [],
  };
}

function grant(maskinporten: Maskinporten, request: WireRequest, asker: Asker): Answer {
  const form = new URLSearchParams(decoder.decode(request.body));
  const type = form.get("grant_type");
  if (type === null) return refusal("invalid_request", "grant_type is missing.");
  if (type !== jwtBearer) return refusal("unsupported_grant_type", `Only ${jwtBearer} is taken.`);
  const assertion = form.get("assertion");
  if (assertion === null) return refusal("invalid_request", "assertion is missing.");
  const ruling = maskinporten.grant(assertion, asker);
  switch (ruling.kind) {
    case "refused":
      return refusal(ruling.error, ruling.because);
    case "granted":
      return {
        reply: json(
          200,
          {
            access_token: ruling.token,
            token_type: "Bearer",
            expires_in: ruling.expiresInSeconds,
            scope: ruling.scopes.join(" "),
          },
          [["cache-control", "no-store"]],
        ),
        saying: "positive",
        copies: [],
      };
  }
}

/** `POST /token`, `GET /jwk`, `GET /.well-known/oauth-authorization-server`. */
export function maskinportenOperations(maskinporten: Maskinporten): readonly HttpOperation[] {
  const news = (value: unknown): Answer => ({ reply: json(200, value), saying: "news", copies: [] });
  return [
    {
      operation: "grant",
      method: "POST",
      path: "/token",
      about: (_request, _params, asker) => ({
        subject: { kind: "state", state: maskinporten.reasonOf(asker) },
        copies: [],
      }),
      handle: (request, _params, asker) => grant(maskinporten, request, asker),
    },
    {
      operation: "keys",
      method: "GET",
      path: "/jwk",
      about: aboutNothing,
      handle: () => news(maskinporten.keys()),
    },
    {
      operation: "keys",
      method: "GET",
      path: "/.well-known/oauth-authorization-server",
      about: aboutNothing,
      handle: () =>
        news({
          issuer: maskinporten.issuer,
          token_endpoint: `${maskinporten.issuer}token`,
          jwks_uri: `${maskinporten.issuer}jwk`,
          grant_types_supported: [jwtBearer],
          token_endpoint_auth_methods_supported: ["private_key_jwt"],
          token_endpoint_auth_signing_alg_values_supported: ["RS256"],
        }),
    },
  ];
}
