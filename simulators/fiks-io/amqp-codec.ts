import { frame, frameEnd, frameOverhead, headerFrame, methodFrame, openFrame } from "./frames.ts";

/** A value in a field table, as far as RabbitMQ uses them. */
export type Field = string | number | bigint | boolean | null | Uint8Array | readonly Field[] | Table;
export type Table = { readonly [name: string]: Field };

/** The bytes of a method or table are not what AMQP 0-9-1 says; the connection closes with 502. */
export class SyntaxFault extends Error {
  override readonly name = "SyntaxFault";
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Writes AMQP's types into a buffer that grows. */
export class FieldWriter {
  #bytes: Uint8Array = new Uint8Array(512);
  #at = 0;

  /** Forgets what was written, to write something else. */
  restart(): this {
    this.#at = 0;
    return this;
  }
  octet(value: number): this {
    if (this.#at === this.#bytes.length) this.#room(1);
    this.#bytes[this.#at++] = value;
    return this;
  }
  short(value: number): this {
    return this.octet(value >>> 8).octet(value);
  }
  long(value: number): this {
    return this.short(value >>> 16).short(value & 0xffff);
  }
  longlong(value: number): this {
    return this.long(Math.floor(value / 0x1_0000_0000)).long(value >>> 0);
  }
  bytes(value: Uint8Array): this {
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return this;
  }
  shortString(value: string): this {
    const at = this.#at;
    this.octet(0).#text(value);
    if (this.#at - at > 256) this.#at = at + 256;
    this.#bytes[at] = this.#at - at - 1;
    return this;
  }
  longString(value: string | Uint8Array): this {
    const at = this.#at;
    this.long(0);
    if (typeof value === "string") this.#text(value);
    else this.bytes(value);
    return this.#measured(at);
  }
  /** Text goes as a long string, whole numbers as 32 or 64 bits: what the clients of Fiks IO read. */
  table(table: Table): this {
    const at = this.#at;
    this.long(0);
    for (const name in table) this.shortString(name).field(table[name] as Field);
    return this.#measured(at);
  }
  field(value: Field): this {
    if (value === null) return this.octet(0x56);
    switch (typeof value) {
      case "string":
        return this.octet(0x53).longString(value);
      case "boolean":
        return this.octet(0x74).octet(value ? 1 : 0);
      case "number":
        return Number.isInteger(value) && Math.abs(value) < 0x8000_0000
          ? this.octet(0x49).long(value)
          : this.octet(0x64).double(value);
      case "bigint":
        return this.octet(0x6c)
          .long(Number(BigInt.asUintN(32, value >> 32n)))
          .long(Number(BigInt.asUintN(32, value)));
      case "object": {
        if (value instanceof Uint8Array) return this.octet(0x78).longString(value);
        if (!isList(value)) return this.octet(0x46).table(value);
        const at = this.octet(0x41).#at;
        this.long(0);
        for (const one of value) this.field(one);
        return this.#measured(at);
      }
    }
  }
  double(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    return this.bytes(bytes);
  }
  /** A copy of what was written. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  /** Fills in the length of what stands after the four bytes at `at`. */
  #measured(at: number): this {
    const end = this.#at;
    this.#at = at;
    this.long(end - at - 4);
    this.#at = end;
    return this;
  }

  /** Most text is ASCII, and a loop over its letters is several times faster than an encoder. */
  #text(value: string): void {
    const { length } = value;
    this.#room(length);
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < length; i++) {
      const letter = value.charCodeAt(i);
      if (letter > 127) {
        this.bytes(utf8.encode(value));
        return;
      }
      bytes[at++] = letter;
    }
    this.#at = at;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
  }
}

function isList(value: readonly Field[] | Table): value is readonly Field[] {
  return Array.isArray(value);
}

/** Reads AMQP's types from a payload in place. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get spent(): boolean {
    return this.#at >= this.#end;
  }
  octet(): number {
    if (this.#at >= this.#end) throw new SyntaxFault("a method ends before its last argument");
    return this.#bytes[this.#at++] as number;
  }
  short(): number {
    return (this.octet() << 8) | this.octet();
  }
  long(): number {
    return ((this.short() << 16) | this.short()) >>> 0;
  }
  longlong(): number {
    return this.long() * 0x1_0000_0000 + this.long();
  }
  bytes(length: number): Uint8Array {
    if (this.#at + length > this.#end) throw new SyntaxFault("a text is longer than what it stands in");
    const from = this.#at;
    this.#at += length;
    return this.#bytes.slice(from, this.#at);
  }
  shortString(): string {
    return text.decode(this.bytes(this.octet()));
  }
  longBytes(): Uint8Array {
    return this.bytes(this.long());
  }
  longString(): string {
    return text.decode(this.longBytes());
  }
  table(): Table {
    const bytes = this.longBytes();
    const inner = new FieldReader(bytes, 0, bytes.length);
    const table: Record<string, Field> = {};
    while (!inner.spent) table[inner.shortString()] = inner.field();
    return table;
  }
  field(): Field {
    const tag = this.octet();
    switch (String.fromCharCode(tag)) {
      case "S":
        return this.longString();
      case "t":
        return this.octet() !== 0;
      case "b":
        return (this.octet() << 24) >> 24;
      case "B":
        return this.octet();
      case "s":
        return (this.short() << 16) >> 16;
      case "u":
        return this.short();
      case "I":
        return this.long() | 0;
      case "i":
        return this.long();
      case "l":
        return (BigInt(this.long() | 0) << 32n) | BigInt(this.long());
      case "T":
        return this.longlong();
      case "f":
        return new DataView(this.bytes(4).buffer).getFloat32(0);
      case "d":
        return new DataView(this.bytes(8).buffer).getFloat64(0);
      case "D": {
        const scale = this.octet();
        return (this.long() | 0) / 10 ** scale;
      }
      case "x":
        return this.longBytes();
      case "A": {
        const bytes = this.longBytes();
        const inner = new FieldReader(bytes, 0, bytes.length);
        const list: Field[] = [];
        while (!inner.spent) list.push(inner.field());
        return list;
      }
      case "F":
        return this.table();
      case "V":
        return null;
      default:
        throw new SyntaxFault(`a table holds a value of the unknown type ${tag}`);
    }
  }
}

/** What a client may say. `forbidden` is what no client of Fiks IO may do, `unsupported` what no client of it does. */
export type ClientMethod =
  | {
      readonly kind: "connection.start-ok";
      readonly properties: Table;
      readonly mechanism: string;
      readonly response: Uint8Array;
    }
  | {
      readonly kind: "connection.tune-ok";
      readonly channelMax: number;
      readonly frameMax: number;
      readonly heartbeat: number;
    }
  | { readonly kind: "connection.open"; readonly vhost: string }
  | { readonly kind: "connection.close" }
  | { readonly kind: "connection.close-ok" }
  | { readonly kind: "connection.update-secret"; readonly secret: string }
  | { readonly kind: "channel.open" }
  | { readonly kind: "channel.flow"; readonly active: boolean }
  | { readonly kind: "channel.flow-ok" }
  | { readonly kind: "channel.close" }
  | { readonly kind: "channel.close-ok" }
  | {
      readonly kind: "queue.declare";
      readonly queue: string;
      readonly passive: boolean;
      readonly noWait: boolean;
    }
  | { readonly kind: "basic.qos"; readonly size: number; readonly count: number; readonly global: boolean }
  | {
      readonly kind: "basic.consume";
      readonly queue: string;
      readonly tag: string;
      readonly noAck: boolean;
      readonly exclusive: boolean;
      readonly noWait: boolean;
    }
  | { readonly kind: "basic.cancel"; readonly tag: string; readonly noWait: boolean }
  | { readonly kind: "basic.cancel-ok" }
  | { readonly kind: "basic.get"; readonly queue: string; readonly noAck: boolean }
  | { readonly kind: "basic.ack"; readonly tag: number; readonly multiple: boolean }
  | { readonly kind: "basic.reject"; readonly tag: number; readonly requeue: boolean }
  | { readonly kind: "basic.nack"; readonly tag: number; readonly multiple: boolean; readonly requeue: boolean }
  | { readonly kind: "basic.recover"; readonly requeue: boolean; readonly answered: boolean }
  | { readonly kind: "confirm.select"; readonly noWait: boolean }
  | { readonly kind: "forbidden"; readonly resource: string; readonly access: "configure" | "write" }
  | { readonly kind: "unsupported" };

/** A method together with its numbers, which a refusal repeats. */
export type Said = { readonly method: ClientMethod; readonly classId: number; readonly methodId: number };

/**
 * Reads a method frame's payload.
 *
 * @throws {SyntaxFault} It breaks off, or a table in it cannot be read.
 */
export function readMethod(bytes: Uint8Array, start: number, end: number): Said {
  const reader = new FieldReader(bytes, start, end);
  const classId = reader.short();
  const methodId = reader.short();
  return { method: methodOf(classId, methodId, reader), classId, methodId };
}

function methodOf(classId: number, methodId: number, r: FieldReader): ClientMethod {
  switch (classId * 1000 + methodId) {
    case 10011: {
      const properties = r.table();
      const mechanism = r.shortString();
      return { kind: "connection.start-ok", properties, mechanism, response: r.longBytes() };
    }
    case 10031:
      return { kind: "connection.tune-ok", channelMax: r.short(), frameMax: r.long(), heartbeat: r.short() };
    case 10040:
      return { kind: "connection.open", vhost: r.shortString() };
    case 10050:
      return { kind: "connection.close" };
    case 10051:
      return { kind: "connection.close-ok" };
    case 10070:
      return { kind: "connection.update-secret", secret: r.longString() };
    case 20010:
      return { kind: "channel.open" };
    case 20020:
      return { kind: "channel.flow", active: (r.octet() & 1) !== 0 };
    case 20021:
      return { kind: "channel.flow-ok" };
    case 20040:
      return { kind: "channel.close" };
    case 20041:
      return { kind: "channel.close-ok" };
    case 50010: {
      r.short();
      const queue = r.shortString();
      const bits = r.octet();
      return { kind: "queue.declare", queue, passive: (bits & 1) !== 0, noWait: (bits & 16) !== 0 };
    }
    case 60010:
      return { kind: "basic.qos", size: r.long(), count: r.short(), global: (r.octet() & 1) !== 0 };
    case 60020: {
      r.short();
      const queue = r.shortString();
      const tag = r.shortString();
      const bits = r.octet();
      return {
        kind: "basic.consume",
        queue,
        tag,
        noAck: (bits & 2) !== 0,
        exclusive: (bits & 4) !== 0,
        noWait: (bits & 8) !== 0,
      };
    }
    case 60030:
      return { kind: "basic.cancel", tag: r.shortString(), noWait: (r.octet() & 1) !== 0 };
    case 60031:
      return { kind: "basic.cancel-ok" };
    case 60040:
      r.short();
      return { kind: "forbidden", resource: `exchange '${r.shortString() || "amq.default"}'`, access: "write" };
    case 60070: {
      r.short();
      return { kind: "basic.get", queue: r.shortString(), noAck: (r.octet() & 1) !== 0 };
    }
    case 60080:
      return { kind: "basic.ack", tag: r.longlong(), multiple: (r.octet() & 1) !== 0 };
    case 60090:
      return { kind: "basic.reject", tag: r.longlong(), requeue: (r.octet() & 1) !== 0 };
    case 60100:
      return { kind: "basic.recover", requeue: (r.octet() & 1) !== 0, answered: false };
    case 60110:
      return { kind: "basic.recover", requeue: (r.octet() & 1) !== 0, answered: true };
    case 60120: {
      const tag = r.longlong();
      const bits = r.octet();
      return { kind: "basic.nack", tag, multiple: (bits & 1) !== 0, requeue: (bits & 2) !== 0 };
    }
    case 85010:
      return { kind: "confirm.select", noWait: (r.octet() & 1) !== 0 };
    case 40010:
    case 40020:
    case 40030:
    case 40040:
      r.short();
      return { kind: "forbidden", resource: `exchange '${r.shortString() || "amq.default"}'`, access: "configure" };
    case 50020:
    case 50030:
    case 50040:
    case 50050:
      r.short();
      return { kind: "forbidden", resource: `queue '${r.shortString()}'`, access: "configure" };
    default:
      return { kind: "unsupported" };
  }
}

/** For what is written and done within one call. */
const scratch = new FieldWriter();

function method(channel: number, classId: number, methodId: number, write?: (w: FieldWriter) => void): Uint8Array {
  const writer = scratch.restart().short(classId).short(methodId);
  write?.(writer);
  return frame(methodFrame, channel, writer.done());
}

/** What a server says, as whole frames. */
export const say = {
  start: (properties: Table): Uint8Array =>
    method(0, 10, 10, (w) => w.octet(0).octet(9).table(properties).longString("PLAIN").longString("en_US")),
  tune: (channelMax: number, frameMax: number, heartbeatSeconds: number): Uint8Array =>
    method(0, 10, 30, (w) => w.short(channelMax).long(frameMax).short(heartbeatSeconds)),
  openOk: (): Uint8Array => method(0, 10, 41, (w) => w.shortString("")),
  connectionClose: (code: number, why: string, classId: number, methodId: number): Uint8Array =>
    method(0, 10, 50, (w) => w.short(code).shortString(why).short(classId).short(methodId)),
  connectionCloseOk: (): Uint8Array => method(0, 10, 51),
  updateSecretOk: (): Uint8Array => method(0, 10, 71),
  channelOpenOk: (channel: number): Uint8Array => method(channel, 20, 11, (w) => w.long(0)),
  channelFlowOk: (channel: number, active: boolean): Uint8Array =>
    method(channel, 20, 21, (w) => w.octet(active ? 1 : 0)),
  channelClose: (channel: number, code: number, why: string, classId: number, methodId: number): Uint8Array =>
    method(channel, 20, 40, (w) => w.short(code).shortString(why).short(classId).short(methodId)),
  channelCloseOk: (channel: number): Uint8Array => method(channel, 20, 41),
  declareOk: (channel: number, queue: string, messages: number, consumers: number): Uint8Array =>
    method(channel, 50, 11, (w) => w.shortString(queue).long(messages).long(consumers)),
  qosOk: (channel: number): Uint8Array => method(channel, 60, 11),
  consumeOk: (channel: number, tag: string): Uint8Array => method(channel, 60, 21, (w) => w.shortString(tag)),
  cancelOk: (channel: number, tag: string): Uint8Array => method(channel, 60, 31, (w) => w.shortString(tag)),
  getEmpty: (channel: number): Uint8Array => method(channel, 60, 72, (w) => w.shortString("")),
  recoverOk: (channel: number): Uint8Array => method(channel, 60, 111),
  confirmOk: (channel: number): Uint8Array => method(channel, 85, 11),
};

/** The payload of a content header: body length, headers, and the `expiration` property. */
export function contentHeader(bodyLength: number, headers: Table, expiration: string): Uint8Array {
  // Flags: headers (bit 13) and expiration (bit 8); properties follow in that order.
  return scratch
    .restart()
    .short(60)
    .short(0)
    .longlong(bodyLength)
    .short(0x2100)
    .table(headers)
    .shortString(expiration)
    .done();
}

/**
 * What stands before and after the delivery tag in the frames that open a delivery, made once a consumer: only the
 * tag and the redelivered bit change from one message to the next.
 */
export type Opening = { readonly before: Uint8Array; readonly after: Uint8Array };

/** `basic.deliver` to one consumer. */
export function deliverOpening(consumerTag: string, routingKey: string): Opening {
  return {
    before: new FieldWriter().short(60).short(60).shortString(consumerTag).done(),
    after: new FieldWriter().shortString("").shortString(routingKey).done(),
  };
}

/** `basic.get-ok`; what is left in the queue follows. */
export function getOpening(routingKey: string, left: number): Opening {
  return {
    before: new FieldWriter().short(60).short(71).done(),
    after: new FieldWriter().shortString("").shortString(routingKey).long(left).done(),
  };
}

/** How many bytes an opening and a content header take as frames. */
export function openingLength(opening: Opening, header: Uint8Array): number {
  return opening.before.length + 9 + opening.after.length + frameOverhead + header.length + frameOverhead;
}

/** Writes an opening and a content header as frames from 0; gives where the body starts. */
export function writeOpening(
  into: Uint8Array,
  channel: number,
  opening: Opening,
  tag: number,
  redelivered: boolean,
  header: Uint8Array,
): number {
  const { before, after } = opening;
  let at = openFrame(into, 0, methodFrame, channel, before.length + 9 + after.length);
  into.set(before, at);
  at += before.length;
  const high = Math.floor(tag / 0x1_0000_0000);
  into[at++] = high >>> 24;
  into[at++] = high >>> 16;
  into[at++] = high >>> 8;
  into[at++] = high;
  into[at++] = tag >>> 24;
  into[at++] = tag >>> 16;
  into[at++] = tag >>> 8;
  into[at++] = tag;
  into[at++] = redelivered ? 1 : 0;
  into.set(after, at);
  at += after.length;
  into[at++] = frameEnd;
  at = openFrame(into, at, headerFrame, channel, header.length);
  into.set(header, at);
  at += header.length;
  into[at++] = frameEnd;
  return at;
}
