import { describe, expect, it } from "vitest";
import type { Host, HostRequest } from "../../port/host.ts";
import type { Arrival } from "./arrival.ts";
import type { Concern } from "./concern.ts";
import { Desk } from "./desk.ts";
import type { Receipt } from "./fiks-client.ts";
import { FiksItem } from "./fiks-source.ts";
import { sound } from "./policy.ts";

type Asked = { readonly method: string; readonly path: string; readonly key: string; readonly body: string };
type Answer = { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> } | "lost";

const concern: Concern = {
  channel: "fiks-io",
  sourceId: "b-1",
  id: "m-1",
  type: "t",
  municipalityNumber: "4690",
  district: "01",
  sameAs: { "bekymringsmelding-id": "b-1" },
  confidential: true,
  payload: '{ "melding": "x" }',
  documents: [{ name: "bekymringsmelding.pdf", bytes: new TextEncoder().encode("%PDF") }],
};
const pdfSum = "d4bf3d45a7a9fa7b2d6bdc3b5e4ccb3e4e4a3f4f4d9a9b6b7c8d9e0f1a2b3c4d";

/** A desk in a world that answers as told, whose time passes only in sleeps; the last answer goes on for ever. */
function desk(
  answers: (asked: Asked, nowMs: number) => Answer,
  receipts: boolean[] = [],
  pollIntervalMs: number = 15 * 60_000,
) {
  const asked: Asked[] = [];
  const alarms: string[] = [];
  const sent: Receipt[] = [];
  let now = 0;
  const host = {
    endpoints: { receiver: { baseUrl: "http://r", apiKey: "k" }, pollIntervalMs },
    clock: {
      now: () => now,
      sleep: async (ms: number, signal?: AbortSignal) => {
        signal?.throwIfAborted();
        now += ms;
      },
      setTimeout: () => ({ id: 0 }),
      clear: () => {},
    },
    random: () => 0,
    alarm: async ({ source, reason }: { source: { id?: string }; reason: string }) => {
      alarms.push(`${source.id} ${reason} after ${now} ms`);
    },
    log: () => {},
    fetch: async (url: string, request: HostRequest = {}) => {
      const { pathname, search } = new URL(url);
      const headers = request.headers as Record<string, string>;
      const one = {
        method: request.method ?? "GET",
        path: pathname + search,
        key: headers["idempotency-key"] ?? "",
        body: String(request.body ?? ""),
      };
      asked.push(one);
      const answer = answers(one, now);
      if (answer === "lost") throw new Error("reset");
      return {
        status: answer.status,
        headers: { get: (name: string) => answer.headers?.[name] ?? null },
        text: async () => JSON.stringify(answer.json ?? {}),
      };
    },
  } as unknown as Host;
  const fiks = {
    send: async (_: Arrival, receipt: Receipt) => {
      sent.push(receipt);
      return receipts.shift() ?? true;
    },
  };
  const at = new Desk(host, sound);
  const item = (arrival: object): FiksItem => new FiksItem(arrival as Arrival, fiks, at, sound, host.clock);
  return { desk: at, item, asked, alarms, sent, now: () => now };
}

const running = new AbortController().signal;
const inOrder =
  (...answers: Answer[]) =>
  (): Answer =>
    (answers.length > 1 ? answers.shift() : answers[0]) as Answer;

describe("registering", () => {
  it("tries the same key again when the answer is lost, busy, locked or full", async () => {
    const { desk: at, asked } = desk(
      inOrder("lost", { status: 503 }, { status: 423 }, { status: 429 }, { status: 507 }, { status: 201 }),
    );
    expect(await at.register(concern, running)).toEqual({ kind: "registered" });
    expect(asked.map(({ key }) => key)).toEqual(Array(6).fill("fiks-io:b-1"));
    expect(asked.at(-1)?.body.endsWith(`,"payload":${concern.payload}}`)).toBe(true);
  });

  it("waits as long as it is asked to", async () => {
    const { desk: at, now } = desk(inOrder({ status: 503, headers: { "retry-after": "600" } }, { status: 200 }));
    await at.register(concern, running);
    expect(now()).toBe(600_000);
  });

  it("asks after what is queued, and sends it again when a crash has taken it", async () => {
    const queued: Answer = { status: 202, headers: { location: "/q/1" } };
    const { desk: at, asked } = desk(
      inOrder(queued, { status: 200, json: { status: "queued" } }, { status: 404 }, queued, {
        status: 200,
        json: { status: "registered", caseId: "c" },
      }),
    );
    expect(await at.register(concern, running)).toEqual({ kind: "registered" });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /intake/v1/messages",
      "GET /q/1",
      "GET /q/1",
      "POST /intake/v1/messages",
      "GET /q/1",
    ]);
  });

  it.each([400, 413, 422])("ends with a refusal on %i", async (status) => {
    const { desk: at } = desk(inOrder({ status }));
    expect(await at.register(concern, running)).toEqual({ kind: "refused", reason: `receiver-refused:${status}` });
  });

  it("reads back after a conflict, and refuses only where other documents stand there", async () => {
    const other = {
      messages: [{ status: "registered", documents: [{ name: "bekymringsmelding.pdf", sha256: pdfSum }] }],
    };
    const { desk: at } = desk(inOrder({ status: 409 }, { status: 200, json: other }));
    expect(await at.register(concern, running)).toEqual({ kind: "refused", reason: "receiver-refused:409" });
  });

  it("tells a person once, by id, when a receiver stays away for days, and goes on", async () => {
    const days = 5 * 86_400_000;
    const { desk: at, alarms, now } = desk((_, nowMs) => (nowMs < days ? "lost" : { status: 201 }));
    expect(await at.register(concern, running)).toEqual({ kind: "registered" });
    expect(alarms).toHaveLength(1);
    expect(alarms[0]).toMatch(/^b-1 not-registered-yet after 2[012]\d{6} ms$/);
    expect(now() - days).toBeLessThan(3_600_000);
  });

  it("tells a person within the hour where it looks so seldom that what it finds is old", async () => {
    const day = 86_400_000;
    const { desk: at, alarms } = desk((_, nowMs) => (nowMs < day ? "lost" : { status: 201 }), [], 6 * 3_600_000);
    await at.register(concern, running);
    expect(alarms[0]).toMatch(/^b-1 not-registered-yet after 3\d{6} ms$/);
  });
});

describe("receipts", () => {
  it("are sent again, and never turned into their opposite", async () => {
    const { item, sent } = desk(inOrder({ status: 201 }), [false, false]);
    await item({ id: "m-1", sourceId: "b-1", sender: "portal", signal: running }).confirm();
    expect(sent).toEqual([{ kind: "mottatt" }, { kind: "mottatt" }, { kind: "mottatt" }]);
  });

  it("of a refusal come first, then the report, then the ack", async () => {
    const done: string[] = [];
    const { item, sent } = desk((asked) => {
      done.push(asked.body);
      return { status: 201 };
    });
    const ack = () => done.push("ack");
    await item({ id: "m-1", sourceId: "b-1", sender: "p", signal: running, ack }).refuse("unknown-type");
    expect(sent).toEqual([{ kind: "feilet", reason: "unknown-type" }]);
    expect(done).toEqual([
      '{"source":{"channel":"fiks-io","id":"b-1"},"reason":"unknown-type","retrievable":false}',
      "ack",
    ]);
  });
});
