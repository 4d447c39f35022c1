import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ReadyCheck } from "../world.ts";
import { whenReady } from "./ready.ts";
import type { Started } from "./started.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-ready-"));
const servers: Server[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  rmSync(folder, { recursive: true, force: true });
});

async function portOf<T extends Server>(server: T): Promise<number> {
  servers.push(server);
  await new Promise<void>((open) => server.listen(0, "127.0.0.1", open));
  return (server.address() as AddressInfo).port;
}

type Waiting = { readonly start: Started; readonly hear: (line: string) => void; readonly ready: Promise<void> };

function waiting(check: ReadyCheck): Waiting {
  const start: Started = {
    incarnation: 1,
    startedMs: performance.now(),
    here: true,
    killed: false,
    paused: false,
    busy: false,
    ready: false,
    address: "127.0.0.1",
    group: undefined,
    kill: () => {},
    askToStop: () => {},
    pause: () => {},
    resume: () => {},
    still: (does) => does(),
  };
  let hear: Waiting["hear"] = () => {};
  const ready = new Promise<void>((then) => {
    hear = whenReady(check, start, folder, then);
  });
  return { start, hear, ready };
}

describe("a start is ready", () => {
  it("by a line that it writes", () => {
    const { start, hear } = waiting({ kind: "log", pattern: "^up on \\d+$" });
    hear("not up on 1");
    expect(start.ready).toBe(false);
    hear("up on 8080");
    expect(start.ready).toBe(true);
  });

  it("by its own answer, once that is no error", async () => {
    const asked: (string | undefined)[] = [];
    const health = createHttpServer((request, response) => {
      asked.push(request.url);
      response.writeHead(asked.length < 3 ? 503 : 200).end();
    });
    await waiting({ kind: "http", port: await portOf(health), path: "/health" }).ready;
    expect(asked).toEqual(["/health", "/health", "/health"]);
  });

  it("by a port that accepts", async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await portOf(server);
    await new Promise((closed) => server.close(closed));
    const { start, ready } = waiting({ kind: "port", port });
    expect(start.ready).toBe(false);
    server.listen(port, "127.0.0.1");
    await ready;
  });

  it("by a file, if it is not from an earlier start", async () => {
    const path = join(folder, "up");
    writeFileSync(path, "");
    const earlier = Date.now() / 1000 - 60;
    utimesSync(path, earlier, earlier);
    const { start, ready } = waiting({ kind: "file", path: "up" });
    await waiting({ kind: "port", port: await portOf(createServer((socket) => socket.destroy())) }).ready;
    expect(start.ready).toBe(false);
    writeFileSync(path, "");
    await ready;
  });
});
