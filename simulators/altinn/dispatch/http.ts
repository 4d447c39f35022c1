import { bodyCeiling, scopePrefix } from "../../../contracts/altinn-dispatch/lifetimes.ts";
import { pack } from "../../../contracts/fiks/container.ts";
import { rfc3339 } from "../../../core/calendar.ts";
import { type CopyId, type DeliveryId, messageOf } from "../../../core/names.ts";
import { aboutCopies, aboutCopy, aboutNothing, Unknowns } from "../../about.ts";
import { latin1 } from "../../latin1.ts";
import {
  type About,
  type AlsoTold,
  type Answer,
  type Asker,
  type Bytes,
  complete,
  empty,
  type HttpOperation,
  json,
  problem,
  type Reply,
  type WireRequest,
} from "../../wire.ts";
import type { Dispatch, DispatchService, Outbox } from "./dispatch.ts";
import { type Order, readOrder } from "./order.ts";
import { sayings } from "./state.ts";

type Params = Readonly<Record<string, string>>;

const base = "/dispatch/v1";
const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  410: "Gone",
  413: "Content Too Large",
};

class Refusal {
  readonly status: number;
  readonly detail: string;
  readonly copies: readonly CopyId[];
  constructor(status: number, detail: string, about?: Dispatch) {
    this.status = status;
    this.detail = detail;
    this.copies = copiesOf(about === undefined ? [] : [about]);
  }
}

/** Paths, headers and bodies of `contracts/altinn-dispatch/openapi.yaml`. @source PORT.md, altinn-dispatch */
export function dispatchOperations(service: DispatchService): readonly HttpOperation[] {
  const unknowns = new Unknowns();

  const operation = (
    word: string,
    method: string,
    path: string,
    about: HttpOperation["about"],
    handle: (request: WireRequest, params: Params, asker: Asker, consumer: string) => Answer,
  ): HttpOperation => ({
    operation: word,
    method,
    path: `${base}${path}`,
    about,
    handle: (request, params, asker) => {
      try {
        return handle(request, params, asker, consumerOf(service, request));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refused(error);
      }
    },
  });
  const aboutId: HttpOperation["about"] = (_request, { id = "" }) => {
    const copy = service.dispatch(id)?.copy ?? service.setup.manifest.copyWith(id);
    return copy === undefined
      ? unknowns.about("A dispatchId is none that was given to a message of this run.")
      : aboutCopy(copy);
  };

  return [
    operation(
      "send",
      "POST",
      "/dispatches",
      (request) => {
        const found = deliveriesIn(service, request);
        return found.length > 0
          ? aboutCopies(found)
          : unknowns.about("A dispatch holds no canary of this run: it cannot be told which message it is.");
      },
      (request, _params, _asker, consumer) => send(service, request, consumer),
    ),
    operation(
      "unopened",
      "GET",
      "/dispatches",
      (request) => {
        const token = tokenOf(service, request);
        return token === undefined ? aboutNothing() : aboutList(listed(service.outboxOf(token.consumer), request));
      },
      (request, _params, _asker, consumer) => list(service.outboxOf(consumer), request),
    ),
    operation("status", "GET", "/dispatches/{id}", aboutId, (_request, params, _asker, consumer) =>
      status(sentBy(service, consumer, params), service.outboxOf(consumer)),
    ),
    operation(
      "list",
      "GET",
      "/inbox",
      (_request, _params, asker) => aboutInbox(service, asker),
      (_request, _params, asker) => inbox(service, asker),
    ),
    operation("overview", "GET", "/inbox/{id}", aboutId, (_request, params, asker) =>
      overview(service, readable(service, params, asker)),
    ),
    operation("fetch", "GET", "/inbox/{id}/file", aboutId, (request, params, asker) =>
      fetch(service, readable(service, params, asker), request.query.name, asker),
    ),
    operation("archive", "POST", "/inbox/{id}/archive", aboutId, (_request, params, asker) => {
      const dispatch = readable(service, params, asker);
      service.archive(dispatch);
      return { reply: empty(204), saying: "positive", copies: copiesOf([dispatch]) };
    }),
  ];
}

type Token = NonNullable<ReturnType<DispatchService["setup"]["tokens"]["read"]>>;

function tokenOf(service: DispatchService, request: WireRequest): Token | undefined {
  const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
  return scheme?.toLowerCase() === "bearer" ? service.setup.tokens.read(token) : undefined;
}

/** @throws {Refusal} The token is not good here. */
function consumerOf(service: DispatchService, request: WireRequest): string {
  const token = tokenOf(service, request);
  if (token === undefined) throw new Refusal(401, "The token is missing, unknown or expired.");
  if (!token.scopes.some((scope) => scope.startsWith(scopePrefix)))
    throw new Refusal(403, `The token needs a scope that begins with ${scopePrefix}`);
  return token.consumer;
}

function refused({ status, detail, copies }: Refusal): Answer {
  const headers: readonly (readonly [string, string])[] = status === 401 ? [["www-authenticate", "Bearer"]] : [];
  return { reply: problem(status, titles[status] ?? "Error", detail, headers), saying: "negative", copies };
}

function copiesOf(dispatches: Iterable<Dispatch>): CopyId[] {
  return [...dispatches].flatMap(({ copy }) => (copy === undefined ? [] : [copy]));
}

// ---- the sender's side ----

/** The messages whose canaries stand in an order's decoded content; without one, that which its reference is the label of. */
function deliveriesIn(service: DispatchService, request: WireRequest): readonly DeliveryId[] {
  const { manifest } = service.setup;
  const read = readOrder(request);
  if (read.kind === "unfit") return manifest.deliveriesIn(latin1(request.body));
  const found = manifest.deliveriesIn(contentText(read.order));
  const labelled = manifest.delivery(read.order.reference ?? "");
  return found.length > 0 || labelled === undefined ? found : [labelled.id];
}

function contentText({ title, text, files }: Order): string {
  return [title, text, ...files.map(({ name, bytes }) => `${name}\n${latin1(bytes)}`)].join("\n");
}

function send(service: DispatchService, request: WireRequest, consumer: string): Answer {
  if (request.body.length > bodyCeiling.bytes)
    throw new Refusal(413, `A dispatch holds at most ${bodyCeiling.bytes} bytes.`);
  const read = readOrder(request);
  if (read.kind === "unfit") throw new Refusal(400, read.detail);
  const recipient = service.recipientWith(read.order.organizationNumber);
  if (recipient === undefined) throw new Refusal(404, "recipient is no organisation that is known here.");
  const found = deliveriesIn(service, request);
  const sent = service.send(consumer, read.order, recipient, found.length === 1 ? found[0] : undefined);
  return {
    reply: json(201, { dispatchId: sent.id }, [["location", `${base}/dispatches/${sent.id}`]]),
    saying: "positive",
    copies: copiesOf([sent]),
  };
}

function sentBy(service: DispatchService, consumer: string, { id = "" }: Params): Dispatch {
  const dispatch = service.dispatch(id);
  if (dispatch?.sender !== consumer) throw new Refusal(404, "This organisation has sent no such dispatch.");
  return dispatch;
}

function wireSent({ id, reference, state, sentAtMs, openedAtMs }: Dispatch): object {
  return {
    dispatchId: id,
    ...(reference === undefined ? {} : { reference }),
    state,
    sentAt: rfc3339(sentAtMs),
    ...(openedAtMs === undefined ? {} : { openedAt: rfc3339(openedAtMs) }),
  };
}

function status(dispatch: Dispatch, outbox: Outbox): Answer {
  const copies = copiesOf([dispatch]);
  // The time it was opened stands there also once the content is gone.
  const openedBefore = dispatch.state === "contentDeleted" && dispatch.openedAtMs !== undefined;
  return {
    reply: json(200, wireSent(dispatch)),
    saying: sayings[dispatch.state],
    copies,
    ...(openedBefore && outbox.untold.has(dispatch) ? { also: [{ saying: "positive", copies }] } : {}),
    whenTold: () => outbox.untold.delete(dispatch),
  };
}

/** What a list of a sender's dispatches shows, and what it tells that no answer has told before. */
type Listed = {
  readonly kind: "all" | "unopened";
  readonly dispatches: readonly Dispatch[];
  readonly untold: readonly Dispatch[];
  /** What it shows, each with its state. */
  readonly lines: ReadonlySet<string>;
  /** What no list of this kind has shown before, or no answer has told; oldest first. */
  readonly fresh: readonly Dispatch[];
};

function listed(outbox: Outbox, request: WireRequest): Listed {
  const kind = request.query.unopened === "true" ? "unopened" : "all";
  const dispatches = kind === "all" ? outbox.all : [...outbox.unopened];
  const untold = [...outbox.untold];
  const before = outbox.shown.get(kind);
  const fresh = dispatches.filter((dispatch) => outbox.untold.has(dispatch) || before?.has(lineOf(dispatch)) !== true);
  for (const dispatch of untold) if (!fresh.includes(dispatch)) fresh.push(dispatch);
  return { kind, dispatches, untold, lines: new Set(dispatches.map(lineOf)), fresh };
}

function lineOf({ id, state }: Dispatch): string {
  return `${id} ${state}`;
}

/** Named by what is new to its sender, so that what else lies there changes no name: RULES.md, section C rule 3. */
function aboutList({ kind, fresh }: Listed): About {
  const operation = kind === "all" ? "status" : "unopened";
  const copies = copiesOf(fresh);
  const [first] = copies;
  if (first === undefined) return { ...idle, operation, idle: { resource: "outbox" } };
  return { subject: { kind: "news", label: messageOf(first) }, copies, operation };
}

const idle: About = { subject: { kind: "state", state: "idle" }, copies: [] };

function list(outbox: Outbox, request: WireRequest): Answer {
  const { kind, dispatches, untold, lines } = listed(outbox, request);
  const also: AlsoTold[] = [];
  const opened = copiesOf(untold.filter(({ openedAtMs }) => openedAtMs !== undefined));
  const deleted = copiesOf(untold.filter(({ openedAtMs }) => openedAtMs === undefined));
  if (opened.length > 0) also.push({ saying: "positive", copies: opened });
  if (deleted.length > 0) also.push({ saying: "negative", copies: deleted });
  return {
    reply: json(200, { dispatches: dispatches.map(wireSent) }),
    saying: dispatches.length > 0 ? "news" : "empty",
    copies: copiesOf(dispatches),
    ...(also.length > 0 ? { also } : {}),
    whenTold: () => {
      outbox.shown.set(kind, lines);
      for (const dispatch of untold) outbox.untold.delete(dispatch);
    },
  };
}

// ---- the recipient's side ----

function fresh(service: DispatchService, asker: Asker): readonly Dispatch[] {
  const shown = service.shownTo(asker.party);
  return service.inboxOf(asker.party).filter((dispatch) => !shown.has(dispatch));
}

function aboutInbox(service: DispatchService, asker: Asker): About {
  const copies = copiesOf(fresh(service, asker));
  const [first] = copies;
  if (first !== undefined) return { subject: { kind: "news", label: messageOf(first) }, copies };
  const [place] = service.placesOf(asker.party);
  return { ...idle, idle: { resource: place?.resource ?? "dispatch" } };
}

function inbox(service: DispatchService, asker: Asker): Answer {
  const dispatches = service.inboxOf(asker.party);
  const anew = fresh(service, asker);
  const places = service.placesOf(asker.party);
  // The wrapper writes the sign of life of an idle poll, for the first place.
  service.signs.write(asker.party, anew.length > 0 ? places : places.slice(1), anew.length > 0);
  return {
    reply: json(200, { dispatches: dispatches.map(wireShell) }),
    saying: dispatches.length > 0 ? "news" : "empty",
    copies: copiesOf(dispatches),
    whenTold: () => {
      const shown = service.shownTo(asker.party);
      for (const dispatch of anew) shown.add(dispatch);
    },
  };
}

/** @throws {Refusal} There is no such dispatch, or the caller lacks a right. */
function readable(service: DispatchService, { id = "" }: Params, asker: Asker): Dispatch {
  const dispatch = service.dispatch(id);
  if (dispatch === undefined) throw new Refusal(404, "There is no such dispatch.");
  const { place } = dispatch;
  if (!service.setup.rights.mayRead(asker.party, place))
    throw new Refusal(
      403,
      `For ${place.municipality} both rights are needed: ${place.rights.join(" and ")}.`,
      dispatch,
    );
  return dispatch;
}

function wireShell({ id, sender, recipient, district, title, state, sentAtMs }: Dispatch): object {
  return {
    dispatchId: id,
    title,
    state,
    sentAt: rfc3339(sentAtMs),
    sender: { organizationNumber: sender },
    recipient: { organizationNumber: recipient.organizationNumber, municipalityNumber: recipient.number },
    isConfidential: true,
    propertyList: { kommunenummer: recipient.number, ...(district === undefined ? {} : { bydelsnummer: district }) },
  };
}

function overview(service: DispatchService, dispatch: Dispatch): Answer {
  const content = service.contentOf(dispatch);
  const files = content?.files.map(({ name, mediaType, bytes }) => ({ name, mediaType, length: bytes.length }));
  return {
    reply: json(200, {
      ...wireShell(dispatch),
      ...(content === undefined ? {} : { text: content.text }),
      files: files ?? [],
    }),
    saying: content === undefined ? "negative" : "news",
    copies: copiesOf([dispatch]),
  };
}

function fetch(service: DispatchService, dispatch: Dispatch, name: string | undefined, asker: Asker): Answer {
  const content = service.contentOf(dispatch);
  if (content === undefined) throw new Refusal(410, "The content has been deleted; its sender has a copy.", dispatch);
  const files = name === undefined ? content.files : content.files.filter((file) => file.name === name).slice(0, 1);
  const [file] = files;
  if (file === undefined) throw new Refusal(404, "The dispatch has no file of this name.", dispatch);
  const reply = files.length === 1 ? fileReply(file.mediaType, file.bytes) : fileReply("application/zip", pack(files));
  service.fetch(dispatch, asker.party, (reply.body as Bytes).length);
  return { reply, saying: "news", copies: copiesOf([dispatch]) };
}

function fileReply(mediaType: string, bytes: Bytes): Reply & { readonly body: Bytes } {
  return { status: 200, headers: [["content-type", mediaType]], body: bytes, ending: complete };
}
