import { describe, expect, it } from "vitest";
import { VirtualClock } from "../worlds/clock.ts";
import { type MemorySocket, memoryPair, refusedSocket } from "./memory-socket.ts";

const turn = (): Promise<void> => new Promise((then) => setImmediate(then));

/** Everything a socket emits, in order. */
function heard(socket: MemorySocket): string[] {
  const events: string[] = [];
  for (const event of ["connect", "end", "close", "timeout"]) socket.on(event, () => events.push(event));
  socket.on("error", (error: NodeJS.ErrnoException) => events.push(`error ${error.code}`));
  socket.on("data", (bytes: Buffer) => events.push(bytes.toString()));
  return events;
}

describe("sockets in memory", () => {
  it("connect, carry bytes both ways in order, and never call back within a write", async () => {
    let moves = 0;
    const { client, server } = memoryPair({ onActivity: () => moves++ });
    const atClient = heard(client);
    const atServer = heard(server);
    client.write("one");
    client.write("two");
    server.write("back");
    expect([...atClient, ...atServer]).toEqual([]);
    await turn();
    expect(atClient).toEqual(["connect", "back"]);
    expect(atServer).toEqual(["one", "two"]);
    expect(moves).toBeGreaterThanOrEqual(7);
  });

  it("leave a client free to use its buffer again once it has written it", async () => {
    const { client, server } = memoryPair();
    const atServer = heard(server);
    const buffer = Buffer.from("first");
    client.write(buffer);
    buffer.fill("x");
    await turn();
    expect(atServer).toEqual(["first"]);
  });

  it("end and close on both sides when one side ends", async () => {
    const { client, server } = memoryPair();
    const atClient = heard(client);
    const atServer = heard(server);
    client.end("last words");
    await turn();
    await turn();
    expect(atServer).toEqual(["last words", "end", "close"]);
    expect(atClient).toEqual(["connect", "end", "close"]);
  });

  it("give the client what was written before a reset, then ECONNRESET", async () => {
    const { client, server } = memoryPair();
    const atClient = heard(client);
    server.write("half");
    server.resetAndDestroy();
    await turn();
    expect(atClient).toEqual(["connect", "half", "error ECONNRESET", "close"]);
  });

  it("emit nothing to a dead side, lose what it had under way, and reset the living one at once", async () => {
    const pair = memoryPair();
    const atClient = heard(pair.client);
    const atServer = heard(pair.server);
    await turn();
    atClient.length = 0;
    let calledBack = false;
    pair.client.write("too late", () => {
      calledBack = true;
    });
    pair.server.write("unheard");
    pair.sever("client");
    expect(pair.server.destroyed).toBe(true);
    pair.client.write("from the grave");
    await turn();
    expect(atClient).toEqual([]);
    expect(calledBack).toBe(false);
    expect(atServer).toEqual(["error ECONNRESET", "close"]);
  });

  it("tell the living side nothing of a power cut", async () => {
    const pair = memoryPair();
    const atServer = heard(pair.server);
    pair.client.write("too late");
    pair.sever("client", "silence");
    pair.server.write("anybody?");
    await turn();
    expect(atServer).toEqual([]);
    expect(pair.server.destroyed).toBe(false);
  });

  it("tell of movement when thawed, so that no time passes before what waited has arrived", () => {
    let moved = 0;
    const pair = memoryPair({
      onActivity: () => {
        moved += 1;
      },
    });
    pair.freeze();
    pair.server.write("late");
    const before = moved;
    pair.thaw();
    expect(moved).toBeGreaterThan(before);
  });

  it("hold bytes while frozen and let them go in order when thawed", async () => {
    const pair = memoryPair();
    const atServer = heard(pair.server);
    pair.freeze();
    pair.client.write("a");
    pair.client.write("b");
    await turn();
    expect(atServer).toEqual([]);
    pair.thaw();
    await turn();
    expect(atServer).toEqual(["a", "b"]);
  });

  it("refuse where nobody listens", async () => {
    const socket = refusedSocket({ host: "127.0.0.1", port: 1 });
    const events = heard(socket);
    await turn();
    expect(events).toEqual(["error ECONNREFUSED", "close"]);
  });

  it("time out on the world's clock, counted from the last byte", async () => {
    const clock = new VirtualClock(0);
    const { client, server } = memoryPair({ clock });
    const atClient = heard(client);
    client.setTimeout(1000);
    await turn();
    clock.advanceTo(900);
    server.write("x");
    await turn();
    clock.advanceTo(1899);
    expect(atClient).toEqual(["connect", "x"]);
    clock.advanceTo(1900);
    expect(atClient).toEqual(["connect", "x", "timeout"]);
  });
});
