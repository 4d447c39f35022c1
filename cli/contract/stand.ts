import { createPrivateKey, sign } from "node:crypto";
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createNetServer, type Server } from "node:net";
import { connect } from "amqplib";
import { failureName, pack } from "../../contracts/fiks/container.ts";
import { feilet } from "../../contracts/fiks/types.ts";
import { HarnessError } from "../../core/error.ts";
import type { Person, Scenario, Step } from "../../core/scenario.ts";
import { revokes, sends, strains, waits } from "../../core/scenario-verbs.ts";
import { awake, fjordvik, staffOf } from "../../scenarios/places.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import { clientKeyId } from "../../simulators/keys/index.ts";
import { compose } from "../../simulators/sender/compose.ts";
import type { Answer, Reply, WireRequest } from "../../simulators/wire.ts";
import { simulatedAddresses } from "../../worlds/cast.ts";
import { httpServer } from "../../worlds/live/http-server.ts";
import { Outbox } from "../../worlds/live/outbox.ts";
import { Stage } from "../../worlds/stage.ts";
import { agreed, agreedDocument, documentMd5, documentSha256, idOf } from "./agreed.ts";
import type { ProviderState } from "./pact-file.ts";
import { contentsOf } from "./recording.ts";
import { agreedRegistration } from "./terms.ts";

export type Role = "integration" | "sender";

/** A wrapper around what is served, for tests: an answer on its way out, or a message handed over. */
export type Tampering = {
  readonly answer?: (reply: Reply, request: WireRequest) => Reply;
  readonly message?: (message: Delivered) => Delivered;
};

type Delivered = { readonly headers: Readonly<Record<string, string>>; readonly contents: unknown };
type Asked = { readonly status: number; readonly text: string; readonly header: (name: string) => string | undefined };
type Asking = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array };

const loopback = "127.0.0.1";
/** Nothing is healed while a state is looked at. */
const stands = waits({ days: 60 });
const altinn = "/correspondence/api/v1";

/**
 * Our simulators as the provider of a contract: one origin for all of them, a URL that provider states are asked for at,
 * and one that messages are asked for at. A state begins a run of its own; its agreed ids and credentials then stand for
 * the real ones of that run.
 */
export class Stand {
  readonly #role: Role;
  readonly #tampering: Tampering;
  readonly #servers: (Server | HttpServer)[] = [];
  #stage!: Stage;
  /** What the agreed values stand for just now. */
  #real = new Map<string, string>();
  #tokens: { readonly maskinporten: string; readonly altinn: string } = { maskinporten: "", altinn: "" };
  #repeats = false;
  url = "";
  statesUrl = "";
  messagesUrl = "";

  constructor(role: Role, tampering: Tampering = {}) {
    this.#role = role;
    this.#tampering = tampering;
  }

  async open(): Promise<this> {
    this.#begin([], []);
    this.url = await this.#listen(
      httpServer(
        (request, hear) => {
          if (this.#repeats) this.#perform(this.#translated(request));
          this.#repeats = false;
          this.#stageAsk(this.#translated(request), (answer) => {
            const reply = this.#tampering.answer?.(answer.reply, request) ?? answer.reply;
            hear({ kind: "told", value: { ...answer, reply } }, () => {});
          });
        },
        new Outbox(),
        { count: 0 },
      ),
    );
    const states = createServer((incoming, response) => void this.#control(incoming, response));
    const control = await this.#listen(states);
    this.statesUrl = `${control}/states`;
    this.messagesUrl = `${control}/messages`;
    return this;
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      if ("closeAllConnections" in server) server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  async #control(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Said;
    try {
      const asked = await jsonOf(incoming);
      answer = incoming.url === "/messages" ? await this.#message(asked) : this.#asked(asked);
    } catch (error) {
      // Not 500: the verifier would ask again and again.
      answer = said(422, { problem: error instanceof Error ? error.message : String(error) });
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #asked(asked: Fields): Said {
    const { state, params, action } = asked;
    if (action === "teardown") {
      this.prepare({ name: "nothing has happened yet" });
      return said(200, {});
    }
    return this.prepare({ name: String(state), params: (params ?? {}) as Fields })
      ? said(200, this.#chosen())
      : said(404, { problem: `There is no provider state "${state}".` });
  }

  /** Ids that the simulators have chosen themselves, by the names that states have for them. */
  #chosen(): Readonly<Record<string, string>> {
    const names = {
      queueId: "queue",
      correspondenceId: "correspondence",
      dispatchId: "dispatch",
      id: "submission",
    } as const;
    return Object.fromEntries(
      Object.entries(names).flatMap(([name, subject]) => {
        const real = this.#real.get(idOf(subject));
        return real === undefined ? [] : [[name, real]];
      }),
    );
  }

  /** Brings the simulators into a state. False where there is no such state. */
  prepare({ name, params = {} }: ProviderState): boolean {
    const does = this.#role === "sender" ? this.#sendersState(name) : this.#integrationsState(name, params);
    if (does === undefined) return false;
    this.#repeats = name === "the same was asked before";
    does();
    // Time may have passed.
    this.#grant();
    return true;
  }

  #integrationsState(name: string, params: Fields): (() => void) | undefined {
    const begin = (...steps: Step[]): void => this.#begin(steps, staffOf(fjordvik));
    switch (name) {
      case "nothing has happened yet":
      case "the same was asked before":
      case "the client is known":
      case "an account is known":
        return () => begin();
      case "the store only queues":
        return () => begin(strains("queues", { days: 1 }));
      case "the store is locked":
        return () => begin(strains("locked", { days: 1 }));
      case "the store is full":
        return () => begin(strains("full", { days: 1 }));
      case "the receiver is overloaded":
        return () => begin(strains("overloaded", { days: 1 }));
      case "a message is registered":
        return () => {
          begin();
          this.#register(params.registration ?? agreedRegistration);
        };
      case "a document was uploaded":
        return () => {
          begin();
          this.#sure("PUT", `/intake/v1/documents/${documentSha256}`, { body: agreedDocument });
        };
      case "a message is queued":
      case "a queued message has come to be registered":
      case "a queued message was forgotten":
        return () => {
          begin(strains("queues", { days: 1 }));
          const location = this.#register(params.registration ?? agreedRegistration).header("location") ?? "";
          this.#real.set(idOf("queue"), location.slice(location.lastIndexOf("/") + 1));
          if (name === "a queued message was forgotten") this.#stage.cast.receiver.crash();
          if (name === "a queued message has come to be registered") this.#pass(2 * 3_600_000);
        };
      case "mail waits":
      case "mail was fetched":
        return () => {
          begin(this.#mail());
          this.#findMail();
          if (name === "mail was fetched") this.#sure("GET", `${altinn}/correspondence/${idOf("correspondence")}`);
        };
      case "the right to read was taken away":
        return () =>
          begin(
            this.#mail(),
            waits({ minutes: 5 }),
            revokes("integration", fjordvik, "correspondence"),
            revokes("integration", fjordvik, "confidential"),
          );
      case "a receipt waits in the queue":
        return () => {
          begin(sends("A", fjordvik.number, { district: "01" }));
          this.#linkMelding();
          this.#receipt(String(params.type));
        };
      case "a message was handed over":
      case "a message waits in the queue":
        return () => {
          const type = String(params.type ?? "no.ks.fiks.bekymringsmelding.offentlig.v1");
          begin(
            sends("A", fjordvik.number, {
              district: "01",
              messageKind: type.includes(".privat.") ? "privat" : "offentlig",
              version: type.endsWith("v2") ? 2 : 1,
              ...(isOdd(type) ? { defect: type.endsWith("v3") ? "unsupported-version" : "unknown-type" } : {}),
            }),
          );
          this.#linkMelding();
        };
      default:
        return undefined;
    }
  }

  #sendersState(name: string): (() => void) | undefined {
    const begin = (): void => this.#begin([], awake(fjordvik));
    const json = { "content-type": "application/json" };
    const attach = (): void => {
      const attachment = this.#sure("POST", `${altinn}/attachment`, {
        headers: json,
        body: JSON.stringify({
          resourceId: "politiet-taushetsbelagt-henvendelse",
          fileName: "bekymringsmelding.pdf",
          displayName: "bekymringsmelding.pdf",
          sendersReference: agreed.text,
          isEncrypted: false,
          checksum: documentMd5,
        }),
      });
      this.#real.set(idOf("attachment"), JSON.parse(attachment.text));
    };
    const upload = (): void => {
      this.#sure("POST", `${altinn}/attachment/${idOf("attachment")}/upload`, {
        headers: { "content-type": "application/octet-stream" },
        body: agreedDocument,
      });
      this.#pass(60_000);
    };
    switch (name) {
      case "nothing has happened yet":
      case "the same was asked before":
      case "the client is known":
        return begin;
      case "an attachment was begun":
        return () => {
          begin();
          attach();
        };
      case "an attachment was uploaded":
        return () => {
          begin();
          attach();
          upload();
        };
      case "mail was sent":
        return () => {
          begin();
          attach();
          upload();
          const sent = this.#sure("POST", `${altinn}/correspondence`, {
            headers: json,
            body: JSON.stringify({
              correspondence: {
                resourceId: "politiet-taushetsbelagt-henvendelse",
                sendersReference: agreed.text,
                content: { language: "nb", messageTitle: "t", messageSummary: "t", messageBody: "t", attachments: [] },
                dueDateTime: agreed.instant,
                isConfirmationNeeded: true,
                isConfidential: true,
                propertyList: { kommunenummer: fjordvik.number, bydelsnummer: "01" },
                notification: { notificationTemplate: "GenericAltinnMessage", notificationChannel: "EmailPreferred" },
              },
              recipients: [`urn:altinn:organization:identifier-no:${fjordvik.organizationNumber}`],
              existingAttachments: [idOf("attachment")],
              idempotentKey: idOf("other"),
            }),
          });
          this.#real.set(idOf("correspondence"), JSON.parse(sent.text).correspondences[0].correspondenceId);
          this.#pass(60_000);
        };
      case "a dispatch was sent":
      case "a dispatch was opened":
        return () => {
          begin();
          const sent = this.#sure("POST", "/dispatch/v1/dispatches", {
            headers: json,
            body: JSON.stringify({
              reference: agreed.text,
              kind: "no.ks.fiks.bekymringsmelding.offentlig.v1",
              recipient: { organizationNumber: fjordvik.organizationNumber, municipalityNumber: fjordvik.number },
              confidential: true,
              title: agreed.text,
              parts: this.#parts(),
            }),
          });
          this.#real.set(idOf("dispatch"), JSON.parse(sent.text).dispatchId);
          // Whoever is on duty looks every second hour.
          if (name === "a dispatch was opened") this.#pass(4 * 3_600_000);
        };
      case "a message was handed in":
        return () => {
          begin();
          const { portal } = this.#stage.endpoints;
          const boundary = agreed.boundary;
          const part = (part: string): string =>
            `--${boundary}\r\nContent-Disposition: form-data; name="${part}"; filename="${part}"\r\n\r\nx\r\n`;
          const handedIn = this.#sure(
            "POST",
            `/bekymringsmelding/api/v1/mottak/fagsystem/${portal?.fiksOrgId}/${fjordvik.number}/01/offentlig`,
            {
              headers: {
                "content-type": `multipart/form-data; boundary=${boundary}`,
                integrasjonid: idOf("integration"),
                integrasjonpassord: idOf("password"),
              },
              body: `${part("bekymringsmelding")}${part("asice")}--${boundary}--\r\n`,
            },
          );
          this.#real.set(idOf("submission"), JSON.parse(handedIn.text).uuid);
        };
      default:
        return undefined;
    }
  }

  /** A run of its own: these steps are taken, and then time stands. */
  #begin(steps: readonly Step[], people: readonly Person[]): void {
    this.#stage = stageOf(this.#role, steps, people);
    this.#real = new Map();
    this.#stage.begin();
    // Whoever has asked for something is ready, and the steps begin.
    this.#grant();
    // What they bring about within a quarter of an hour has come about.
    this.#pass(15 * 60_000);
    this.#grant();
    const { endpoints } = this.#stage;
    const [account] = endpoints.recipients.flatMap(({ districts }) =>
      districts.flatMap(({ fiksIo }) => fiksIo?.accountId ?? []),
    );
    this.#real.set(idOf("account"), account ?? "");
    this.#real.set(idOf("sender account"), this.#stage.cast.portal.setup.account);
    this.#real.set(idOf("organization"), endpoints.portal?.fiksOrgId ?? "");
    this.#real.set(idOf("integration"), endpoints.fiks?.integrationId ?? endpoints.portal?.integrationId ?? "");
    this.#real.set(
      idOf("password"),
      endpoints.fiks?.integrationPassword ?? endpoints.portal?.integrationPassword ?? "",
    );
  }

  /** Of a message of this run, which its people open. */
  #parts(): readonly object[] {
    const step = sends("A", fjordvik.number, { district: "01" });
    if (step.kind !== "sends") return [];
    const { clock, manifest } = this.#stage;
    const setting = { run: "contract/1", nowMs: clock.now(), scenario: scenarioOf("sender", [], []) };
    const { delivery } = compose(step, setting);
    manifest.announce(delivery);
    return delivery.parts.map(({ name, mediaType, bytes }) => ({
      name,
      mediaType,
      contentBase64: Buffer.from(bytes).toString("base64"),
    }));
  }

  /** Fresh credentials for whoever asks next. */
  #grant(): void {
    const granted = this.#sure("POST", "/token", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=${this.#assertion()}`,
    });
    this.#tokens = { maskinporten: JSON.parse(granted.text).access_token, altinn: "" };
    const exchanged = this.#sure("GET", "/authentication/api/v1/exchange/maskinporten");
    this.#tokens = { ...this.#tokens, altinn: exchanged.text };
  }

  #pass(ms: number): void {
    const { clock } = this.#stage;
    clock.advanceTo(clock.now() + ms);
  }

  #mail(): Step {
    return sends("A", fjordvik.number, {
      by: "altinn-correspondence",
      district: "01",
      mail: { furtherFiles: 1, confirmation: true },
    });
  }

  #findMail(): void {
    const { manifest } = this.#stage;
    const ids = manifest.copiesOf("A").flatMap((copy) => manifest.wireIdsOf(copy));
    const id = ids.find(({ scope }) => scope === "correspondenceId")?.wireId ?? ids[0]?.wireId ?? "";
    this.#real.set(idOf("correspondence"), id);
    // Not by asking as the recipient: that would be to fetch it.
    const files = this.#stage.cast.correspondence.item(id)?.files ?? [];
    this.#real.set(idOf("attachment"), files[0]?.attachment.id ?? "");
  }

  #linkMelding(): void {
    const { manifest } = this.#stage;
    const ids = manifest.copiesOf("A").flatMap((copy) => manifest.wireIdsOf(copy));
    this.#real.set(idOf("melding"), ids.find(({ scope }) => scope === "melding-id")?.wireId ?? "");
  }

  /** A receipt that is sent to an account which reads its queue, and nothing else waits there. */
  #receipt(type: string): void {
    const { manifest, cast } = this.#stage;
    for (const copy of manifest.copiesOf("A")) cast.fiksIo?.discard(copy);
    const metadata = JSON.stringify({
      avsenderKontoId: idOf("account"),
      mottakerKontoId: idOf("account"),
      meldingType: type,
      svarPaMelding: idOf("melding"),
    });
    const data = pack([{ name: failureName, bytes: new TextEncoder().encode(JSON.stringify({ melding: "x" })) }]);
    const part = (name: string, bytes: Uint8Array): Uint8Array =>
      Buffer.concat([
        Buffer.from(`--${agreed.boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
        bytes,
        Buffer.from("\r\n"),
      ]);
    this.#sure("POST", "/fiks-io/api/v1/send", {
      headers: {
        "content-type": `multipart/form-data; boundary=${agreed.boundary}`,
        integrasjonid: idOf("integration"),
        integrasjonpassord: idOf("password"),
      },
      body: Buffer.concat([
        part("metadata", Buffer.from(metadata)),
        ...(type === feilet ? [part("data", data)] : []),
        Buffer.from(`--${agreed.boundary}--\r\n`),
      ]),
    });
  }

  #register(registration: unknown): Asked {
    return this.#sure("POST", "/intake/v1/messages", {
      headers: { "content-type": "application/json", "idempotency-key": agreed.key },
      body: JSON.stringify(registration),
    });
  }

  /** @throws {HarnessError} A simulator does not answer as a state of ours needs it to. */
  #sure(method: string, path: string, asking: Asking = {}): Asked {
    const asked = this.#perform(
      this.#translated(
        wireOf(method, path, {
          ...asking,
          headers: { ...(path === "/token" ? {} : bearer.headers), ...asking.headers },
        }),
      ),
    );
    if (asked.status < 300) return asked;
    throw new HarnessError({
      happened: `A provider state could not be made: ${method} ${path} was answered with ${asked.status}.`,
      because: asked.text.slice(0, 300),
      next: "This is an error of Komfrem's: cli/contract/stand.ts.",
    });
  }

  #perform(request: WireRequest): Asked {
    let asked: Asked = { status: 599, text: "", header: () => undefined };
    this.#stageAsk(request, ({ reply }) => {
      const text = reply.body instanceof Uint8Array ? Buffer.from(reply.body).toString() : "";
      const header = (name: string): string | undefined => reply.headers.find(([given]) => given === name)?.[1];
      asked = { status: reply.status, text, header };
    });
    return asked;
  }

  #stageAsk(request: WireRequest, then: (answer: Answer) => void): void {
    const stage = this.#stage;
    const asker = { party: stage.system.party, incarnation: stage.system.incarnation };
    stage.ask(originOf(request.path), request, asker, (heard, confirm) => {
      confirm(true);
      if (heard.kind === "told") return then(heard.value);
      const status = heard.kind === "answered" ? heard.status : 502;
      then({
        reply: { status, headers: [], body: new Uint8Array(0), ending: { kind: "complete" } },
        saying: "negative",
        copies: [],
      });
    });
    stage.clock.advanceTo(stage.clock.now());
  }

  /** Puts what the agreed values stand for in their place; credentials only where the request has some. */
  #translated(request: WireRequest): WireRequest {
    const put = (text: string): string => {
      let result = text;
      for (const [given, real] of this.#real) result = result.replaceAll(given, real);
      return result;
    };
    const { authorization, ...headers } = request.headers;
    const body = Buffer.from(request.body).toString("latin1");
    const assertion = body.includes(agreed.assertion) ? body.replace(agreed.assertion, this.#assertion()) : body;
    return {
      method: request.method,
      path: put(request.path),
      query: Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, put(value)])),
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)])),
        ...(authorization === undefined
          ? {}
          : { authorization: authorization.replace(agreed.token, this.#tokenFor(request.path)) }),
      },
      body: Buffer.from(put(assertion), "latin1"),
    };
  }

  #tokenFor(path: string): string {
    if (path.startsWith("/intake/")) return this.#stage.endpoints.receiver?.apiKey ?? "";
    const isAltinns = path.startsWith("/correspondence/") || path.startsWith("/dispatch/");
    return isAltinns ? this.#tokens.altinn : this.#tokens.maskinporten;
  }

  #assertion(): string {
    const { maskinporten } = this.#stage.endpoints;
    const seconds = Math.floor(this.#stage.clock.now() / 1000);
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      aud: maskinporten?.issuer,
      iss: maskinporten?.clientId,
      scope: maskinporten?.scopes.join(" "),
      iat: seconds,
      exp: seconds + 100,
      jti: `contract-${this.#assertions++}`,
    };
    const text = `${encoded({ alg: "RS256", typ: "JWT", kid: clientKeyId })}.${encoded(claims)}`;
    const key = createPrivateKey(maskinporten?.privateKey ?? "");
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
  }
  #assertions = 0;

  /** The message that waits in the queue, read over AMQP as an integration reads it. */
  async #message(asked: Fields): Promise<Said> {
    for (const { name, params } of (asked.providerStates ?? []) as readonly ProviderState[])
      if (!this.prepare({ name, ...(params === undefined ? {} : { params }) })) return said(404, {});
    const read = await this.#readQueue();
    if (read === undefined) return said(404, { problem: "Nothing is in the queue." });
    const { headers, contents } = this.#tampering.message?.(read) ?? read;
    const metadata = Buffer.from(JSON.stringify({ contentType: "application/json", ...headers })).toString("base64");
    return {
      ...said(200, contents),
      headers: { "content-type": "application/json", "pact-message-metadata": metadata },
    };
  }

  async #readQueue(): Promise<Delivered | undefined> {
    const { endpoints } = this.#stage;
    const { fiks } = endpoints;
    const server = createNetServer((socket) => {
      socket.on("error", () => {});
      const accept = this.#stage.acceptorAt(simulatedAddresses.amqp.port);
      accept?.(socket, { party: this.#stage.system.party, incarnation: this.#stage.system.incarnation });
    });
    const url = await this.#listen(server);
    // What is due now happens while the two talk.
    const beat = setInterval(() => this.#stage.clock.advanceTo(this.#stage.clock.now()), 1);
    try {
      const connection = await connect({
        protocol: "amqp",
        hostname: loopback,
        port: Number(new URL(url).port),
        vhost: "/",
        username: fiks?.integrationId ?? "",
        password: `${fiks?.integrationPassword} ${this.#tokens.maskinporten}`,
      });
      const channel = await connection.createChannel();
      const message = await channel.get(`fiksio.konto.${this.#real.get(idOf("account"))}`);
      await connection.close();
      if (message === false) return undefined;
      const headers = Object.entries(message.properties.headers ?? {}).map(([name, value]) => [name, String(value)]);
      return { headers: Object.fromEntries(headers), contents: contentsOf(message.content) };
    } finally {
      clearInterval(beat);
    }
  }

  #listen(server: Server | HttpServer): Promise<string> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, loopback, () => resolve(`http://${loopback}:${(server.address() as AddressInfo).port}`));
    });
  }
}

type Fields = Readonly<Record<string, unknown>>;
type Said = { readonly status: number; readonly headers: Record<string, string>; readonly body: string };

const bearer = { headers: { authorization: `Bearer ${agreed.token}` } };

function said(status: number, value: unknown): Said {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function isOdd(type: string): boolean {
  return type.endsWith("v3") || type.includes("tillegg");
}

function wireOf(method: string, target: string, { headers = {}, body = "" }: Asking): WireRequest {
  const { pathname, searchParams } = new URL(target, "http://komfrem");
  return {
    method,
    path: decodeURIComponent(pathname),
    query: Object.fromEntries(searchParams),
    headers,
    body: Buffer.from(body),
  };
}

/** Who answers at a path: no two of our parties share one. */
function originOf(path: string): string {
  if (path.startsWith("/intake/")) return simulatedAddresses.receiver;
  if (path === "/token" || path === "/jwk" || path.startsWith("/.well-known/")) return simulatedAddresses.maskinporten;
  if (/^\/(authentication|correspondence|dispatch)\//.test(path)) return simulatedAddresses.altinn;
  return path === "/" ? simulatedAddresses.alarm : simulatedAddresses.fiksApi;
}

function scenarioOf(role: Role, steps: readonly Step[], people: readonly Person[]): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "contract",
    title: "A provider state",
    because: "A contract is checked against a provider that is in a state.",
    origin: "docs/contracts.md",
    ...(role === "sender" ? { tests: "sender" as const } : {}),
    channels:
      role === "sender"
        ? ["altinn-dispatch", "altinn-correspondence", "fiks-io"]
        : ["fiks-io", "altinn-correspondence"],
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people,
    switches: {},
    steps: [...steps, stands],
    faults: [],
    mustHold: [],
  };
}

function stageOf(role: Role, steps: readonly Step[], people: readonly Person[]): Stage {
  const nobody = (): void => {};
  return new Stage(
    scenarioOf(role, steps, people),
    { name: "contract", role, module: "" },
    {
      seed: 1,
      addresses: simulatedAddresses,
      fiksIo: (given, setup) => new FiksIo(given, setup),
      tier: "driven",
      sutHash: "",
      latencyMs: () => 0,
      control: {
        start: nobody,
        kill: nobody,
        askToStop: nobody,
        pause: nobody,
        resume: nobody,
        restore: nobody,
        order: (_nth, _order, then) => then({ kind: "lost" }),
      },
    },
  );
}

async function jsonOf(incoming: AsyncIterable<Uint8Array>): Promise<Fields> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}
