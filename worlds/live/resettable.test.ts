import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, it } from "vitest";
import { resettable } from "./resettable.ts";

it.each([
  ["is closed where it is being ended already", (socket: Socket) => socket.end("bye"), undefined],
  ["is reset where it is not", (socket: Socket) => socket.write("on"), "ECONNRESET"],
])(
  "a connection that is broken off %s",
  async (_, before, code) => {
    const errors: Error[] = [];
    const server = createServer((socket) => {
      socket.on("error", (error) => errors.push(error));
      before(socket);
      resettable(socket).resetAndDestroy();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1").resume();
    let told: NodeJS.ErrnoException | undefined;
    client.on("error", (error) => {
      told = error;
    });
    await new Promise((gone) => client.on("close", gone));
    // It waits for every connection that is not closed.
    await new Promise((closed) => server.close(closed));
    expect(errors).toEqual([]);
    expect(told?.code).toBe(code);
  },
  5000,
);
