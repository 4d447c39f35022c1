import { complete, empty, type HttpOperation } from "../../wire.ts";
import type { Authentication } from "./authentication.ts";

/** `GET /authentication/api/v1/exchange/maskinporten`: the token as bare text. @source altinn.md 4.2 */
export function authenticationOperations(authentication: Authentication): readonly HttpOperation[] {
  return [
    {
      operation: "exchange",
      method: "GET",
      path: "/authentication/api/v1/exchange/maskinporten",
      about: (_request, _params, asker) => ({
        subject: { kind: "state", state: authentication.reasonOf(asker) },
        copies: [],
      }),
      handle: (request, _params, asker) => {
        const [scheme, bearer = ""] = (request.headers.authorization ?? "").split(" ");
        const token = scheme?.toLowerCase() === "bearer" ? authentication.exchange(bearer, asker) : undefined;
        if (token === undefined)
          return { reply: empty(401, [["www-authenticate", "Bearer"]]), saying: "negative", copies: [] };
        return {
          reply: {
            status: 200,
            headers: [["content-type", "text/plain; charset=utf-8"]],
            body: Buffer.from(token),
            ending: complete,
          },
          saying: "positive",
          copies: [],
        };
      },
    },
  ];
}
