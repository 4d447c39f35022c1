import { execFile } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Scenario } from "../core/scenario.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { FiksIo } from "../simulators/fiks-io/fiks-io.ts";
import { simulatedAddresses } from "../worlds/cast.ts";
import { httpServer } from "../worlds/live/http-server.ts";
import { Outbox } from "../worlds/live/outbox.ts";
import { Stage } from "../worlds/stage.ts";

const load = fileURLToPath(new URL("load.mjs", import.meta.url));

/** What a server made of a steady load. Times are ms, counted from when a request was due. */
export type Served = {
  readonly name: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers other than success, and none. */
  readonly wrong: number;
};

type Target = { readonly name: string; readonly url: string; close(): Promise<unknown> };

const answer = { messages: [] };
const path = "/intake/v1/messages?source.channel=fiks-io&source.id=8a618ce7-fa8b-496e-b1ef-2c0cf699862a";

/** Our receiver over HTTP, everything about each request written to the ledger. */
async function receiver(): Promise<Target & { readonly headers: Readonly<Record<string, string>>; entries(): number }> {
  const scenario: Scenario = {
    schema: "komfrem.scenario/v1",
    id: "load",
    title: "A load",
    because: "A harness that is slower than what it tests measures itself.",
    origin: "DESIGN.md, section 9",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps: [],
    faults: [],
    mustHold: [],
  };
  const nothing = (): void => {};
  const sut = { name: "load", role: "integration", module: "" } as const;
  const stage = new Stage(scenario, sut, {
    fiksIo: (given, setup) => new FiksIo(given, setup),
    seed: 1,
    addresses: simulatedAddresses,
    tier: "none",
    sutHash: "",
    latencyMs: () => 0,
    control: {
      start: nothing,
      kill: nothing,
      askToStop: nothing,
      pause: nothing,
      resume: nothing,
      restore: nothing,
      order: (_nth, _order, then) => then({ kind: "lost" }),
    },
  });
  stage.begin();
  const server = httpServer(
    (request, hear) => stage.ask(simulatedAddresses.receiver, request, { party: "integration", incarnation: 1 }, hear),
    new Outbox(),
    { count: 0 },
  );
  return {
    name: "receiver, full ledger",
    url: await listening(server),
    headers: { authorization: `Bearer ${stage.endpoints.receiver?.apiKey}` },
    entries: () => stage.entries.length,
    close: async () => server.close(),
  };
}

async function bareNode(): Promise<Target> {
  const text = JSON.stringify(answer);
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(text);
  });
  return { name: "bare node:http", url: await listening(server), close: async () => server.close() };
}

/** What of mockttp is used; it is no dependency of ours: npm install --no-save mockttp@4.6.5 */
type Mockttp = {
  getLocal(): {
    start(): Promise<void>;
    stop(): Promise<void>;
    readonly port: number;
    forGet(path: string): { always(): { thenJson(status: number, body: object): Promise<unknown> } };
  };
};

/** Undefined where it is not installed. */
async function mockttp(): Promise<Target | undefined> {
  const name = "mockttp";
  const found = (await import(name).catch(() => undefined)) as Mockttp | undefined;
  if (found === undefined) {
    console.log("mockttp is not installed, and not measured: npm install --no-save mockttp@4.6.5");
    return undefined;
  }
  const server = found.getLocal();
  await server.start();
  await server.forGet("/intake/v1/messages").always().thenJson(200, answer);
  return { name: "mockttp", url: `http://127.0.0.1:${server.port}${path}`, close: () => server.stop() };
}

function listening(server: ReturnType<typeof createServer>): Promise<string> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)),
  );
}

/**
 * Puts the same steady load on our receiver over HTTP, on mockttp and on bare `node:http`, one after the other, from a
 * process of its own.
 *
 * @param perSecond Requests.
 * @returns Each as it did, and how many entries our ledger had a request.
 */
export async function servedOverHttp(
  perSecond: number,
  seconds: number,
): Promise<{ readonly served: readonly Served[]; readonly entriesPerRequest: number }> {
  const ours = await receiver();
  const served: Served[] = [];
  for (const target of [await bareNode(), ours, await mockttp()]) {
    if (target === undefined) continue;
    const headers = JSON.stringify("headers" in target ? target.headers : {});
    const loaded = async (rate: number, length: number): Promise<Served> => {
      const args = [load, target.url, String(rate), String(length), "", headers];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return { name: target.name, ...(JSON.parse(stdout) as Omit<Served, "name">) };
    };
    await loaded(perSecond / 2, 2);
    served.push(await loaded(perSecond, seconds));
    await target.close();
  }
  const requests = perSecond + perSecond * seconds;
  return { served, entriesPerRequest: ours.entries() / requests };
}
