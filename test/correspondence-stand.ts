import { osloEpochMs, rfc3339 } from "../core/calendar.ts";
import type { EntryKind, LedgerEntry } from "../core/ledger.ts";
import type { SwitchValues } from "../core/scenario.ts";
import { municipality, standardDistrict } from "../core/scenario-verbs.ts";
import {
  Correspondence,
  type CorrespondenceSetup,
  type Organization,
} from "../simulators/altinn/correspondence/correspondence.ts";
import type { MailItem } from "../simulators/altinn/seams.ts";
import { Manifest, type SentPart } from "../simulators/manifest.ts";
import { Router } from "../simulators/router.ts";
import { compose } from "../simulators/sender/compose.ts";
import type { Answer, Reply, WireRequest } from "../simulators/wire.ts";
import { VirtualClock } from "../worlds/clock.ts";
import { LedgerWriter } from "../worlds/ledger-writer.ts";
import { seededRandom } from "../worlds/random.ts";

export type Json = Record<string, unknown>;

export const start: number = osloEpochMs("2023-05-08T08:00:00");
export const ordinary = "politiet-henvendelse";
export const confidential = "politiet-taushetsbelagt-henvendelse";
export const urn = "urn:altinn:organization:identifier-no:";
export const police = "310000106";
export const fjordvik = "310000000";
export const storhamn = "310000019";

const municipalities = [
  municipality("4690", "Fjordvik", fjordvik, [standardDistrict("01", "Fjordvik")]),
  municipality("4691", "Storhamn", storhamn, [standardDistrict("01", "Storhamn")]),
];
const write = "altinn:correspondence.write";
const read = "altinn:correspondence.read";
const tokens: Readonly<Record<string, { readonly consumer: string; readonly scopes: readonly string[] }>> = {
  police: { consumer: police, scopes: [write] },
  stranger: { consumer: "310000114", scopes: [write, read] },
  municipality: { consumer: "310000017", scopes: [read] },
  both: { consumer: police, scopes: [write, read] },
  fiks: { consumer: police, scopes: ["ks:fiks"] },
};

export type Asking = {
  readonly token?: string;
  readonly party?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer does not get there. */
  readonly lost?: true;
};

export type Stand = {
  readonly clock: VirtualClock;
  readonly ledger: LedgerWriter;
  readonly service: Correspondence;
  readonly items: MailItem[];
  /** `correspondence/4690`: where the integration may read. */
  readonly rights: Set<string>;
  readonly unqualified: Set<string>;
  readonly notices: string[];
  readonly parts: Readonly<Record<string, readonly SentPart[]>>;
  ask(method: string, path: string, asking?: Asking): Answered;
  /** As `ask` takes it, as it goes over the wire; the path with its query. */
  request(method: string, path: string, asking?: Asking): WireRequest;
  /** What the service answers to a request, however that came here; undefined where it has no such path. */
  serve(request: WireRequest, party: string): Reply | undefined;
  order(label?: string, over?: Json, around?: Json): Json;
  initialize(label?: string, over?: Json, around?: Json): Answered;
  sent(label?: string, over?: Json, around?: Json): string;
  /** The form that `upload` sends. */
  uploading(label: string, files: readonly File[], over?: Json, around?: Json): Asking;
  upload(label: string, files: readonly File[], over?: Json, around?: Json): Answered;
  /** Sent with files, published, and its id. */
  sentWith(label: string, files: readonly File[], over?: Json): string;
  get(path: string, asking?: Asking): Answered;
  /** As the integration. */
  read(path: string, asking?: Asking): Answered;
  does(method: string, path: string): Answered;
  said<Kind extends EntryKind>(kind: Kind): Extract<LedgerEntry, { readonly kind: Kind }>[];
  pass(ms: number): void;
  at(ms: number): string;
};
export type File = { readonly fileName: string; readonly bytes: Uint8Array; readonly more?: Json };
export type Answered = {
  readonly status: number;
  readonly saying: Answer["saying"];
  readonly copies: Answer["copies"];
  readonly takesDebt: Answer["takesDebt"];
  readonly also: Answer["also"];
  readonly about: ReturnType<Correspondence["operations"][number]["about"]>;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly said: Json;
};

/** Correspondence with two municipalities, one of which the integration may read for, and messages A, B and C. */
export function stand(switches: SwitchValues = {}, over: Partial<CorrespondenceSetup> = {}): Stand {
  const clock = new VirtualClock(start);
  const ledger = new LedgerWriter(clock, start);
  const manifest = new Manifest("r", ledger);
  const parts = Object.fromEntries(
    ["A", "B", "C"].map((label) => {
      const { delivery } = compose(
        {
          kind: "sends",
          label,
          messageKind: "offentlig",
          version: 1,
          to: { municipality: label === "C" ? "4691" : "4690", district: "01" },
          content: "short",
        },
        { run: "r", nowMs: start, scenario: { municipalities, steps: [] } },
      );
      manifest.announce(delivery);
      return [label, delivery.parts];
    }),
  );
  const items: MailItem[] = [];
  const rights = new Set(["correspondence/4690", "confidential/4690"]);
  const unqualified = new Set<string>();
  const notices: string[] = [];
  const service = new Correspondence(
    { clock, random: seededRandom(1), facts: ledger },
    {
      manifest,
      organizations: new Map<string, Organization>([
        ...municipalities.map(
          ({ organizationNumber, number }) => [organizationNumber, { kind: "municipality", number }] as const,
        ),
        [police, { kind: "sender" }],
      ]),
      resources: { ordinary, confidential },
      rights: {
        mayRead: (who, place) => who === "integration" && rights.has(place.resource),
        qualified: (number) => !unqualified.has(number),
      },
      readers: {
        readerOf: (place) => (place.municipality === "4690" ? "integration" : `municipality#${place.municipality}`),
        beforeOffer: (place) => ledger.record({ kind: "doubted", what: `before ${place.resource}` }),
        afterOffer: (item) => items.push(item),
        notice: (place, copy) => {
          notices.push(`${place.resource} ${copy}`);
          return place.municipality === "4690" ? "delivered" : "bounced";
        },
      },
      tokens: { read: (token) => tokens[token] },
      sinceStart: (epochMs) => epochMs - start,
      switches,
      ...over,
    },
  );
  const router = new Router([service]);
  const base = "/correspondence/api/v1";

  const requestOf: Stand["request"] = (method, path, asking = {}) => {
    const { token = "police", body, headers = {} } = asking;
    const [plain = "", search = ""] = path.split("?");
    const isBytes = body instanceof Uint8Array;
    return {
      method,
      path: base + plain,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined || isBytes ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      body: isBytes ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    };
  };
  const serve: Stand["serve"] = (request, party) => {
    const found = router.find(request.method, request.path);
    if (found === undefined) return undefined;
    const asker = { party, incarnation: 1 };
    found.operation.about(request, found.params, asker);
    const answer = found.operation.handle(request, found.params, asker);
    answer.whenTold?.();
    return answer.reply;
  };
  const ask = (method: string, path: string, asking: Asking = {}): Answered => {
    const { party = "sender" } = asking;
    const request = requestOf(method, path, asking);
    const found = router.find(method, request.path);
    if (found === undefined) throw new Error(`no route for ${method} ${request.path}`);
    const asker = { party, incarnation: 1 };
    const about = found.operation.about(request, found.params, asker);
    const answer: Answer = found.operation.handle(request, found.params, asker);
    if (asking.lost === undefined) answer.whenTold?.();
    const { reply, saying, copies, takesDebt, also } = answer;
    const bytes = reply.body as Uint8Array;
    const text = Buffer.from(bytes).toString();
    const answered = Object.fromEntries(reply.headers);
    const said = answered["content-type"]?.includes("json") ? JSON.parse(text) : {};
    const operation = about.operation ?? found.operation.operation;
    return {
      status: reply.status,
      saying,
      copies,
      takesDebt,
      also,
      about,
      operation,
      headers: answered,
      bytes,
      text,
      said,
    };
  };

  const formOf = (label: string): string => Buffer.from(parts[label]?.[0]?.bytes ?? "").toString();
  const order = (label = "A", over: Json = {}, around: Json = {}): Json => ({
    correspondence: {
      resourceId: ordinary,
      sendersReference: `ref-${label}`,
      content: {
        language: "nb",
        messageTitle: "Henvendelse fra politiet",
        messageSummary: "",
        messageBody: formOf(label),
      },
      ...over,
    },
    recipients: [`${urn}${fjordvik}`],
    ...around,
  });
  const initialize: Stand["initialize"] = (label, over, around) =>
    ask("POST", "/correspondence", { body: order(label, over, around) });
  const idIn = ({ said }: Answered): string =>
    String((said.correspondences as readonly Json[] | undefined)?.[0]?.correspondenceId);
  const uploading: Stand["uploading"] = (label, files, over = {}, around = {}) => {
    const described = files.map(({ fileName, more }) => ({ fileName, sendersReference: "fil", ...more }));
    const { correspondence, ...rest } = order(label, over, around) as { readonly correspondence: Json };
    const content = { ...(correspondence.content as Json), attachments: described };
    const fields = fieldsOf({ Correspondence: { ...correspondence, content }, ...rest });
    const boundary = "komfrem-test";
    return {
      body: multipart(boundary, fields, files),
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    };
  };
  const upload: Stand["upload"] = (...given) => ask("POST", "/correspondence/upload", uploading(...given));
  const pass = (ms: number): void => clock.advanceTo(clock.now() + ms);
  const asReader = { token: "municipality", party: "integration" };
  return {
    clock,
    ledger,
    service,
    items,
    rights,
    unqualified,
    notices,
    parts,
    ask,
    request: requestOf,
    serve,
    order,
    initialize,
    sent: (label, over, around) => {
      const id = idIn(initialize(label, over, around));
      pass(1000);
      return id;
    },
    uploading,
    upload,
    sentWith: (label, files, over) => {
      const id = idIn(upload(label, files, over));
      pass(60_000);
      return id;
    },
    get: (path, asking) => ask("GET", path, asking),
    read: (path, asking) => ask("GET", path, { ...asReader, ...asking }),
    does: (method, path) => ask(method, path, asReader),
    said: (kind) => ledger.entries.filter((entry) => entry.kind === kind) as never,
    pass,
    at: (ms) => rfc3339(start + ms),
  };
}

/** `Correspondence.Content.Attachments[0].FileName`, and so on. */
function fieldsOf(value: unknown, path = ""): (readonly [string, string])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one, i) => fieldsOf(one, `${path}[${i}]`));
  if (typeof value === "object")
    return Object.entries(value).flatMap(([name, one]) => fieldsOf(one, path === "" ? name : `${path}.${name}`));
  return [[path, String(value)]];
}

function multipart(
  boundary: string,
  fields: readonly (readonly [string, string])[],
  files: readonly File[],
): Uint8Array {
  const part = (head: string, body: Uint8Array): Uint8Array =>
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n`),
      body,
      Buffer.from("\r\n"),
    ]);
  return Buffer.concat([
    ...fields.map(([name, text]) => part(`name="${name}"`, Buffer.from(text))),
    ...files.map(({ fileName, bytes }) => part(`name="attachments"; filename="${fileName}"`, bytes)),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
}
