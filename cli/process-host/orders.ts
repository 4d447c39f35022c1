import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Order } from "../../port/host.ts";

/** The largest order that is read. */
const mostBytes = 32 * 2 ** 20;

/** Takes an order on, or rejects: then it is given again. */
export type Send = (order: Order) => Promise<{ readonly reference: string }>;

/**
 * Takes orders by POST at `sendUrl`, as a sending product does: 202 with the reference once `send` has resolved, 503 where
 * it rejects, 400 for what is no order.
 *
 * @returns Once it listens.
 * @source contracts/sender/openapi.yaml
 */
export function takeOrders(sendUrl: string, send: Send, log: (line: string) => void): Promise<Server> {
  const { hostname, port, pathname } = new URL(sendUrl);
  const server = createServer((incoming, response) => {
    if (incoming.method !== "POST" || incoming.url !== pathname) return answer(response, 404, {});
    orderIn(incoming).then(
      (order) =>
        Promise.resolve()
          .then(() => send(order))
          .then(
            ({ reference }) => answer(response, 202, { reference }),
            (error) => {
              log(`send: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
              answer(response, 503, {});
            },
          ),
      (why: Error) => answer(response, 400, { detail: why.message }),
    );
  });
  // The world decides how long anything may take.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(Number(port), hostname, () => resolve(server));
  });
}

async function orderIn(incoming: IncomingMessage): Promise<Order> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`An order has ${mostBytes} bytes at most.`);
    chunks.push(chunk);
  }
  const order = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Partial<Order> | null;
  if (typeof order?.label !== "string" || !Array.isArray(order.parts))
    throw new Error("An order has a label, a kind, a recipient and parts.");
  return order as Order;
}

function answer(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}
