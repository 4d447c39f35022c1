import { pack, unpack } from "../../contracts/fiks/container.ts";
import { meaningOf } from "../../contracts/fiks/types.ts";
import { boundaryOf, readMultipart } from "../../simulators/multipart.ts";
import type { Witnessed } from "../../worlds/witness.ts";
import { agreed, agreedDocument, documentSha256, idOf, standing } from "./agreed.ts";
import { type Common, common } from "./common.ts";
import {
  type Body,
  type HttpInteraction,
  type Interaction,
  type Matcher,
  type MessageInteraction,
  type Rules,
  rule,
} from "./pact-file.ts";
import { shaped, sizeOf } from "./shape.ts";
import { type Looked, subjectOf, type Term, terms } from "./terms.ts";
import { isWord } from "./words.ts";

type Http = Extract<Witnessed, { kind: "http" }>;
type Message = Extract<Witnessed, { kind: "message" }>;

/** What came of recording: the interactions, and what no term is agreed for, with how often it was seen. */
export type Recorded = {
  readonly interactions: readonly (Interaction & { readonly party: string })[];
  readonly leftOut: ReadonlyMap<string, number>;
};

export type RecordingOptions = {
  readonly role: Looked["role"];
  /** Only what our own designs read of an answer, where that is known; all of it unless said. */
  readonly onlyWhatIsRead?: boolean;
};

const decoder = new TextDecoder();

/** One kind of exchange: the one that says most stands for all, and of their answers what they have in common. */
type Group<Made> = { readonly party: string; made: Made; size: number; readonly heard: unknown[] };
type Asked = { readonly one: Http; readonly term: Term; readonly made: Omit<HttpInteraction, "response"> };

/**
 * Turns what a system exchanged into interactions, each kind once: shapes and agreed values, nothing of what was said.
 */
export function recorded(witnessed: readonly Witnessed[], options: RecordingOptions): Recorded {
  const asked = new Map<string, Group<Asked>>();
  const messages = new Map<string, Group<MessageInteraction>>();
  const leftOut = new Map<string, number>();
  for (const one of witnessed) {
    if (one.kind === "message") {
      const made = messageInteraction(one);
      if (made !== undefined) grouped(messages, one.party, made.description, made, sizeOf(made.contents));
      continue;
    }
    const term = terms[`${one.method} ${one.template}`]?.[one.status];
    if (term === undefined) {
      const what = `${one.method} ${one.template} → ${one.status}`;
      leftOut.set(what, (leftOut.get(what) ?? 0) + 1);
      continue;
    }
    const heard = jsonIn(one.answer);
    const made = askedOf(one, term, heard, options.role);
    grouped(asked, one.party, made.description, { one, term, made }, sizeOf(made.request)).heard.push(heard);
  }
  const interactions = [
    ...[...asked.values()].map(({ party, made: { one, term, made }, heard }) => {
      const { type, description, providerStates, request } = made;
      const response = responseOf(one, term, common(heard), options);
      return { type, description, providerStates, request, response, party };
    }),
    ...[...messages.values()].map(({ party, made }) => ({ ...made, party })),
  ];
  return { interactions: interactions.sort(byDescription), leftOut };
}

function grouped<Made>(
  groups: Map<string, Group<Made>>,
  party: string,
  description: string,
  made: Made,
  size: number,
): Group<Made> {
  const key = `${party} ${description}`;
  const known = groups.get(key);
  const group = known ?? { party, made, size, heard: [] };
  if (known === undefined) groups.set(key, group);
  if (group.size < size) {
    group.made = made;
    group.size = size;
  }
  return group;
}

function byDescription(a: { party: string; description: string }, b: { party: string; description: string }): number {
  const [one, other] = [`${a.party} ${a.description}`, `${b.party} ${b.description}`];
  return one < other ? -1 : one > other ? 1 : 0;
}

function askedOf(one: Http, term: Term, heard: unknown, role: Looked["role"]): Omit<HttpInteraction, "response"> {
  const request = requestOf(one);
  const looked: Looked = { role, said: request.said, query: request.query, heard };
  const apart = term.apart?.(looked).filter((word) => word !== "" && word !== "undefined") ?? [];
  const state = typeof term.state === "function" ? term.state(looked) : term.state;
  return {
    type: "Synchronous/HTTP",
    description: `${[term.says, ...apart].join(", ")} (${one.status})`,
    providerStates: [state],
    request: request.request,
  };
}

type Request = HttpInteraction["request"];

function requestOf(one: Http): {
  readonly request: Request;
  readonly said: Looked["said"];
  readonly query: Readonly<Record<string, string>>;
} {
  const path = one.template.replace(/\{([^}]+)\}/g, (_, name: string) => paramOf(one, name));
  const rules: Record<string, unknown> = {};
  const query: Record<string, string> = {};
  const queryRules: Record<string, Rules[string]> = {};
  for (const [name, value] of Object.entries(one.query)) {
    if (!/^[A-Za-z][\w.]{0,40}$/.test(name)) continue;
    const stands = isWord(value) ? { value } : standing(name, value);
    query[name] = stands.value;
    if ("regex" in stands && stands.regex !== undefined)
      queryRules[name] = rule({ match: "regex", regex: stands.regex });
  }
  if (Object.keys(queryRules).length > 0) rules.query = queryRules;
  const headers = headersOf(one);
  if (headers.authorization !== undefined)
    rules.header = { authorization: rule({ match: "regex", regex: "^Bearer \\S+$" }) };
  const body = bodyOf(one);
  if (body !== undefined && Object.keys(body.rules).length > 0) rules.body = body.rules;
  return {
    request: {
      method: one.method,
      path,
      ...(Object.keys(query).length > 0 ? { query: listsOf(query) } : {}),
      headers: listsOf(headers),
      ...(body === undefined ? {} : { body: body.body }),
      ...(Object.keys(rules).length > 0 ? { matchingRules: rules } : {}),
    },
    said: body?.said ?? {},
    query,
  };
}

function paramOf({ template, params }: Http, name: string): string {
  const value = params[name] ?? "";
  if (name === "sha256") return documentSha256;
  const subject = subjectOf(template, name);
  if (subject !== undefined) return idOf(subject);
  return isWord(value) ? value : standing(name, value).value;
}

function listsOf(fields: Readonly<Record<string, string>>): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]]));
}

const kept: ReadonlySet<string> = new Set([
  "accept",
  "authorization",
  "content-type",
  "idempotency-key",
  "integrasjonid",
  "integrasjonpassord",
]);

/** Headers that the wires name; all others may be anything, and are left out. */
function headersOf({ headers }: Http): Readonly<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!kept.has(name)) continue;
    if (name === "authorization") said[name] = `Bearer ${agreed.token}`;
    else if (name === "content-type") said[name] = mediaTypeOf(value);
    else if (name === "accept")
      said[name] = value
        .split(",")
        .map((each) => mediaTypeOf(each.trim()))
        .join(", ");
    else if (name === "idempotency-key") said[name] = standing(name, value).value;
    else said[name] = idOf(name === "integrasjonid" ? "integration" : "password");
  }
  return said;
}

const mediaType = /^[a-z]+\/[a-z0-9.+*-]{1,60}|^\*\/\*/i;

/** The type alone; a multipart body is written anew, with a boundary of ours. */
function mediaTypeOf(value: string): string {
  const type = mediaType.exec(value)?.[0]?.toLowerCase() ?? "application/octet-stream";
  return type.startsWith("multipart/") ? `${type}; boundary=${agreed.boundary}` : type;
}

type Said = { readonly body: Body; readonly rules: Rules; readonly said: Looked["said"] };

function bodyOf({ body, headers }: Http): Said | undefined {
  if (body.length === 0) return undefined;
  const type = headers["content-type"] ?? "";
  const boundary = boundaryOf(type);
  if (boundary !== undefined) return multipartOf(body, boundary);
  if (type.startsWith("application/x-www-form-urlencoded")) return formOf(decoder.decode(body));
  if (type.includes("json")) {
    const shape = shaped(jsonIn(body), { as: "says" });
    return {
      body: { contentType: "application/json", encoded: false, content: shape.value },
      rules: shape.rules,
      said: typeof shape.value === "object" && shape.value !== null ? (shape.value as Looked["said"]) : {},
    };
  }
  return {
    body: { contentType: mediaTypeOf(type), encoded: "base64", content: base64(agreedDocument) },
    rules: { $: rule({ match: "contentType", value: mediaTypeOf(type) }) },
    said: {},
  };
}

function formOf(text: string): Said {
  const fields = [...new URLSearchParams(text)].map(
    ([name, value]) =>
      [name, isWord(value) ? value : name === "assertion" ? agreed.assertion : standing(name, value).value] as const,
  );
  const contentType = "application/x-www-form-urlencoded";
  return {
    body: { contentType, encoded: false, content: new URLSearchParams(fields.map(([...pair]) => pair)).toString() },
    rules: { $: rule({ match: "regex", regex: fields.map(([name]) => `(^|.*&)${name}=.+`).at(0) ?? ".*" }) },
    said: Object.fromEntries(fields),
  };
}

/** Written anew: JSON as its shape, everything else as the agreed document, a container as one with the agreed files. */
function multipartOf(body: Uint8Array, boundary: string): Said {
  const said: Record<string, unknown> = {};
  const parts = readMultipart(body, boundary).map(({ name, fileName, body: content }) => {
    const value = jsonIn(content);
    const zip = content[0] === 0x50 && content[1] === 0x4b;
    if (value !== undefined && fileName === undefined) {
      said[name] = shaped(value, { as: "says" }).value;
      return part(name, undefined, "application/json", Buffer.from(JSON.stringify(said[name])));
    }
    const bytes = zip ? container(content) : agreedDocument;
    return part(name, fileName === undefined ? undefined : name, "application/octet-stream", bytes);
  });
  const whole = Buffer.concat([...parts, Buffer.from(`--${agreed.boundary}--\r\n`)]);
  const contentType = `multipart/form-data; boundary=${agreed.boundary}`;
  return {
    body: { contentType, encoded: "base64", content: base64(whole) },
    rules: { $: rule({ match: "contentType", value: "multipart/form-data" }) },
    said,
  };
}

function part(name: string, fileName: string | undefined, type: string, bytes: Uint8Array): Uint8Array {
  const file = fileName === undefined ? "" : `; filename="${fileName}"`;
  return Buffer.concat([
    Buffer.from(
      `--${agreed.boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\nContent-Type: ${type}\r\n\r\n`,
    ),
    bytes,
    Buffer.from("\r\n"),
  ]);
}

function filesIn(content: Uint8Array): ReturnType<typeof unpack> {
  try {
    return unpack(content);
  } catch {
    return [];
  }
}

function container(content: Uint8Array): Uint8Array {
  return pack(
    filesIn(content).map(({ name, bytes }, i) => {
      const value = jsonIn(bytes);
      return {
        name: isWord(name) ? name : `file-${i + 1}`,
        bytes:
          value === undefined
            ? agreedDocument
            : new TextEncoder().encode(JSON.stringify(shaped(value, { as: "says" }).value)),
      };
    }),
  );
}

const looksOfHeaders: Readonly<Record<string, string>> = { location: "^\\S+$", "retry-after": "^\\d+$" };

function responseOf(
  one: Http,
  term: Term,
  heard: Common,
  { onlyWhatIsRead }: RecordingOptions,
): HttpInteraction["response"] {
  const headers: Record<string, string> = {};
  const headerRules: Record<string, Rules[string]> = {};
  const wanted = onlyWhatIsRead === true ? (term.headers ?? []) : Object.keys(looksOfHeaders);
  for (const [given, value] of one.answerHeaders) {
    const name = given.toLowerCase();
    if (name === "content-type" && one.answer.length > 0 && mediaTypeOf(value) !== "application/octet-stream") {
      headers[name] = mediaTypeOf(value);
      headerRules[name] = rule({ match: "regex", regex: `^${headers[name]?.replace(/[+.]/g, "\\$&")}(;.*)?$` });
    }
    if (!wanted.includes(name)) continue;
    headers[name] = name === "location" ? `/intake/v1/queue/${idOf("queue")}` : "60";
    headerRules[name] = rule({ match: "regex", regex: looksOfHeaders[name] ?? ".+" });
  }
  const body = answerOf(one, term, heard, onlyWhatIsRead === true);
  const rules = {
    ...(Object.keys(headerRules).length > 0 ? { header: headerRules } : {}),
    ...(body !== undefined && Object.keys(body.rules).length > 0 ? { body: body.rules } : {}),
  };
  return {
    status: one.status,
    ...(Object.keys(headers).length > 0 ? { headers: listsOf(headers) } : {}),
    ...(body === undefined ? {} : { body: body.body }),
    ...(Object.keys(rules).length > 0 ? { matchingRules: rules } : {}),
  };
}

function answerOf(
  { answer, answerHeaders }: Http,
  term: Term,
  { value: heard, mayBeEmpty, varying }: Common,
  onlyWhatIsRead: boolean,
): { readonly body: Body; readonly rules: Rules } | undefined {
  const { reads, exactly = [] } = term;
  if (answer.length === 0 || (onlyWhatIsRead && reads === undefined)) return undefined;
  if (heard !== undefined) {
    const only = onlyWhatIsRead && !reads?.includes("") ? { only: reads ?? [] } : {};
    const shape = shaped(heard, {
      as: "hears",
      ...only,
      exactly: exactly.filter((path) => !varying.includes(path)),
      mayBeEmpty,
    });
    const type = answerHeaders.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "application/json";
    return { body: { contentType: mediaTypeOf(type), encoded: false, content: shape.value }, rules: shape.rules };
  }
  const text = decoder.decode(answer);
  // Bytes and prose may be anything; a token has a form.
  const { value, regex } = standing("", text);
  if (regex === undefined) return undefined;
  return {
    body: { contentType: "text/plain", encoded: false, content: value },
    rules: { $: rule({ match: "regex", regex }) },
  };
}

/** A message as its reader sees it: headers as metadata, the form out of its container, and which files came with it. */
export function messageInteraction(message: Omit<Message, "kind" | "party">): MessageInteraction | undefined {
  const type = message.headers.type ?? "";
  if (!isWord(type)) return undefined;
  const contents = contentsOf(message.body);
  const shape = shaped(contents, { as: "hears", exactly: ["files"] });
  const metadata: Record<string, string> = { contentType: "application/json" };
  const rules: Record<string, Rules[string]> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (!/^[a-zA-Z][\w.-]{0,80}$/.test(name)) continue;
    if (isWord(value)) {
      metadata[name] = value;
      continue;
    }
    const stands = standing(name, value);
    metadata[name] = stands.value;
    const matcher: Matcher = stands.regex === undefined ? { match: "type" } : { match: "regex", regex: stands.regex };
    rules[`$['${name}']`] = rule(matcher);
  }
  return {
    type: "Asynchronous/Messages",
    description: `a message ${type}`,
    providerStates: [
      {
        name: meaningOf(type).kind === "receipt" ? "a receipt waits in the queue" : "a message waits in the queue",
        params: { type },
      },
    ],
    contents: { contentType: "application/json", encoded: false, content: shape.value },
    metadata,
    matchingRules: { body: shape.rules, metadata: rules },
  };
}

/** What a message holds, for a contract: its form or reason, and the names of its files. */
export function contentsOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  const files = filesIn(body);
  const json = files.find(({ name }) => name.endsWith(".json"));
  const form = json === undefined ? undefined : jsonIn(json.bytes);
  return { files: files.map(({ name }) => name), ...(form === undefined ? {} : { form }) };
}

function jsonIn(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
