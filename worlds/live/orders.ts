import { request } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Order } from "../../port/host.ts";
import type { Answered } from "../system.ts";
import type { SendPlace } from "../world.ts";
import type { UnderWay } from "./http-server.ts";
import type { Outbox } from "./outbox.ts";
import { resettable } from "./resettable.ts";
import type { Started } from "./started.ts";

type OrdersSetup = {
  readonly outbox: Outbox;
  readonly underWay: UnderWay;
  readonly place: SendPlace;
  /** Told of each connection to a start. */
  readonly connected: (socket: Socket, incarnation: number) => void;
  /** Called before an answer counts. */
  readonly heard: () => void;
  /** Of an answer that is not what the contract says. */
  readonly say: (line: string) => void;
};

/** So much of an answer is read. */
const mostBytes = 64 * 1024;

/**
 * Tells a sender under test to send, a POST an order. Each is answered once: what its start has not answered when it ends
 * is lost. Time passes while one is open, as soon as its bytes are on the line.
 *
 * @source contracts/sender/openapi.yaml
 */
export class Orders {
  readonly #setup: OrdersSetup;
  /** What is to be said of orders that a start never answered. */
  readonly #open = new Map<number, Set<() => void>>();

  constructor(setup: OrdersSetup) {
    this.#setup = setup;
  }

  give(start: Started, order: Order, then: (answered: Answered) => void): void {
    const { outbox, underWay, place, connected, heard, say } = this.#setup;
    const { incarnation, address } = start;
    if (address === undefined) return then({ kind: "lost" });
    const open = this.#open.get(incarnation) ?? new Set();
    this.#open.set(incarnation, open);
    const lost = (): void => then({ kind: "lost" });
    open.add(lost);
    const answered = (how: Answered): void => {
      if (!open.has(lost)) return;
      heard();
      // What was heard of first may have ended the start.
      if (open.delete(lost)) then(how);
    };
    outbox.say(() => {
      if (!open.has(lost)) return;
      underWay.count += 1;
      let isOnTheLine = false;
      let isAnswering = false;
      const onTheLine = (): void => {
        if (!isOnTheLine) underWay.count -= 1;
        isOnTheLine = true;
      };
      const body = Buffer.from(JSON.stringify(order));
      const asked = request(
        {
          host: address,
          port: place.port,
          path: place.path,
          method: "POST",
          headers: { "content-type": "application/json", "content-length": body.length },
          agent: false,
        },
        (response) => {
          isAnswering = true;
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on("data", (chunk: Buffer) => {
            if (bytes < mostBytes) chunks.push(chunk);
            bytes += chunk.length;
          });
          response.on("error", () => {});
          response.on("close", () => {
            if (!response.complete) return answered({ kind: "lost" });
            answered(answerIn(response.statusCode ?? 0, Buffer.concat(chunks), say));
          });
        },
      );
      asked.on("socket", (socket) => {
        connected(resettable(socket), incarnation);
        socket.setNoDelay(true);
      });
      asked.on("error", () => answered({ kind: "lost" }));
      asked.on("close", () => {
        onTheLine();
        if (!isAnswering) answered({ kind: "lost" });
      });
      asked.end(body, onTheLine);
    });
  }

  /** Nothing more is heard from a start. */
  over(incarnation: number): void {
    const open = this.#open.get(incarnation);
    this.#open.delete(incarnation);
    for (const lost of [...(open ?? [])]) {
      open?.delete(lost);
      lost();
    }
  }
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function answerIn(status: number, body: Buffer, say: (line: string) => void): Answered {
  if (status === 400) return { kind: "refused" };
  if (status === 503) return { kind: "rejected" };
  if (status !== 202) {
    say(`komfrem: an order was answered with ${status}; the contract has 202, 400 and 503. It is given again.`);
    return { kind: "rejected" };
  }
  const reference = referenceIn(body);
  if (reference !== undefined) return { kind: "sent", reference };
  say("komfrem: an order was taken on without a reference; the contract asks for one.");
  return { kind: "sent" };
}

function referenceIn(body: Buffer): string | undefined {
  try {
    const taken = JSON.parse(body.toString("utf8")) as { readonly reference?: unknown } | null;
    return typeof taken?.reference === "string" ? taken.reference : undefined;
  } catch {
    return undefined;
  }
}
