import { messageOf, type PartyId } from "../../../core/names.ts";
import { aboutCopies, aboutNothing } from "../../about.ts";
import { type About, type AlsoTold, type Answer, complete, type Reply, type WireRequest } from "../../wire.ts";
import type { Place } from "../seams.ts";
import { type Caller, callerOf, mailboxesOf } from "./caller.ts";
import type { Correspondence, Resource } from "./correspondence.ts";
import type { Call, Route } from "./http.ts";
import type { Item } from "./item.ts";
import { type Query, readQuery } from "./query.ts";
import { Refusal, refusal } from "./refusal.ts";
import { copiesOf, type Standing, standingInList } from "./told.ts";

/** What a list shows to its caller. */
type Listed = {
  readonly kind: "listed";
  readonly body: Uint8Array;
  readonly count: number;
  /** What it shows that its caller has not been shown before. */
  readonly fresh: readonly Item[];
  /** Where the caller may read, for a recipient. */
  readonly places: readonly Place[];
  /** Set for what is asked for by its key: always one exchange about that one. */
  readonly one?: Item;
  readonly query: Query;
  /** Names what the caller is shown. */
  readonly key: string;
};

const idle: About = { subject: { kind: "state", state: "idle" }, copies: [] };
const noRight: About = { subject: { kind: "state", state: "lost" }, copies: [] };
const nothing = Buffer.from('{"ids":[]}');

/** `GET /correspondence`: ids, newest request first, at most a thousand, and no second page. @source altinn.md 2.5 */
export function listOperation(service: Correspondence): Route {
  return {
    word: "list",
    method: "GET",
    path: "/correspondence",
    demands: "read or write",
    produces: "application/json",
    about: (request, _params, asker) => aboutList(service, request, asker.party),
    handle: (call) => list(service, call),
  };
}

/** Polls are named by what they would show; those that show nothing new have no name of their own. */
function aboutList(service: Correspondence, request: WireRequest, party: PartyId): About {
  try {
    const listed = listedFor(service, request, callerOf(service, request, party, "read or write"));
    const { fresh, places, one, query } = listed;
    if (one !== undefined) return aboutCopies(copiesOf([one]));
    const copies = copiesOf(fresh);
    const oldest = copies.at(-1);
    if (oldest !== undefined) return { subject: { kind: "news", label: messageOf(oldest) }, copies };
    if (query.idempotentKey !== undefined) return aboutNothing();
    return { ...idle, idle: { resource: places[0]?.resource ?? "outbox" } };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.why.kind === "error" && error.why.name === "noRight" ? noRight : aboutNothing();
  }
}

function list(service: Correspondence, { request, caller }: Call): Answer {
  const listed = listedFor(service, request, caller);
  const { body, count, fresh, places, one, query, key } = listed;
  const reply: Reply = { status: 200, headers: [["content-type", "application/json"]], body, ending: complete };
  if (one !== undefined) return { reply, saying: "news", copies: copiesOf([one]) };
  // The wrapper writes the sign of life of an idle poll, for the first place.
  service.signs.write(caller.party, fresh.length > 0 ? places : places.slice(1), fresh.length > 0);
  const whenTold = (): void => service.unshown.shown(key, fresh);
  if (places.length > 0 || fresh.length === 0)
    return { reply, saying: count > 0 ? "news" : "empty", copies: copiesOf(fresh), whenTold };
  const [first, ...also] = standingsOf(service, fresh, query);
  return {
    reply,
    saying: first?.saying ?? "news",
    copies: first?.copies ?? [],
    ...(first?.takesDebt === undefined ? {} : { takesDebt: first.takesDebt }),
    ...(also.length > 0 ? { also } : {}),
    whenTold,
  };
}

/** What a list of one status tells its sender: one telling for each party that owes what comes next. */
function standingsOf(service: Correspondence, fresh: readonly Item[], { status }: Query): readonly AlsoTold[] {
  const byDebtor = new Map<PartyId | undefined, { readonly standing: Standing; readonly items: Item[] }>();
  for (const item of fresh) {
    const standing = standingInList(service, item, status);
    const known = byDebtor.get(standing.takesDebt);
    if (known === undefined) byDebtor.set(standing.takesDebt, { standing, items: [item] });
    else known.items.push(item);
  }
  return [...byDebtor.values()].map(({ standing, items }) => ({ ...standing, copies: copiesOf(items) }));
}

/** @throws {Refusal} The query cannot be read, or the caller has no right to the resource. */
function listedFor(service: Correspondence, request: WireRequest, caller: Caller): Listed {
  const read = readQuery(request);
  if (read.kind === "invalid") throw new Refusal({ kind: "fields", errors: read.errors });
  const { query } = read;
  const { fromMs, toMs } = query;
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) throw refusal("fromAfterTo");
  const resource = service.resource(query.resourceId);
  const mailboxes = resource === undefined ? [] : mailboxesOf(service, resource, caller, query.onBehalfOf);
  const isSender = caller.maySend && service.isSender(caller.consumer);
  if (resource === undefined || (!isSender && mailboxes.length === 0)) throw refusal("noRight");
  const places = query.role === "Sender" ? [] : mailboxes.map(({ place }) => place);
  if (query.isOfAltinn2) return { kind: "listed", body: nothing, count: 0, fresh: [], places, query, key: "" };
  if (query.idempotentKey !== undefined) return withKey(service, query, query.idempotentKey);
  return cut(service, resource, caller, query, places);
}

/** Whichever role and resource are asked for: the key alone decides. @source the service's code */
function withKey(service: Correspondence, query: Query, key: string): Listed {
  const one = service.itemWithKey(key);
  const body = one === undefined ? nothing : Buffer.from(JSON.stringify({ ids: [one.id] }));
  return {
    kind: "listed",
    body,
    count: one === undefined ? 0 : 1,
    fresh: [],
    places: [],
    ...(one === undefined ? {} : { one }),
    query,
    key: "",
  };
}

function cut(
  service: Correspondence,
  { shelf }: Resource,
  caller: Caller,
  query: Query,
  places: readonly Place[],
): Listed {
  const { role, status, reference, fromMs, toMs } = query;
  const here = new Set(places.map(({ municipality }) => municipality));
  const sender = caller.maySend && role !== "Recipient" ? caller.consumer : undefined;
  const holds = (item: Item): boolean => {
    if (item.end === "discarded") return false;
    if (status !== undefined && !item.history.hasBeen(status)) return false;
    if (reference !== undefined && item.order.sendersReference !== reference) return false;
    return item.sender === sender || (here.has(item.place.municipality) && isShownToRecipient(item, status));
  };
  const key = `${[...here].join()}|${sender ?? ""}|${status ?? ""}|${reference ?? ""}`;
  const range = shelf.list(key, holds, { fromMs, toMs, cap: service.listCap });
  const shown = places.length > 0 ? "recipient" : (status ?? "sent");
  const unshownKey = `${query.resourceId} ${caller.party} ${shown}`;
  const log = shelf.logOf(places.length > 0 ? "Published" : (status ?? "Initialized"));
  const unshown = service.unshown.of(unshownKey, log);
  const anew = new Set([...unshown].filter((item) => holds(item) && isBetween(item, query)));
  const fresh = anew.size === 0 ? [] : range.items.slice(range.from, range.to).filter((item) => anew.has(item));
  return {
    kind: "listed",
    body: shelf.bodyOf(key, range),
    count: range.to - range.from,
    fresh,
    places,
    query,
    key: unshownKey,
  };
}

function isBetween({ requestedAtMs }: Item, { fromMs, toMs }: Query): boolean {
  return (fromMs === undefined || requestedAtMs > fromMs) && (toMs === undefined || requestedAtMs < toMs);
}

/** Before it is published, or once it has failed, it is no recipient's business, whatever status is asked for. */
function isShownToRecipient({ history }: Item, status: Query["status"]): boolean {
  if (status === undefined) return history.isListed();
  return status !== "Initialized" && status !== "ReadyForPublish" && status !== "Failed";
}
