import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import type { Run } from "../world.ts";
import { LiveWorld } from "./live-world.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-live-test-"));

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "live",
  title: "A message arrives",
  because: "A world must start and end what it needs.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [
    {
      number: "4690",
      name: "Fjordvik",
      organizationNumber: "310000000",
      districts: [{ number: "01", name: "Fjordvik barnevern", standard: true, supports: "V2" }],
      served: true,
    },
  ],
  people: [],
  switches: {},
  steps: [sends("A", "4690"), waits({ hours: 1 })],
  faults: [],
  mustHold: [],
};

/** Raises an alarm: somebody has heard of it, and that is all. */
const shown = `await host.fetch(host.endpoints.alarm.webhookUrl, {
    method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ source: { channel: "fiks-io" }, reason: "started" }),
  });`;

function run(name: string, text: string, watchdogMs = 20_000): Promise<Run> {
  const module = join(folder, name);
  writeFileSync(module, text);
  return world.run(scenario, { name, role: "integration", module }, { seed: 1, watchdogMs });
}

/** Whether a process is there. One that has ended and that nobody has asked after (Z) is not. */
function runs(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}

describe("the live world", () => {
  it("leaves no process and no file behind, not even what the system had started itself", async () => {
    const { log } = await run(
      "parent.mjs",
      `import { spawn } from "node:child_process";
export default async (host) => {
  ${shown}
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  host.log("pids " + process.pid + " " + child.pid + " file " + process.env.KOMFREM_ENDPOINTS);
  await new Promise(() => {});
};`,
    );
    const [, parent, child, file = ""] = /pids (\d+) (\d+) file (.+)/.exec(log.join("\n")) ?? [];
    const pids = [Number(parent), Number(child)];
    expect(file).toMatch(/endpoints\.json$/);
    await expect.poll(() => pids.filter(runs)).toEqual([]);
    expect(existsSync(dirname(file))).toBe(false);
  });

  it("doubts a system that never comes to rest, and ends it", async () => {
    const { judged } = await run("spins.mjs", `export default async (host) => { ${shown} for (;;); };`, 5000);
    expect(judged.doubts.map(({ because }) => because)).toContainEqual(expect.stringMatching(/^spins at /));
  });

  it("gives up a system that spins before anybody heard of it", async () => {
    await expect(run("spins-first.mjs", "export default async () => { for (;;); };", 1500)).rejects.toThrow(
      /spins-first\.mjs was never ready/,
    );
  });

  it("runs TypeScript with enums and imports without endings, and lets its clock jump", async () => {
    writeFileSync(join(folder, "kind.ts"), "export enum Kind { Far = 3 }\n");
    const { log, tookMs } = await run(
      "enums.ts",
      `import { Kind } from "./kind";
export default async (host: any) => {
  ${shown}
  const begun: number = host.clock.now();
  await host.clock.sleep(Kind.Far * 24 * 60 * 60_000);
  host.log("slept " + (host.clock.now() - begun) + " in " + host.endpoints.maskinporten.privateKey.slice(0, 27));
  await new Promise(() => {});
};`,
    );
    expect(log).toContain("slept 259200000 in -----BEGIN PRIVATE KEY-----");
    expect(tookMs).toBeLessThan(15_000);
  });

  it("stops a system that it pauses", async () => {
    const module = join(folder, "paused.mjs");
    writeFileSync(
      module,
      `export default async (host) => {
  for (let nth = 0; nth < 20; nth++) { ${shown} await host.clock.sleep(60_000); }
  await new Promise(() => {});
};`,
    );
    const { ledger } = await world.run(
      {
        ...scenario,
        faults: [{ id: "pause", at: "alarm.raise(start)/2:told", does: { kind: "pause", forMs: 600_000 } }],
      },
      { name: "paused", role: "integration", module },
      { seed: 1 },
    );
    const at = (kind: string): number => ledger.find((entry) => entry.kind === kind)?.atMs ?? Number.NaN;
    expect(at("resumed") - at("paused")).toBe(600_000);
    const meanwhile = ledger.filter(
      ({ kind, atMs }) => kind === "asked" && atMs > at("paused") && atMs < at("resumed"),
    );
    expect(meanwhile.filter((entry) => entry.kind === "asked" && entry.asker === "integration")).toEqual([]);
  });
});
