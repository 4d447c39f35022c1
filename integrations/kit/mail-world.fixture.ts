import { generateKeyPairSync } from "node:crypto";
import type { Recipient } from "../../port/endpoints.ts";
import type { Host, HostRequest } from "../../port/host.ts";

export type Asked = { readonly what: string; readonly query: URLSearchParams; readonly body: string };
export type Answer =
  | { readonly status: number; readonly json?: unknown; readonly text?: string; readonly headers?: Headers }
  | "lost";
type Headers = Readonly<Record<string, string>>;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const token = (endsMs: number): string =>
  `x.${Buffer.from(JSON.stringify({ exp: endsMs / 1000 })).toString("base64url")}.x`;

export const startMs: number = Date.UTC(2023, 4, 8, 6);
export const hourMs = 3_600_000;

const served = (municipalityNumber: string, organizationNumber: string): Recipient => ({
  municipalityNumber,
  organizationNumber,
  districts: [{ number: "03" }, { number: "01" }],
  altinn: { resourceIds: { correspondence: "barnevern", confidentialCorrespondence: "barnevern-fortrolig" } },
});
export const fjordvik: Recipient = served("4690", "310000033");
export const storhamn: Recipient = served("4691", "310000041");

/** One mail to Fjordvik, to be confirmed, with two files. */
export const overview: Readonly<Record<string, unknown>> & { readonly content: object } = {
  correspondenceId: "m-1",
  resourceId: "barnevern-fortrolig",
  recipient: "urn:altinn:organization:identifier-no:310000033",
  isConfidential: true,
  isConfirmationNeeded: true,
  propertyList: { kommunenummer: "4690", bydelsnummer: "01" },
  status: "Published",
  content: {
    messageTitle: "Bekymringsmelding",
    messageBody: "Vi var der i natt.",
    attachments: [
      { id: "f-1", fileName: "en.pdf", checksum: "7215ee9c7d9dc229d2921a40e899ec5f", status: "Published" },
      { id: "f-2", fileName: "to.pdf", status: "Published" },
    ],
  },
};

/** What everybody answers where a test says nothing else; `7215…` is the sum of one blank. */
const usual: Readonly<Record<string, Answer>> = {
  "list barnevern-fortrolig": { status: 200, json: { ids: ["m-1"] } },
  "list barnevern": { status: 200, json: { ids: [] } },
  "overview m-1": { status: 200, json: overview },
  "fetch m-1 f-1": { status: 200, text: " " },
  "fetch m-1 f-2": { status: 200, text: "to" },
  "content m-1": { status: 200, text: "Vi var der i natt." },
  "confirm m-1": { status: 200 },
  "markasread m-1": { status: 200 },
  register: { status: 201 },
  upload: { status: 201 },
  deviate: { status: 201 },
};

/** Names a request in one word and what it is about. */
function wordsOf(method: string, url: URL): string {
  if (url.pathname === "/token") return "grant";
  if (url.pathname.startsWith("/authentication/")) return "exchange";
  if (url.pathname.startsWith("/intake/v1/documents/")) return "upload";
  if (url.pathname === "/intake/v1/deviations") return "deviate";
  if (url.pathname === "/intake/v1/messages") return method === "POST" ? "register" : "lookup";
  const [id, what, attachment] = url.pathname.split("/").slice(5);
  if (id === undefined) {
    const organization = url.searchParams.get("onBehalfOf");
    return `list ${url.searchParams.get("resourceId")}${organization === null ? "" : ` for ${organization.slice(-9)}`}`;
  }
  if (what === undefined) return `overview ${id}`;
  return what === "attachment" ? `fetch ${id} ${attachment}` : `${what} ${id}`;
}

export type MailWorld = {
  readonly host: Host;
  readonly asked: readonly Asked[];
  readonly store: ReadonlyMap<string, unknown>;
  /** Lets time pass, then asks whoever runs in it to stop. */
  passes(ms: number, running: Promise<void>): Promise<void>;
  /** What was asked for, without tokens and lists. */
  done(): readonly string[];
  count(what: string): number;
  /** The bodies of one kind of request. */
  sent(what: string): readonly unknown[];
};

/**
 * A world that answers as told, one answer after the other, the last one for ever; its time passes in sleeps alone.
 * `store` outlives it, as for a second start.
 */
export function mailWorld(
  told: Readonly<Record<string, readonly Answer[]>> = {},
  store: Map<string, unknown> = new Map(),
  recipients: readonly Recipient[] = [fjordvik],
): MailWorld {
  const asked: Asked[] = [];
  const answers = new Map(Object.entries(told).map(([what, list]) => [what, [...list]]));
  const sleeping: { readonly untilMs: number; readonly wake: () => void }[] = [];
  const stop = new AbortController();
  let nowMs = startMs;
  const answerTo = (what: string): Answer => {
    const list = answers.get(what);
    if (list !== undefined) return (list.length > 1 ? list.shift() : list[0]) as Answer;
    if (what === "grant") return { status: 200, json: { access_token: "mp", expires_in: 120 } };
    if (what === "exchange") return { status: 200, text: `"${token(nowMs + hourMs / 2)}"` };
    return usual[what] ?? { status: 404 };
  };
  const view = {
    get: async (key: string) => structuredClone(store.get(key)),
    set: async (key: string, value: unknown) => void store.set(key, structuredClone(value)),
    delete: async (key: string) => void store.delete(key),
    keys: async (prefix = "") => [...store.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
  const host = {
    endpoints: {
      version: 1,
      channels: ["altinn-correspondence"],
      recipients,
      maskinporten: {
        issuer: "http://mp/",
        tokenEndpoint: "http://mp/token",
        clientId: "c",
        keyId: "k",
        scopes: ["s"],
        privateKey: pem,
      },
      altinn: { baseUrl: "http://altinn" },
      receiver: { baseUrl: "http://receiver", apiKey: "k" },
      pollIntervalMs: hourMs,
    },
    clock: {
      now: () => nowMs,
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((wake, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
          sleeping.push({ untilMs: nowMs + ms, wake });
        }),
      setTimeout: () => ({ id: 0 }),
      clear: () => {},
    },
    random: () => 0,
    uuid: () => "u",
    log: () => {},
    alarm: async () => {},
    signal: stop.signal,
    store: {
      ...view,
      transaction: async (fn: (of: typeof view) => Promise<unknown>) => fn(view),
      sync: async () => {},
    },
    fetch: async (url: string, request: HostRequest = {}) => {
      const to = new URL(url);
      const what = wordsOf(request.method ?? "GET", to);
      asked.push({ what, query: to.searchParams, body: typeof request.body === "string" ? request.body : "" });
      const answer = answerTo(what);
      if (answer === "lost") throw new Error("reset");
      const text = answer.text ?? JSON.stringify(answer.json ?? {});
      return {
        status: answer.status,
        headers: { get: (name: string) => answer.headers?.[name] ?? null },
        text: async () => text,
        arrayBuffer: async () => new TextEncoder().encode(text).buffer,
      };
    },
  } as unknown as Host;

  const passes = async (ms: number, running: Promise<void>): Promise<void> => {
    const endMs = startMs + ms;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      sleeping.sort((a, b) => a.untilMs - b.untilMs);
      if ((sleeping[0]?.untilMs ?? Number.POSITIVE_INFINITY) > endMs) break;
      const next = sleeping.shift();
      nowMs = next?.untilMs ?? nowMs;
      next?.wake();
    }
    stop.abort(new Error("stop"));
    await running;
  };
  const done = (): string[] => asked.map(({ what }) => what).filter((what) => !/^(grant|exchange|list)/.test(what));
  const count = (what: string): number => asked.filter((one) => one.what === what).length;
  const sent = (what: string): unknown[] =>
    asked.filter((one) => one.what === what).map(({ body }) => JSON.parse(body) as unknown);
  return { host, asked, store, passes, done, count, sent };
}
