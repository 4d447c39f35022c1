import { hash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../core/scenario.ts";
import { sends, waits } from "../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run } from "../worlds/world.ts";

const world = new SimulatedWorld(2);
const folder = mkdtempSync(join(tmpdir(), "komfrem-simulated-"));
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const root = resolve(import.meta.dirname, "..");
const imports = `
import { storeThenReceipt } from "${root}/integrations/correct/store-then-receipt.ts";
import { inboxFirst } from "${root}/integrations/correct/inbox-first.ts";
import { sound } from "${root}/integrations/kit/policy.ts";
const serve = storeThenReceipt(sound);
`;

const oneMessage: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "one-message",
  title: "One message",
  because: "The least that can happen.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [sends("A", fjordvik.number, { district: "01" }), waits({ hours: 1 })],
  faults: [],
  mustHold: ["no-loss", "delivers"],
};

function performed(code: string, over: Partial<Scenario> = {}, seed = 1, watchdogMs?: number): Promise<Run> {
  // The same code is the same system.
  const module = join(folder, `system-${hash("sha256", code).slice(0, 12)}.ts`);
  writeFileSync(module, `${imports}\n${code}`);
  return world.run(
    { ...oneMessage, ...over },
    { name: "system", role: "integration", module },
    {
      seed,
      ...(watchdogMs === undefined ? {} : { watchdogMs }),
    },
  );
}

function rulesBroken({ judged }: Run): string[] {
  return judged.broken.flatMap(({ primary, attached }) => [primary, ...attached].map(({ rule }) => rule));
}

const crashOnRegistered: Scenario["faults"] = [
  { id: "crash", at: "receiver.register(A)/1:done", does: { kind: "crash", class: "power", survives: "none" } },
];

describe("a system that blocks its thread", () => {
  it("has had no processor time, and is inconclusive by name of the place", async () => {
    const blocks = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);";
    const { judged } = await performed(
      `export default async (host) => { const served = serve(host); await host.clock.sleep(600_000); ${blocks} return served; };`,
      {},
      1,
      1000,
    );
    expect(judged.verdict).toMatchObject({ kind: "inconclusive", because: expect.stringMatching(/^spins at /) });
  });
});

describe("time, randomness and network of an integration and its packages", () => {
  it("are the world's, and the same for the same seed", async () => {
    const code = `
      import { setTimeout as later } from "node:timers/promises";
      import { randomBytes } from "node:crypto";
      export default async (host) => {
        const served = serve(host);
        const began = Date.now();
        host.log("start " + new Date().toISOString() + " " + (Date.now() === host.clock.now()));
        await later(60_000);
        host.log("waited " + (Date.now() - began));
        await new Promise((done) => setTimeout(done, 31 * 86_400_000));
        host.log("too long a timer waited " + (Date.now() - began));
        const aborted = await new Promise((done) => AbortSignal.timeout(5000).addEventListener("abort", () => done(Date.now() - began)));
        host.log("aborted at " + aborted);
        host.log([Math.random(), crypto.randomUUID(), randomBytes(4).toString("hex"), host.random(), host.uuid()].join(" "));
        return served;
      };`;
    const [first, again, other] = await Promise.all([performed(code), performed(code), performed(code, {}, 2)]);
    expect(first.log.slice(0, 4)).toEqual([
      "start 2023-05-08T06:00:00.000Z true",
      "waited 60000",
      "too long a timer waited 60001",
      "aborted at 65001",
    ]);
    expect(again.log).toEqual(first.log);
    expect(other.log[4]).not.toBe(first.log[4]);
    expect(first.judged.verdict.kind).toBe("passed");
  });

  it("are the world's by every other way to them", async () => {
    const code = `
      import { performance } from "node:perf_hooks";
      import { scheduler, setTimeout as later } from "node:timers/promises";
      import { promisify } from "node:util";
      import { randomFill, randomFillSync, randomInt } from "node:crypto";
      const took = async (host, what) => { const began = host.clock.now(); await what(); return host.clock.now() - began; };
      export default async (host) => {
        const hr = process.hrtime.bigint();
        const up = process.uptime();
        host.log([
          await took(host, () => promisify(setTimeout)(5000)),
          await took(host, () => scheduler.wait(6000)),
          await took(host, () => later(31 * 86_400_000)),
          await took(host, () => host.clock.sleep(7000)),
          await took(host, () => host.clock.sleep(Number.NaN)),
        ].join(" "));
        host.log([performance.now() === host.clock.now(), process.hrtime.bigint() - hr, process.uptime() - up, process.cpuUsage().user, process.memoryUsage.rss()].join(" "));
        host.log([
          randomFillSync(new Uint32Array(2)).join(","),
          (await promisify(randomFill)(new Uint8Array(4))).join(","),
          await promisify(randomInt)(1_000_000),
        ].join(" "));
        return serve(host);
      };`;
    const [first, again, other] = await Promise.all([performed(code), performed(code), performed(code, {}, 2)]);
    expect(first.log.slice(0, 2)).toEqual(["5000 6000 1 7000 0", "true 18001000000 18.001 0 0"]);
    expect(again.log).toEqual(first.log);
    const [here = [], there = []] = [first, other].map(({ log }) => log[2]?.split(" "));
    expect(here).toHaveLength(3);
    for (const [place, drawn] of here.entries()) expect(drawn).not.toBe(there[place]);
    expect(Number(here[0]?.split(",")[0])).toBeGreaterThan(255);
  });

  it("stay repeatable with asynchronous crypto, compression and files, in whichever order they end", async () => {
    const code = `
      import { readFile } from "node:fs/promises";
      import { gzip } from "node:zlib";
      export default async (host) => {
        const order = [];
        await Promise.all([
          crypto.subtle.digest("SHA-256", new Uint8Array(4_000_000)).then(() => order.push("large")),
          crypto.subtle.digest("SHA-256", new Uint8Array(10)).then(() => order.push("small")),
          readFile(process.execPath).then(() => order.push("file")),
          new Promise((done) => gzip(Buffer.alloc(2_000_000), () => { order.push("gzip"); done(undefined); })),
        ]);
        host.log(order.join(" ") + " at " + host.clock.now());
        return serve(host);
      };`;
    const [first, again] = await Promise.all([performed(code), performed(code)]);
    expect(first.log[0]).toMatch(/^large small file gzip at 16835\d+$/);
    expect(again.hash).toBe(first.hash);
  });

  it.each([
    ["writing to disk", `const { writeFileSync } = await import("node:fs"); writeFileSync("/tmp/komfrem-never", "");`],
    ["a child process", `const { spawnSync } = await import("node:child_process"); spawnSync("true");`],
    ["a thread", `const { Worker } = await import("node:worker_threads"); new Worker("x");`],
    ["a signal to the process", `process.kill(process.pid, 0);`],
    [
      "a socket of its own",
      `const { Socket } = await import("node:net"); new Socket().connect(1, "127.0.0.1").on("error", () => {});`,
    ],
    ["http of its own", `const http = await import("node:http"); http.get("http://127.0.0.1:1/");`],
  ])("do not include %s: it is refused by name", async (_what, does) => {
    const run = await performed(
      `export default async (host) => { try { ${does} host.log("done") } catch (error) { host.log(String(error)) } return serve(host); };`,
    );
    expect(run.log[0]).toMatch(/is not there in the simulated world/);
  });
});

describe("a start", () => {
  it("may await things of its own before it first asks for anything, each time", async () => {
    const run = await performed(
      `export default async (host) => {
         for (let i = 0; i < 20; i++) await Promise.resolve();
         return serve(host);
       };`,
      { faults: crashOnRegistered },
    );
    expect(run.ledger.filter((entry) => entry.kind === "started")).toHaveLength(2);
    expect(run.judged.verdict).toEqual({ kind: "passed" });
  });
});

describe("a crash", () => {
  it("forgets the module, what it imports, and what hangs on the global object", async () => {
    const run = await performed(
      `let starts = 0;
       export default async (host) => {
         globalThis.starts = (globalThis.starts ?? 0) + 1;
         host.log("start " + ++starts + " " + globalThis.starts);
         return serve(host);
       };`,
      { faults: crashOnRegistered },
    );
    expect(run.log.filter((line) => line.startsWith("start"))).toEqual(["start 1 1", "start 1 1"]);
  });

  it("leaves every promise of the dead one unsettled", async () => {
    const run = await performed(
      `export default async (host) => {
         const mine = host.uuid();
         const timer = setInterval(() => host.log("tick " + mine), 60_000);
         host.signal.addEventListener("abort", () => clearInterval(timer));
         return serve(host);
       };`,
      { faults: crashOnRegistered, steps: [waits({ minutes: 5 }), ...oneMessage.steps] },
    );
    const ticks = run.log.filter((line) => line.startsWith("tick"));
    const [first] = ticks;
    expect(new Set(ticks).size).toBe(2);
    expect(ticks.lastIndexOf(first ?? "")).toBe(ticks.findIndex((line) => line !== first) - 1);
    expect(run.judged.verdict.kind).toBe("passed");
  });

  it.each([
    ["throws in a timer", `setTimeout(() => { throw new Error("boom") }, 1000);`, "Error: boom"],
    ["throws in a timer of the host", `host.clock.setTimeout(() => { throw new Error("boom") }, 1000);`, "Error: boom"],
    ["leaves a rejection unheard", `setTimeout(() => void Promise.reject(new Error("boom")), 1000);`, "Error: boom"],
    ["ends its process", `setTimeout(() => process.exit(7), 1000);`, "it called process.exit(7)"],
  ])("is the system's own where it %s", async (_what, does, why) => {
    const run = await performed(
      `export default async (host) => { if ((await host.store.get("fell")) === undefined) { await host.store.set("fell", true); ${does} } return serve(host); };`,
    );
    expect(run.ledger.find((entry) => entry.kind === "crashed")).toMatchObject({ why, class: "process" });
    expect(run.judged.verdict.kind).toBe("passed");
  });
});

describe("a crash of a party of ours", () => {
  it("stands in the ledger with its cause, whether a fault or a step asked for it", async () => {
    const { ledger, judged } = await performed("export default serve;", {
      steps: [
        sends("A", fjordvik.number, { district: "01" }),
        waits({ hours: 1 }),
        { kind: "receiverCrashes", downMs: 60_000 },
        waits({ hours: 1 }),
      ],
      faults: [{ id: "queue", at: "fiks-io.receipt(A)/1:done", does: { kind: "crashParty", downMs: 60_000 } }],
    });
    const crashes = ledger.flatMap((entry) => {
      if (entry.kind !== "crashed") return [];
      const cause = ledger[entry.cause ?? -1];
      return [[entry.party, entry.why, cause?.kind === "faulted" ? cause.faultId : undefined]];
    });
    expect(crashes).toEqual([
      ["fiks-io", undefined, "queue"],
      ["receiver", undefined, "receiver-crashes"],
    ]);
    expect(judged.verdict).toEqual({ kind: "passed" });
  });
});

describe("going round without getting anywhere", () => {
  it("fails drains, and time goes on for everybody else", async () => {
    const run = await performed(
      `export default async (host) => {
         void serve(host).catch(() => {});
         for (;;) await host.fetch(host.endpoints.receiver.baseUrl + "/intake/v1/messages?source.channel=fiks-io&source.id=x", { headers: { authorization: "Bearer " + host.endpoints.receiver.apiKey } });
       };`,
    );
    expect(run.ledger.find((entry) => entry.kind === "crashed")).toMatchObject({
      why: expect.stringMatching(/^livelock/),
    });
    expect(rulesBroken(run)).toContain("drains");
  });
});

/** RULES.md, *Experiments*. */
describe("isolate-and-kill", () => {
  const packed = (does: string): string => `
    import { gzipSync, gunzipSync } from "node:zlib";
    export default (host) => {
      const pack = (value) => gzipSync(JSON.stringify(value, (_, one) => (one?.type === "Buffer" ? one : one instanceof Uint8Array ? { bytes: Buffer.from(one).toString("base64") } : one)));
      const unpack = (value) => value === undefined ? undefined : JSON.parse(gunzipSync(value).toString(), (_, one) => (typeof one?.bytes === "string" ? new Uint8Array(Buffer.from(one.bytes, "base64")) : one?.type === "Buffer" ? new Uint8Array(one.data) : one));
      const view = (inner) => ({ ...inner, get: async (key) => unpack(await inner.get(key)), set: (key, value) => inner.set(key, pack(value)) });
      const store = { ...view(host.store), transaction: (fn) => host.store.transaction((inner) => fn(view(inner))), sync: () => ${does} };
      return inboxFirst(sound)({ ...host, store });
    };`;

  it("shows that a compressed inbox, of which nothing can be read, was stored in time", async () => {
    const run = await performed(packed("host.store.sync()"));
    expect(run.ledger.some((entry) => entry.by === "probe:isolate-and-kill")).toBe(true);
    expect(run.judged.verdict).toEqual({ kind: "passed" });
  });

  it("shows that one which is never synced was not", async () => {
    const run = await performed(packed("Promise.resolve()"));
    expect(rulesBroken(run)).toContain("receipt-after-store");
  });
});

describe("a graceful stop and a pause", () => {
  it("are heard and outlived", async () => {
    const run = await performed("export default serve;", {
      steps: [
        { kind: "stops", graceMs: 10_000, downMs: 60_000 },
        sends("A", fjordvik.number, { district: "01" }),
        waits({ hours: 1 }),
        sends("B", fjordvik.number, { district: "01" }),
        waits({ hours: 1 }),
      ],
      faults: [{ id: "pause", at: "receiver.register(B)/1:asked", does: { kind: "pause", forMs: 600_000 } }],
    });
    const lifecycle = run.ledger.flatMap((entry) =>
      entry.kind === "stopped"
        ? [`stopped ${entry.clean ? "clean" : "killed"}`]
        : ["paused", "resumed"].includes(entry.kind)
          ? [entry.kind]
          : [],
    );
    expect(lifecycle).toEqual(["stopped clean", "paused", "resumed"]);
    expect(run.judged.verdict).toEqual({ kind: "passed" });
  });
});
