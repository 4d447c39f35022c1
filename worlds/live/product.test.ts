import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, sends, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Product, ProductTime, Run, SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";
import { startingNear } from "./time-flow.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-product-"));
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const dayTakesMs = 1200;
const compressed: ProductTime = { tier: "compressed", dayTakesMs, pollIntervalMs: 50 };

/** A design of ours, started by a command as any program is. */
function started(design: string, time: ProductTime, over: Partial<Product> = {}): SystemUnderTest {
  return {
    name: design,
    role: "integration",
    module: resolve("bin/komfrem.mjs"),
    product: {
      command: [process.execPath, resolve("bin/komfrem.mjs"), "host", resolve(`integrations/${design}.ts`)],
      channels: ["altinn-correspondence"],
      folder,
      environment: {},
      time,
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: time.tier === "driven" ? 0 : 800,
      readyWithinMs: 20_000,
      keepsElsewhere: false,
      runsAtOnce: 6,
      ...over,
    },
  };
}

function scenario(over: Partial<Scenario> = {}): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "product",
    title: "A message arrives by mail",
    because: "A product is what a municipality gets.",
    origin: "DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    channels: ["altinn-correspondence"],
    switches: {},
    steps: [
      sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true } }),
      waits({ days: 1 }),
    ],
    faults: [],
    mustHold: ["no-loss", "delivers"],
    ...over,
  };
}

const run = (what: Scenario, sut: SystemUnderTest): Promise<Run> => world.run(what, sut, { seed: 1 });

describe("a product on our clock", () => {
  it("is judged as the same system is that was loaded as a module", async () => {
    const design = "faulty/mail-first-attachment-only";
    const sut = started(design, { tier: "driven" });
    const { product: _, ...asModule } = { ...sut, module: resolve(`integrations/${design}.ts`) };
    const what = scenario({
      switches: { pollIntervalMinutes: 360 },
      steps: [sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { furtherFiles: 1 } })],
    });
    const [one, other] = [await run(what, sut), await run(what, asModule)];
    expect(one.judged.broken.map(({ primary }) => primary.rule)).toEqual(["intact"]);
    expect(one.judged.broken).toEqual(other.judged.broken);
  });
});

describe("a product on its own clock", () => {
  it("passes where it is sound, is judged as compressed, and loses no time while it is started again", async () => {
    const slow = join(folder, "slow.mjs");
    writeFileSync(
      slow,
      `import { spawn } from "node:child_process";
setTimeout(() => spawn(process.execPath, process.argv.slice(2), { stdio: "inherit" }), 1500);`,
    );
    const sut = started("correct/inbox-first", compressed);
    const [node, ...rest] = sut.product?.command ?? [process.execPath];
    const { judged, ledger, tookMs } = await run(
      scenario({ faults: [crashesAt("receiver.register(A)/1:done", "process")] }),
      { ...sut, product: { ...(sut.product as Product), command: [node, slow, ...rest] } },
    );
    expect(judged.verdict).toEqual({ kind: "passed" });
    const [head] = ledger;
    if (head?.kind !== "run") throw new Error("no run entry");
    expect(head.tierByDomain).toEqual({ world: "driven", integration: "compressed" });
    expect(Math.abs(Date.now() - Date.parse(head.parameters.startsAt))).toBeLessThan(8 * 86_400_000);
    // At least a day, D and three days of ageing.
    expect(tookMs).toBeGreaterThan(4 * dayTakesMs);
    const again = ledger.findLastIndex(({ kind }) => kind === "started");
    const heard = ledger.slice(again).find((entry) => entry.kind === "told" && entry.to === "integration");
    const startedMs = ledger[again]?.atMs ?? Number.NaN;
    // 1.5 s would be more than a day.
    expect((heard?.atMs ?? Number.NaN) - startedMs).toBeLessThan(6 * 3_600_000);
  });

  it.each([
    [
      "has its grace in real time where it stops by itself: 300 ms would be six hours",
      `process.prependListener("SIGTERM", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));`,
      true,
    ],
    [
      "is killed after its grace where it does not",
      `const on = process.on;
process.on = (name, then) => on.call(process, name, name === "SIGTERM" ? () => {} : then);`,
      false,
    ],
  ])("%s", async (_, stopping, clean) => {
    const first = join(folder, `stops-${clean}.mjs`);
    writeFileSync(first, stopping);
    const sut = started("correct/inbox-first", compressed);
    const [node, ...rest] = sut.product?.command ?? [process.execPath];
    const { ledger } = await run(
      scenario({
        steps: [
          sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true } }),
          waits({ hours: 12 }),
          { kind: "stops", graceMs: 1000, downMs: 60_000 },
          waits({ hours: 12 }),
        ],
      }),
      { ...sut, product: { ...(sut.product as Product), command: [node, "--import", first, ...rest] } },
    );
    expect(ledger.flatMap((entry) => (entry.kind === "stopped" ? [entry.clean] : []))).toEqual([clean]);
  });

  it("is an error of the run where it is never ready, with its last lines", async () => {
    const command: Product["command"] = [
      process.execPath,
      "-e",
      "console.error('no database'); setInterval(() => {}, 1e6)",
    ];
    const sut = started("correct/inbox-first", compressed, { command, readyWithinMs: 700 });
    await expect(run(scenario(), sut)).rejects.toThrow(/was never ready[\s\S]*no database/);
  });

  it("is ended at the first thing it registers that is not of this run: it may be real", async () => {
    const real = join(folder, "real.mjs");
    writeFileSync(
      real,
      `const { KOMFREM_RECEIVER_BASE_URL: at, KOMFREM_RECEIVER_API_KEY: key } = process.env;
const message = {
  source: { channel: "altinn-correspondence", id: "8a618ce7-fa8b-496e-b1ef-2c0cf699862a", sameAs: {} },
  recipient: { municipalityNumber: "4690", district: "01" }, type: "mail", confidential: true,
  receivedAt: "2026-11-23T08:00:00Z", payload: { text: "kept from last year" }, documents: [],
};
await fetch(at + "/intake/v1/messages", {
  method: "POST", body: JSON.stringify(message),
  headers: { authorization: "Bearer " + key, "idempotency-key": "1", "content-type": "application/json" },
});
setInterval(() => {}, 1e6);`,
    );
    const sut = started("correct/inbox-first", compressed, { command: [process.execPath, real] });
    await expect(run(scenario(), sut)).rejects.toThrow("registered something that was not sent in this run");
  });

  it("is an error of the run where it ends before it is ready, or is not what its config waits for", async () => {
    const ends: Product["command"] = [process.execPath, "-e", "console.error('no licence'); process.exit(2)"];
    await expect(run(scenario(), started("correct/inbox-first", compressed, { command: ends }))).rejects.toThrow(
      /was never ready[\s\S]*It ended before that: no licence \(exit code 2\)/,
    );
    // It gets its tokens and asks for mail, and yet it is not ready.
    const sut = started("correct/inbox-first", compressed, {
      ready: { kind: "log", pattern: "^up$" },
      readyWithinMs: 2500,
    });
    await expect(run(scenario(), sut)).rejects.toThrow(/was never ready[\s\S]*ready in its config/);
  });

  it("is not started where its environment asks for what the endpoints do not have", async () => {
    const sut = started("correct/inbox-first", compressed, { environment: { QUEUE: "$KOMFREM_FIKS_AMQP_HOST" } });
    await expect(run(scenario(), sut)).rejects.toThrow(/QUEUE could not be filled in[\s\S]*KOMFREM_ALTINN_BASE_URL/);
  });
});

describe("a run on the product's own calendar", () => {
  it("begins within the week up to now, on the scenario's weekday and at its time of day", () => {
    const now = Date.parse("2026-11-23T12:00:00Z");
    const at = (startsAt: string): string => new Date(startingNear(startsAt, now)).toISOString();
    // Monday at eight in summer time stays Monday at eight in winter time.
    expect(at("2023-05-08T08:00:00")).toBe("2026-11-23T07:00:00.000Z");
    expect(at("2023-05-08T23:00:00")).toBe("2026-11-16T22:00:00.000Z");
  });
});
