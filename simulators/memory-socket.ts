import { Duplex } from "node:stream";
import type { Clock, Due } from "../core/clock.ts";

/** What a pair of sockets in memory is given. */
export type Surroundings = {
  /** Called whenever bytes are written or arrive, so that a world knows it is not idle. */
  readonly onActivity?: () => void;
  /** Lets `setTimeout` run out on the world's clock; without it no socket ever times out. */
  readonly clock?: Clock;
  /** What an error calls the far end; `127.0.0.1:5671` unless said. */
  readonly host?: string;
  readonly port?: number;
};

export type Side = "client" | "server";

/**
 * How the living side learns that the other is dead: `reset` as when an operating system closes a killed process's
 * sockets, `silence` as when the power went.
 */
export type Notice = "reset" | "silence";

/** Two ends of one connection. Bytes arrive in the order they were written, in a later turn of the same macrotask. */
export type MemoryPair = {
  readonly client: MemorySocket;
  readonly server: MemorySocket;
  /**
   * Kills one side: nothing is ever emitted to it or called back again, what it wrote and has not arrived is gone,
   * and the other side is destroyed at once (its `error` and `close` follow) or, by `silence`, hears nothing.
   */
  sever(side: Side, notice?: Notice): void;
  /** Bytes wait on the line in both directions until `thaw`, as for a stopped process. */
  freeze(): void;
  thaw(): void;
};

type Parcel =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "connect" }
  | { readonly kind: "end" }
  | { readonly kind: "reset" };

type Line = { frozen: boolean; readonly surroundings: Surroundings };

/** An error as the operating system words it. */
function systemError(code: "ECONNRESET" | "ECONNREFUSED" | "EPIPE", syscall: string, to?: Surroundings): Error {
  const errno = { ECONNRESET: -104, ECONNREFUSED: -111, EPIPE: -32 }[code];
  const place = to === undefined ? {} : { address: to.host ?? "127.0.0.1", port: to.port ?? 5671 };
  const where = to === undefined ? "" : ` ${to.host ?? "127.0.0.1"}:${to.port ?? 5671}`;
  return Object.assign(new Error(`${syscall} ${code}${where}`), { code, errno, syscall, ...place });
}

/** One end of a connection in memory: as much of `net.Socket` as stream clients such as amqplib use. */
export class MemorySocket extends Duplex {
  connecting: boolean;
  readonly remoteAddress = "127.0.0.1";
  readonly remoteFamily = "IPv4";
  readonly remotePort: number;
  #peer: MemorySocket | undefined;
  #dead = false;
  #copies: boolean;
  #inbox: Parcel[] = [];
  #due = false;
  #line: Line;
  #timeoutMs = 0;
  #timeoutDue: Due | undefined;
  #lastBytesMs = 0;
  readonly #arrive = (): void => this.#empty();

  constructor(line: Line, connecting: boolean) {
    super({ allowHalfOpen: false });
    this.#line = line;
    this.connecting = connecting;
    // A client may use its buffer again after a write; ours never does.
    this.#copies = connecting;
    this.remotePort = line.surroundings.port ?? 5671;
  }

  /** Ties two ends together. */
  static join(client: MemorySocket, server: MemorySocket): void {
    client.#peer = server;
    server.#peer = client;
    client.#take({ kind: "connect" });
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  /** Emits `timeout` once no bytes have moved for so long, on the world's clock; 0 switches it off. */
  setTimeout(ms: number, then?: () => void): this {
    this.#timeoutDue?.cancel();
    this.#timeoutDue = undefined;
    this.#timeoutMs = ms;
    if (then !== undefined) {
      if (ms === 0) this.removeListener("timeout", then);
      else this.once("timeout", then);
    }
    this.#awaitTimeout(ms);
    return this;
  }

  /** Closes so that the other side sees a reset. */
  resetAndDestroy(): this {
    if (!this.destroyed) {
      this.#tellPeer({ kind: "reset" });
      this.#peer = undefined;
      this.destroy();
    }
    return this;
  }

  /** Makes this end silent for good; gives its former peer. */
  kill(): MemorySocket | undefined {
    const peer = this.#peer;
    this.#dead = true;
    this.#inbox = [];
    this.#peer = undefined;
    this.#timeoutDue?.cancel();
    return peer;
  }

  /** The far end was killed: what it had on its way is gone. */
  bereave(notice: Notice): void {
    this.#inbox = [];
    this.#peer = undefined;
    this.#line.surroundings.onActivity?.();
    if (notice === "reset") this.destroy(systemError("ECONNRESET", "read"));
  }

  /** Delivers what waited while the line was frozen. */
  wake(): void {
    if (this.#inbox.length === 0) return;
    this.#line.surroundings.onActivity?.();
    this.#schedule();
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of a Duplex cannot be named in one signature
    return this.#dead ? false : (super.emit as any).call(this, event, ...values);
  }

  override write(chunk: unknown, ...more: unknown[]): boolean {
    const last = more.length - 1;
    const then = more[last];
    if (typeof then === "function")
      more[last] = (error: unknown) => {
        if (!this.#dead) then(error);
      };
    // biome-ignore lint/suspicious/noExplicitAny: passes on whichever overload was called
    return (super.write as any).call(this, chunk, ...more);
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, then: (error?: Error | null) => void): void {
    if (this.#dead) return;
    const peer = this.#peer;
    if (peer === undefined || peer.destroyed) {
      then(peer === undefined ? null : systemError("EPIPE", "write"));
      return;
    }
    peer.#take({ kind: "bytes", bytes: this.#copies ? Buffer.from(chunk) : chunk });
    this.#moved();
    then();
  }

  override _final(then: (error?: Error | null) => void): void {
    this.#tellPeer({ kind: "end" });
    then();
  }

  override _destroy(error: Error | null, then: (error?: Error | null) => void): void {
    this.#timeoutDue?.cancel();
    this.#inbox = [];
    this.#tellPeer({ kind: "end" });
    this.#peer = undefined;
    then(error);
  }

  #tellPeer(parcel: Parcel): void {
    if (this.#peer !== undefined) this.#peer.#take(parcel);
  }

  #take(parcel: Parcel): void {
    if (this.#dead || this.destroyed) return;
    this.#inbox.push(parcel);
    // Whoever decides that nothing is on its way must know of this before it arrives.
    this.#line.surroundings.onActivity?.();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#due || this.#line.frozen) return;
    this.#due = true;
    process.nextTick(this.#arrive);
  }

  #empty(): void {
    this.#due = false;
    const inbox = this.#inbox;
    this.#inbox = [];
    for (let i = 0; i < inbox.length; i++) {
      if (this.#dead || this.destroyed) return;
      if (this.#line.frozen) {
        this.#inbox = inbox.slice(i).concat(this.#inbox);
        return;
      }
      this.#open(inbox[i] as Parcel);
    }
  }

  #open(parcel: Parcel): void {
    switch (parcel.kind) {
      case "bytes":
        this.#moved();
        this.push(parcel.bytes);
        return;
      case "connect":
        this.connecting = false;
        this.#moved();
        this.emit("connect");
        this.emit("ready");
        return;
      case "end":
        this.#moved();
        this.push(null);
        // Nobody reads a side that only ever writes; it is told all the same.
        if (this.readableFlowing === null && this.listenerCount("readable") === 0) this.resume();
        return;
      case "reset":
        this.#moved();
        this.#peer = undefined;
        this.destroy(systemError("ECONNRESET", "read"));
        return;
    }
  }

  #moved(): void {
    const { clock, onActivity } = this.#line.surroundings;
    if (this.#timeoutMs > 0 && clock !== undefined) this.#lastBytesMs = clock.now();
    onActivity?.();
  }

  #awaitTimeout(ms: number): void {
    const { clock } = this.#line.surroundings;
    if (clock === undefined || ms <= 0) return;
    if (this.#timeoutDue === undefined) this.#lastBytesMs = clock.now();
    this.#timeoutDue = clock.after(ms, () => {
      const leftMs = this.#lastBytesMs + this.#timeoutMs - clock.now();
      if (leftMs > 0) return this.#awaitTimeout(leftMs);
      this.#timeoutDue = undefined;
      this.emit("timeout");
    });
  }
}

/** A connection in memory. The client's `connect` event comes in a later turn, the server's end is open at once. */
export function memoryPair(surroundings: Surroundings = {}): MemoryPair {
  const line: Line = { frozen: false, surroundings };
  const client = new MemorySocket(line, true);
  const server = new MemorySocket(line, false);
  MemorySocket.join(client, server);
  return {
    client,
    server,
    sever(side, notice = "reset") {
      (side === "client" ? client : server).kill();
      (side === "client" ? server : client).bereave(notice);
    },
    freeze() {
      line.frozen = true;
    },
    thaw() {
      line.frozen = false;
      client.wake();
      server.wake();
    },
  };
}

/** A client's end where nobody listens, or whoever does is not accepted: `error`, ECONNREFUSED unless said, then `close`. */
export function refusedSocket(
  surroundings: Surroundings = {},
  error: Error = systemError("ECONNREFUSED", "connect", surroundings),
): MemorySocket {
  const socket = new MemorySocket({ frozen: false, surroundings }, true);
  process.nextTick(() => {
    surroundings.onActivity?.();
    socket.connecting = false;
    socket.destroy(error);
  });
  return socket;
}

/** What a dead process holds in its hand: it never connects, never fails, and swallows what is written. */
export function silentSocket(surroundings: Surroundings = {}): MemorySocket {
  const { client, sever } = memoryPair(surroundings);
  sever("client", "silence");
  return client;
}
