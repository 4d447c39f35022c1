import type { PartyId } from "../../../core/names.ts";
import { readJwt } from "../../maskinporten/jwt.ts";
import type { WireRequest } from "../../wire.ts";
import type { Correspondence, Mailbox, Resource } from "./correspondence.ts";
import type { Item } from "./item.ts";
import { Refusal, refusal } from "./refusal.ts";

/** Whoever calls: the organisation in the token, and the party that may read for others. */
export type Caller = {
  /** Organisation number. */
  readonly consumer: string;
  readonly party: PartyId;
  readonly maySend: boolean;
  readonly mayReceive: boolean;
};

/** What an operation demands of a token. */
export type Demand = "write" | "read" | "read or write";

const writeScope = "altinn:correspondence.write";
const readScope = "altinn:correspondence.read";

/** @throws {Refusal} The token is not good for this. */
export function callerOf(service: Correspondence, request: WireRequest, party: PartyId, demand: Demand): Caller {
  const [scheme, token = ""] = (request.headers.authorization ?? "").split(" ");
  const facts = scheme?.toLowerCase() === "bearer" ? service.setup.tokens.read(token) : undefined;
  if (facts === undefined) throw new Refusal({ kind: isForeign(token) ? "foreign issuer" : "unauthenticated" });
  const { consumer, scopes } = facts;
  const maySend = scopes.includes(writeScope);
  const mayReceive = scopes.includes(readScope);
  const isMet = demand === "write" ? maySend : demand === "read" ? mayReceive : maySend || mayReceive;
  if (!isMet) throw new Refusal({ kind: "scope missing" });
  return { consumer, party, maySend, mayReceive };
}

/** A token of another issuer, such as Maskinporten's own. */
function isForeign(token: string): boolean {
  const issuer = readJwt(token)?.claims.iss;
  return typeof issuer === "string" && !issuer.includes("/authentication/");
}

export function isSenderOf({ consumer, maySend }: Caller, item: { readonly sender: string }): boolean {
  return maySend && consumer === item.sender;
}

export function isRecipientOf(service: Correspondence, { party, mayReceive }: Caller, { place }: Item): boolean {
  return mayReceive && service.setup.rights.mayRead(party, place);
}

/** Where a caller may read mail of a resource now. */
export function mailboxesOf(
  service: Correspondence,
  { mailboxes }: Resource,
  { party, mayReceive }: Caller,
  onBehalfOf: string | undefined,
): readonly Mailbox[] {
  if (!mayReceive) return [];
  const { rights } = service.setup;
  return mailboxes.filter(
    ({ place, organizationNumber }) =>
      (onBehalfOf === undefined || organizationNumber === onBehalfOf) && rights.mayRead(party, place),
  );
}

/** @throws {Refusal} There is no such correspondence. */
export function itemIn(service: Correspondence, id: string): Item {
  const item = service.item(id);
  if (item === undefined) throw refusal("notFound");
  return item;
}
