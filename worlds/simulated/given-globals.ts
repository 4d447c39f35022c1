import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Duplex } from "node:stream";
import { promisify } from "node:util";

/**
 * What a running incarnation gives instead of the machine's own time, randomness and network. Packages that an
 * integration brings reach for the globals; inside a run these are the world's.
 */
export type Surroundings = {
  now(): number;
  random(): number;
  uuid(): string;
  timeout(then: () => void, ms: number, everyMs: number | undefined): VirtualTimer;
  connect(to: { readonly host: string; readonly port: number }): Duplex;
  fetch(url: unknown, request: unknown): Promise<unknown>;
  log(line: string): void;
  /** The process is to end: nothing that the incarnation does afterwards counts. */
  exit(code: number): void;
  /** An operation outside the run's own thread has begun; call what it gives when it has ended, with what to do then. */
  outside(): (then: () => void) => void;
};

export type VirtualTimer = { cancel(): void; refresh(): void };

const running = new AsyncLocalStorage<Surroundings>();
let sole: Surroundings | undefined;

/** Runs something as part of an incarnation, with everything it starts. */
export function asPartOf<T>(surroundings: Surroundings, does: () => T): T {
  return running.run(surroundings, does);
}

/** Names the incarnation that calls belong to when their origin cannot be told. */
export function nowRunning(surroundings: Surroundings | undefined): void {
  sole = surroundings;
}

const current = (): Surroundings | undefined => running.getStore() ?? sole;

const require = createRequire(import.meta.url);

class GivenTimeout {
  readonly #timer: VirtualTimer;
  constructor(timer: VirtualTimer) {
    this.#timer = timer;
  }
  cancel(): void {
    this.#timer.cancel();
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  refresh(): this {
    this.#timer.refresh();
    return this;
  }
  close(): this {
    this.#timer.cancel();
    return this;
  }
  [Symbol.dispose](): void {
    this.#timer.cancel();
  }
  [Symbol.toPrimitive](): number {
    return 0;
  }
}

function notHere(what: string, instead: string): (...given: readonly unknown[]) => never {
  // Not an arrow: some of these are called with `new`.
  return function refuse(): never {
    throw new Error(`${what} is not there in the simulated world: use ${instead}.`);
  };
}

/** Where a built-in must stay as it is outside a run, and must be the world's inside one. */
function replace(on: Record<string, unknown>, name: string, inside: (surroundings: Surroundings) => unknown): void {
  const real = on[name] as (...given: unknown[]) => unknown;
  if (typeof real !== "function") return;
  const given = function (this: unknown, ...args: unknown[]): unknown {
    const surroundings = current();
    if (surroundings === undefined) return real.apply(this, args);
    return (inside(surroundings) as (...given: unknown[]) => unknown).apply(this, args);
  };
  Object.defineProperty(on, name, { value: given, configurable: true, writable: true, enumerable: true });
}

/** As Node does: what is not a number, below 1 or beyond 2^31 - 1 becomes 1 ms. */
function waitOf(ms: unknown): number {
  const asked = Number(ms);
  return asked >= 1 && asked <= 2_147_483_647 ? Math.trunc(asked) : 1;
}

function timeouts(everyTime: boolean): (surroundings: Surroundings) => unknown {
  return (surroundings) =>
    (then: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): GivenTimeout => {
      const wait = waitOf(ms);
      return new GivenTimeout(surroundings.timeout(() => then(...args), wait, everyTime ? wait : undefined));
    };
}

function clears(real: (timer: unknown) => void): (timer: unknown) => void {
  return (timer) => {
    if (timer instanceof GivenTimeout) timer.cancel();
    else real(timer);
  };
}

function sleepFor(
  surroundings: Surroundings,
  ms: number,
  value: unknown,
  options?: { signal?: AbortSignal },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = options?.signal;
    if (signal?.aborted) return reject(signal.reason);
    const timer = surroundings.timeout(() => resolve(value), waitOf(ms), undefined);
    signal?.addEventListener(
      "abort",
      () => {
        timer.cancel();
        reject(signal.reason);
      },
      { once: true },
    );
  });
}

/** Bytes from the run's randomness. */
function fill(surroundings: Surroundings, into: Uint8Array): Uint8Array {
  for (let i = 0; i < into.length; i++) into[i] = Math.floor(surroundings.random() * 256);
  return into;
}

/** The bytes of what is to be filled; `offset` and `size` count its elements, as in node:crypto. */
function windowOn(into: ArrayBuffer | ArrayBufferView, offset = 0, size?: number): Uint8Array {
  if (into instanceof ArrayBuffer) return new Uint8Array(into, offset, size);
  const each = (into as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
  const length = size === undefined ? into.byteLength - offset * each : size * each;
  return new Uint8Array(into.buffer, into.byteOffset + offset * each, length);
}

/** Puts an asynchronous built-in through the world's one queue, so that time stands still until it has ended. */
function queueCallback(on: Record<string, unknown>, name: string): void {
  const real = on[name] as (...given: unknown[]) => unknown;
  if (typeof real !== "function") return;
  on[name] = function (this: unknown, ...args: unknown[]): unknown {
    const surroundings = current();
    const last = args.at(-1);
    if (surroundings === undefined || typeof last !== "function") return real.apply(this, args);
    const ended = surroundings.outside();
    args[args.length - 1] = (...results: unknown[]) => ended(() => last(...results));
    return real.apply(this, args);
  };
}

function queuePromise(on: Record<string, unknown>, name: string): void {
  const real = on[name] as (...given: unknown[]) => Promise<unknown>;
  if (typeof real !== "function") return;
  on[name] = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    const surroundings = current();
    if (surroundings === undefined) return real.apply(this, args);
    const ended = surroundings.outside();
    return new Promise((resolve, reject) => {
      real.apply(this, args).then(
        (value) => ended(() => resolve(value)),
        (error) => ended(() => reject(error)),
      );
    });
  };
}

/**
 * Makes this thread's time, randomness and network the world's inside a run. Called once, in the worker that runs
 * integrations and nothing else; what the world itself needs of the machine it has taken before.
 */
export function giveGlobals(): void {
  const here = globalThis as unknown as Record<string, unknown>;

  const RealDate = Date;
  class GivenDate extends RealDate {
    constructor(...args: unknown[]) {
      const surroundings = args.length === 0 ? current() : undefined;
      if (surroundings !== undefined) super(surroundings.now());
      else super(...(args as []));
    }
    static override now(): number {
      return current()?.now() ?? RealDate.now();
    }
  }
  here.Date = new Proxy(GivenDate, {
    apply: () => new GivenDate().toString(),
  });

  const timers = require("node:timers") as Record<string, unknown>;
  for (const on of [here, timers]) {
    const clearTimeoutReal = on.clearTimeout as (timer: unknown) => void;
    const clearIntervalReal = on.clearInterval as (timer: unknown) => void;
    replace(on, "setTimeout", timeouts(false));
    replace(on, "setInterval", timeouts(true));
    on.clearTimeout = clears(clearTimeoutReal);
    on.clearInterval = clears(clearIntervalReal);
  }
  const later = require("node:timers/promises") as Record<string, unknown>;
  replace(
    later,
    "setTimeout",
    (s) => (ms: number, value: unknown, options?: { signal?: AbortSignal }) => sleepFor(s, ms, value, options),
  );
  // `util.promisify` looks for these: without them a promisified setTimeout would take its delay for its callback.
  for (const on of [here, timers])
    Object.defineProperty(on.setTimeout, promisify.custom, { get: () => later.setTimeout, configurable: true });
  replace(later, "setInterval", () => notHere("setInterval of node:timers/promises", "host.clock.setInterval"));
  const scheduler = later.scheduler as Record<string, unknown>;
  replace(
    scheduler,
    "wait",
    (s) => (ms: number, options?: { signal?: AbortSignal }) => sleepFor(s, ms, undefined, options),
  );
  replace(AbortSignal as unknown as Record<string, unknown>, "timeout", (s) => (ms: number) => {
    const controller = new AbortController();
    s.timeout(
      () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError")),
      waitOf(ms),
      undefined,
    );
    return controller.signal;
  });

  replace(Math as unknown as Record<string, unknown>, "random", (s) => () => s.random());
  const realHrtime = process.hrtime;
  const hrtime = ((since?: [number, number]) => {
    const surroundings = current();
    if (surroundings === undefined) return realHrtime(since);
    const now = surroundings.now();
    const at: [number, number] = [Math.floor(now / 1000), (now % 1000) * 1e6];
    if (since === undefined) return at;
    const nanos = (at[0] - since[0]) * 1e9 + (at[1] - since[1]);
    return [Math.floor(nanos / 1e9), nanos % 1e9];
  }) as typeof process.hrtime;
  hrtime.bigint = () => {
    const surroundings = current();
    return surroundings === undefined ? realHrtime.bigint() : BigInt(surroundings.now()) * 1_000_000n;
  };
  process.hrtime = hrtime;
  replace(performance as unknown as Record<string, unknown>, "now", (s) => () => s.now());

  const began = new WeakMap<object, number>();
  replace(process as unknown as Record<string, unknown>, "uptime", (s) => () => {
    if (!began.has(s)) began.set(s, s.now());
    return (s.now() - (began.get(s) ?? 0)) / 1000;
  });
  // What a process uses differs from run to run: inside one it uses nothing.
  replace(process as unknown as Record<string, unknown>, "cpuUsage", () => () => ({ user: 0, system: 0 }));
  const { rss } = process.memoryUsage;
  const uses = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
  replace(process as unknown as Record<string, unknown>, "memoryUsage", () => () => uses);
  process.memoryUsage.rss = () => (current() === undefined ? rss() : 0);

  replace(process as unknown as Record<string, unknown>, "exit", (s) => (code?: number) => {
    s.exit(Number(code ?? 0));
    throw new Error("process.exit");
  });
  replace(process as unknown as Record<string, unknown>, "kill", () =>
    notHere("process.kill", "process.exit, to end only the integration"),
  );

  const crypto = require("node:crypto") as Record<string, unknown>;
  replace(crypto, "randomUUID", (s) => () => s.uuid());
  replace(crypto, "randomBytes", (s) => (size: number, then?: (error: null, bytes: Buffer) => void) => {
    const bytes = Buffer.from(fill(s, new Uint8Array(size)));
    if (then === undefined) return bytes;
    queueMicrotask(() => then(null, bytes));
    return undefined;
  });
  replace(crypto, "randomFillSync", (s) => (into: ArrayBuffer | ArrayBufferView, offset?: number, size?: number) => {
    fill(s, windowOn(into, offset, size));
    return into;
  });
  replace(crypto, "randomFill", (s) => (into: ArrayBuffer | ArrayBufferView, ...more: unknown[]) => {
    const [offset, size] = more.filter((one) => typeof one === "number");
    fill(s, windowOn(into, offset, size));
    const then = more.at(-1) as (error: null, filled: unknown) => void;
    queueMicrotask(() => then(null, into));
  });
  replace(crypto, "randomInt", (s) => (...given: (number | ((error: null, drawn: number) => void))[]) => {
    const [low = 0, high] = given.filter((one) => typeof one === "number");
    const [from, to] = high === undefined ? [0, low] : [low, high];
    const drawn = from + Math.floor(s.random() * (to - from));
    const then = given.at(-1);
    if (typeof then !== "function") return drawn;
    queueMicrotask(() => then(null, drawn));
    return undefined;
  });
  const web = globalThis.crypto as unknown as Record<string, unknown>;
  replace(web, "randomUUID", (s) => () => s.uuid());
  replace(web, "getRandomValues", (s) => (into: Uint8Array) => {
    fill(s, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
    return into;
  });
  const subtle = globalThis.crypto.subtle as unknown as Record<string, unknown>;
  for (const name of [
    "encrypt",
    "decrypt",
    "sign",
    "verify",
    "digest",
    "generateKey",
    "deriveKey",
    "deriveBits",
    "importKey",
    "exportKey",
    "wrapKey",
    "unwrapKey",
  ])
    queuePromise(subtle, name);
  for (const name of ["sign", "verify", "pbkdf2", "scrypt", "hkdf", "generateKeyPair"]) queueCallback(crypto, name);
  const zlib = require("node:zlib") as Record<string, unknown>;
  for (const name of [
    "deflate",
    "deflateRaw",
    "gzip",
    "gunzip",
    "inflate",
    "inflateRaw",
    "unzip",
    "brotliCompress",
    "brotliDecompress",
  ])
    queueCallback(zlib, name);

  const net = require("node:net") as Record<string, unknown>;
  const connect = (s: Surroundings) => (first: unknown, second?: unknown, third?: unknown) => {
    const options =
      typeof first === "object" && first !== null ? (first as { host?: string; port?: number }) : undefined;
    const port = Number(options?.port ?? first);
    const host = options?.host ?? (typeof second === "string" ? second : "localhost");
    const onConnect = [second, third].find((given) => typeof given === "function") as (() => void) | undefined;
    const socket = s.connect({ host, port });
    if (onConnect !== undefined) socket.once("connect", onConnect);
    return socket;
  };
  replace(net, "connect", connect);
  replace(net, "createConnection", connect);
  replace((net.Socket as { prototype: Record<string, unknown> }).prototype, "connect", () =>
    notHere("connect of a net.Socket of one's own", "net.connect or host.connect"),
  );
  replace(net, "createServer", () => notHere("net.createServer", "the endpoints that are given"));
  replace(require("node:tls") as Record<string, unknown>, "connect", () =>
    notHere("tls.connect", "host.connect; endpoints.fiks.amqp.tls is false here"),
  );
  for (const name of ["node:http", "node:https"]) {
    const module = require(name) as Record<string, unknown>;
    for (const call of ["request", "get", "createServer"])
      replace(module, call, () => notHere(`${call} of ${name}`, "host.fetch"));
  }
  replace(require("node:http2") as Record<string, unknown>, "connect", () => notHere("http2.connect", "host.fetch"));
  const children = require("node:child_process") as Record<string, unknown>;
  for (const call of ["spawn", "exec", "execFile", "fork", "spawnSync", "execSync", "execFileSync"])
    replace(children, call, () => notHere(`${call} of node:child_process`, "nothing: an integration is one process"));
  const files = require("node:fs") as Record<string, unknown>;
  const filesLater = require("node:fs/promises") as Record<string, unknown>;
  for (const name of ["readFile", "stat", "lstat", "access", "readdir", "realpath"]) {
    queueCallback(files, name);
    queuePromise(filesLater, name);
  }
  keepOffDisk();
  const threads = require("node:worker_threads") as Record<string, unknown>;
  threads.parentPort = null;
  threads.workerData = undefined;
  threads.Worker = notHere("Worker of node:worker_threads", "nothing: an integration is one thread here");
  replace(require("node:dgram") as Record<string, unknown>, "createSocket", () =>
    notHere("node:dgram", "host.fetch or host.connect"),
  );
  replace(require("node:dns") as Record<string, unknown>, "lookup", () =>
    notHere("dns.lookup", "the endpoints that are given"),
  );
  replace(here, "fetch", (s) => (url: unknown, request: unknown) => s.fetch(url, request));
  for (const name of ["log", "info", "warn", "error", "debug", "trace", "dir", "table"])
    replace(
      console as unknown as Record<string, unknown>,
      name,
      (s) =>
        (...said: unknown[]) =>
          s.log(said.map((one) => (typeof one === "string" ? one : textOf(one))).join(" ")),
    );
  for (const stream of [process.stdout, process.stderr])
    replace(stream as unknown as Record<string, unknown>, "write", (s) => (said: string | Uint8Array) => {
      s.log(typeof said === "string" ? said.trimEnd() : Buffer.from(said).toString());
      return true;
    });
  syncBuiltinESMExports();
}

/** What is written to the machine's disk outlives the run, and no crash of ours would ever take it: it is refused by name. */
function keepOffDisk(): void {
  const writes = [
    "writeFile",
    "appendFile",
    "mkdir",
    "mkdtemp",
    "rename",
    "unlink",
    "rm",
    "rmdir",
    "cp",
    "copyFile",
    "link",
    "symlink",
    "truncate",
    "utimes",
    "chmod",
  ];
  const fs = require("node:fs") as Record<string, unknown>;
  const later = require("node:fs/promises") as Record<string, unknown>;
  const refused = (call: string) => () => notHere(`${call} of node:fs`, "host.store");
  for (const call of writes) {
    replace(fs, call, refused(call));
    replace(fs, `${call}Sync`, refused(`${call}Sync`));
    replace(later, call, refused(call));
  }
  replace(fs, "createWriteStream", refused("createWriteStream"));
  const sqlite = require("node:sqlite") as Record<string, unknown>;
  sqlite.DatabaseSync = notHere("DatabaseSync of node:sqlite", "host.store");
  for (const [on, call] of [
    [fs, "open"],
    [fs, "openSync"],
    [later, "open"],
  ] as const) {
    const real = on[call] as (...given: unknown[]) => unknown;
    replace(on, call, () => (...given: unknown[]) => {
      const flags = typeof given[1] === "string" || typeof given[1] === "number" ? given[1] : "r";
      if (flags !== "r" && flags !== 0) refused(call)()();
      return real.apply(on, given);
    });
  }
}

const ownGlobals = new Set(Reflect.ownKeys(globalThis));
const ownOfProcess = new Set(Reflect.ownKeys(process));
const ownEnvironment = { ...process.env };

/** Takes away what an incarnation has hung on the global object, the process or its environment: a new process would not have it. */
export function forgetGlobals(): void {
  for (const key of Reflect.ownKeys(globalThis)) if (!ownGlobals.has(key)) Reflect.deleteProperty(globalThis, key);
  for (const key of Reflect.ownKeys(process)) if (!ownOfProcess.has(key)) Reflect.deleteProperty(process, key);
  for (const name of Object.keys(process.env)) if (!(name in ownEnvironment)) delete process.env[name];
  Object.assign(process.env, ownEnvironment);
}

function textOf(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
