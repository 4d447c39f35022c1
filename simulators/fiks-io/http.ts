import { feilet, mottatt } from "../../contracts/fiks/types.ts";
import { aboutCopy, aboutNothing } from "../about.ts";
import { boundaryOf, MultipartError, readMultipart } from "../multipart.ts";
import { type About, type Answer, type HttpOperation, json, type WireRequest } from "../wire.ts";
import type { Account, Broker } from "./broker.ts";

export type Tokens = { valid(token: string, scope: string): boolean };

/** What the REST interface needs to know besides the broker. */
export type RestSetup = {
  readonly integration: { readonly id: string; readonly password: string };
  readonly tokens: Tokens;
};

const scope = "ks:fiks";
const leastTtlMs = 1000;
/** Body of a message over this goes to Dokumentlager, which is not simulated: the request is refused. */
const bodyCeiling = 5 * 1024 * 1024;
const nothing = new Uint8Array(0);

type Letter = {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly replyTo: string | undefined;
  readonly ttlMs: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

type ReadLetter =
  | { readonly kind: "letter"; readonly letter: Letter }
  | { readonly kind: "wrong"; readonly why: string };

/** The catalogue, and sending: `POST /fiks-io/api/v1/send`. @source fiks.md 1.1, 3.1, 3.2 */
export function restOperations(broker: Broker, setup: RestSetup): readonly HttpOperation[] {
  // Named once before and once while it is handled; the body is read only the first time.
  const read = new WeakMap<WireRequest, ReadLetter>();
  const named = new WeakMap<WireRequest, About>();
  const letterOf = (request: WireRequest): ReadLetter => {
    let found = read.get(request);
    if (found === undefined) {
      found = readLetter(request);
      read.set(request, found);
    }
    return found;
  };
  const receipts = new Map<string, "mottatt" | "feilet">();

  const refused = (request: WireRequest, status: number, why: string, copies: Answer["copies"] = []): Answer => ({
    reply: json(status, {
      timestamp: broker.given.clock.now(),
      status,
      error: reasons[status] ?? "Error",
      errorId: broker.given.random.uuid(),
      path: request.path,
      message: why,
    }),
    saying: "negative",
    copies,
  });

  /** Why the caller may not ask at all; undefined if it may. */
  const stranger = (request: WireRequest): string | undefined => {
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (bearer === undefined) return "Authorization: Bearer with a Maskinporten token is missing";
    if (!setup.tokens.valid(bearer, scope)) return `the token does not hold, or lacks the scope ${scope}`;
    const { id, password } = setup.integration;
    if (request.headers.integrasjonid !== id || request.headers.integrasjonpassord !== password)
      return "IntegrasjonId or IntegrasjonPassord is wrong";
    return undefined;
  };

  const send = (request: WireRequest): Answer => {
    const found = letterOf(request);
    const copies = named.get(request)?.copies ?? [];
    const strange = stranger(request);
    if (strange !== undefined) return refused(request, 401, strange, copies);
    if (found.kind === "wrong") return refused(request, 400, found.why, copies);
    const { letter } = found;
    const from = broker.account(letter.from);
    if (from === undefined || !broker.isOurs(from))
      return refused(request, 403, `the integration may not send as ${letter.from}`, copies);
    if (broker.account(letter.to) === undefined)
      return refused(request, 400, `there is no account ${letter.to} to send to`, copies);
    const ttl = letter.ttlMs ?? broker.switches.defaultTtlMs;
    const cause = receipt(letter, copies);
    const id = broker.put(
      {
        from: letter.from,
        to: letter.to,
        type: letter.type,
        ttlMs: ttl,
        headers: letter.headers,
        ...(letter.replyTo === undefined ? {} : { replyTo: letter.replyTo }),
        body: letter.body,
      },
      cause,
    );
    return {
      reply: json(202, {
        meldingId: id,
        meldingType: letter.type,
        avsenderKontoId: letter.from,
        mottakerKontoId: letter.to,
        ttl,
        ...(letter.replyTo === undefined ? {} : { svarPaMelding: letter.replyTo }),
        headere: letter.headers,
      }),
      saying: "positive",
      copies,
    };
  };

  /** Writes what an answer says of a copy; gives the entry that the portal's hearing of it follows from. */
  const receipt = (letter: Letter, [copy]: Answer["copies"]): number | undefined => {
    if (copy === undefined) return undefined;
    const says = letter.type === mottatt ? "mottatt" : letter.type === feilet ? "feilet" : undefined;
    if (says === undefined) return undefined;
    const { facts } = broker.given;
    facts.record({ kind: "effected", change: `${receipts.get(copy) ?? "unreceipted"} → ${says}`, copy });
    receipts.set(copy, says);
    return says === "mottatt"
      ? facts.record({ kind: "receipted", saying: "positive", reason: "receipt", copy })
      : facts.record({ kind: "receipted", saying: "negative", reason: "content", copy });
  };

  const about = (request: WireRequest): About => {
    const found = letterOf(request);
    const replyTo = found.kind === "letter" ? found.letter.replyTo : undefined;
    if (replyTo === undefined) return broker.unknown();
    const copy = broker.copyOf(replyTo);
    const base = copy === undefined ? broker.unknown("svarPaMelding names no message of this run") : aboutCopy(copy);
    return { ...base, operation: "receipt" };
  };

  const catalogue = (
    operation: "account" | "key",
    path: string,
    open: boolean,
    answer: (account: Account) => unknown,
    missing: string,
  ): HttpOperation => ({
    operation,
    method: "GET",
    path,
    about: () => aboutNothing(),
    handle(request, params) {
      const strange = open ? undefined : stranger(request);
      if (strange !== undefined) return refused(request, 401, strange);
      const account = broker.account(params.id ?? "");
      const said = account === undefined ? undefined : answer(account);
      if (said === undefined) return refused(request, 404, missing);
      return { reply: json(200, said), saying: "news", copies: [] };
    },
  });

  return [
    {
      operation: "send",
      method: "POST",
      path: "/fiks-io/api/v1/send",
      about(request) {
        const of = about(request);
        named.set(request, of);
        return of;
      },
      handle: send,
    },
    catalogue(
      "account",
      "/fiks-io/katalog/api/v1/kontoer/{id}",
      false,
      (account) => ({
        kontoId: account.accountId,
        kontoNavn: account.name ?? account.recipient ?? "portal",
        fiksOrgId: account.accountId,
        fiksOrgNavn: account.name ?? account.recipient ?? "portal",
        ...(account.organizationNumber === undefined ? {} : { organisasjonsnummer: account.organizationNumber }),
        ...(account.municipalityNumber === undefined ? {} : { kommunenummer: account.municipalityNumber }),
        status: statusOf(broker, account),
      }),
      "there is no such account",
    ),
    catalogue(
      "account",
      "/fiks-io/katalog/api/v1/kontoer/{id}/status",
      false,
      (account) => statusOf(broker, account),
      "there is no such account",
    ),
    catalogue(
      "key",
      "/fiks-io/katalog/api/v1/kontoer/{id}/offentligNokkel",
      true,
      (account) => (account.certificate === undefined ? undefined : { nokkel: account.certificate, valid: true }),
      "the account has no public key",
    ),
  ];
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
};

function statusOf(broker: Broker, account: Account): unknown {
  const queue = broker.queueOf(account.accountId);
  return {
    gyldigAvsender: true,
    gyldigMottaker: true,
    antallKonsumenter: queue?.consumers.length ?? 0,
    antallUavhentedeMeldinger: queue?.line.length ?? 0,
    melding: "OK",
  };
}

function readLetter(request: WireRequest): ReadLetter {
  const wrong = (why: string): ReadLetter => ({ kind: "wrong", why });
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === undefined) return wrong("the content type is not multipart/form-data with a boundary");
  let metadata: Record<string, unknown> | undefined;
  let body: Uint8Array | undefined;
  try {
    for (const part of readMultipart(request.body, boundary)) {
      if (part.name === "metadata") {
        const value: unknown = JSON.parse(new TextDecoder().decode(part.body));
        if (typeof value !== "object" || value === null) return wrong("the part metadata is no JSON object");
        metadata = value as Record<string, unknown>;
      } else if (part.name === "data") body = part.body.slice();
    }
  } catch (error) {
    if (error instanceof MultipartError) return wrong(error.message);
    if (error instanceof SyntaxError) return wrong("the part metadata is no JSON");
    throw error;
  }
  if (metadata === undefined) return wrong("the part metadata is missing");
  const { avsenderKontoId, mottakerKontoId, meldingType, svarPaMelding, ttl, headere } = metadata;
  if (typeof avsenderKontoId !== "string" || typeof mottakerKontoId !== "string" || typeof meldingType !== "string")
    return wrong("metadata needs avsenderKontoId, mottakerKontoId and meldingType");
  if (svarPaMelding !== undefined && svarPaMelding !== null && typeof svarPaMelding !== "string")
    return wrong("svarPaMelding is no text");
  if (ttl !== undefined && ttl !== null && (typeof ttl !== "number" || !(ttl >= leastTtlMs)))
    return wrong(`ttl is milliseconds, at least ${leastTtlMs}`);
  const headers = textsOf(headere);
  if (headers === undefined) return wrong("headere is not an object of texts");
  if (body !== undefined && body.length > bodyCeiling) return wrong("the part data is over 5 MB");
  return {
    kind: "letter",
    letter: {
      from: avsenderKontoId,
      to: mottakerKontoId,
      type: meldingType,
      replyTo: svarPaMelding ?? undefined,
      ttlMs: typeof ttl === "number" ? ttl : undefined,
      headers,
      body: body ?? nothing,
    },
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (value === undefined || value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  const texts: Record<string, string> = {};
  for (const [name, one] of Object.entries(value)) {
    if (typeof one !== "string") return undefined;
    texts[name] = one;
  }
  return texts;
}
