import type { Duplex } from "node:stream";
import type { Endpoints } from "./endpoints.ts";

/** A subset of WHATWG `Response`. A body that breaks off makes `text`, `json`, `arrayBuffer` and `body` reject. */
export type HostResponse = {
  readonly status: number;
  /** True for 200–299. */
  readonly ok: boolean;
  readonly headers: {
    /** Several of one name are joined by a comma; null where there is none. */
    get(name: string): string | null;
    /** Whether there is one of this name, in any case of letters. */
    has(name: string): boolean;
    /** Calls with each, its name in small letters. */
    forEach(each: (value: string, name: string) => void): void;
  };
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body, as UTF-8. */
  text(): Promise<string>;
  /** The whole body, read as JSON; rejects where it is none. */
  json(): Promise<unknown>;
  /** The whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
};

/** What a request may carry. `FormData` is sent as `multipart/form-data`, `URLSearchParams` as a form. */
export type HostBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | URLSearchParams
  | FormData
  | Blob
  | ReadableStream<Uint8Array>;

/** A subset of what WHATWG `fetch` takes as its second argument; `GET` unless said. */
export type HostRequest = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers | readonly (readonly [string, string])[];
  readonly body?: HostBody | null;
  readonly signal?: AbortSignal;
};

/** The world's time. All durations in ms. */
export type HostClock = {
  /** Ms since the Unix epoch. */
  now(): number;
  /** Resolves `ms` later; rejects with the signal's reason if it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls once, `ms` later. */
  setTimeout(then: () => void, ms: number): HostTimer;
  /** Calls each `everyMs`, until it is cleared. */
  setInterval(then: () => void, everyMs: number): HostTimer;
  /** Ends a timer of either kind; one that is over already is left alone. */
  clear(timer: HostTimer): void;
};

/** What `clear` takes. */
export type HostTimer = { readonly id: number };

/** Anything that survives a structured clone and holds no function: text, numbers, plain objects, arrays, bytes. */
export type StoreValue = unknown;

/** Keys and values, as the store has them or as a transaction sees them. */
export type StoreView = {
  /** The value last set, or undefined. A copy: changing it changes nothing in the store. */
  get(key: string): Promise<StoreValue>;
  /** Resolves once it is written, which a killed process survives. */
  set(key: string, value: StoreValue): Promise<void>;
  /** Nothing happens where there is no such key. */
  delete(key: string): Promise<void>;
  /** Keys that start with `prefix`, sorted; all keys without one. */
  keys(prefix?: string): Promise<string[]>;
};

/** Keys and values that outlive a crash: what is written survives a killed process, what is synced a power cut. */
export type HostStore = StoreView & {
  /**
   * Reads and writes as one step, serialisable with all others. `fn` may be run again when another write came between,
   * so it does nothing but read and write; it rejects with a `ConflictError` after several tries.
   */
  transaction<T>(fn: (view: StoreView) => Promise<T>): Promise<T>;
  /** Resolves once everything written before the call survives a power cut. Without it a write may vanish, in any order. */
  sync(): Promise<void>;
};

/** What a deviation is about. `id` is the message's `source.id`; one about no message, such as a dead token service, has none. */
export type Alarm = { readonly source: { readonly channel: string; readonly id?: string }; readonly reason: string };

/** Lines for the run's evidence. A log line never counts as an alarm, and is scanned for content that must not be there. */
export type HostLog = (message: string) => void;

/** All that an integration is given. Nothing else may be relied on: PORT.md, *Host*. */
export type Host = {
  readonly endpoints: Endpoints;
  /** Asks over HTTP; rejects where no answer came. */
  fetch(url: string | URL, request?: HostRequest): Promise<HostResponse>;
  /** Opens a byte stream, as `net.connect` does: resolves at once, emits `connect` or `error`. */
  connect(to: { readonly host: string; readonly port: number }): Duplex;
  readonly clock: HostClock;
  /** Uniform in [0, 1), from the run's seed. */
  random(): number;
  /** A version 4 UUID from the run's seed. */
  uuid(): string;
  readonly store: HostStore;
  /** Raises an alarm at the declared sink; rejects if the sink could not be reached. */
  alarm(alarm: Alarm): Promise<void>;
  readonly log: HostLog;
  /** Aborted when the system is asked to stop. Not aborted by a crash: nothing is. */
  readonly signal: AbortSignal;
};

/**
 * A system under test that receives: the default export of a module. Resolving after `host.signal` is a clean stop;
 * resolving before it leaves every later message behind; rejecting is a crash, and the module is started again afresh.
 */
export type Integration = (host: Host) => Promise<void>;

/** What a sending system is told to send. */
export type Order = {
  readonly label: string;
  readonly kind: string;
  readonly recipient: { readonly organizationNumber: string; readonly municipalityNumber: string };
  readonly district?: string;
  readonly confidential: boolean;
  readonly parts: readonly { readonly name: string; readonly mediaType: string; readonly contentBase64: string }[];
};

/** A system under test that sends: the default export of a module. */
export type Sender = {
  readonly role: "sender";
  /** Lives from start to stop, as an `Integration` does. */
  run(host: Host): Promise<void>;
  /** Resolves once the sender has taken the order on; where it rejects it is told again. */
  send(order: Order, host: Host): Promise<{ readonly reference: string }>;
};
