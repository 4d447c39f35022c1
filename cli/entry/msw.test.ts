import { readFileSync } from "node:fs";
import http from "node:http";
import { dirname, relative, resolve } from "node:path";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { HarnessError } from "../../core/error.ts";
import type { Fault } from "../../core/fault.ts";
import { Altinn } from "../../examples/vitest/src/altinn.ts";
import { CaseSystem } from "../../examples/vitest/src/case-system.ts";
import { Intake } from "../../examples/vitest/src/intake.ts";
import { Tokens } from "../../examples/vitest/src/tokens.ts";
import {
  createWorld,
  disconnects,
  fjordvik,
  grants,
  type Order,
  revokes,
  strains,
  type TestWorld,
  type WorldOptions,
} from "./msw.ts";
import { fiksIo } from "./msw-fiks.ts";

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  server.resetHandlers();
  vi.useRealTimers();
});
afterAll(() => server.close());

const mail = "altinn-correspondence";

const confidential = "politiet-taushetsbelagt-henvendelse";
const fjordviks = { municipalityNumber: "4690", district: "01" };

/** The example's clients, in a world. */
function clientsOf(world: TestWorld): { readonly altinn: Altinn; readonly cases: CaseSystem } {
  server.use(...world.handlers);
  const { maskinporten, altinn: { baseUrl } = { baseUrl: "" }, receiver } = world.endpoints;
  return {
    altinn: new Altinn(baseUrl, new Tokens(maskinporten as ConstructorParameters<typeof Tokens>[0], baseUrl)),
    cases: new CaseSystem(receiver?.baseUrl ?? "", receiver?.apiKey ?? ""),
  };
}

function intakeIn(world: TestWorld): Intake {
  const { recipients } = world.endpoints;
  return new Intake({
    ...clientsOf(world),
    resources: Object.values(recipients[0]?.altinn?.resourceIds ?? {}),
    municipalities: recipients.map((one) => ({ ...one, districts: one.districts.map(({ number }) => number) })),
    now: world.now,
  });
}

/** A world in which the example's intake polls each hour. */
function polled(options: Partial<WorldOptions> = {}): TestWorld {
  const world = createWorld({ channels: [mail], poll: () => intake.poll(), ...options });
  const intake = intakeIn(world);
  return world;
}

const names = ({ ledger }: TestWorld, part: string): string[] => [
  ...new Set(ledger.flatMap(({ exchange }) => (exchange?.startsWith(part) ? [exchange] : []))),
];

describe("a world in a unit test", () => {
  it("brings a message through a lost answer, and calls both attempts by the names that every world uses", async () => {
    const world = polled();
    world.send("A");
    world.fault({ at: "receiver.register(A)/1:done", does: { kind: "reset" } });
    await world.advance({ hours: 3 });
    expect(names(world, "receiver.register")).toEqual(["receiver.register(A)/1", "receiver.register(A)/2"]);
    expect(world.ledger.filter(({ kind }) => kind === "registered")).toHaveLength(1);
    expect(world.findings()).toEqual([]);
    expect((await world.end()).judged.verdict).toEqual({ kind: "passed" });
  });

  it("finds the handover that was broken as soon as it is", async () => {
    const world = createWorld({ channels: [mail] });
    const { altinn, cases } = clientsOf(world);
    world.send("A", { mail: { confirmation: true } });
    world.send("B", { mail: { confirmation: true } });
    await world.advance({ minutes: 5 });
    const [a = "", b = ""] = await altinn.list(confidential);
    for (const id of [a, b]) await altinn.confirm(id);
    await cases.register({ id: a, ...fjordviks, type: confidential, confidential: true, payload: {}, files: [] });
    expect(world.findings()).toMatchObject([{ rule: "receipt-after-store", delivery: "A", blames: "integration" }]);
  });

  it("takes what the code under test says it has stored for a custody of its own", async () => {
    const world = createWorld({ channels: [mail] });
    const { altinn } = clientsOf(world);
    world.send("A", { mail: { confirmation: true } });
    await world.advance({ minutes: 5 });
    const [id = ""] = await altinn.list(confidential);
    const overview = await altinn.overview(id);
    const { attachments } = overview.content as { readonly attachments: readonly { readonly id: string }[] };
    world.stored("inbox/1", [overview, await Promise.all(attachments.map((one) => altinn.download(id, one)))]);
    expect(world.ledger.at(-1)).toMatchObject({ kind: "held", party: "integration", delivery: "A" });
    world.stored("inbox/1", undefined);
    expect(world.ledger.at(-1)).toMatchObject({ kind: "dropped", party: "integration", delivery: "A" });
  });

  it("gives the same ledger for the same seed and the same test", async () => {
    const hashOf = async (seed: number): Promise<string> => {
      const world = polled({ seed, startsAt: "2026-01-05T08:00:00", timers: vi.useFakeTimers({ toFake: ["Date"] }) });
      world.send("A");
      await world.advance({ hours: 3 });
      const { hash } = world.run();
      server.resetHandlers();
      return hash;
    };
    const first = await hashOf(7);
    expect(await hashOf(7)).toBe(first);
    expect(await hashOf(8)).not.toBe(first);
  });

  it("lets faked timers pass as its own time does", async () => {
    const timers = vi.useFakeTimers();
    const world = polled({ timers });
    const intake = intakeIn(world);
    const looking = setInterval(() => void intake.poll(), 15 * 60_000);
    world.send("A");
    await world.advance({ minutes: 14 });
    expect(names(world, "receiver.register")).toEqual([]);
    await world.advance({ minutes: 2 });
    clearInterval(looking);
    expect(names(world, "receiver.register")).toEqual(["receiver.register(A)/1"]);
    expect(Date.now()).toBe(world.now());
  });

  it("has people who open mail only with the rights that they need", async () => {
    const world = createWorld({ channels: [mail] });
    world.send("A");
    await world.advance({ minutes: 5 });
    expect(() => world.opens("Saksbehandler Fjordvik", "A")).toThrow(/did not open A/);
    for (const right of ["correspondence", "confidential"] as const)
      world.does(grants("Saksbehandler Fjordvik", fjordvik, right));
    world.opens("Saksbehandler Fjordvik", "A");
    expect(world.ledger.at(-1)).toMatchObject({ kind: "opened", opener: "person", who: "Saksbehandler Fjordvik" });
  });

  it("tells people of a right that was lost, and of a receiver that is down, as other worlds do", async () => {
    const world = polled();
    world.does(strains("overloaded", { hours: 2 }));
    world.does(revokes("integration", fjordvik, "correspondence"));
    world.send("A");
    await world.advance({ hours: 5 });
    expect(world.ledger.filter(({ kind }) => kind === "alerted")).toHaveLength(1);
    expect(world.ledger.filter(({ kind }) => kind === "registered")).toHaveLength(1);
  });

  it("writes down what the test did as a scenario that others can perform", async () => {
    const world = polled();
    world.send("A");
    await world.advance({ hours: 1 });
    await world.advance({ hours: 1 });
    world.fault({ at: "receiver.register(*)/1:asked", does: { kind: "refuse" } });
    expect(world.scenario.steps).toMatchObject([
      { kind: "sends", label: "A", by: mail },
      { kind: "waits", ms: 7_200_000 },
    ]);
    expect(world.scenario.faults).toMatchObject([{ id: "refuse receiver.register(*)/1:asked" }]);
  });
});

describe("a sender under test", () => {
  type Sender = { readonly world: TestWorld; readonly orders: Order[]; readonly sent: string[] };

  /** Sends by dispatch, again where no answer came, and looks each hour which of them nobody has opened. */
  function sending(order?: (order: Order, nth: number) => Promise<void> | undefined): Sender {
    const orders: Order[] = [];
    const sent: string[] = [];
    const world = createWorld({
      channels: ["altinn-dispatch"],
      tests: "sender",
      order: async (asked) => {
        orders.push(asked);
        if (order !== undefined) return order(asked, orders.length);
        const { recipient, label, parts } = asked;
        const said = await ask("POST", "/dispatches", { label, recipient, parts });
        sent.push(String(said.dispatchId));
      },
      poll: () => ask("GET", "/dispatches?unopened=true"),
    });
    server.use(...world.handlers);
    const { maskinporten, altinn: { baseUrl } = { baseUrl: "" } } = world.endpoints;
    const tokens = new Tokens(maskinporten as ConstructorParameters<typeof Tokens>[0], baseUrl);
    const ask = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${await tokens.get()}`, "content-type": "application/json" };
      const how = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      const answer = await fetch(`${baseUrl}/dispatch/v1${path}`, how);
      if (!answer.ok) throw new Error(`dispatch answered ${answer.status}`);
      return (await answer.json()) as Record<string, unknown>;
    };
    return { world, orders, sent };
  }

  it("is told what to send to whom, and passes once a person has opened it", async () => {
    const { world, orders, sent } = sending();
    world.send("A");
    await world.advance({ minutes: 5 });
    expect(orders).toMatchObject([{ label: "A", recipient: { municipalityNumber: "4690" } }]);
    expect(sent).toHaveLength(1);
    expect(world.ledger.filter(({ kind }) => kind === "offered")).toMatchObject([{ channel: "altinn-dispatch" }]);
    await world.advance({ days: 4 });
    expect(world.ledger.filter(({ kind }) => kind === "opened")).toMatchObject([
      { opener: "person", delivery: "A", who: "Postfordeler Fjordvik" },
      { opener: "person", delivery: "A", who: "Saksbehandler Fjordvik" },
    ]);
    expect((await world.end()).judged.verdict).toEqual({ kind: "passed" });
  });

  it("that fails is told again, by the same label", async () => {
    const { world, orders } = sending((_, nth) => (nth === 1 ? Promise.reject(new Error("not now")) : undefined));
    world.send("A");
    await world.advance({ hours: 2 });
    expect(orders.map(({ label }) => label)).toEqual(["A", "A"]);
    expect(world.run().log).toContainEqual(expect.stringContaining("Error: not now"));
  });

  it("that takes the order and sends nothing has lost it", async () => {
    const { world } = sending(() => undefined);
    world.send("A");
    const { judged } = await world.end();
    expect(judged.broken.map(({ delivery }) => delivery)).toContain("A");
    expect(judged.verdict.kind).toBe("failed");
  });
});

describe("a fault, as the asker meets it", () => {
  const url = "http://receiver.komfrem.test/intake/v1/messages?source.channel=x&source.id=y";
  const read = async (at: TestWorld): Promise<unknown> =>
    fetch(url, { headers: { authorization: `Bearer ${at.endpoints.receiver?.apiKey}` } }).then(
      async (heard) => [heard.status, heard.headers.get("retry-after"), (await heard.text()).length > 0],
      (error) => (error.cause as { readonly code?: string }).code,
    );
  const readByNode = (at: TestWorld): Promise<unknown> =>
    new Promise((settle) =>
      http
        .get(url, { headers: { authorization: `Bearer ${at.endpoints.receiver?.apiKey}` } }, (heard) => {
          let length = 0;
          heard.on("data", (chunk: Buffer) => {
            length += chunk.length;
          });
          heard.on("error", ({ message }) => settle(message));
          heard.on("end", () => settle([heard.statusCode, heard.headers["retry-after"] ?? null, length > 0]));
        })
        .on("error", (error: NodeJS.ErrnoException) => settle(error.code)),
    );
  const struck = (does: Fault["does"], phase = "asked"): TestWorld => {
    const world = createWorld({ channels: [mail] });
    server.use(...world.handlers);
    world.fault({ at: `receiver.lookup(*)/*:${phase}`, does });
    return world;
  };

  it.each<[string, Fault["does"], string, unknown, unknown]>([
    ["no fault at all", { kind: "refuse" }, "told", [200, null, true], [200, null, true]],
    ["a refused connection", { kind: "refuse" }, "asked", "UND_ERR_SOCKET", "ECONNRESET"],
    ["a connection that is reset after the effect", { kind: "reset" }, "done", "UND_ERR_SOCKET", "ECONNRESET"],
    [
      "another answer",
      { kind: "answer", status: 503, retryAfterSeconds: 30 },
      "asked",
      [503, "30", true],
      [503, "30", true],
    ],
  ])("%s", async (_, does, phase, byFetch, byNode) => {
    expect(await read(struck(does, phase))).toEqual(byFetch);
    server.resetHandlers();
    expect(await readByNode(struck(does, phase))).toEqual(byNode);
  });

  it("a body that breaks off", async () => {
    const cut = { kind: "cut", afterBytes: 3 } as const;
    await expect(read(struck(cut, "done"))).rejects.toThrow("terminated");
    server.resetHandlers();
    expect(await readByNode(struck(cut, "done"))).toBe("aborted");
  });

  it("an answer that is late comes when the world's time does; one that never comes is reset when faults end", async () => {
    const late = struck({ kind: "delay", byMs: 60_000 }, "done");
    let heard: unknown;
    const asking = read(late).then((answer) => {
      heard = answer;
    });
    await late.advance({ seconds: 59 });
    expect(heard).toBeUndefined();
    await late.advance({ seconds: 1 });
    await asking;
    expect(heard).toEqual([200, null, true]);
    server.resetHandlers();
    const never = struck({ kind: "stall" });
    const stalled = read(never);
    await never.advance({ days: 1 });
    never.heal();
    expect(await stalled).toBe("UND_ERR_SOCKET");
  });
});

describe("what cannot be had is said", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["no channel", () => createWorld({ channels: [] }), /It has no channel/],
    ["Fiks IO without what brings it", () => createWorld({ channels: ["fiks-io"] }), /komfrem\/msw\/fiks/],
    [
      "an origin with a path",
      () => createWorld({ channels: [mail], origins: { altinn: "http://a.test/x" } }),
      /origin/,
    ],
    [
      "a crash of the test's own process",
      () => polled().fault({ at: "receiver.register(A)/1:done", does: { kind: "stop", graceMs: 1 } }),
      /cannot be killed/,
    ],
  ])("%s", (_, does, because) => {
    expect(does).toThrow(HarnessError);
    expect(does).toThrow(because);
  });

  it("an end without polls", async () => {
    await expect(createWorld({ channels: [mail] }).end()).rejects.toThrow(/poll: \(\) => intake\.poll\(\)/);
  });
});

describe("what is loaded", () => {
  const root = resolve(import.meta.dirname, "../..");
  const graphOf = (entry: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(entry)) return seen;
    seen.add(entry);
    const text = readFileSync(entry, "utf8");
    const imports = text.matchAll(
      /^(?:import|export)\s+(?!type\s)(?:([^;'"]*?)\s+from\s+)?["'](\.{1,2}\/[^"']+)["']/gm,
    );
    for (const [, , path = ""] of imports) graphOf(resolve(dirname(entry), path), seen);
    return seen;
  };
  const amqp = (entry: string): string[] =>
    [...graphOf(resolve(import.meta.dirname, entry))]
      .map((path) => relative(root, path))
      .filter((path) => /amqp/.test(path));

  it("holds no AMQP where only Altinn is read, and all of it where Fiks IO is", () => {
    expect(amqp("msw.ts")).toEqual([]);
    expect(amqp("msw-fiks.ts")).toContain("simulators/fiks-io/amqp.ts");
  });

  it("lets Fiks IO be part of a world all the same", () => {
    const world = createWorld({ channels: ["fiks-io"], fiksIo });
    world.send("A");
    world.does(disconnects());
    expect(world.ledger.map(({ kind }) => kind)).toContain("submitted");
  });
});
