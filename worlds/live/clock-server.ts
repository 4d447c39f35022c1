import { createServer, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { rfc3339 } from "../../core/calendar.ts";
import type { Clock } from "../../core/clock.ts";

const longestWaitMs = 25_000;
/** The latest instant that a `Date` can hold: the wait of a system that has nothing to do. */
const latestMs = 8.64e15;

type Wait = {
  readonly untilMs: number;
  readonly from: Socket;
  readonly response: ServerResponse;
  readonly tired: NodeJS.Timeout;
};

/**
 * The world's clock over HTTP: `GET /` tells the time, `?wait=<epochMs>` answers when that instant is reached, or 204
 * when it has not yet been. Never faulted, no boundary.
 *
 * A pending wait says that the system is idle. Asked to (`nudge`), the clock answers every wait with 204: a system that
 * is at rest asks again at once, one that is still at work does so later.
 *
 * @source PORT.md, *Life of a system under test*, Clock.
 */
export class ClockServer {
  readonly server: Server;
  /** Waits that were ever asked for. */
  asked = 0;
  readonly #clock: Clock;
  readonly #waits = new Set<Wait>();
  readonly #onWait: () => void;
  readonly #areAll: (waiting: readonly Socket[]) => boolean;

  /** @param areAll Whether everybody who runs is among those that wait, by their connections. */
  constructor(clock: Clock, onWait: () => void, areAll: (waiting: readonly Socket[]) => boolean) {
    this.#clock = clock;
    this.#onWait = onWait;
    this.#areAll = areAll;
    this.server = createServer((request, response) => {
      const wait = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("wait");
      if (request.method !== "GET") return void response.writeHead(405).end();
      if (wait === null) return this.#tell(response);
      const untilMs = Math.min(latestMs, Number(wait));
      if (!Number.isFinite(untilMs)) return void response.writeHead(400).end("wait must be milliseconds since 1970\n");
      this.#wait(untilMs, request.socket, response);
    });
    this.server.keepAliveTimeout = 0;
    this.server.headersTimeout = 0;
    this.server.requestTimeout = 0;
    this.server.timeout = 0;
  }

  /** The earliest instant that is waited for; undefined as long as not everybody waits. */
  get earliest(): number | undefined {
    if (!this.#areAll([...this.#waits].map(({ from }) => from))) return undefined;
    let earliest: number | undefined;
    for (const { untilMs } of this.#waits) if (earliest === undefined || untilMs < earliest) earliest = untilMs;
    return earliest;
  }

  /** Answers every wait: that its instant is reached, or 204. */
  nudge(): void {
    for (const wait of this.#waits) this.#answer(wait);
  }

  close(): void {
    for (const { tired } of this.#waits) clearTimeout(tired);
    this.#waits.clear();
  }

  #wait(untilMs: number, from: Socket, response: ServerResponse): void {
    this.asked += 1;
    const wait: Wait = { untilMs, from, response, tired: setTimeout(() => this.#answer(wait), longestWaitMs) };
    wait.tired.unref();
    this.#waits.add(wait);
    response.on("close", () => this.#forget(wait));
    this.#onWait();
  }

  #answer(wait: Wait): void {
    this.#forget(wait);
    if (this.#clock.now() >= wait.untilMs) return this.#tell(wait.response);
    wait.response.writeHead(204, this.#epoch()).end();
  }

  #forget(wait: Wait): void {
    clearTimeout(wait.tired);
    this.#waits.delete(wait);
  }

  #tell(response: ServerResponse): void {
    const epochMs = this.#clock.now();
    const body = JSON.stringify({ epochMs, now: rfc3339(epochMs) });
    response
      .writeHead(200, { ...this.#epoch(), "content-type": "application/json", "content-length": body.length })
      .end(body);
  }

  #epoch(): Record<string, string> {
    return { "x-komfrem-epoch-ms": String(this.#clock.now()) };
  }
}
