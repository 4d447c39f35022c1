import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../core/fault.ts";
import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Run, SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-relay-"));
let store: Server;

type Ask = { readonly op: "get" | "keys" | "commit"; readonly key: string; readonly writes: [string, unknown][] };

/** A store that is a server of its own: a line of JSON asks, a line answers; what is committed outlives who asked. */
beforeAll(async () => {
  const values = new Map<string, unknown>();
  const answer = ({ op, key, writes }: Ask): unknown => {
    switch (op) {
      case "get":
        return values.get(key);
      case "keys":
        return [...values.keys()].filter((one) => one.startsWith(key)).sort();
      case "commit":
        for (const [name, value] of writes)
          if (value === null) values.delete(name);
          else values.set(name, value);
        return true;
    }
  };
  store = createServer((socket) => {
    let rest = "";
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "forget") values.clear();
        else socket.write(`${JSON.stringify({ value: answer(JSON.parse(line)) })}\n`);
      }
    });
  });
  await new Promise<void>((listening) => store.listen(0, "127.0.0.1", listening));
  // An ordinary design over an ordinary client of that store, whose time-out is thrown on or is swallowed.
  writeFileSync(
    join(folder, "intake.mjs"),
    `import { connect } from "node:net";
import { deserialize, serialize } from "node:v8";
import { inboxFirst } from ${JSON.stringify(resolve("integrations/correct/inbox-first.ts"))};
import { sound } from ${JSON.stringify(resolve("integrations/kit/policy.ts"))};

const [at, port] = process.env.DATABASE.split(":");

function clientOf(host) {
  let socket, waiting = [];
  const open = () => {
    socket = connect(Number(port), at);
    let rest = "";
    const all = waiting;
    socket.setEncoding("utf8").on("data", (text) => {
      const lines = (rest + text).split("\\n");
      rest = lines.pop();
      for (const line of lines) all.shift()?.resolve(JSON.parse(line).value);
    });
    socket.on("error", () => {});
    socket.on("close", () => { for (const one of all.splice(0)) one.reject(new Error("the store is gone")); });
  };
  const renew = () => { waiting = []; socket?.destroy(); socket = undefined; };
  return (ask) => new Promise((resolve, reject) => {
    if (socket === undefined || socket.destroyed) { waiting = []; open(); }
    const timer = host.clock.setTimeout(() => { renew(); reject(new Error("the store took more than 5 s")); }, 5000);
    const over = (then) => (value) => { host.clock.clear(timer); then(value); };
    waiting.push({ resolve: over(resolve), reject: over(reject) });
    socket.write(JSON.stringify(ask) + "\\n");
  });
}

function storeOf(host) {
  const ask = clientOf(host);
  const pending = new Map();
  let looked = false;
  const view = {
    get: async (key) => {
      const text = pending.has(key) ? pending.get(key) : await ask({ op: "get", key });
      return text == null ? undefined : deserialize(Buffer.from(text, "base64"));
    },
    set: async (key, value) => void pending.set(key, serialize(value).toString("base64")),
    delete: async (key) => void pending.set(key, null),
    // Once, at the start: later looks would fall into the same instant as the polls.
    keys: async (key = "") => (looked ? [] : ((looked = true), ask({ op: "keys", key }))),
  };
  return {
    ...view,
    transaction: (fn) => fn(view),
    sync: async () => {
      const writes = [...pending];
      pending.clear();
      try {
        await ask({ op: "commit", key: "", writes });
      } catch (error) {
        if (process.env.SWALLOWS !== "yes") throw error;
        host.log("store: " + error.message);
      }
    },
  };
}

export default (host) => inboxFirst(sound)({ ...host, store: storeOf(host) });
`,
  );
});

afterAll(async () => {
  await world.close();
  await new Promise((closed) => store.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

function intake(swallows: "yes" | "no"): SystemUnderTest {
  const { port } = store.address() as AddressInfo;
  return {
    name: `intake that ${swallows === "yes" ? "swallows" : "throws on"} a time-out`,
    role: "integration",
    module: resolve("bin/komfrem.mjs"),
    product: {
      command: [process.execPath, resolve("bin/komfrem.mjs"), "host", join(folder, "intake.mjs")],
      channels: ["altinn-correspondence"],
      folder,
      reset: [process.execPath, "-e", `require("node:net").connect(${port}, "127.0.0.1").end("forget\\n")`],
      environment: { DATABASE: "$KOMFREM_DEPENDENCY_DB", SWALLOWS: swallows },
      time: { tier: "driven" },
      dependencies: [{ name: "db", host: "127.0.0.1", port }],
      maxRetryDelayMs: 0,
      settleMs: 0,
      keepsElsewhere: false,
      runsAtOnce: 6,
      readyWithinMs: 20_000,
    },
  };
}

function scenario(faults: readonly Fault[] = []): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "own-store",
    title: "A message arrives, and the product's own store is slow",
    because: "In 2023 a receipt was sent although the message had not been stored.",
    origin: "incidents.md; DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    channels: ["altinn-correspondence"],
    // Few polls: nearly all that a run over sockets takes is spent on them.
    switches: { pollIntervalMinutes: 360 },
    steps: [
      sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true } }),
      waits({ hours: 7 }),
    ],
    faults,
    mustHold: ["no-loss", "delivers", "no-false-receipt"],
  };
}

const run = (sut: SystemUnderTest, faults: readonly Fault[] = []): Promise<Run> =>
  world.run(scenario(faults), sut, { seed: 1 });

/** The flush that commits what was read of A: nothing else that is flushed about A is as long. */
function commitOf({ ledger }: Run): string {
  const flushes = ledger.flatMap((entry) =>
    entry.kind === "asked" && entry.exchange?.startsWith("db.flush(A)/")
      ? [{ name: entry.exchange, bytes: entry.bytes }]
      : [],
  );
  expect(flushes.length).toBeGreaterThan(1);
  return flushes.reduce((longest, one) => (one.bytes > longest.bytes ? one : longest)).name;
}

describe("a relay before the product's own store", () => {
  it("names what is flushed by the message that it is about, and passes it on", async () => {
    const clean = await run(intake("yes"));
    expect(clean.judged.verdict).toEqual({ kind: "passed" });
    const at = `${commitOf(clean)}:asked`;
    const slow: Fault[] = [{ id: "slow", at, does: { kind: "stall" } }];

    // The fault of 2023: the store does not answer in time, the error is caught, and the receipt goes out.
    const swallowed = await run(intake("yes"), slow);
    expect(swallowed.judged.verdict.kind).toBe("failed");
    expect(swallowed.judged.broken.find(({ delivery }) => delivery === "A")?.primary.rule).toBe("no-false-receipt");
    expect(swallowed.log.join("\n")).toContain("the store took more than 5 s");

    expect((await run(intake("no"), slow)).judged.verdict).toEqual({ kind: "passed" });
  }, 180_000);
});
