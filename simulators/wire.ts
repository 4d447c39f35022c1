import type { Subject } from "../core/boundary.ts";
import type { Clock, Random } from "../core/clock.ts";
import type { Draft, Saying } from "../core/ledger.ts";
import type { CopyId, PartyId } from "../core/names.ts";

export type Bytes = Uint8Array;

/** An HTTP request as plain data: the whole body has arrived. Header names are lower case. */
export type WireRequest = {
  readonly method: string;
  /** Decoded path, no query: `/intake/v1/messages`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
};

/** How far an answer gets. */
export type Ending =
  | { readonly kind: "complete" }
  | { readonly kind: "cutAfter"; readonly bytes: number }
  | { readonly kind: "stallAfter"; readonly bytes: number };

export type Reply = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Bytes | AsyncIterable<Bytes>;
  readonly ending: Ending;
};

/** A reply and what it tells its asker. */
export type Answer = {
  readonly reply: Reply;
  readonly saying: Saying;
  readonly copies: readonly CopyId[];
  /** The party that owes the next handover once the asker has heard this; see `told` in core/ledger.ts. */
  readonly takesDebt?: PartyId;
  /** What else the same answer tells: a list of what is unopened says of all others that they are opened. */
  readonly also?: readonly AlsoTold[];
  /** Called once the answer has got there in full: its asker then knows. */
  readonly whenTold?: () => void;
};

/** A second thing that one answer tells, about other copies. */
export type AlsoTold = { readonly saying: Saying; readonly copies: readonly CopyId[]; readonly takesDebt?: PartyId };

/** What an exchange is about, decided when the request is complete and before any effect. */
export type About = {
  readonly subject: Subject;
  readonly copies: readonly CopyId[];
  readonly doubt?: string;
  /** Stands in for the operation's own word where one path serves two: a Fiks IO send is a `receipt` when it answers something. */
  readonly operation?: string;
  /**
   * Set where the asker will see nothing new: a poll that has no name of its own. Such polls are written down several
   * at a time, with a sign of life of the asker on this resource: RULES.md, section C rule 3.
   */
  readonly idle?: { readonly resource: string };
};

/** One operation of a party's HTTP interface. Faults, attempts and phases are the wrapper's business, never its own. */
export type HttpOperation = {
  /** One word, listed in contracts/boundaries.ts. */
  readonly operation: string;
  readonly method: string;
  /** `{name}` stands for one path segment. */
  readonly path: string;
  about(request: WireRequest, params: Readonly<Record<string, string>>, asker: Asker): About;
  /** Does it. Facts go to `given.facts`, `effected` among them if state changed. */
  handle(request: WireRequest, params: Readonly<Record<string, string>>, asker: Asker): Answer;
};

/** Who asks: the party, and which start of it (1 for those that never restart). */
export type Asker = { readonly party: PartyId; readonly incarnation: number };

/** Appends facts. Within an exchange they carry its name; the wrapper sees to that. */
export type Facts = {
  record(draft: Draft): number;
};

/** What a simulator may not invent for itself. */
export type Given = { readonly clock: Clock; readonly random: Random; readonly facts: Facts };

/** A party that answers HTTP at an origin of its own. */
export type HttpSimulator = { readonly party: PartyId; readonly operations: readonly HttpOperation[] };

export const complete: Ending = { kind: "complete" };
const encoder = new TextEncoder();
const nothing = new Uint8Array(0);

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: readonly (readonly [string, string])[] = []): Reply {
  return {
    status,
    headers: [["content-type", "application/json"], ...headers],
    body: encoder.encode(JSON.stringify(value)),
    ending: complete,
  };
}

/** `application/problem+json`, RFC 9457. */
export function problem(
  status: number,
  title: string,
  detail: string,
  headers: readonly (readonly [string, string])[] = [],
): Reply {
  return {
    status,
    headers: [["content-type", "application/problem+json"], ...headers],
    body: encoder.encode(JSON.stringify({ type: "about:blank", title, status, detail })),
    ending: complete,
  };
}

/** An answer without a body. */
export function empty(status: number, headers: readonly (readonly [string, string])[] = []): Reply {
  return { status, headers, body: nothing, ending: complete };
}

/** What is heard where a fault has a party answer something else than it would. */
export function answeredInstead(heard: { readonly status: number; readonly retryAfterSeconds?: number }): Reply {
  const { status, retryAfterSeconds } = heard;
  const headers: [string, string][] = [["content-type", "application/problem+json"]];
  if (retryAfterSeconds !== undefined) headers.push(["retry-after", String(retryAfterSeconds)]);
  return { status, headers, body: encoder.encode(`{"status":${status}}`), ending: complete };
}
