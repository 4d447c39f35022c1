import { codeOf, type ErrorName, errors, invalidField } from "../../../contracts/altinn/errors.ts";
import type { Saying } from "../../../core/ledger.ts";
import type { CopyId } from "../../../core/names.ts";
import { type Answer, complete, empty, type Reply } from "../../wire.ts";
import type { FieldErrors } from "./fields.ts";

export type Why =
  | { readonly kind: "error"; readonly name: ErrorName }
  | { readonly kind: "fields"; readonly errors: FieldErrors }
  /** No token, or none that lives. */
  | { readonly kind: "unauthenticated" }
  | { readonly kind: "foreign issuer" }
  | { readonly kind: "scope missing" }
  | { readonly kind: "not acceptable"; readonly produces: string }
  | { readonly kind: "unsupported" }
  | { readonly kind: "switched off" };

/** The service says no. */
export class Refusal {
  readonly why: Why;
  /** What it says something of: gone, refused, or done already. */
  readonly copies: readonly CopyId[];

  constructor(why: Why, copies: readonly CopyId[] = []) {
    this.why = why;
    this.copies = copies;
  }
}

export function refusal(name: ErrorName, copies: readonly CopyId[] = []): Refusal {
  return new Refusal({ kind: "error", name }, copies);
}

/** What was asked for is done already: no failure, though it is told as one. */
const saysDone: ReadonlySet<ErrorName> = new Set(["sentAlready", "readAlready", "confirmedAlready"]);

export function answerOf({ why, copies }: Refusal): Answer {
  const saying: Saying = why.kind === "error" && saysDone.has(why.name) ? "news" : "negative";
  return { reply: replyOf(why), saying, copies };
}

function replyOf(why: Why): Reply {
  switch (why.kind) {
    case "error": {
      const { number, status, means } = errors[why.name];
      return problem(status, { detail: means, code: codeOf(why.name), errorCode: number });
    }
    case "fields":
      return problem(400, {
        detail: "One or more validation errors occurred.",
        code: "STD-00000",
        validationErrors: [...why.errors].flatMap(([path, whats]) =>
          whats.map((detail) => ({ code: invalidField, detail, paths: [path.replaceAll(".", "/")] })),
        ),
        errors: Object.fromEntries(why.errors),
      });
    case "unauthenticated":
      return empty(401, [["www-authenticate", "Bearer"]]);
    case "foreign issuer":
      return problem(403, { title: "Issuer validation failed.", detail: "The token is not Altinn's." });
    case "scope missing":
      return empty(403);
    case "not acceptable":
      return text(406, `This endpoint does not support the requested Accept header. Supported: ${why.produces}, */*.`);
    case "unsupported":
      return problem(415, {});
    case "switched off":
      return problem(404, { detail: "Download all attachments is not available in this environment." });
  }
}

const sections: Readonly<Record<number, readonly [section: string, title: string]>> = {
  400: ["15.5.1", "Bad Request"],
  401: ["15.5.2", "Unauthorized"],
  403: ["15.5.4", "Forbidden"],
  404: ["15.5.5", "Not Found"],
  409: ["15.5.10", "Conflict"],
  415: ["15.5.16", "Unsupported Media Type"],
};

/** RFC 9457, as the service fills it in. @source altinn.md, section 2 */
function problem(status: number, more: Readonly<Record<string, unknown>>): Reply {
  const [section = "15.5", title = "Error"] = sections[status] ?? [];
  const type = `https://tools.ietf.org/html/rfc9110#section-${section}`;
  return {
    status,
    headers: [["content-type", "application/problem+json"]],
    body: Buffer.from(JSON.stringify({ type, title, status, ...more })),
    ending: complete,
  };
}

function text(status: number, body: string): Reply {
  return { status, headers: [["content-type", "text/plain"]], body: Buffer.from(body), ending: complete };
}
