import { agreed, documentBase64, documentSha256, idOf } from "./agreed.ts";
import type { ProviderState } from "./pact-file.ts";

/** An exchange as the terms look at it: `said` is the request's JSON or form, taken to its shape. */
export type Looked = {
  /** Who asks. */
  readonly role: "integration" | "sender";
  readonly said: Fields;
  readonly query: Readonly<Record<string, string>>;
  readonly heard: unknown;
};

type Fields = Readonly<Record<string, unknown>>;

/** What is agreed of one operation and one status it answers with. */
export type Term = {
  /** Stands in the description of the interaction. */
  readonly says: string;
  /** What must hold before. */
  readonly state: ProviderState | ((looked: Looked) => ProviderState);
  /** What our own designs read of the answer, paths as in `ShapeOptions`; nothing of its body unless said. */
  readonly reads?: readonly string[];
  /** Paths whose words a reader acts upon. */
  readonly exactly?: readonly string[];
  /** Words that tell interactions of this term apart; one interaction unless said. */
  readonly apart?: (looked: Looked) => readonly string[];
  /** Headers of the answer that are acted upon. */
  readonly headers?: readonly string[];
};

/** Operation (`POST /intake/v1/messages`), then status. */
export type Terms = Readonly<Record<string, Readonly<Record<number, Term>>>>;

const nothing: ProviderState = { name: "nothing has happened yet" };
/** The very same request, once; a provider needs no help for it. */
export const askedBefore: ProviderState = { name: "the same was asked before" };

/** A registration that a provider can be brought to know by being asked. */
export const agreedRegistration: Fields = {
  source: { channel: "fiks-io", id: idOf("source"), sameAs: { "bekymringsmelding-id": idOf("source") } },
  recipient: { municipalityNumber: agreed.municipality, district: agreed.district },
  type: "no.ks.fiks.bekymringsmelding.offentlig.v1",
  confidential: true,
  receivedAt: agreed.instant,
  documents: [
    {
      name: "bekymringsmelding.pdf",
      mediaType: "application/pdf",
      sha256: documentSha256,
      contentBase64: documentBase64,
    },
  ],
  payload: { kommunenummer: agreed.municipality },
};

const channelOf = ({ source }: Fields): string => String((source as Fields | undefined)?.channel ?? "fiks-io");

/** A message is registered under the agreed source, on the channel that is asked about. */
const registered = ({ query }: Looked): ProviderState => ({
  name: "a message is registered",
  params: {
    idempotencyKey: agreed.key,
    registration: {
      ...agreedRegistration,
      source: { channel: query["source.channel"] ?? "fiks-io", id: idOf("source") },
    },
  },
});

const hasUploads = ({ documents }: Fields): boolean =>
  Array.isArray(documents) && documents.some((each) => (each as Fields).uploaded === true);

/** Documents that a message refers to have been sent ahead. */
const forRegistration = ({ said }: Looked): ProviderState =>
  hasUploads(said) ? { name: "a document was uploaded", params: { sha256: documentSha256, documentBase64 } } : nothing;

const queue = { queueId: idOf("queue"), idempotencyKey: agreed.key, registration: agreedRegistration };

const isThere = (heard: unknown): boolean => {
  const { messages } = (heard ?? {}) as { readonly messages?: unknown };
  return Array.isArray(messages) && messages.length > 0;
};

const passing = (state: string): Term => ({
  says: "is told to try again later",
  state: { name: state },
  headers: ["retry-after"],
});
const locked = passing("the store is locked");
const overloaded = passing("the receiver is overloaded");
const full = passing("the store is full");

const receiver: Terms = {
  "POST /intake/v1/messages": {
    201: {
      says: "registers a message",
      state: forRegistration,
      reads: ["caseId", "registeredAt"],
      apart: ({ said }) => [channelOf(said), String(said.type), ...(hasUploads(said) ? ["uploaded"] : [])],
    },
    200: { says: "registers a message again", state: askedBefore, reads: ["caseId", "registeredAt"] },
    202: {
      says: "hands in a message that is only queued",
      state: { name: "the store only queues" },
      reads: ["status"],
      exactly: ["status"],
      headers: ["location"],
    },
    423: locked,
    503: overloaded,
    507: full,
  },
  "GET /intake/v1/messages": {
    200: {
      says: "reads back",
      state: (looked) => (isThere(looked.heard) ? registered(looked) : nothing),
      reads: ["messages.status", "messages.documents"],
      exactly: ["messages.status"],
      apart: ({ query, heard }) => [query["source.channel"] ?? "", isThere(heard) ? "what is registered" : "nothing"],
    },
    423: locked,
    503: overloaded,
  },
  "GET /intake/v1/queue/{id}": {
    200: {
      says: "asks for what is queued",
      state: ({ heard }) => ({
        name:
          (heard as Fields)?.status === "queued" ? "a message is queued" : "a queued message has come to be registered",
        params: queue,
      }),
      reads: ["status"],
      exactly: ["status"],
      apart: ({ heard }) => [String((heard as Fields)?.status)],
    },
    404: {
      says: "asks for what a crash has taken from the queue",
      state: { name: "a queued message was forgotten", params: queue },
    },
  },
  "PUT /intake/v1/documents/{sha256}": {
    201: { says: "uploads a document", state: nothing, reads: ["sha256"] },
    200: { says: "uploads a document again", state: askedBefore, reads: ["sha256"] },
    423: locked,
    503: overloaded,
    507: full,
  },
  "POST /intake/v1/deviations": {
    201: { says: "puts a deviation on the worklist", state: nothing, reads: ["deviationId"] },
    200: { says: "puts a deviation on the worklist again", state: askedBefore, reads: ["deviationId"] },
    503: overloaded,
  },
};

const known: ProviderState = { name: "the client is known" };
const mail: ProviderState = {
  name: "mail waits",
  params: { correspondenceId: idOf("correspondence"), attachmentId: idOf("attachment") },
};
const fetched: ProviderState = { ...mail, name: "mail was fetched" };
const sentMail: ProviderState = {
  name: "mail was sent",
  params: { correspondenceId: idOf("correspondence"), attachmentId: idOf("attachment") },
};
const begun: ProviderState = { name: "an attachment was begun", params: { attachmentId: idOf("attachment") } };
const uploaded: ProviderState = { name: "an attachment was uploaded", params: { attachmentId: idOf("attachment") } };
const correspondence = "/correspondence/api/v1";
const overviewReads = [
  "recipient",
  "resourceId",
  "isConfirmationNeeded",
  "isConfidential",
  "propertyList",
  "content.messageBody",
  "content.attachments.id",
  "content.attachments.fileName",
  "content.attachments.checksum",
];

const altinn: Terms = {
  [`GET ${correspondence}/correspondence`]: {
    200: {
      says: "lists mail",
      state: ({ query }) => (query.role === "Sender" ? sentMail : mail),
      reads: ["ids"],
      apart: ({ query }) => [query.role ?? "", query.resourceId ?? "", query.status ?? ""],
    },
    401: {
      says: "lists mail that it has no right to",
      state: { name: "the right to read was taken away" },
      reads: ["errorCode"],
    },
  },
  [`GET ${correspondence}/correspondence/{id}`]: {
    200: { says: "looks at mail", state: mail, reads: overviewReads },
  },
  [`GET ${correspondence}/correspondence/{id}/content`]: {
    200: { says: "reads the text of mail", state: mail },
  },
  [`GET ${correspondence}/correspondence/{id}/details`]: {
    200: {
      says: "looks at the history of mail",
      state: ({ role }) => (role === "sender" ? sentMail : fetched),
      reads: ["statusHistory.status", "notifications"],
    },
  },
  [`GET ${correspondence}/correspondence/{id}/attachment/{attachmentId}/download`]: {
    200: { says: "fetches a file", state: fetched },
  },
  [`POST ${correspondence}/correspondence/{id}/markasread`]: { 200: { says: "marks mail as read", state: fetched } },
  [`POST ${correspondence}/correspondence/{id}/confirm`]: { 200: { says: "confirms mail", state: fetched } },
  [`POST ${correspondence}/attachment`]: { 200: { says: "begins a file", state: nothing, reads: [""] } },
  [`POST ${correspondence}/attachment/{attachmentId}/upload`]: {
    200: { says: "uploads a file", state: begun, reads: ["attachmentId", "status"] },
  },
  [`GET ${correspondence}/attachment/{attachmentId}`]: {
    200: { says: "looks whether a file was scanned", state: uploaded, reads: ["status"] },
  },
  [`POST ${correspondence}/correspondence`]: {
    200: { says: "sends mail", state: uploaded, reads: ["correspondences.correspondenceId"] },
  },
};

const dispatched: ProviderState = { name: "a dispatch was sent", params: { dispatchId: idOf("dispatch") } };
const dispatch: Terms = {
  "POST /dispatch/v1/dispatches": {
    201: { says: "sends a dispatch", state: nothing, reads: ["dispatchId"] },
  },
  "GET /dispatch/v1/dispatches": {
    200: {
      says: "lists dispatches",
      state: dispatched,
      reads: ["dispatches.dispatchId", "dispatches.reference", "dispatches.state"],
      apart: ({ query }) => [query.unopened === "true" ? "that nobody has opened" : "of its own"],
    },
  },
  "GET /dispatch/v1/dispatches/{id}": {
    200: {
      says: "looks at a dispatch",
      state: ({ heard }) =>
        (heard as Fields)?.state === "opened" ? { ...dispatched, name: "a dispatch was opened" } : dispatched,
      reads: ["dispatchId", "state"],
      exactly: ["state"],
      apart: ({ heard }) => [String((heard as Fields)?.state)],
    },
  },
};

const delivered: ProviderState = {
  name: "a message was handed over",
  params: { meldingId: idOf("melding"), accountId: idOf("account"), senderAccountId: idOf("sender account") },
};
const submitted: ProviderState = { name: "a message was handed in", params: { id: idOf("submission") } };
const accountKnown: ProviderState = { name: "an account is known", params: { accountId: idOf("account") } };
const portal = "/bekymringsmelding/api/{version}";
export const catalogue = "/fiks-io/katalog/api/v1/kontoer";
const fiks: Terms = {
  "POST /fiks-io/api/v1/send": {
    202: {
      says: "sends a receipt",
      state: delivered,
      reads: ["meldingId"],
      apart: ({ said }) => [String((said.metadata as Fields | undefined)?.meldingType ?? "")],
    },
  },
  [`GET ${catalogue}/{id}`]: {
    200: {
      says: "looks an account up",
      state: accountKnown,
      reads: ["kontoId", "fiksOrgId", "status.gyldigAvsender", "status.gyldigMottaker"],
    },
  },
  [`GET ${catalogue}/{id}/status`]: {
    200: { says: "asks whether an account takes messages", state: accountKnown, reads: ["gyldigMottaker"] },
  },
  [`GET ${catalogue}/{id}/offentligNokkel`]: {
    200: { says: "fetches the key of an account", state: accountKnown, reads: ["nokkel"] },
  },
  [`GET ${portal}/kommuner/{municipality}/bydeler`]: {
    200: { says: "asks which districts there are", state: nothing, reads: ["bydelsnummer"] },
  },
  [`POST ${portal}/mottak/fagsystem/{organization}/{municipality}/{district}/{kind}`]: {
    201: { says: "hands in a message", state: nothing, reads: ["uuid"] },
  },
  [`GET ${portal}/mottak/fagsystem/{organization}/bekymringsmelding/{id}/status`]: {
    200: { says: "asks what became of a message", state: submitted, reads: ["tilstand"] },
  },
};

const others: Terms = {
  "POST /token": {
    200: { says: "asks for a token", state: known, reads: ["access_token", "expires_in"] },
  },
  "GET /authentication/api/v1/exchange/maskinporten": {
    200: { says: "exchanges a token", state: known, reads: [""] },
  },
  "POST /": { 204: { says: "raises an alarm", state: nothing } },
};

export const terms: Terms = { ...receiver, ...altinn, ...dispatch, ...fiks, ...others };

/** What a parameter of a path is the id of. */
export function subjectOf(template: string, param: string): Parameters<typeof idOf>[0] | undefined {
  if (param === "attachmentId") return "attachment";
  if (param === "organization") return "organization";
  if (param !== "id") return undefined;
  if (template.startsWith("/correspondence/")) return "correspondence";
  if (template.startsWith("/dispatch/")) return "dispatch";
  if (template.startsWith("/bekymringsmelding/")) return "submission";
  if (template.startsWith("/fiks-io/")) return "account";
  return template.startsWith("/intake/") ? "queue" : "other";
}
