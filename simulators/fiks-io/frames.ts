/** AMQP 0-9-1 frame types. */
export const methodFrame = 1;
export const headerFrame = 2;
export const bodyFrame = 3;
export const heartbeatFrame = 8;
/** Bytes of a frame besides its payload: type, channel, size, end. */
export const frameOverhead = 8;
export const frameEnd = 0xce;
export const leastFrameMax = 4096;

export const heartbeat: Uint8Array = Uint8Array.of(heartbeatFrame, 0, 0, 0, 0, 0, 0, frameEnd);
/** `AMQP` 0-0-9-1: what a client says first, and what a server answers to anything else. */
export const protocolHeader: Uint8Array = Uint8Array.of(0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1);

/** The bytes are no AMQP frames; the connection closes with 501. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Is called with a frame's payload in place: `bytes[start]` up to and without `bytes[end]`, valid during the call. */
export type EachFrame = (type: number, channel: number, bytes: Uint8Array, start: number, end: number) => void;

/** Writes type, channel and size at `at`; gives where the payload starts. */
export function openFrame(into: Uint8Array, at: number, type: number, channel: number, size: number): number {
  into[at] = type;
  into[at + 1] = channel >>> 8;
  into[at + 2] = channel;
  into[at + 3] = size >>> 24;
  into[at + 4] = size >>> 16;
  into[at + 5] = size >>> 8;
  into[at + 6] = size;
  return at + 7;
}

/** A whole frame around a payload. */
export function frame(type: number, channel: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.length + frameOverhead);
  bytes.set(payload, openFrame(bytes, 0, type, channel, payload.length));
  bytes[bytes.length - 1] = frameEnd;
  return bytes;
}

/** How many bytes a body takes on the wire when no frame is larger than `frameMax` (0: no limit). */
export function bodyFramesLength(length: number, frameMax: number): number {
  if (length === 0) return 0;
  if (frameMax === 0) return length + frameOverhead;
  return length + Math.ceil(length / (frameMax - frameOverhead)) * frameOverhead;
}

/** Writes a body, split over frames no larger than `frameMax`; gives where the next frame starts. */
export function writeBodyFrames(
  into: Uint8Array,
  at: number,
  channel: number,
  body: Uint8Array,
  frameMax: number,
): number {
  const most = frameMax === 0 ? body.length : frameMax - frameOverhead;
  let next = at;
  for (let from = 0; from < body.length; from += most) {
    const size = Math.min(most, body.length - from);
    next = openFrame(into, next, bodyFrame, channel, size);
    into.set(size === body.length ? body : body.subarray(from, from + size), next);
    next += size;
    into[next++] = frameEnd;
  }
  return next;
}

/** Where on the wire the nth byte of a body stands, counted from the start of its first frame. */
export function bodyOffset(nth: number, frameMax: number): number {
  if (nth === 0 || frameMax === 0) return nth === 0 ? 0 : nth + 7;
  const most = frameMax - frameOverhead;
  return nth + Math.floor((nth - 1) / most) * frameOverhead + 7;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Uint8Array | undefined;
  /** Largest frame taken, 0 for no limit. */
  frameMax = 0;

  /** @throws {FrameError} The bytes are no frames, or one is larger than agreed. */
  read(chunk: Uint8Array, each: EachFrame): void {
    let bytes = chunk;
    if (this.#rest !== undefined) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
      this.#rest = undefined;
    }
    let at = 0;
    while (bytes.length - at >= 7) {
      const size =
        ((bytes[at + 3] as number) * 0x1_00_00_00 +
          ((bytes[at + 4] as number) << 16) +
          ((bytes[at + 5] as number) << 8) +
          (bytes[at + 6] as number)) |
        0;
      if (size < 0 || (this.frameMax !== 0 && size + frameOverhead > this.frameMax))
        throw new FrameError(`frame of ${size >>> 0} bytes is larger than the agreed ${this.frameMax}`);
      const end = at + 7 + size;
      if (bytes.length <= end) break;
      if (bytes[end] !== frameEnd) throw new FrameError(`frame does not end in 206 but in ${bytes[end]}`);
      const type = bytes[at] as number;
      const channel = ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
      const start = at + 7;
      at = end + 1;
      each(type, channel, bytes, start, end);
    }
    if (at < bytes.length) this.#rest = bytes.slice(at);
  }
}
