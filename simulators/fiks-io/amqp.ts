import type { Duplex } from "node:stream";
import type { Due } from "../../core/clock.ts";
import type { FaultAction } from "../../core/fault.ts";
import type { CopyId } from "../../core/names.ts";
import { aboutCopies } from "../about.ts";
import type { Boundaries, Heard } from "../boundaries.ts";
import type { About, Asker } from "../wire.ts";
import {
  type ClientMethod,
  deliverOpening,
  getOpening,
  type Opening,
  openingLength,
  readMethod,
  type Said,
  SyntaxFault,
  say,
  type Table,
  writeOpening,
} from "./amqp-codec.ts";
import { type AccountQueue, type Broker, type Consumer, resourceOf } from "./broker.ts";
import {
  bodyFramesLength,
  bodyOffset,
  FrameError,
  FrameReader,
  heartbeat,
  heartbeatFrame,
  leastFrameMax,
  methodFrame,
  protocolHeader,
  writeBodyFrames,
} from "./frames.ts";
import { moved, type Queued } from "./state.ts";

/** What every connection shares. */
export type AmqpServer = {
  readonly broker: Broker;
  readonly boundaries: Boundaries;
  readonly integrationId: string;
  /** Whether this is the integration's password, one space, and a token that holds now. */
  passwordHolds(password: string): boolean;
  /** Whether this start of the system has connected before; asked once a connection. */
  connectedBefore(asker: Asker): boolean;
  readonly channelMax: number;
  readonly frameMax: number;
  /** Real time, for heartbeats; absent in memory. */
  readonly every?: ((everyMs: number, then: () => void) => () => void) | undefined;
  gone(connection: AmqpConnection): void;
};

const party = "fiks-io";
const serverProperties: Table = {
  product: "RabbitMQ",
  version: "3.13.7",
  platform: "Komfrem",
  capabilities: {
    publisher_confirms: true,
    exchange_exchange_bindings: true,
    "basic.nack": true,
    consumer_cancel_notify: true,
    "connection.blocked": true,
    consumer_priorities: true,
    authentication_failure_close: true,
    per_consumer_qos: true,
    direct_reply_to: true,
  },
};

/** Faults that AMQP can carry out: a frame is never repeated by TCP, and no other party answers in the broker's place. */
const carries = (action: FaultAction["kind"]): boolean => action !== "answer" && action !== "repeat";

/** Heartbeats are agreed on at a minute; two that are missed end the connection on both sides. */
const bearsSilenceMs = 2 * 60_000;

/** What the client is refused with; `connection` ends everything, `channel` only that. */
class Refusal extends Error {
  readonly scope: "connection" | "channel";
  readonly code: number;
  constructor(scope: "connection" | "channel", code: number, text: string) {
    super(text);
    this.scope = scope;
    this.code = code;
  }
}

/** One envelope at one channel, from when it is taken for it until it is settled. */
type Handed = {
  readonly queued: Queued;
  readonly queue: AccountQueue;
  readonly consumer: AmqpConsumer | undefined;
  /** 0 until it is on the wire. */
  tag: number;
  due: Due | undefined;
};

/** Bytes leave a connection in the order their exchanges began, whichever is told first: TCP does not overtake. */
type Slot = { write: (() => void) | undefined };

/** One AMQP 0-9-1 connection, server side, as RabbitMQ behind Fiks IO has it. */
export class AmqpConnection {
  readonly server: AmqpServer;
  readonly asker: Asker;
  readonly #socket: Duplex;
  readonly #reader = new FrameReader();
  readonly #channels = new Map<number, AmqpChannel>();
  readonly #slots: Slot[] = [];
  readonly #heartbeatSeconds: number;
  #state: "header" | "start" | "tune" | "open" | "running" | "closing" | "over" = "header";
  /** Frames that wait because one before them is still on its way. */
  #held: { readonly type: number; readonly channel: number; readonly payload: Uint8Array }[] | undefined;
  #header: Uint8Array = new Uint8Array(0);
  #stopHeart: (() => void) | undefined;
  #wrote = false;
  #heard = false;
  frameMax: number;
  #channelMax: number;

  constructor(server: AmqpServer, socket: Duplex, asker: Asker, heartbeatSeconds: number) {
    this.server = server;
    this.asker = asker;
    this.#socket = socket;
    this.#heartbeatSeconds = heartbeatSeconds;
    this.frameMax = server.frameMax;
    this.#channelMax = server.channelMax;
    // As RabbitMQ: without it a small frame waits tens of ms for the client's acknowledgement of the one before.
    (socket as Duplex & { setNoDelay?: (on: boolean) => void }).setNoDelay?.(true);
    socket.on("data", (chunk: Uint8Array) => this.#read(chunk));
    socket.on("error", () => {});
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
  }

  /** Whether bytes can still reach the client. */
  get alive(): boolean {
    return this.#state !== "over" && !this.#socket.destroyed;
  }

  /** Cuts the connection: the client sees a reset, and what it had fetched goes back. */
  cut(): void {
    if (this.#state === "over") return;
    const socket = this.#socket as Duplex & { resetAndDestroy?: () => void };
    if (socket.resetAndDestroy !== undefined && !socket.destroyed) socket.resetAndDestroy();
    else socket.destroy();
    this.#end();
  }

  /** A place in the order of what this connection says. */
  slot(): Slot {
    const slot: Slot = { write: undefined };
    this.#slots.push(slot);
    return slot;
  }

  /** Says what its slot was kept for, once all before it has been said. */
  fill(slot: Slot, write: () => void): void {
    slot.write = write;
    while (this.#slots[0]?.write !== undefined) this.#slots.shift()?.write?.();
  }

  /** Writes frames in turn. */
  say(bytes: Uint8Array): void {
    if (this.#slots.length === 0) this.write(bytes);
    else this.#slots.push({ write: () => this.write(bytes) });
  }

  /** Writes frames now; only from a slot's turn. */
  write(bytes: Uint8Array): void {
    if (!this.alive) return;
    this.#wrote = true;
    this.#socket.write(bytes);
  }

  /**
   * Performs an exchange that a frame of the client's asks for. Later frames wait until it has had its effect or been
   * answered, as they would behind it in the same stream.
   */
  exchange<Value>(
    operation: string,
    about: About,
    bytes: number,
    effect: () => {
      saying: "positive" | "negative" | "news" | "empty";
      code: string;
      copies: readonly CopyId[];
      value: Value;
    },
    tell: (value: Value) => boolean,
    then: () => void,
    cutTell?: (value: Value, afterBytes: number) => void,
  ): void {
    const slot = this.slot();
    let passed = false;
    let holds = false;
    let returned = false;
    this.server.boundaries.perform<Value>(
      { party, operation, about, asker: this.asker, bytes, carries, bearsSilenceMs },
      () => {
        passed = true;
        return effect();
      },
      (heard: Heard<Value>, confirm) => {
        passed = true;
        this.fill(slot, () => {
          switch (heard.kind) {
            case "told":
              confirm(this.alive && tell(heard.value));
              return;
            case "cut":
              if (this.alive) cutTell?.(heard.value, heard.afterBytes);
              this.cut();
              return;
            case "answered":
            case "refused":
            case "reset":
              this.cut();
          }
        });
        if (!returned) return;
        if (holds) this.#release();
        then();
      },
    );
    returned = true;
    if (passed) then();
    else if (this.alive) {
      holds = true;
      this.#held = [];
    }
  }

  #release(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    for (let i = 0; i < held.length; i++) {
      const { type, channel, payload } = held[i] as (typeof held)[number];
      if (this.#held !== undefined) {
        (this.#held as typeof held).push(...held.slice(i));
        return;
      }
      this.#frame(type, channel, payload, 0, payload.length);
    }
  }

  #read(chunk: Uint8Array): void {
    if (this.#state === "over") return;
    this.#heard = true;
    try {
      let bytes = chunk;
      if (this.#state === "header") {
        bytes = new Uint8Array(this.#header.length + chunk.length);
        bytes.set(this.#header);
        bytes.set(chunk, this.#header.length);
        if (bytes.length < protocolHeader.length) {
          this.#header = bytes;
          return;
        }
        if (protocolHeader.some((octet, i) => bytes[i] !== octet)) {
          this.write(protocolHeader);
          this.#socket.end();
          this.#end();
          return;
        }
        this.#state = "start";
        this.#reader.frameMax = this.frameMax;
        this.say(say.start(serverProperties));
        bytes = bytes.subarray(protocolHeader.length);
      }
      if (bytes.length > 0) this.#reader.read(bytes, this.#each);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.#close(501, `FRAME_ERROR - ${error.message}`, 0, 0);
    }
  }

  readonly #each = (type: number, channel: number, bytes: Uint8Array, start: number, end: number): void => {
    if (this.#held !== undefined) this.#held.push({ type, channel, payload: bytes.slice(start, end) });
    else this.#frame(type, channel, bytes, start, end);
  };

  #frame(type: number, number: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.#state === "over" || type === heartbeatFrame || !this.alive) return;
    // Content comes only after a publish, which is refused as soon as its method is read.
    if (type !== methodFrame) return;
    let said: Said | undefined;
    try {
      said = readMethod(bytes, start, end);
      if (number === 0) this.#ownMethod(said.method);
      else this.#channelMethod(number, said, end - start);
    } catch (error) {
      if (error instanceof SyntaxFault) {
        this.#close(502, `SYNTAX_ERROR - ${error.message}`, 0, 0);
        return;
      }
      if (!(error instanceof Refusal)) throw error;
      const { classId = 0, methodId = 0 } = said ?? {};
      if (error.scope === "connection") {
        this.#close(error.code, error.message, classId, methodId);
        return;
      }
      this.closeChannel(number, error.code, error.message, classId, methodId);
    }
  }

  #ownMethod(method: ClientMethod): void {
    if (this.#state === "closing" && method.kind !== "connection.close" && method.kind !== "connection.close-ok")
      return;
    switch (method.kind) {
      case "connection.start-ok":
        if (this.#state !== "start") break;
        this.#authenticate(method);
        return;
      case "connection.tune-ok": {
        if (this.#state !== "tune") break;
        const { frameMax, channelMax } = this.server;
        if (method.frameMax !== 0 && method.frameMax < leastFrameMax)
          throw outOfRange(`frame_max = ${method.frameMax} is lower than the minimum`, leastFrameMax);
        if (exceeds(method.frameMax, frameMax))
          throw outOfRange(`frame_max = ${method.frameMax} is higher than the maximum`, frameMax);
        if (exceeds(method.channelMax, channelMax))
          throw outOfRange(`channel_max = ${method.channelMax} is higher than the maximum`, channelMax);
        this.frameMax = method.frameMax;
        this.#reader.frameMax = method.frameMax;
        this.#channelMax = method.channelMax === 0 ? 0xffff : method.channelMax;
        this.#state = "open";
        this.#beat(method.heartbeat);
        return;
      }
      case "connection.open":
        if (this.#state !== "open") break;
        if (method.vhost !== "/") throw new Refusal("connection", 530, `NOT_ALLOWED - vhost ${method.vhost} not found`);
        this.#state = "running";
        this.say(say.openOk());
        return;
      case "connection.close":
        this.#closeChannels();
        this.say(say.connectionCloseOk());
        this.#state = "closing";
        this.fill(this.slot(), () => {
          this.#socket.end();
          this.#end();
        });
        return;
      case "connection.close-ok":
        this.#socket.end();
        this.#end();
        return;
      case "connection.update-secret":
        if (this.#state !== "running") break;
        if (!this.server.passwordHolds(method.secret))
          throw new Refusal("connection", 530, "NOT_ALLOWED - New secret was refused by one of the backends");
        this.say(say.updateSecretOk());
        return;
      default:
        break;
    }
    throw new Refusal("connection", 503, `COMMAND_INVALID - unexpected ${method.kind} while ${this.#state}`);
  }

  #authenticate(startOk: Extract<ClientMethod, { kind: "connection.start-ok" }>): void {
    const { server, asker } = this;
    const state = server.connectedBefore(asker) ? "lost" : "start";
    this.exchange(
      "connect",
      { subject: { kind: "state", state }, copies: [] },
      startOk.response.length,
      () => {
        const [, user, password] = new TextDecoder().decode(startOk.response).split("\0");
        const allowed =
          startOk.mechanism === "PLAIN" &&
          user === server.integrationId &&
          password !== undefined &&
          server.passwordHolds(password);
        if (allowed) server.broker.given.facts.record({ kind: "effected", change: "closed → open" });
        return { saying: allowed ? "empty" : "negative", code: allowed ? "open" : "403", copies: [], value: allowed };
      },
      (allowed) => {
        if (allowed) {
          this.#state = "tune";
          this.write(say.tune(server.channelMax, server.frameMax, this.#heartbeatSeconds));
          return true;
        }
        const { capabilities } = startOk.properties;
        if (isTable(capabilities) && capabilities.authentication_failure_close === true) {
          this.#state = "closing";
          this.write(
            say.connectionClose(
              403,
              "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
              0,
              0,
            ),
          );
          return true;
        }
        this.#socket.end();
        this.#end();
        return true;
      },
      () => {},
    );
  }

  #channelMethod(number: number, said: Said, bytes: number): void {
    if (this.#state !== "running") {
      if (this.#state === "closing") return;
      throw new Refusal("connection", 503, `COMMAND_INVALID - unexpected ${said.method.kind} while ${this.#state}`);
    }
    const channel = this.#channels.get(number);
    const { method } = said;
    if (channel === undefined) {
      // The last words of a channel that we have closed may still be under way.
      if (method.kind === "channel.close-ok") return;
      if (method.kind !== "channel.open")
        throw new Refusal("connection", 504, "CHANNEL_ERROR - expected 'channel.open'");
      if (number > this.#channelMax)
        throw new Refusal(
          "connection",
          530,
          `NOT_ALLOWED - number of channels opened (${this.#channels.size}) has reached the negotiated channel_max (${this.#channelMax})`,
        );
      this.#channels.set(number, new AmqpChannel(this, number));
      this.say(say.channelOpenOk(number));
      return;
    }
    if (channel.closing) {
      if (method.kind === "channel.close-ok") this.#channels.delete(number);
      if (method.kind === "channel.close") this.say(say.channelCloseOk(number));
      return;
    }
    if (method.kind === "channel.close") {
      this.#channels.delete(number);
      const queues = channel.end();
      this.say(say.channelCloseOk(number));
      for (const queue of queues) this.server.broker.give(queue);
      return;
    }
    channel.hear(method, bytes);
  }

  /** Closes one channel because of an error; what it had fetched goes back. */
  closeChannel(number: number, code: number, text: string, classId: number, methodId: number): void {
    const channel = this.#channels.get(number);
    if (channel === undefined || channel.closing) return;
    channel.closing = true;
    const queues = channel.end();
    this.say(say.channelClose(number, code, text, classId, methodId));
    for (const queue of queues) this.server.broker.give(queue);
  }

  #close(code: number, text: string, classId: number, methodId: number): void {
    if (this.#state === "closing" || this.#state === "over") return;
    this.#state = "closing";
    this.#closeChannels();
    this.say(say.connectionClose(code, text, classId, methodId));
  }

  /** Everything fetched goes back before anything is handed out again, so that order is kept. */
  #closeChannels(): void {
    const queues = new Set<AccountQueue>();
    for (const channel of this.#channels.values()) {
      channel.closing = true;
      for (const queue of channel.end()) queues.add(queue);
    }
    this.#channels.clear();
    for (const queue of queues) this.server.broker.give(queue);
  }

  #end(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#stopHeart?.();
    this.#held = undefined;
    this.#slots.length = 0;
    this.server.gone(this);
    this.#closeChannels();
  }

  /** Beats on real time, twice an interval, and gives up a client that has been silent for two. */
  #beat(seconds: number): void {
    if (seconds === 0 || this.#heartbeatSeconds === 0 || this.server.every === undefined) return;
    let silentHalves = 0;
    this.#stopHeart = this.server.every(seconds * 500, () => {
      if (!this.#wrote) this.write(heartbeat);
      this.#wrote = false;
      silentHalves = this.#heard ? 0 : silentHalves + 1;
      this.#heard = false;
      if (silentHalves > 4) this.cut();
    });
  }
}

function outOfRange(what: string, limit: number): Refusal {
  return new Refusal("connection", 530, `NOT_ALLOWED - negotiated ${what} allowed value (${limit})`);
}

function exceeds(asked: number, most: number): boolean {
  return most !== 0 && (asked === 0 || asked > most);
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

class AmqpConsumer implements Consumer {
  readonly channel: AmqpChannel;
  readonly queue: AccountQueue;
  readonly tag: string;
  readonly noAck: boolean;
  readonly exclusive: boolean;
  /** 0 is unlimited. */
  readonly prefetch: number;
  readonly opening: Opening;
  inHand = 0;

  constructor(
    channel: AmqpChannel,
    queue: AccountQueue,
    said: { readonly tag: string; readonly noAck: boolean; readonly exclusive: boolean },
    prefetch: number,
  ) {
    this.channel = channel;
    this.queue = queue;
    this.tag = said.tag;
    this.noAck = said.noAck;
    this.exclusive = said.exclusive;
    this.prefetch = prefetch;
    this.opening = deliverOpening(said.tag, queue.name);
  }

  ready(): boolean {
    if (this.channel.closing || !this.channel.connection.alive) return false;
    if (this.noAck) return true;
    return (this.prefetch === 0 || this.inHand < this.prefetch) && this.channel.hasRoom;
  }

  take(queued: Queued): void {
    this.channel.deliver(queued, this.queue, this);
  }
}

/** One channel: its consumers and what they have fetched. */
export class AmqpChannel {
  readonly connection: AmqpConnection;
  readonly number: number;
  closing = false;
  readonly #broker: Broker;
  readonly #consumers = new Map<string, AmqpConsumer>();
  /** Taken from their queues for this channel, on the wire or on their way to it. */
  readonly #handed = new Set<Handed>();
  /** On the wire and unsettled, by delivery tag, in that order. */
  readonly #unsettled = new Map<number, Handed>();
  #lastTag = 0;
  #named = 0;
  #prefetch = 0;
  #sharedPrefetch = 0;
  #inHand = 0;

  constructor(connection: AmqpConnection, number: number) {
    this.connection = connection;
    this.number = number;
    this.#broker = connection.server.broker;
  }

  /** Room left by a `basic.qos` that holds for the whole channel. */
  get hasRoom(): boolean {
    return this.#sharedPrefetch === 0 || this.#inHand < this.#sharedPrefetch;
  }

  hear(method: ClientMethod, bytes: number): void {
    const { connection, number } = this;
    switch (method.kind) {
      case "basic.ack":
        this.#settle("ack", method.tag, method.multiple, bytes);
        return;
      case "basic.nack":
        this.#settle(method.requeue ? "requeue" : "nack", method.tag, method.multiple, bytes);
        return;
      case "basic.reject":
        this.#settle(method.requeue ? "requeue" : "nack", method.tag, false, bytes);
        return;
      case "basic.qos":
        if (method.size !== 0)
          throw new Refusal("connection", 540, `NOT_IMPLEMENTED - prefetch_size!=0 (${method.size})`);
        if (method.global) this.#sharedPrefetch = method.count;
        else this.#prefetch = method.count;
        connection.say(say.qosOk(number));
        if (method.global) for (const queue of this.#queues()) this.#broker.give(queue);
        return;
      case "queue.declare": {
        const queue = this.#broker.queue(method.queue);
        if (!method.passive)
          throw new Refusal("channel", 403, this.#accessRefused("configure", `queue '${method.queue}'`));
        if (queue === undefined) throw noQueue(method.queue);
        this.#broker.head(queue);
        if (!method.noWait)
          connection.say(say.declareOk(number, queue.name, queue.line.length, queue.consumers.length));
        return;
      }
      case "basic.consume":
        this.#consume(method, bytes);
        return;
      case "basic.cancel": {
        const consumer = this.#consumers.get(method.tag);
        if (consumer !== undefined) {
          this.#consumers.delete(method.tag);
          this.#broker.detach(consumer.queue, consumer);
        }
        if (!method.noWait) connection.say(say.cancelOk(number, method.tag));
        return;
      }
      case "basic.get":
        this.#get(method, bytes);
        return;
      case "basic.recover": {
        if (!method.requeue) throw new Refusal("connection", 540, "NOT_IMPLEMENTED - requeue=false");
        if (this.#unsettled.size > 0) this.#settle("requeue", 0, true, bytes);
        if (method.answered) connection.say(say.recoverOk(number));
        return;
      }
      case "channel.flow":
        if (!method.active) throw new Refusal("connection", 540, "NOT_IMPLEMENTED - active=false");
        connection.say(say.channelFlowOk(number, true));
        return;
      case "confirm.select":
        if (!method.noWait) connection.say(say.confirmOk(number));
        return;
      case "forbidden":
        throw new Refusal("channel", 403, this.#accessRefused(method.access, method.resource));
      case "channel.open":
        throw new Refusal("connection", 504, "CHANNEL_ERROR - second 'channel.open' seen");
      case "channel.flow-ok":
      case "channel.close":
      case "channel.close-ok":
      case "basic.cancel-ok":
        return;
      case "connection.start-ok":
      case "connection.tune-ok":
      case "connection.open":
      case "connection.close":
      case "connection.close-ok":
      case "connection.update-secret":
        throw new Refusal("connection", 503, `COMMAND_INVALID - ${method.kind} on a channel other than 0`);
      case "unsupported":
        throw new Refusal("connection", 540, "NOT_IMPLEMENTED - Fiks IO's queues do not offer this method");
    }
  }

  /** Hands an envelope to a consumer. It has already been taken from its queue. */
  deliver(queued: Queued, queue: AccountQueue, consumer: AmqpConsumer): void {
    const { connection } = this;
    const handed: Handed = { queued, queue, consumer, tag: 0, due: undefined };
    this.#handed.add(handed);
    consumer.inHand += 1;
    this.#inHand += 1;
    const slot = connection.slot();
    connection.server.boundaries.perform<Handed>(
      {
        party,
        operation: "deliver",
        about: queued.about,
        asker: connection.asker,
        bytes: queued.body.length,
        carries,
        bearsSilenceMs,
      },
      () => {
        if (this.#handed.has(handed) && connection.alive) this.#leaves(handed, consumer.noAck);
        return { saying: "news", code: "deliver", copies: queued.about.copies, value: handed };
      },
      (heard, confirm) => {
        connection.fill(slot, () => {
          const here = this.#handed.has(handed) && connection.alive;
          switch (heard.kind) {
            case "told":
              if (!here) return confirm(false);
              this.#write(handed, consumer.opening, consumer.noAck);
              confirm(true);
              return this.#fetched(queued);
            case "cut":
              if (here) this.#write(handed, consumer.opening, consumer.noAck, heard.afterBytes);
              return connection.cut();
            case "answered":
            case "refused":
            case "reset":
              return connection.cut();
          }
        });
      },
    );
  }

  /**
   * Ends the channel: consumers go, and what was fetched goes back. Gives the queues that can hand out again.
   */
  end(): AccountQueue[] {
    this.closing = true;
    const queues = this.#queues();
    for (const consumer of this.#consumers.values()) this.#broker.detach(consumer.queue, consumer);
    this.#consumers.clear();
    const worked = new Set<AmqpConsumer | undefined>();
    const { unhandledPrefetchCounts } = this.#broker.switches;
    for (const handed of this.#handed) {
      handed.due?.cancel();
      if (!queues.includes(handed.queue)) queues.push(handed.queue);
      const { queued } = handed;
      const counts = unhandledPrefetchCounts || !worked.has(handed.consumer);
      if (queued.state === "unacked") worked.add(handed.consumer);
      if (queued.state === "unacked" && queued.copy !== undefined)
        this.#broker.given.facts.record({ kind: "effected", change: "unacked → requeued", copy: queued.copy });
      this.#broker.takeBack(handed.queue, queued, counts);
    }
    this.#handed.clear();
    this.#unsettled.clear();
    return queues;
  }

  #consume(said: Extract<ClientMethod, { kind: "basic.consume" }>, bytes: number): void {
    const { connection, number } = this;
    const queue = this.#readable(said.queue);
    const tag = said.tag === "" ? `amq.ctag-${number}-${++this.#named}` : said.tag;
    if (this.#consumers.has(tag))
      throw new Refusal("connection", 530, `NOT_ALLOWED - attempt to reuse consumer tag '${tag}'`);
    if (queue.consumers.some((one) => one.exclusive) || (said.exclusive && queue.consumers.length > 0))
      throw new Refusal("channel", 403, `ACCESS_REFUSED - queue '${queue.name}' in vhost '/' in exclusive use`);
    const consumer = new AmqpConsumer(this, queue, { ...said, tag }, this.#prefetch);
    connection.exchange(
      "consume",
      queue.sub,
      bytes,
      () => {
        if (!this.closing && connection.alive) {
          this.#consumers.set(tag, consumer);
          this.#broker.given.facts.record({ kind: "effected", change: "detached → attached" });
          this.#broker.attach(queue, consumer);
        }
        return { saying: "empty", code: "consume-ok", copies: [], value: consumer };
      },
      () => {
        if (!said.noWait) connection.write(say.consumeOk(number, tag));
        return true;
      },
      () => this.#broker.give(queue),
    );
  }

  #get(said: Extract<ClientMethod, { kind: "basic.get" }>, bytes: number): void {
    const { connection, number } = this;
    const queue = this.#readable(said.queue);
    const head = this.#broker.head(queue);
    if (head === undefined) {
      connection.exchange(
        "get",
        { ...idle, idle: { resource: resourceOf(queue) } },
        bytes,
        () => ({ saying: "empty", code: "get-empty", copies: [], value: undefined }),
        () => {
          connection.write(say.getEmpty(number));
          return true;
        },
        () => {},
      );
      return;
    }
    queue.line.take();
    const handed: Handed = { queued: head, queue, consumer: undefined, tag: 0, due: undefined };
    this.#handed.add(handed);
    const opening = getOpening(queue.name, queue.line.length);
    connection.exchange(
      "get",
      head.about,
      bytes,
      () => {
        if (this.#handed.has(handed) && connection.alive) this.#leaves(handed, said.noAck);
        this.#broker.polled(queue);
        return { saying: "news", code: "get-ok", copies: head.about.copies, value: handed };
      },
      () => {
        if (!this.#handed.has(handed)) return false;
        this.#write(handed, opening, said.noAck);
        this.#fetched(head);
        return true;
      },
      () => this.#broker.give(queue),
      (_, afterBytes) => {
        if (this.#handed.has(handed)) this.#write(handed, opening, said.noAck, afterBytes);
      },
    );
  }

  #readable(name: string): AccountQueue {
    const queue = this.#broker.queue(name);
    if (queue === undefined) throw noQueue(name);
    if (!this.#broker.isOurs(queue.account))
      throw new Refusal("channel", 403, this.#accessRefused("read", `queue '${name}'`));
    return queue;
  }

  #settle(how: "ack" | "nack" | "requeue", tag: number, multiple: boolean, bytes: number): void {
    const several = this.#settledBy(tag, multiple);
    const { connection } = this;
    const copies: CopyId[] = [];
    for (const { queued } of several) if (queued.copy !== undefined) copies.push(queued.copy);
    const [first] = several;
    if (first === undefined) return;
    const about =
      copies.length > 1 ? aboutCopies(copies) : (several.find((one) => one.queued.copy) ?? first).queued.about;
    connection.exchange(
      "settle",
      about,
      bytes,
      () => {
        // One whose channel has closed while the ack was under way has gone back already.
        if (connection.alive) for (const handed of several) if (this.#handed.has(handed)) this.#settles(handed, how);
        return { saying: "empty", code: how, copies: about.copies, value: undefined };
      },
      () => true,
      () => {
        for (const handed of several) this.#broker.give(handed.queue);
      },
    );
  }

  /** What an ack or nack is about. Unknown tags close the channel, also a second ack of the same. */
  #settledBy(tag: number, multiple: boolean): Handed[] {
    if (!multiple) {
      const handed = this.#unsettled.get(tag);
      if (handed === undefined) throw unknownTag(tag);
      return [handed];
    }
    if (tag === 0) return [...this.#unsettled.values()];
    if (!this.#unsettled.has(tag)) throw unknownTag(tag);
    const several: Handed[] = [];
    for (const handed of this.#unsettled.values()) {
      several.push(handed);
      if (handed.tag === tag) break;
    }
    return several;
  }

  #settles(handed: Handed, how: "ack" | "nack" | "requeue"): void {
    const { queued, queue } = handed;
    const { facts } = this.#broker.given;
    const { copy } = queued;
    this.#letGo(handed);
    // Only by the switch that lets fetched messages expire, or an experiment: there is nothing left to settle.
    if (queued.state !== "unacked") return;
    switch (how) {
      case "ack":
      case "nack": {
        const change = this.#broker.settled(queued, how);
        if (copy === undefined) return;
        facts.record({ kind: "effected", change, copy });
        facts.record({ kind: "settled", how, positive: how === "ack", copy });
        facts.record({ kind: "dropped", party, why: "released", lastPath: false, copy });
        return;
      }
      case "requeue":
        if (copy !== undefined) {
          facts.record({ kind: "effected", change: "unacked → requeued", copy });
          facts.record({ kind: "settled", how: "requeue", positive: false, copy });
        }
        this.#broker.takeBack(queue, queued, true);
    }
  }

  #letGo(handed: Handed): void {
    handed.due?.cancel();
    this.#handed.delete(handed);
    this.#unsettled.delete(handed.tag);
    if (handed.consumer === undefined) return;
    handed.consumer.inHand -= 1;
    this.#inHand -= 1;
  }

  /** The envelope leaves its queue, for good if nobody will ack it. */
  #leaves(handed: Handed, noAck: boolean): void {
    const { queued } = handed;
    const { facts } = this.#broker.given;
    const { copy } = queued;
    if (!noAck) {
      const change = this.#broker.left(queued);
      if (copy !== undefined) facts.record({ kind: "effected", change, copy });
      return;
    }
    const change = moved(queued, "handOver");
    if (copy === undefined) return;
    facts.record({ kind: "effected", change, copy });
    facts.record({ kind: "settled", how: "ack", positive: true, copy });
    facts.record({ kind: "dropped", party, why: "released", lastPath: false, copy });
  }

  /** Writes a delivery's frames in one piece; with `afterBytes` only so much of the body. */
  #write(handed: Handed, opening: Opening, noAck: boolean, afterBytes?: number): void {
    const { queued } = handed;
    const { connection, number } = this;
    const tag = ++this.#lastTag;
    handed.tag = tag;
    if (noAck) this.#letGo(handed);
    else {
      this.#unsettled.set(tag, handed);
      this.#watch(handed);
    }
    const header = this.#broker.header(queued);
    const { body } = queued;
    const { frameMax } = connection;
    const length = openingLength(opening, header);
    const bytes = Buffer.allocUnsafe(length + bodyFramesLength(body.length, frameMax));
    writeOpening(bytes, number, opening, tag, queued.redelivered, header);
    if (body.length > 0) writeBodyFrames(bytes, length, number, body, frameMax);
    if (afterBytes === undefined || afterBytes >= body.length) connection.write(bytes);
    else connection.write(bytes.subarray(0, length + bodyOffset(afterBytes, frameMax)));
  }

  #fetched(queued: Queued): void {
    this.#broker.fetched(queued);
    if (queued.copy === undefined) return;
    const total = queued.body.length;
    this.#broker.given.facts.record({
      kind: "fetched",
      reader: "integration",
      received: total,
      total,
      copy: queued.copy,
    });
  }

  /** Switches on the clocks that a fetched, unsettled message may have. */
  #watch(handed: Handed): void {
    const { consumerTimeoutMs, prefetchedMessagesExpire } = this.#broker.switches;
    const { clock } = this.#broker.given;
    if (consumerTimeoutMs > 0)
      handed.due = clock.after(consumerTimeoutMs, () =>
        this.connection.closeChannel(
          this.number,
          406,
          `PRECONDITION_FAILED - delivery acknowledgement on channel ${this.number} timed out. Timeout value used: ${consumerTimeoutMs} ms. This timeout value can be configured, see consumers doc guide to learn more`,
          0,
          0,
        ),
      );
    if (prefetchedMessagesExpire)
      clock.after(Math.max(0, handed.queued.expiresAtMs - clock.now()), () => {
        if (this.#handed.has(handed)) this.#broker.expireFetched(handed.queued);
      });
  }

  #queues(): AccountQueue[] {
    const queues: AccountQueue[] = [];
    for (const { queue } of this.#consumers.values()) if (!queues.includes(queue)) queues.push(queue);
    return queues;
  }

  #accessRefused(access: "configure" | "write" | "read", resource: string): string {
    return `ACCESS_REFUSED - ${access} access to ${resource} in vhost '/' refused for user '${this.connection.server.integrationId}'`;
  }
}

const idle: About = { subject: { kind: "state", state: "idle" }, copies: [] };

function noQueue(name: string): Refusal {
  return new Refusal("channel", 404, `NOT_FOUND - no queue '${name}' in vhost '/'`);
}

function unknownTag(tag: number): Refusal {
  return new Refusal("channel", 406, `PRECONDITION_FAILED - unknown delivery tag ${tag}`);
}
