import type { Duplex } from "node:stream";
import type { Clock, Due, Random } from "../../core/clock.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Alarm, Host, HostBody, HostRequest, HostResponse, HostTimer } from "../../port/host.ts";
import type { Heard } from "../../simulators/boundaries.ts";
import { certificateError } from "../../simulators/certificate-error.ts";
import type { Answer, Asker, WireRequest } from "../../simulators/wire.ts";
import { type Encoded, encodedLater, encodedNow, joined } from "./body.ts";
import { type Disk, storeOn } from "./disk.ts";
import { asPartOf, type Surroundings, type VirtualTimer } from "./given-globals.ts";
import { GivenResponse } from "./response.ts";

/** What an incarnation needs of the world around it. */
export type Around = {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly endpoints: Endpoints;
  /** Sends a request to whoever answers at an origin; undefined where nobody does. */
  ask(
    origin: string,
    request: WireRequest,
    asker: Asker,
    hear: (heard: Heard<Answer>, confirm: (inFull: boolean) => void) => void,
  ): boolean;
  connect(to: { readonly host: string; readonly port: number }, incarnation: Incarnation): Duplex;
  log(line: string): void;
  /** Something moved: the run is not idle. */
  stirred(): void;
  outside(): (then: () => void) => void;
  /** It ended its process. */
  exit(code: number): void;
  /** It threw where nobody of its own could catch. */
  failed(error: unknown): void;
};

const emptyBytes = new Uint8Array(0);

/** Whoever awaits an answer. */
type Waiting = { resolve(response: HostResponse): void; reject(reason: unknown): void };

/**
 * One start of the system under test in the simulated world. Once dead, nothing it was promised ever settles, none of
 * its timers fires, and what it asks for is not done.
 */
export class Incarnation {
  readonly asker: Asker;
  readonly host: Host;
  readonly surroundings: Surroundings;
  readonly #around: Around;
  readonly #stop = new AbortController();
  readonly #timers = new Set<Due>();
  readonly #heldBack: (() => void)[] = [];
  #alive = true;
  #paused = false;
  #nextTimer = 1;

  constructor(asker: Asker, around: Around) {
    this.asker = asker;
    this.#around = around;
    const { clock, random } = around;
    this.surroundings = {
      now: () => clock.now(),
      random: () => random.next(),
      uuid: () => random.uuid(),
      timeout: (then, ms, everyMs) => this.#timeout(then, ms, everyMs),
      connect: (to) => this.#connect(to),
      fetch: (url, request) => this.#fetch(url as string, request as HostRequest),
      log: (line) => this.log(line),
      exit: (code) => around.exit(code),
      outside: () => {
        const ended = around.outside();
        return (then) => ended(() => this.reach(then));
      },
    };
    this.host = this.#hosted();
  }

  get alive(): boolean {
    return this.#alive;
  }

  log(line: string): void {
    if (this.#alive) this.#around.log(line);
  }

  /** Evaluates and runs a module's default export as part of this incarnation. */
  enter<T>(does: () => T): T {
    return asPartOf(this.surroundings, does);
  }

  /** Does something in the incarnation: now, when it is resumed, or never once it is dead. */
  reach(does: () => void): void {
    if (!this.#alive) return;
    if (this.#paused) {
      this.#heldBack.push(does);
      return;
    }
    this.#around.stirred();
    try {
      asPartOf(this.surroundings, does);
    } catch (error) {
      // What it throws in a callback of ours would end a process of its own.
      this.#around.failed(error);
    }
  }

  askToStop(): void {
    this.reach(() => this.#stop.abort());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const does of this.#heldBack.splice(0)) this.reach(does);
  }

  kill(): void {
    this.#alive = false;
    for (const due of this.#timers) due.cancel();
    this.#timers.clear();
    this.#heldBack.length = 0;
  }

  #timeout(then: () => void, ms: number, everyMs: number | undefined): VirtualTimer {
    if (!this.#alive) return { cancel: () => {}, refresh: () => {} };
    let due: Due | undefined;
    const arm = (wait: number): void => {
      const armed = this.#around.clock.after(wait, () => {
        this.#timers.delete(armed);
        if (everyMs !== undefined) arm(everyMs);
        this.reach(then);
      });
      due = armed;
      this.#timers.add(armed);
    };
    // A time that is no number would stop the world's clock for good.
    const firstMs = Number.isNaN(Number(ms)) ? 0 : Number(ms);
    arm(firstMs);
    const cancel = (): void => {
      if (due === undefined) return;
      due.cancel();
      this.#timers.delete(due);
    };
    return {
      cancel,
      refresh: () => {
        cancel();
        arm(firstMs);
      },
    };
  }

  /** Hands the result of a piece of work to the incarnation: soon, or never. */
  #settle<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return;
      let result: T;
      try {
        result = work();
      } catch (error) {
        this.reach(() => reject(error));
        return;
      }
      this.reach(() => resolve(result));
    });
  }

  #connect(to: { readonly host: string; readonly port: number }): Duplex {
    this.#around.stirred();
    return this.#around.connect(to, this);
  }

  #fetch(url: string | URL, request: HostRequest = {}): Promise<HostResponse> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return;
      const signal = request.signal;
      if (signal?.aborted) return reject(signal.reason);
      let target: URL;
      try {
        target = new URL(url);
      } catch {
        return reject(new TypeError(`Failed to parse URL from ${String(url)}`));
      }
      const headers = headersOf(request.headers);
      const send = (encoded: Encoded): void => {
        if (encoded.contentType !== undefined && headers["content-type"] === undefined)
          headers["content-type"] = encoded.contentType;
        headers["content-length"] = String(encoded.bytes.length);
        this.#exchange(target, request, headers, encoded.bytes, resolve, reject);
      };
      const now = encodedNow(request.body);
      if (now !== undefined) return send(now);
      const ended = this.#around.outside();
      encodedLater(request.body as HostBody, () => this.#around.random.uuid()).then(
        (encoded) => ended(() => this.reach(() => send(encoded))),
        (error) => ended(() => this.reach(() => reject(error))),
      );
    });
  }

  #exchange(
    target: URL,
    request: HostRequest,
    headers: Record<string, string>,
    body: Uint8Array,
    resolve: (response: HostResponse) => void,
    reject: (reason: unknown) => void,
  ): void {
    let waiting = true;
    const signal = request.signal;
    const abort = (): void => {
      if (!waiting) return;
      waiting = false;
      this.reach(() => reject(signal?.reason));
    };
    signal?.addEventListener("abort", abort, { once: true });
    const answered = (give: (waiting: Waiting) => void): boolean => {
      if (!waiting || !this.#alive) return false;
      waiting = false;
      signal?.removeEventListener("abort", abort);
      this.reach(() => give({ resolve, reject }));
      return true;
    };
    const wire: WireRequest = {
      method: (request.method ?? "GET").toUpperCase(),
      path: decodedPath(target.pathname),
      query: target.search === "" ? noQuery : Object.fromEntries(target.searchParams),
      headers,
      body,
    };
    this.#around.stirred();
    // It arrives once all that was written before it has: bytes on a socket are never overtaken.
    this.#around.clock.after(0, () => {
      if (this.#alive) this.#arrive(target.origin, wire, answered);
    });
  }

  #arrive(origin: string, wire: WireRequest, answered: (give: (waiting: Waiting) => void) => boolean): void {
    const someone = this.#around.ask(origin, wire, this.asker, (heard, confirm) => {
      switch (heard.kind) {
        case "told": {
          const { reply } = heard.value;
          if (reply.body instanceof Uint8Array) {
            const ending = reply.ending;
            const whole = reply.body;
            const cutAfter = ending.kind === "cutAfter" ? ending.bytes : undefined;
            return confirm(
              answered(({ resolve }) => resolve(new GivenResponse(reply, whole, cutAfter))) && cutAfter === undefined,
            );
          }
          const ended = this.#around.outside();
          void collected(reply.body).then((whole) =>
            ended(() => confirm(answered(({ resolve }) => resolve(new GivenResponse(reply, whole, undefined))))),
          );
          return;
        }
        case "cut": {
          const { reply } = heard.value;
          const whole = reply.body instanceof Uint8Array ? reply.body : emptyBytes;
          answered(({ resolve }) => resolve(new GivenResponse(reply, whole, Math.min(heard.afterBytes, whole.length))));
          return;
        }
        case "answered":
          answered(({ resolve }) =>
            resolve(
              new GivenResponse(
                {
                  status: heard.status,
                  headers: [
                    ["content-type", "application/problem+json"],
                    ...(heard.retryAfterSeconds === undefined
                      ? []
                      : ([["retry-after", String(heard.retryAfterSeconds)]] as const)),
                  ],
                  body: emptyBytes,
                  ending: { kind: "complete" },
                },
                new TextEncoder().encode(`{"status":${heard.status}}`),
                undefined,
              ),
            ),
          );
          return;
        case "refused":
          answered(({ reject }) =>
            reject(
              heard.certificate === undefined
                ? fetchFailed("ECONNREFUSED")
                : new TypeError("fetch failed", {
                    cause: certificateError(heard.certificate, new URL(origin).hostname),
                  }),
            ),
          );
          return;
        case "reset":
          answered(({ reject }) => reject(fetchFailed("ECONNRESET")));
          return;
      }
    });
    if (!someone) answered(({ reject }) => reject(fetchFailed("ENOTFOUND")));
  }

  #hosted(): Host {
    const { clock, random, disk, endpoints } = this.#around;
    const timers = new Map<number, VirtualTimer>();
    const keep = (timer: VirtualTimer): HostTimer => {
      const id = this.#nextTimer++;
      timers.set(id, timer);
      return { id };
    };
    return {
      endpoints,
      fetch: (url, request) => this.#fetch(url, request),
      connect: (to) => this.#connect(to),
      clock: {
        now: () => clock.now(),
        sleep: (ms, signal) =>
          new Promise((resolve, reject) => {
            if (signal?.aborted) return reject(signal.reason);
            const abort = (): void => {
              timer.cancel();
              this.reach(() => reject(signal?.reason));
            };
            const timer = this.#timeout(
              () => {
                signal?.removeEventListener("abort", abort);
                resolve();
              },
              ms,
              undefined,
            );
            signal?.addEventListener("abort", abort, { once: true });
          }),
        setTimeout: (then, ms) => keep(this.#timeout(then, ms, undefined)),
        setInterval: (then, everyMs) => keep(this.#timeout(then, Math.max(1, everyMs), Math.max(1, everyMs))),
        clear: (timer) => {
          timers.get(timer.id)?.cancel();
          timers.delete(timer.id);
        },
      },
      random: () => random.next(),
      uuid: () => random.uuid(),
      store: storeOn(disk, (work) => this.#settle(work)),
      alarm: (alarm) => this.#alarm(alarm),
      log: (line) => this.log(String(line)),
      signal: this.#stop.signal,
    };
  }

  async #alarm(alarm: Alarm): Promise<void> {
    const sink = this.#around.endpoints.alarm;
    if (sink === undefined) throw new Error("No alarm sink is declared in the endpoints.");
    const response = await this.#fetch(sink.webhookUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(alarm),
    });
    if (!response.ok) throw new Error(`The alarm sink answered ${response.status}.`);
  }
}

const noQuery: Readonly<Record<string, string>> = Object.freeze({});

function decodedPath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function headersOf(given: HostRequest["headers"]): Record<string, string> {
  const headers: Record<string, string> = {};
  if (given === undefined) return headers;
  if (given instanceof Headers) {
    given.forEach((value, name) => {
      headers[name] = value;
    });
    return headers;
  }
  const pairs = Array.isArray(given) ? (given as (readonly [string, string])[]) : Object.entries(given);
  for (const [name, value] of pairs) if (value !== undefined) headers[name.toLowerCase()] = String(value);
  return headers;
}

function fetchFailed(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return joined(all);
}
