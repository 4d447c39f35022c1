import { type BoundaryName, type CopyId, type ExchangeName, type Label, messageOf, type PartyId } from "./names.ts";

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
const partyForm = "[a-z][a-z0-9-]*(?:#[1-9]\\d*)?";
const operationForm = "[a-z]+";
const labelForm = "[A-Za-z0-9][A-Za-z0-9._-]*";
const recipientForm = "\\d{4}-\\d{2}";
const nthForm = "(?:[2-9]|[1-9]\\d+)";
const countForm = "(?:0|[1-9]\\d*)";
const attemptForm = "[1-9]\\d*";
/** Any subject. None holds a slash, nor a bracket but in these three. */
const subjectForm = "(?:[^/()]+|(?:news|page|sub)\\([^/()]+\\))";

const labelPattern = new RegExp(`^${labelForm}$`);
const onePattern = new RegExp(`^(${labelForm})(?:@(${recipientForm}))?(?:~(${nthForm}))?$`);
const severalPattern = new RegExp(`^\\{(${labelForm}(?:,${labelForm})*)\\}$`);
const abridgedPattern = new RegExp(`^\\{(${labelForm})\\+(${countForm})\\}$`);
const calledPattern = /^(news|page|sub)\((.+)\)$/;
const unknownPattern = new RegExp(`^\\?(${countForm})$`);
const countPattern = new RegExp(`^${countForm}$`);
const exchangePattern = new RegExp(`^(${partyForm})\\.(${operationForm})\\((${subjectForm})\\)/(${attemptForm})$`);
const idlePattern = new RegExp(`^(${partyForm})\\.(${operationForm})\\(idle\\)@(.+)$`);
const phasePattern = /^(.*):(asked|done|told)$/;
/** A set of more labels than this is printed as its first and a count. */
const mostLabels = 4;

/** Whether a text may label a message: letters, digits, `.`, `_` and `-`, and no word that the grammar uses for a state. */
export function isLabel(text: string): boolean {
  return labelPattern.test(text) && !states.has(text);
}

/**
 * The subject for the copies an exchange is about: the copy where there is one, else the set of their labels.
 *
 * @throws {SyntaxError} No copies are given, or one whose label the grammar has no room for.
 */
export function subjectOf(copies: readonly CopyId[]): Subject {
  const [only] = copies;
  if (copies.length === 1 && only !== undefined) {
    const subject = parseSubject(only);
    if (subject.kind === "one") return subject;
    throw notSubject(only);
  }
  const labels = [...new Set(copies.map(messageOf))].sort();
  const [first] = labels;
  if (first === undefined || !labels.every(isLabel)) throw notSubject(labels.join(","));
  if (labels.length > mostLabels) return { kind: "abridged", first, more: labels.length - 1 };
  return { kind: "several", labels };
}

function notSubject(text: string): SyntaxError {
  return new SyntaxError(`"${text}" is not the subject of an exchange; see docs/frozen.md for the grammar.`);
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
 * Reads a subject. Only what `subjectText` prints is read, so that two names are of one exchange just when they are equal.
 *
 * @throws {SyntaxError} The text is none of the forms of RULES.md section C.
 */
export function parseSubject(text: string): Subject {
  if (states.has(text)) return { kind: "state", state: text as "start" };
  const one = onePattern.exec(text);
  if (one?.[1] !== undefined && isLabel(one[1]))
    return {
      kind: "one",
      label: one[1],
      ...(one[2] === undefined ? {} : { recipient: one[2] }),
      ...(one[3] === undefined ? {} : { nth: Number(one[3]) }),
    };
  const several = severalPattern.exec(text);
  if (several?.[1] !== undefined) {
    const labels = several[1].split(",");
    const rising = labels.every((label, i) => isLabel(label) && (i === 0 || label > (labels[i - 1] ?? "")));
    if (rising && labels.length <= mostLabels) return { kind: "several", labels };
  }
  const abridged = abridgedPattern.exec(text);
  if (abridged?.[1] !== undefined && isLabel(abridged[1]) && Number(abridged[2]) >= mostLabels)
    return { kind: "abridged", first: abridged[1], more: Number(abridged[2]) };
  const called = calledPattern.exec(text);
  if (called?.[2] !== undefined) {
    if (called[1] === "news" && isLabel(called[2])) return { kind: "news", label: called[2] };
    if (called[1] === "page" && countPattern.test(called[2])) return { kind: "page", n: Number(called[2]) };
    if (called[1] === "sub" && labelPattern.test(called[2])) return { kind: "sub", name: called[2] };
  }
  const unknown = unknownPattern.exec(text);
  if (unknown) return { kind: "unknown", n: Number(unknown[1]) };
  throw notSubject(text);
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

const patternStart = new RegExp(`^(${partyForm}|\\*)\\.(${operationForm}|\\*)\\((.+)\\)/(${attemptForm}|\\*)$`);
const idlePatternStart = new RegExp(`^(${partyForm}|\\*)\\.(${operationForm}|\\*)\\(idle\\)@(.+)$`);

const compiled = new Map<string, RegExp | undefined>();
const mostCompiled = 4096;

/**
 * Whether a boundary fits a pattern such as `receiver.register(*)/1:done`.
 *
 * `*` stands for one party, operation, subject, attempt or, after `(idle)@`, exchange; within a subject for one label,
 * recipient or count: `A~*`, `{*,B}`, `news(*)`. A phase is always named. A text that is no pattern fits nothing.
 */
export function fits(pattern: string, boundary: BoundaryName): boolean {
  if (!pattern.includes("*")) return pattern === boundary;
  return matcherOf(pattern)?.test(boundary) ?? false;
}

/** Whether a text names a boundary, or is a pattern that `fits` can use. */
export function isPattern(text: string): boolean {
  if (text.includes("*")) return matcherOf(text) !== undefined;
  try {
    parseBoundary(text);
    return true;
  } catch {
    return false;
  }
}

function matcherOf(pattern: string): RegExp | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  const phased = phasePattern.exec(pattern);
  const body = phased?.[1] === undefined ? undefined : bodySource(phased[1]);
  const matcher = body === undefined ? undefined : new RegExp(`^${body}:${phased?.[2]}$`);
  if (compiled.size >= mostCompiled) compiled.clear();
  compiled.set(pattern, matcher);
  return matcher;
}

function bodySource(body: string): string | undefined {
  const idle = idlePatternStart.exec(body);
  if (idle === null) return exchangeSource(body);
  const [, party = "", operation = "", anchor = ""] = idle;
  const after = anchor === "*" ? exchangeSource("*.*(*)/*") : exchangeSource(anchor);
  return after === undefined
    ? undefined
    : `${part(party, partyForm)}\\.${part(operation, operationForm)}\\(idle\\)@${after}`;
}

function exchangeSource(exchange: string): string | undefined {
  const found = patternStart.exec(exchange);
  if (found === null) return undefined;
  const [, party = "", operation = "", subject = "", attempt = ""] = found;
  const about = subjectSource(subject);
  if (about === undefined) return undefined;
  return `${part(party, partyForm)}\\.${part(operation, operationForm)}\\(${about}\\)/${part(attempt, attemptForm)}`;
}

const labelOrStar = `(?:${labelForm}|\\*)`;
const countOrStar = `(?:${countForm}|\\*)`;
const subjectPatternForm = new RegExp(
  `^(?:${labelOrStar}(?:@(?:${recipientForm}|\\*))?(?:~(?:${nthForm}|\\*))?` +
    `|\\{${labelOrStar}(?:,${labelOrStar})*\\}|\\{${labelOrStar}\\+${countOrStar}\\}` +
    `|(?:news|sub)\\(${labelOrStar}\\)|page\\(${countOrStar}\\)|\\?${countOrStar})$`,
);

function subjectSource(subject: string): string | undefined {
  if (subject === "*") return subjectForm;
  if (!subjectPatternForm.test(subject)) return undefined;
  const [first = "", ...rest] = subject.split("*");
  let before = first;
  let source = escaped(first);
  for (const text of rest) {
    source += starAfter(before) + escaped(text);
    before = text;
  }
  return source;
}

/** What a `*` within a subject stands for is said by what stands before it. */
function starAfter(before: string): string {
  if (before.endsWith("@")) return recipientForm;
  if (before.endsWith("~")) return nthForm;
  if (before.endsWith("+") || before.endsWith("?") || before.endsWith("page(")) return countForm;
  return labelForm;
}

const part = (text: string, form: string): string => (text === "*" ? form : escaped(text));
const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\/*]/g, "\\$&");
