import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, sends, stops, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Command, ServiceProduct, SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-service-"));
const supervisor = join(folder, "supervisor.mjs");
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

// What systemd is elsewhere: starts a service of its own, and sends it signals.
writeFileSync(
  supervisor,
  `import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const [, , verb, design] = process.argv;
const file = ${JSON.stringify(join(folder, "pid"))};
const there = (pid) => existsSync("/proc/" + pid + "/exe");
if (verb === "start") {
  const args = [${JSON.stringify(resolve("bin/komfrem.mjs"))}, "host", design];
  const child = spawn(process.execPath, args, { detached: true, stdio: "ignore" });
  writeFileSync(file, String(child.pid));
  child.unref();
} else {
  const pid = Number(readFileSync(file, "utf8"));
  process.kill(-pid, verb);
  while (there(pid)) await new Promise((later) => setTimeout(later, 20));
}`,
);
const supervised = (...args: string[]): Command => [process.execPath, supervisor, ...args];
const design = resolve("integrations/correct/store-then-receipt.ts");

function reached(by: Partial<ServiceProduct>): SystemUnderTest {
  return {
    name: "service",
    role: "integration",
    module: supervisor,
    product: {
      service: { host: "127.0.0.1", start: supervised("start", design), ...by },
      channels: ["fiks-io"],
      folder,
      environment: {},
      time: { tier: "driven" },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 0,
      readyWithinMs: 20_000,
      keepsElsewhere: false,
      runsAtOnce: 1,
    },
  };
}

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "reached",
  title: "A message arrives, and the service that gets it crashes and stops",
  because: "Some products are run by something else.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  switches: {},
  steps: [
    sends("A", fjordvik.number, { district: "01" }),
    waits({ hours: 1 }),
    stops({ minutes: 1 }),
    waits({ hours: 1 }),
  ],
  faults: [crashesAt("receiver.register(A)/1:done", "process")],
  mustHold: ["no-loss", "delivers", "one-case"],
};

describe("a service that something else runs", () => {
  it("is started, killed and stopped by its commands", async () => {
    const by = { kill: supervised("SIGKILL"), stop: supervised("SIGTERM") };
    const { judged, ledger } = await world.run(scenario, reached(by), { seed: 1 });
    expect(judged.verdict).toEqual({ kind: "passed" });
    const life = ledger.flatMap(({ kind }) => (/^(started|crashed|stopped)$/.test(kind) ? [kind] : []));
    expect(life).toEqual(["started", "crashed", "started", "stopped", "started"]);
    expect(ledger.find(({ kind }) => kind === "stopped")).toMatchObject({ clean: true });
  }, 60_000);

  it("leaves the run in doubt where it was to be killed, and its config does not say how", async () => {
    const { judged } = await world.run(scenario, reached({ stop: supervised("SIGTERM") }), { seed: 1 });
    const because = expect.stringMatching(/how to kill it/);
    expect(judged.verdict).toEqual({ kind: "inconclusive", because });
  }, 60_000);

  it("is an error of the run where a command fails, with what it said", async () => {
    const start: Command = [process.execPath, "-e", "console.error('no such unit'); process.exit(5)"];
    await expect(world.run(scenario, reached({ start }), { seed: 1 })).rejects.toThrow(
      /address\.start of the config failed[\s\S]*exit code 5[\s\S]*no such unit/,
    );
  });
});
