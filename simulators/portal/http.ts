import { bodyCeiling } from "../../contracts/fiks/lifetimes.ts";
import { typeOf } from "../../contracts/fiks/types.ts";
import { osloLocal } from "../../core/calendar.ts";
import type { District, Municipality } from "../../core/scenario.ts";
import { aboutCopies, aboutCopy, aboutNothing, Unknowns } from "../about.ts";
import { boundaryOf, type Part, readMultipart } from "../multipart.ts";
import { type About, type Answer, type HttpOperation, json, type WireRequest } from "../wire.ts";
import type { Portal, PortalSender } from "./portal.ts";
import type { PortalState } from "./state.ts";

type Params = Readonly<Record<string, string>>;

/** `tilstand` in the status history. @source fiks.md 1.3 */
export const wireStates: Readonly<Record<PortalState, string>> = {
  accepted: "AKSEPTERT",
  dispatched: "SENDT_FAGSYSTEM",
  refused: "AVVIST_FAGSYSTEM",
  printing: "SENDT_PRINT",
  unprintable: "AVVIST_PRINT",
  delivered: "LEVERT",
};

const base = "/bekymringsmelding/api/{version}";
const uploads = `${base}/mottak/fagsystem`;

class Refusal {
  readonly status: number;
  readonly message: string;
  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

/** Paths, headers and bodies of the sender API. @source fiks.md 1.1, 1.2 */
export function portalOperations(portal: Portal): readonly HttpOperation[] {
  const unknowns = new Unknowns();
  const { setup } = portal;
  const news = (value: unknown): Answer => ({ reply: json(200, value), saying: "news", copies: [] });
  const municipality = (number: string | undefined): Municipality => {
    const found = setup.municipalities.find((one) => one.number === number);
    if (found === undefined) throw new Refusal(404, "No such municipality.");
    return found;
  };

  /** Every call goes through this: version, who asks, and errors in the general form. */
  const operation = (
    word: string,
    method: string,
    path: string,
    handle: (request: WireRequest, params: Params, sender: PortalSender) => Answer,
    about: HttpOperation["about"] = aboutNothing,
  ): HttpOperation => ({
    operation: word,
    method,
    path,
    about,
    handle: (request, params) => {
      try {
        if (params.version !== "v1" && params.version !== "v2") throw new Refusal(404, "No such version.");
        return handle(request, params, authorised(portal, request));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refused(portal, request, error);
      }
    },
  });

  return [
    operation("municipalities", "GET", `${base}/kommuner`, () => news(setup.municipalities.map(wireMunicipality))),
    operation("municipalities", "GET", `${base}/kommuner/fylker`, () =>
      news([...new Set(setup.municipalities.map(countyOf))].map((number) => ({ fylkenummer: number }))),
    ),
    operation("municipalities", "GET", `${base}/kommuner/fylker/{county}/kommuner`, (_request, { county }) =>
      news(setup.municipalities.filter((one) => countyOf(one) === county).map(wireMunicipality)),
    ),
    operation("municipalities", "GET", `${base}/kommuner/{municipality}`, (_request, params) =>
      news(wireMunicipality(municipality(params.municipality))),
    ),
    // An empty list: the municipality has not activated the service.
    operation("districts", "GET", `${base}/kommuner/{municipality}/bydeler`, (_request, params) =>
      news(
        (setup.municipalities.find((one) => one.number === params.municipality)?.districts ?? []).map((district) =>
          wireDistrict(district, params.version),
        ),
      ),
    ),
    operation("districts", "GET", `${base}/kommuner/{municipality}/bydeler/{district}`, (_request, params) =>
      news(wireDistrict(districtOf(portal, params), params.version)),
    ),
    operation("keys", "GET", `${uploads}/{municipality}/{district}/krypteringsnokler`, (_request, params) => {
      districtOf(portal, params);
      return news({
        printOffentligNokkel: wireKey(setup.certificates.print, params.version),
        fiksIOOffentligNokkel: wireKey(setup.certificates.districts, params.version),
      });
    }),
    operation(
      "submit",
      "POST",
      `${uploads}/{organization}/{municipality}/{district}/{kind}`,
      (request, params, sender) => submit(portal, request, params, sender),
      (request) => aboutSubmission(portal, request, unknowns),
    ),
    operation(
      "status",
      "GET",
      `${uploads}/{organization}/bekymringsmelding/{id}/status`,
      (_request, params, sender) => status(portal, params, sender),
      (_request, params) => {
        const copy = portal.copyOf(params.id ?? "") ?? setup.manifest.copyWith(params.id ?? "");
        return copy === undefined
          ? unknowns.about("A status was asked for by an id that the portal never gave.")
          : aboutCopy(copy);
      },
    ),
  ];
}

/** @throws {Refusal} Token or integration are not good. */
function authorised(portal: Portal, request: WireRequest): PortalSender {
  const { senders, tokens } = portal.setup;
  const [scheme, token] = (request.headers.authorization ?? "").split(" ");
  const facts = token === undefined ? undefined : tokens.read(token);
  if (scheme?.toLowerCase() !== "bearer" || token === undefined || facts === undefined)
    throw new Refusal(401, "The token is missing, unknown or expired.");
  if (!tokens.valid(token, "ks:fiks")) throw new Refusal(401, "The token lacks the scope ks:fiks.");
  const sender = senders.find((one) => one.integrationId === request.headers.integrasjonid);
  if (sender === undefined || sender.integrationPassword !== request.headers.integrasjonpassord)
    throw new Refusal(401, "IntegrasjonId or IntegrasjonPassord is wrong.");
  if (facts.consumer !== sender.organizationNumber)
    throw new Refusal(401, "The token's consumer is not the organisation that may use this integration.");
  return sender;
}

function aboutSubmission(portal: Portal, request: WireRequest, unknowns: Unknowns): About {
  const { manifest } = portal.setup;
  const known = portal.submissionIn(request.body);
  if (known !== undefined) return aboutCopy(known.delivery.id);
  const found = manifest.deliveriesIn(Buffer.from(request.body).toString("latin1"));
  return found.length === 0
    ? unknowns.about("A submission holds no canary of this run: it cannot be told which message it is.")
    : aboutCopies(found);
}

function submit(portal: Portal, request: WireRequest, params: Params, sender: PortalSender): Answer {
  const { kind, municipality = "", organization } = params;
  if (kind !== "offentlig" && kind !== "privat") throw new Refusal(404, "No such kind of message.");
  if (organization !== sender.fiksOrgId)
    throw new Refusal(403, "The integration has no privilege on this organisation.");
  const district = districtOf(portal, params);
  const version = params.version === "v1" ? 1 : 2;
  if (version === 2 && district.supports === "V1" && !portal.newerVersionAccepted)
    throw new Refusal(400, "The district does not support V2.");
  if (request.body.length > bodyCeiling.bytes) throw new Refusal(413, "More than 5 MB.");
  const known = portal.submissionIn(request.body);
  const { id, copy } = portal.accept(
    { fiksOrgId: sender.fiksOrgId, municipalityNumber: municipality, district },
    known === undefined
      ? { ...uploaded(portal, request), type: typeOf(kind, version) }
      : { delivery: known.delivery.id, type: known.type, body: known.container },
  );
  return {
    reply: json(201, { uuid: id }),
    saying: "positive",
    copies: copy === undefined ? [] : [copy],
    takesDebt: portal.party,
  };
}

/** What somebody else than the world uploaded: the container, and the delivery it is about if that can be told. */
function uploaded(portal: Portal, request: WireRequest): { delivery: string | undefined; body: Uint8Array } {
  const boundary = boundaryOf(request.headers["content-type"]);
  if (boundary === undefined) throw new Refusal(400, "The body must be multipart/form-data.");
  let parts: readonly Part[];
  try {
    parts = readMultipart(request.body, boundary);
  } catch {
    throw new Refusal(400, "The body is no whole multipart/form-data.");
  }
  const pdf = parts.find(({ name }) => name === "bekymringsmelding");
  const container = parts.find(({ name }) => name === "asice");
  if (pdf === undefined || container === undefined)
    throw new Refusal(400, "Both parts, bekymringsmelding and asice, are required.");
  const found = portal.setup.manifest.deliveriesIn(Buffer.from(request.body).toString("latin1"));
  return { delivery: found.length === 1 ? found[0] : undefined, body: container.body };
}

function status(portal: Portal, params: Params, sender: PortalSender): Answer {
  const { id = "" } = params;
  if (params.organization !== sender.fiksOrgId)
    throw new Refusal(403, "The integration has no privilege on this organisation.");
  const history = portal.history(sender.fiksOrgId, id);
  if (history === undefined) throw new Refusal(404, "No such message.");
  const copy = portal.copyOf(id);
  return {
    reply: json(
      200,
      history.map(({ atMs, state }) => ({
        bekymringsmeldingId: id,
        tidspunkt: osloLocal(atMs),
        tilstand: wireStates[state],
      })),
    ),
    saying: history.at(-1)?.state === "delivered" ? "positive" : "news",
    copies: copy === undefined ? [] : [copy],
  };
}

function districtOf(portal: Portal, params: Params): District {
  const { municipality = "", district = "" } = params;
  if (!/^\d{4}$/.test(municipality) || !/^\d{2}$/.test(district))
    throw new Refusal(400, "kommunenummer has four digits, bydelsnummer two.");
  const found = portal.district(municipality, district);
  if (found === undefined) throw new Refusal(404, "No such district.");
  return found;
}

const countyOf = (municipality: Municipality): string => municipality.number.slice(0, 2);

function wireMunicipality(municipality: Municipality): object {
  return {
    kommunenummer: municipality.number,
    kommunenavn: municipality.name,
    organisasjonsnummer: municipality.organizationNumber,
    fylkenummer: countyOf(municipality),
  };
}

function wireDistrict(district: District, version: string | undefined): object {
  return {
    bydelsnummer: district.number,
    bydelsnavn: district.name,
    standardMottaker: district.standard,
    ...(version === "v2" ? { stottetVersjon: district.supports } : {}),
  };
}

/** All our certificates are valid from 2015 to 2060: simulators/keys. */
function wireKey(certificate: string, version: string | undefined): object {
  return {
    nokkel: certificate,
    validFrom: "2015-01-01T00:00:00Z",
    validTo: "2060-01-01T00:00:00Z",
    serial: "01",
    subjectDN: "CN=komfrem",
    issuerDN: "CN=komfrem",
    ...(version === "v2" ? { gyldig: true } : {}),
  };
}

const reasons: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  413: "Payload Too Large",
};

/** The general error body. @source fiks.md 1.1 */
function refused(portal: Portal, request: WireRequest, { status, message }: Refusal): Answer {
  return {
    reply: json(status, {
      timestamp: portal.given.clock.now(),
      status,
      error: reasons[status] ?? "Error",
      errorId: portal.given.random.uuid(),
      path: request.path,
      originalPath: request.path,
      message,
    }),
    saying: "negative",
    copies: [],
  };
}
