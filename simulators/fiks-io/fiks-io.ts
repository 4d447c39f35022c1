import type { Duplex } from "node:stream";
import type { CopyId } from "../../core/names.ts";
import type { Boundaries } from "../boundaries.ts";
import type { Manifest } from "../manifest.ts";
import type { Asker, Given, HttpOperation, HttpSimulator } from "../wire.ts";
import { AmqpConnection, type AmqpServer } from "./amqp.ts";
import { type Account, Broker, type Envelope, type Received } from "./broker.ts";
import { restOperations, type Tokens } from "./http.ts";
import type { FiksIoSwitches } from "./switches.ts";

export type { Account, Envelope, Received } from "./broker.ts";

export type FiksIoSetup = {
  readonly manifest: Manifest;
  readonly boundaries: Boundaries;
  /** Every account of the run, the portal's own among them. */
  readonly accounts: readonly Account[];
  readonly integration: { readonly id: string; readonly password: string };
  readonly tokens: Tokens;
  readonly switches: FiksIoSwitches;
  /** Ms since the run began, for an instant of the clock; without it the run began when this was built. */
  readonly sinceStart?: (epochMs: number) => number;
  /** Real time, for heartbeats; gives a way to stop. Absent in memory. */
  readonly startHeartbeat?: (everyMs: number, beat: () => void) => () => void;
  /** Told of each message that is handed over in full, as it stands on the wire. */
  readonly handedOver?: (message: {
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }) => void;
  /** Largest channel number and frame offered at `tune`; 2047 and 131072, as RabbitMQ, unless said. */
  readonly channelMax?: number;
  readonly frameMax?: number;
};

const channelMax = 2047;
const frameMax = 131_072;

/** Fiks IO: one queue an account, read over AMQP, sent to over REST. No delivery guarantee, by its own account. */
export class FiksIo implements HttpSimulator {
  readonly party = "fiks-io" as const;
  readonly operations: readonly HttpOperation[];
  readonly #broker: Broker;
  readonly #server: AmqpServer;
  readonly #connections = new Set<AmqpConnection>();

  constructor(given: Given, setup: FiksIoSetup) {
    const { integration, tokens } = setup;
    this.#broker = new Broker(given, setup);
    this.operations = restOperations(this.#broker, setup);
    const connected = new Set<number>();
    const lead = `${integration.password} `;
    this.#server = {
      broker: this.#broker,
      boundaries: setup.boundaries,
      integrationId: integration.id,
      passwordHolds: (password) => password.startsWith(lead) && tokens.valid(password.slice(lead.length), "ks:fiks"),
      connectedBefore: ({ incarnation }) => {
        const before = connected.has(incarnation);
        connected.add(incarnation);
        return before;
      },
      channelMax: setup.channelMax ?? channelMax,
      frameMax: setup.frameMax ?? frameMax,
      every: setup.startHeartbeat,
      gone: (connection) => this.#connections.delete(connection),
    };
  }

  /** Takes an envelope in, writes that it is held and offered, and gives its melding-id. */
  send(envelope: Envelope): string {
    return this.#broker.put(envelope);
  }

  /**
   * Whoever has this account hears each message in the instant it arrives; none waits in its queue. What hearing it
   * means (`told`, `returned`, `printed`) is the listener's to write: here only `receipted` and `dropped` are.
   */
  onMessage(accountId: string, then: (message: Received) => void): void {
    this.#broker.onMessage(accountId, then);
  }

  /** Serves one AMQP connection. Heartbeats only if more than 0 and the setup can tell real time. */
  accept(socket: Duplex, asker: Asker, heartbeatSeconds: number): void {
    this.#connections.add(new AmqpConnection(this.#server, socket, asker, heartbeatSeconds));
  }

  /** Cuts every connection, in the order they were made; all that was fetched goes back before anything is handed out. */
  disconnect(): void {
    this.#broker.together(() => {
      for (const connection of [...this.#connections]) connection.cut();
    });
  }

  /** Takes a copy out of its queue, or from whoever has fetched it, for an experiment: it never comes back. */
  discard(copy: CopyId): void {
    this.#broker.discard(copy);
  }
}
