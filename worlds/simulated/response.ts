import type { HostResponse } from "../../port/host.ts";
import type { Reply } from "../../simulators/wire.ts";

const decoder = new TextDecoder();

/** What a body that breaks off rejects with, as Node's own fetch does. */
function terminated(): TypeError {
  return new TypeError("terminated", {
    cause: Object.assign(new Error("other side closed"), { code: "UND_ERR_SOCKET" }),
  });
}

/** A reply as an integration reads it. Reading the body twice fails, as it does with WHATWG fetch. */
export class GivenResponse implements HostResponse {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: HostResponse["headers"];
  readonly #body: Uint8Array;
  readonly #cutAfter: number | undefined;
  #used = false;
  #stream: ReadableStream<Uint8Array> | undefined;

  /** @param cutAfter Bytes after which the body breaks off; undefined where it comes in full. */
  constructor(reply: Reply, body: Uint8Array, cutAfter: number | undefined) {
    this.status = reply.status;
    this.ok = reply.status >= 200 && reply.status < 300;
    const pairs = reply.headers;
    const get = (name: string): string | null => {
      const wanted = name.toLowerCase();
      const values = pairs.filter(([given]) => given.toLowerCase() === wanted).map(([, value]) => value);
      return values.length === 0 ? null : values.join(", ");
    };
    this.headers = {
      get,
      has: (name) => get(name) !== null,
      forEach: (each) => {
        for (const name of new Set(pairs.map(([given]) => given.toLowerCase()))) each(get(name) ?? "", name);
      },
    };
    this.#body = body;
    this.#cutAfter = cutAfter;
  }

  get bodyUsed(): boolean {
    return this.#used;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#body.length === 0 && this.#cutAfter === undefined) return null;
    this.#stream ??= new ReadableStream(
      {
        pull: (controller) => {
          // Throws, and so breaks the stream, where it is read already or breaks off.
          controller.enqueue(new Uint8Array(this.#take()));
          controller.close();
        },
      },
      // Nothing is taken before somebody reads.
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  async text(): Promise<string> {
    return decoder.decode(this.#read());
  }

  async json(): Promise<unknown> {
    return JSON.parse(decoder.decode(this.#read()));
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new Uint8Array(this.#read()).buffer;
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(this.#read());
  }

  #read(): Uint8Array {
    if (this.#stream?.locked) throw new TypeError("Body is unusable: Body is locked");
    return this.#take();
  }

  #take(): Uint8Array {
    if (this.#used) throw new TypeError("Body is unusable: Body has already been read");
    this.#used = true;
    if (this.#cutAfter !== undefined) throw terminated();
    return this.#body;
  }
}
