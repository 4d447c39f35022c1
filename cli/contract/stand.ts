import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createNetServer, type Server } from "node:net";
import { connect } from "amqplib";
import type { Reply, WireRequest } from "../../simulators/wire.ts";
import { simulatedAddresses } from "../../worlds/cast.ts";
import { httpServer } from "../../worlds/live/http-server.ts";
import { Outbox } from "../../worlds/live/outbox.ts";
import { idOf } from "./agreed.ts";
import { integrationsState } from "./integration-states.ts";
import type { ProviderState } from "./pact-file.ts";
import { contentsOf } from "./recording.ts";
import { sendersState } from "./sender-states.ts";
import { type Role, StagedRun } from "./staged-run.ts";

export type { Role } from "./staged-run.ts";

/** A wrapper around what is served, for tests: an answer on its way out, or a message handed over. */
export type Tampering = {
  readonly answer?: (reply: Reply, request: WireRequest) => Reply;
  readonly message?: (message: Delivered) => Delivered;
};

type Delivered = { readonly headers: Readonly<Record<string, string>>; readonly contents: unknown };

const loopback = "127.0.0.1";

/**
 * Our simulators as the provider of a contract: one origin for all of them, a URL that provider states are asked for at,
 * and one that messages are asked for at. A state begins a run of its own; its agreed ids and credentials then stand for
 * the real ones of that run.
 */
export class Stand {
  readonly #role: Role;
  readonly #tampering: Tampering;
  readonly #servers: (Server | HttpServer)[] = [];
  #run!: StagedRun;
  #repeats = false;
  url = "";
  statesUrl = "";
  messagesUrl = "";

  constructor(role: Role, tampering: Tampering = {}) {
    this.#role = role;
    this.#tampering = tampering;
  }

  async open(): Promise<this> {
    this.#run = new StagedRun(this.#role, [], []);
    this.url = await this.#listen(
      httpServer(
        (request, hear) => {
          if (this.#repeats) this.#run.perform(request);
          this.#repeats = false;
          this.#run.ask(request, (answer) => {
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
      ? said(200, this.#run.chosen())
      : said(404, { problem: `There is no provider state "${state}".` });
  }

  /** Brings the simulators into a state. False where there is no such state. */
  prepare({ name, params = {} }: ProviderState): boolean {
    const run = this.#role === "sender" ? sendersState(name) : integrationsState(name, params);
    if (run === undefined) return false;
    this.#run = run;
    this.#repeats = name === "the same was asked before";
    // Time may have passed.
    run.grant();
    return true;
  }

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
    const { stage, real, token } = this.#run;
    const { fiks } = stage.endpoints;
    const server = createNetServer((socket) => {
      socket.on("error", () => {});
      const accept = stage.acceptorAt(simulatedAddresses.amqp.port);
      accept?.(socket, { party: stage.system.party, incarnation: stage.system.incarnation });
    });
    const url = await this.#listen(server);
    // What is due now happens while the two talk.
    const beat = setInterval(() => stage.clock.advanceTo(stage.clock.now()), 1);
    try {
      const connection = await connect({
        protocol: "amqp",
        hostname: loopback,
        port: Number(new URL(url).port),
        vhost: "/",
        username: fiks?.integrationId ?? "",
        password: `${fiks?.integrationPassword} ${token}`,
      });
      const channel = await connection.createChannel();
      const message = await channel.get(`fiksio.konto.${real.get(idOf("account"))}`);
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

function said(status: number, value: unknown): Said {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

async function jsonOf(incoming: AsyncIterable<Uint8Array>): Promise<Fields> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || "{}");
}
