import { type Channel, type ChannelModel, connect, type Message } from "amqplib";
import { failureName, pack } from "../../contracts/fiks/container.ts";
import { customHeader, customHeaders, headers, headerText } from "../../contracts/fiks/headers.ts";
import { feilet, mottatt } from "../../contracts/fiks/types.ts";
import type { Fiks } from "../../port/endpoints.ts";
import type { Host } from "../../port/host.ts";
import { type Account, accountsIn, fiksIn } from "./accounts.ts";
import type { Arrival } from "./arrival.ts";
import { NoTokenError, Tokens } from "./maskinporten.ts";
import { Patience } from "./patience.ts";
import type { Policy } from "./policy.ts";
import { ask, stopped, within } from "./request.ts";

/** What a receipt says. A `feilet` gives a reason, never content. */
export type Receipt = { readonly kind: "mottatt" } | { readonly kind: "feilet"; readonly reason: string };

/** Takes on one message. What it throws when `signal` is not aborted ends the integration. */
export type Take = (arrival: Arrival) => Promise<void>;

const connectMs = 30_000;
/** What is under way when we are asked to stop has this long to end; then it is left to be handed over again. */
const stopMs = 2000;
/** Another worker of ours may still be about to cancel: what we give back before that would go to it, and lose an attempt. */
const cancelledMs = 100;
const steadyMs = 60_000;
const multipartBoundary = "----komfrem-receipt";
const encoder = new TextEncoder();

type ClientPolicy = Pick<Policy, "prefetch" | "queues" | "atStop" | "connectionLost" | "tokens">;

/** Fiks IO: takes messages from every account's queue over AMQP, and sends receipts over REST. @source fiks.md, section 3 */
export class FiksClient {
  readonly #host: Host;
  readonly #fiks: Fiks;
  readonly #tokens: Tokens;
  readonly #policy: ClientPolicy;
  readonly accounts: readonly Account[];

  constructor(host: Host, policy: ClientPolicy) {
    this.#host = host;
    this.#fiks = fiksIn(host.endpoints);
    this.#tokens = new Tokens(host, policy.tokens);
    this.#policy = policy;
    this.accounts = accountsIn(host.endpoints);
  }

  /** Takes messages until we are asked to stop, over as many connections as that needs. */
  async run(take: Take): Promise<void> {
    const { signal } = this.#host;
    let patience = new Patience(this.#host);
    while (!signal.aborted) {
      const begunMs = this.#host.clock.now();
      try {
        await this.#serve(take);
        if (this.#policy.connectionLost === "carry on") await stopped(signal);
      } catch (error) {
        if (error instanceof TakeError) throw error.cause;
        this.#host.log(`fiks-io: ${error instanceof Error ? error.message : "not connected"}`);
      }
      if (signal.aborted) return;
      if (this.#host.clock.now() - begunMs > steadyMs) patience = new Patience(this.#host);
      await patience.pause(signal).catch(() => {});
    }
  }

  /** Sends a receipt once; false where it is not known to have been accepted. */
  async send(arrival: Arrival, receipt: Receipt): Promise<boolean> {
    let token: string;
    try {
      token = await this.#tokens.get();
    } catch (error) {
      if (error instanceof NoTokenError) return false;
      throw error;
    }
    const heard = await ask(this.#host, `${this.#fiks.apiBaseUrl}/fiks-io/api/v1/send`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        IntegrasjonId: this.#fiks.integrationId,
        IntegrasjonPassord: this.#fiks.integrationPassword,
        "content-type": `multipart/form-data; boundary=${multipartBoundary}`,
      },
      body: multipart(arrival, receipt),
    });
    if (heard?.status === 401) this.#tokens.forget();
    return heard !== undefined && heard.status >= 200 && heard.status < 300;
  }

  /** One connection, from its opening until it is lost or we are asked to stop. */
  async #serve(take: Take): Promise<void> {
    const { amqp, integrationId, integrationPassword } = this.#fiks;
    const password = `${integrationPassword} ${await this.#tokens.get()}`;
    const opening = connect({
      protocol: amqp.tls ? "amqps" : "amqp",
      hostname: amqp.host,
      port: amqp.port,
      vhost: amqp.vhost,
      username: integrationId,
      password,
    });
    let connection: ChannelModel;
    try {
      connection = await within(this.#host, connectMs, "connecting", opening);
    } catch (error) {
      this.#tokens.forget();
      opening.then(
        (late) => late.close().catch(() => {}),
        () => {},
      );
      throw error;
    }
    const ended = new AbortController();
    const over = new Promise<void>((resolve) =>
      ended.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    const end = (): void => ended.abort(new Error("the connection is over"));
    connection.on("error", end);
    connection.on("close", end);
    const stop = (): void => {
      if (this.#policy.atStop === "acked") opened?.ackAll();
      end();
    };
    let opened: Channel | undefined;
    if (this.#host.signal.aborted) end();
    else this.#host.signal.addEventListener("abort", stop, { once: true });
    const underWay = new Set<Promise<void>>();
    let failed: TakeError | undefined;
    try {
      const channel = await within(this.#host, connectMs, "opening a channel", connection.createChannel());
      opened = channel;
      channel.on("error", end);
      channel.on("close", end);
      await within(this.#host, connectMs, "prefetch", channel.prefetch(this.#policy.prefetch));
      const begin = (message: Message, account: Account): void => {
        const taking = take(arrivalOf(message, account, channel, ended.signal)).catch((error: unknown) => {
          if (ended.signal.aborted) return;
          failed = new TakeError(error);
          end();
        });
        underWay.add(taking);
        void taking.finally(() => underWay.delete(taking));
      };
      const tags: string[] = [];
      if (this.#policy.queues === "polled") this.#poll(channel, ended.signal, underWay, begin).catch(end);
      else
        for (const account of this.accounts) {
          const consume = channel.consume(account.queue, (message) => {
            // The broker has ended the consumer: without a new one nothing more would ever arrive.
            if (message === null) return end();
            if (!ended.signal.aborted) begin(message, account);
          });
          tags.push((await within(this.#host, connectMs, "consuming", consume)).consumerTag);
        }
      await over;
      if (this.#host.signal.aborted) {
        for (const tag of tags) await within(this.#host, stopMs, "cancel", channel.cancel(tag)).catch(() => {});
        await this.#host.clock.sleep(cancelledMs);
        await within(this.#host, stopMs, "ending", Promise.all(underWay)).catch(() => {});
      }
    } finally {
      end();
      this.#host.signal.removeEventListener("abort", stop);
      await within(this.#host, stopMs, "closing", connection.close()).catch(() => {});
    }
    if (failed !== undefined) throw failed;
  }

  /** Once in a poll interval takes all there is from every queue, until the connection is over. */
  async #poll(
    channel: Channel,
    signal: AbortSignal,
    underWay: ReadonlySet<Promise<void>>,
    begin: (message: Message, account: Account) => void,
  ): Promise<void> {
    const over = stopped(signal);
    while (!signal.aborted) {
      for (const account of this.accounts)
        for (;;) {
          while (underWay.size >= this.#policy.prefetch && !signal.aborted) await Promise.race([over, ...underWay]);
          if (signal.aborted) return;
          const message = await within(this.#host, connectMs, "getting", channel.get(account.queue));
          if (message === false || signal.aborted) break;
          begin(message, account);
        }
      await this.#host.clock.sleep(this.#host.endpoints.pollIntervalMs, signal);
    }
  }
}

/** Wraps what a taker threw, so that it is not mistaken for a lost connection. */
class TakeError extends Error {
  override readonly cause: unknown;
  constructor(cause: unknown) {
    super("a message could not be taken");
    this.cause = cause;
  }
}

function arrivalOf(message: Message, account: Account, channel: Channel, signal: AbortSignal): Arrival {
  const table = message.properties.headers ?? {};
  const id = headerText(table, headers.id);
  const sender = headerText(table, headers.sender);
  const sourceId = customHeader(table, customHeaders.concernId) ?? id;
  const answers = headerText(table, headers.answers);
  let settled = false;
  const settle = (does: () => void): void => {
    // Settling one message twice is an error that closes the channel.
    if (settled || signal.aborted) return;
    settled = true;
    try {
      does();
    } catch {
      // The channel has just closed: the message comes again, and is then known.
    }
  };
  return {
    account,
    type: headerText(table, headers.type) ?? "",
    ...(id === undefined ? {} : { id }),
    ...(sender === undefined ? {} : { sender }),
    ...(sourceId === undefined ? {} : { sourceId }),
    ...(answers === undefined ? {} : { answers }),
    body: message.content,
    signal,
    ack: () => settle(() => channel.ack(message)),
    ackWithEarlier: () => settle(() => channel.ack(message, true)),
    nack: (requeue) => settle(() => channel.nack(message, false, requeue)),
  };
}

/** The body of a send: `metadata`, and for a `feilet` its container. */
function multipart(arrival: Arrival, receipt: Receipt): Uint8Array {
  const metadata = JSON.stringify({
    avsenderKontoId: arrival.account.id,
    mottakerKontoId: arrival.sender,
    meldingType: receipt.kind === "mottatt" ? mottatt : feilet,
    svarPaMelding: arrival.id,
    headere: {},
  });
  const first = `--${multipartBoundary}\r\nContent-Disposition: form-data; name="metadata"\r\nContent-Type: application/json\r\n\r\n${metadata}\r\n`;
  const last = `--${multipartBoundary}--\r\n`;
  if (receipt.kind === "mottatt") return encoder.encode(first + last);
  const failure = encoder.encode(JSON.stringify({ melding: receipt.reason }));
  return Buffer.concat([
    encoder.encode(
      `${first}--${multipartBoundary}\r\nContent-Disposition: form-data; name="data"; filename="${arrival.id ?? "feilet"}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    pack([{ name: failureName, bytes: failure }]),
    encoder.encode(`\r\n${last}`),
  ]);
}
