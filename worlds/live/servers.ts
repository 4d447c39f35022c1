import type { Server as HttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { HarnessError } from "../../core/error.ts";
import type { PartyId } from "../../core/names.ts";
import type { BadCertificate } from "../../core/scenario.ts";
import type { Asker, WireRequest } from "../../simulators/wire.ts";
import type { Addresses } from "../cast.ts";
import type { Stage } from "../stage.ts";
import { httpServer, resetsResting, type UnderWay } from "./http-server.ts";
import { type Outbox, saidThrough } from "./outbox.ts";
import { type Relayed, type RelayStand, relay } from "./relay.ts";
import type { Started } from "./started.ts";
import type { Starts } from "./starts.ts";
import type { Tls } from "./tls.ts";

/** Who stands behind the ports of a run. */
export type Behind = {
  readonly outbox: Outbox;
  readonly underWay: UnderWay;
  readonly starts: Starts;
  /** Nobody is told of the ports before it is there. */
  readonly stage: () => Stage;
  /** Whom what comes from a start comes from; undefined where nobody is to be heard any more. */
  readonly asker: (running: Started | undefined) => Asker | undefined;
  /** Something has come from the system, and is about to be dealt with. */
  readonly heard: () => void;
  /** What it asks, just before it is answered. */
  readonly asked: (request: WireRequest) => void;
  readonly answered: (running: Started | undefined) => void;
  /** Its request has been dealt with. */
  readonly done: () => void;
  /** What AMQP's heartbeat is offered as, seconds; 0 for none. */
  readonly heartbeatSeconds: () => number;
};

/** The ports of one run, and what stands behind each. */
export class Servers {
  readonly #address: string;
  readonly #tls: Tls | undefined;
  readonly #behind: Behind;
  readonly #opened: (Server | HttpServer)[] = [];
  /** By origin, where it is over TLS. */
  readonly #resetsResting = new Map<string, () => void>();

  /** @param tls Set where the system reaches everybody over TLS. */
  constructor(address: string, tls: Tls | undefined, behind: Behind) {
    this.#address = address;
    this.#tls = tls;
    this.#behind = behind;
  }

  /** The certificate of the run's own authority, PEM, where it is over TLS. */
  get authority(): string | undefined {
    return this.#tls?.certificate;
  }

  /** Opens the ports before anybody stands behind them: the addresses are part of what everybody is told. */
  async listen(): Promise<Addresses> {
    const tls = this.#tls;
    return {
      fiksApi: await this.#http(),
      maskinporten: await this.#http(),
      receiver: await this.#http(),
      alarm: await this.#http(),
      altinn: await this.#http(),
      smtp: await this.#place(this.#smtp(undefined)),
      ...(tls === undefined ? {} : { smtps: await this.#place(this.#smtp(tls)) }),
      amqp: await this.#place(this.#amqp()),
    };
  }

  /** Puts a relay before a dependency of the system's; gives its place. */
  relay(of: Relayed, pace: RelayStand["pace"]): Promise<{ readonly host: string; readonly port: number }> {
    const { outbox, underWay, starts, stage, asker, heard } = this.#behind;
    return this.#place(
      relay(of, {
        boundaries: () => stage().boundaries,
        manifest: () => stage().manifest,
        pace,
        asker: (from) => {
          heard();
          return asker(starts.of(from));
        },
        connected: (socket) => starts.connected(socket),
        say: (does) => outbox.say(does),
        underWay,
      }),
    );
  }

  /** Whoever rests on a line to this origin must make another, and is shown what is shown now; false where it has none. */
  showAnew(origin: string): boolean {
    const resets = this.#resetsResting.get(origin);
    if (resets !== undefined) this.#behind.outbox.say(resets);
    return resets !== undefined;
  }

  /** @throws {HarnessError} The machine gives no port. */
  open(server: Server | HttpServer, connected: (socket: Socket) => void): Promise<number> {
    this.#opened.push(server);
    (server as Server).on("connection", connected);
    return new Promise((resolve, reject) => {
      server.once("error", (error) =>
        reject(
          new HarnessError({
            happened: "The live world could not open a port.",
            because: error.message,
            next: `Allow Komfrem to listen on ${this.#address}, then run again.`,
          }),
        ),
      );
      server.listen(0, this.#address, () => resolve((server.address() as AddressInfo).port));
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  async #place(server: Server): Promise<{ host: string; port: number }> {
    return { host: this.#address, port: await this.open(server, () => {}) };
  }

  async #http(): Promise<string> {
    const { outbox, underWay, starts, stage, asker, heard, asked, answered, done } = this.#behind;
    let origin = "";
    const server = httpServer(
      (request, hear, from) => {
        heard();
        const running = starts.of(from);
        const asking = asker(running);
        if (asking === undefined) return hear({ kind: "refused" }, () => {});
        asked(request);
        const heardOf: typeof hear = (told, confirm) => {
          if (told.kind === "told") answered(running);
          hear(told, confirm);
        };
        stage().ask(origin, request, asking, heardOf, this.#tls?.shownOn(from));
        done();
      },
      outbox,
      underWay,
    );
    const shows = (): BadCertificate | undefined => stage().certificateAtOrigin(origin);
    const [scheme, front] = this.#tls === undefined ? ["http", server] : ["https", this.#tls.before(server, shows)];
    origin = `${scheme}://${this.#address}:${await this.open(front, (socket) => starts.connected(socket))}`;
    if (this.#tls !== undefined) this.#resetsResting.set(origin, resetsResting(server));
    return origin;
  }

  #amqp(): Server {
    return createServer((socket) => {
      const line = this.#taken(socket, "fiks-io", this.#tls);
      if (line === undefined) return;
      socket.setNoDelay(true);
      this.#behind.stage().cast.fiksIo?.accept(line.said, line.asker, this.#behind.heartbeatSeconds());
    });
  }

  #smtp(tls: Tls | undefined): Server {
    return createServer((socket) => {
      const line = this.#taken(socket, "alarm", tls);
      if (line !== undefined) this.#behind.stage().cast.smtp.accept(line.said, line.asker);
    });
  }

  /** A connection of the system's, as what stands behind the port hears and answers it; undefined where it is refused. */
  #taken(
    socket: Socket,
    party: PartyId,
    tls: Tls | undefined,
  ): { readonly said: ReturnType<typeof saidThrough>; readonly asker: Asker } | undefined {
    const { outbox, starts, stage, heard, ...behind } = this.#behind;
    if (!starts.connected(socket)) return undefined;
    const asker = behind.asker(starts.of(socket));
    const shown = stage().certificateOf(party);
    // Mail without TLS shows no certificate, good or bad.
    const hasNone = party === "alarm" && tls === undefined && shown !== undefined;
    if (asker === undefined || hasNone || !stage().boundaries.reachable(party)) {
      socket.resetAndDestroy();
      return undefined;
    }
    const line = tls?.secured(socket, shown) ?? socket;
    if (shown !== undefined) this.#resetsOnceAsked(line, party, shown);
    line.on("data", () => heard());
    return { said: saidThrough(outbox, line), asker };
  }

  /** Whoever says a word to a party that showed this did not mind: it is heard, and not answered. */
  #resetsOnceAsked(line: Socket, party: PartyId, shown: BadCertificate): void {
    line.once("data", () => {
      this.#behind.heard();
      this.#behind.stage().spokenTo(party, shown);
      this.#behind.outbox.say(() => line.resetAndDestroy());
    });
  }
}
