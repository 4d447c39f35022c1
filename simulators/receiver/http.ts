import { registrationCeiling, retryAfterSeconds } from "../../contracts/receiver/lifetimes.ts";
import type { CopyId } from "../../core/names.ts";
import {
  type About,
  type Answer,
  type Bytes,
  type HttpOperation,
  json,
  problem,
  type Reply,
  type WireRequest,
} from "../wire.ts";
import { readDeviation, readFields, readRegistration } from "./message.ts";
import type { Receiver, Shown } from "./receiver.ts";

const decoder = new TextDecoder();
const base = "/intake/v1";
const nobody: readonly CopyId[] = [];

type Handler = (request: WireRequest, params: Readonly<Record<string, string>>, about: About) => Answer;
type Aboutness = (request: WireRequest, params: Readonly<Record<string, string>>) => About;

/** The intake of PORT.md, *Receiver API*; `contracts/receiver/openapi.yaml` says the same. */
export function receiverOperations(receiver: Receiver): readonly HttpOperation[] {
  /** An exchange's subject is decided once, before its effect, which then needs it again. */
  let last: { readonly request: WireRequest; readonly about: About } | undefined;

  const operation = (word: string, method: string, path: string, about: Aboutness, handle: Handler): HttpOperation => ({
    operation: word,
    method,
    path,
    about: (request, params) => {
      last = { request, about: about(request, params) };
      return last.about;
    },
    handle: (request, params) => {
      const known = last?.request === request ? last.about : about(request, params);
      if (request.headers.authorization !== `Bearer ${receiver.setup.apiKey}`)
        return refusal(401, "Unauthorized", "The API key is missing or wrong.", known, [
          ["www-authenticate", "Bearer"],
        ]);
      const strain = receiver.strainOn(word);
      if (strain.kind === "refuses") return strainedAnswer(strain.strain, known);
      return handle(request, params, known);
    },
  });

  return [
    operation(
      "register",
      "POST",
      `${base}/messages`,
      (request) => aboutRegistration(receiver, request),
      (request, _params, about) => register(receiver, request, about),
    ),
    operation(
      "lookup",
      "GET",
      `${base}/messages`,
      (request) => receiver.aboutLookup(request.query["source.id"]),
      (request, _params, about) => lookup(receiver, request, about),
    ),
    operation(
      "await",
      "GET",
      `${base}/queue/{id}`,
      (request) => receiver.aboutLocation(request.path),
      (request, _params, about) => awaited(receiver, request, about),
    ),
    operation(
      "upload",
      "PUT",
      `${base}/documents/{sha256}`,
      (request, { sha256 = "" }) => receiver.aboutUpload(sha256, request.body),
      (request, { sha256 = "" }, about) => {
        const anew = receiver.upload(sha256, request.body);
        return anew === undefined
          ? refusal(422, "Unprocessable Content", "The content does not fit the sha256 in the path.", about)
          : { reply: json(anew ? 201 : 200, { sha256 }), saying: "news", copies: about.copies };
      },
    ),
    operation(
      "deviate",
      "POST",
      `${base}/deviations`,
      (request) => aboutDeviation(receiver, request.body),
      (request, _params, about) => deviate(receiver, request.body, about),
    ),
  ];
}

const strained = {
  overloaded: { status: 503, title: "Service Unavailable" },
  full: { status: 507, title: "Insufficient Storage" },
  locked: { status: 423, title: "Locked" },
} as const;

/** The passing refusal of a strained receiver: 503, 507 or 423. */
export function strainedAnswer(strain: keyof typeof strained, about: About): Answer {
  const { status, title } = strained[strain];
  return refusal(status, title, "Try again later.", about, [["retry-after", String(retryAfterSeconds[strain].value)]]);
}

function refusal(
  status: number,
  title: string,
  detail: string,
  about: About,
  headers: readonly (readonly [string, string])[] = [],
): Answer {
  return { reply: problem(status, title, detail, headers), saying: "negative", copies: about.copies };
}

function aboutRegistration(receiver: Receiver, request: WireRequest): About {
  const key = request.headers["idempotency-key"] ?? "";
  const fields = request.body.length > registrationCeiling.value ? undefined : readFields(request.body);
  const source =
    fields?.kind === "fit" ? (fields.value.source as Readonly<Record<string, unknown>> | undefined) : undefined;
  const sameAs = typeof source?.sameAs === "object" && source.sameAs !== null ? Object.values(source.sameAs) : [];
  return receiver.aboutMessage(
    typeof source?.id === "string" ? source.id : undefined,
    sameAs.filter((id): id is string => typeof id === "string"),
    key,
    () => decoder.decode(request.body),
  );
}

function register(receiver: Receiver, request: WireRequest, about: About): Answer {
  const key = request.headers["idempotency-key"] ?? "";
  if (key === "") return refusal(400, "Bad Request", "The header Idempotency-Key is required.", about);
  if (request.body.length > registrationCeiling.value)
    return refusal(413, "Content Too Large", "Upload large documents first: PUT /intake/v1/documents/{sha256}.", about);
  const fields = readFields(request.body);
  const read = fields.kind === "fit" ? readRegistration(fields.value) : fields;
  const outcome = read.kind === "fit" ? receiver.register(key, read.value, about.copies) : read;
  switch (outcome.kind) {
    case "registered":
      return {
        reply: json(outcome.anew ? 201 : 200, { caseId: outcome.caseId, registeredAt: outcome.registeredAt }),
        saying: "positive",
        copies: about.copies,
      };
    case "queued":
      return {
        reply: json(202, { status: "queued" }, [
          ["location", outcome.location],
          ["retry-after", String(retryAfterSeconds.queued.value)],
        ]),
        saying: "news",
        copies: about.copies,
      };
    case "conflict":
      return { reply: conflict(outcome.caseId), saying: "negative", copies: about.copies };
    case "unfit":
      return refusal(
        outcome.status,
        outcome.status === 400 ? "Bad Request" : "Unprocessable Content",
        outcome.detail,
        about,
      );
  }
}

function conflict(caseId: string | undefined): Reply {
  return {
    ...json(409, {
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: "This Idempotency-Key has been used for other content.",
      ...(caseId === undefined ? {} : { caseId }),
    }),
    headers: [["content-type", "application/problem+json"]],
  };
}

function lookup(receiver: Receiver, request: WireRequest, about: About): Answer {
  const channel = request.query["source.channel"];
  const id = request.query["source.id"];
  if (channel === undefined || id === undefined)
    return refusal(400, "Bad Request", "source.channel and source.id are required.", about);
  const messages = receiver.find(channel, id);
  return {
    reply: json(200, { messages }),
    saying: messages.some(({ status }) => status === "registered")
      ? "positive"
      : messages.length > 0
        ? "news"
        : "empty",
    copies: messages.length > 0 ? about.copies : nobody,
  };
}

const sayings = { registered: "positive", queued: "news", rejected: "negative" } as const;

function awaited(receiver: Receiver, request: WireRequest, about: About): Answer {
  const shown = receiver.await(request.path);
  if (shown === undefined) return refusal(404, "Not Found", "Nothing is known of this; send it again.", about);
  return {
    reply: json(
      200,
      outcome(shown),
      shown.status === "queued" ? [["retry-after", String(retryAfterSeconds.queued.value)]] : [],
    ),
    saying: sayings[shown.status],
    copies: about.copies,
  };
}

function outcome({ status, caseId, registeredAt, problem: detail }: Shown): object {
  return {
    status,
    ...(caseId === undefined ? {} : { caseId, registeredAt }),
    ...(detail === undefined
      ? {}
      : { problem: { type: "about:blank", title: "Unprocessable Content", status: 422, detail } }),
  };
}

function aboutDeviation(receiver: Receiver, body: Bytes): About {
  const fields = readFields(body);
  const read = fields.kind === "fit" ? readDeviation(fields.value) : fields;
  return receiver.aboutDeviation(read.kind === "fit" ? read.value.sourceId : undefined);
}

function deviate(receiver: Receiver, body: Bytes, about: About): Answer {
  const fields = readFields(body);
  const read = fields.kind === "fit" ? readDeviation(fields.value) : fields;
  const text = decoder.decode(body);
  if (read.kind === "unfit") {
    receiver.scan(text);
    return refusal(400, "Bad Request", read.detail, about);
  }
  const { id, anew } = receiver.deviate(read.value, about.copies, text);
  return { reply: json(anew ? 201 : 200, { deviationId: id }), saying: "positive", copies: about.copies };
}
