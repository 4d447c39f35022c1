import type { BoundaryName, ExchangeName, Label, PartyId } from "./names.ts";

/**
 * What an exchange is about: RULES.md, section C.
 *
 * `one` is a copy (`A`, `A@4601-02`, `A~2`); `several` a set of labels, printed sorted and, above four, as first and
 * count; `unknown` a request whose message could not be told; `state` an exchange about no message.
 */
export type Subject =
  | { readonly kind: "one"; readonly label: Label; readonly recipient?: string; readonly nth?: number }
  | { readonly kind: "several"; readonly labels: readonly Label[] }
  | { readonly kind: "abridged"; readonly first: Label; readonly more: number }
  | { readonly kind: "unknown"; readonly n: number }
  | { readonly kind: "state"; readonly state: "start" | "token" | "expired" | "lost" | "idle" }
  | { readonly kind: "news"; readonly label: Label }
  | { readonly kind: "page"; readonly n: number }
  | { readonly kind: "sub"; readonly name: string };

export type Phase = "asked" | "done" | "told";

export type Exchange = {
  readonly party: PartyId;
  readonly operation: string;
  readonly subject: Subject;
  readonly attempt: number;
};

/** A place where a fault can be put. An idle poll has no attempt: it is named by the exchange it follows. */
export type Boundary =
  | { readonly kind: "named"; readonly exchange: Exchange; readonly phase: Phase }
  | {
      readonly kind: "idle";
      readonly party: PartyId;
      readonly operation: string;
      readonly after: Exchange;
      readonly phase: Phase;
    };

const states: ReadonlySet<string> = new Set(["start", "token", "expired", "lost", "idle"]);
const labelPattern = "[A-Za-z0-9][A-Za-z0-9._-]*";
const onePattern = new RegExp(`^(${labelPattern})(?:@(\\d{4}-\\d{2}))?(?:~([2-9]|[1-9]\\d+))?$`);
const severalPattern = new RegExp(`^\\{(${labelPattern}(?:,${labelPattern})*)\\}$`);
const abridgedPattern = new RegExp(`^\\{(${labelPattern})\\+(\\d+)\\}$`);
const exchangePattern = /^([a-z][a-z0-9-]*(?:#\d+)?)\.([a-z]+)\((.+)\)\/([1-9]\d*)$/;
const idlePattern = /^([a-z][a-z0-9-]*(?:#\d+)?)\.([a-z]+)\(idle\)@(.+)$/;
const phasePattern = /^(.*):(asked|done|told)$/;

/** The words a label may not be, because the grammar gives them another meaning. */
export function isLabel(text: string): boolean {
  return new RegExp(`^${labelPattern}$`).test(text) && !states.has(text);
}

/** The subject for a set of copies: one, or several printed as RULES.md section C says. */
export function subjectOf(copies: readonly string[]): Subject {
  const [only] = copies;
  if (copies.length === 1 && only !== undefined) return parseSubject(only);
  const labels = [...new Set(copies)].sort();
  const [first] = labels;
  if (labels.length > 4 && first !== undefined) return { kind: "abridged", first, more: labels.length - 1 };
  return { kind: "several", labels };
}

/** Prints a subject as it stands between the parentheses of a name. */
export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case "one":
      return `${subject.label}${subject.recipient === undefined ? "" : `@${subject.recipient}`}${subject.nth === undefined ? "" : `~${subject.nth}`}`;
    case "several":
      return `{${subject.labels.join(",")}}`;
    case "abridged":
      return `{${subject.first}+${subject.more}}`;
    case "unknown":
      return `?${subject.n}`;
    case "state":
      return subject.state;
    case "news":
      return `news(${subject.label})`;
    case "page":
      return `page(${subject.n})`;
    case "sub":
      return `sub(${subject.name})`;
  }
}

/**
 * Reads a subject.
 *
 * @throws {SyntaxError} The text is none of the forms of RULES.md section C.
 */
export function parseSubject(text: string): Subject {
  if (states.has(text)) return { kind: "state", state: text as "start" };
  const one = onePattern.exec(text);
  if (one?.[1] !== undefined)
    return {
      kind: "one",
      label: one[1],
      ...(one[2] === undefined ? {} : { recipient: one[2] }),
      ...(one[3] === undefined ? {} : { nth: Number(one[3]) }),
    };
  const several = severalPattern.exec(text);
  if (several?.[1] !== undefined) return { kind: "several", labels: several[1].split(",") };
  const abridged = abridgedPattern.exec(text);
  if (abridged?.[1] !== undefined) return { kind: "abridged", first: abridged[1], more: Number(abridged[2]) };
  const called = /^(news|page|sub)\((.+)\)$/.exec(text);
  if (called?.[2] !== undefined) {
    if (called[1] === "news" && new RegExp(`^${labelPattern}$`).test(called[2]))
      return { kind: "news", label: called[2] };
    if (called[1] === "page" && /^\d+$/.test(called[2])) return { kind: "page", n: Number(called[2]) };
    if (called[1] === "sub" && /^[A-Za-z0-9._-]+$/.test(called[2])) return { kind: "sub", name: called[2] };
  }
  const unknown = /^\?(\d+)$/.exec(text);
  if (unknown) return { kind: "unknown", n: Number(unknown[1]) };
  throw new SyntaxError(`"${text}" is not the subject of an exchange; see docs/frozen.md for the grammar.`);
}

export function exchangeName(exchange: Exchange): ExchangeName {
  return `${exchange.party}.${exchange.operation}(${subjectText(exchange.subject)})/${exchange.attempt}`;
}

/** @throws {SyntaxError} The text is not an exchange's name. */
export function parseExchange(text: ExchangeName): Exchange {
  const found = exchangePattern.exec(text);
  if (!found) throw new SyntaxError(`"${text}" is not the name of an exchange, such as receiver.register(A)/2.`);
  const [, party = "", operation = "", subject = "", attempt = ""] = found;
  return { party, operation, subject: parseSubject(subject), attempt: Number(attempt) };
}

export function boundaryName(boundary: Boundary): BoundaryName {
  switch (boundary.kind) {
    case "named":
      return `${exchangeName(boundary.exchange)}:${boundary.phase}`;
    case "idle":
      return `${boundary.party}.${boundary.operation}(idle)@${exchangeName(boundary.after)}:${boundary.phase}`;
  }
}

/** @throws {SyntaxError} The text is not a boundary's name. */
export function parseBoundary(text: BoundaryName): Boundary {
  const phased = phasePattern.exec(text);
  if (phased?.[1] === undefined)
    throw new SyntaxError(`"${text}" is not a boundary: it must end in :asked, :done or :told.`);
  const phase = phased[2] as Phase;
  const idle = idlePattern.exec(phased[1]);
  if (idle?.[1] !== undefined && idle[2] !== undefined && idle[3] !== undefined)
    return { kind: "idle", party: idle[1], operation: idle[2], after: parseExchange(idle[3]), phase };
  return { kind: "named", exchange: parseExchange(phased[1]), phase };
}

/**
 * Whether a boundary fits a pattern such as `receiver.register(*)/1:done`.
 *
 * `*` stands for one party, operation, subject or attempt; an omitted phase fits none.
 */
export function fits(pattern: string, boundary: BoundaryName): boolean {
  if (!pattern.includes("*")) return pattern === boundary;
  const source = pattern
    .split("*")
    .map((text) => text.replace(/[.+?^${}()|[\]\\/]/g, "\\$&"))
    .join("[^/]+?");
  return new RegExp(`^${source}$`).test(boundary);
}
