import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, sends, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { WireRequest } from "../../simulators/wire.ts";
import type { Product, Run, SystemUnderTest } from "../world.ts";
import { FakedClock, libfaketime } from "./faked-clock.ts";
import { LiveWorld } from "./live-world.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-faked-"));
const world = new LiveWorld();
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const nowMs = Date.UTC(2030, 0, 1);

function grantSigned(atMs: number): WireRequest {
  const claims = Buffer.from(JSON.stringify({ iat: Math.floor(atMs / 1000) })).toString("base64url");
  return {
    method: "POST",
    path: "/token",
    query: {},
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(`grant_type=x&assertion=e30.${claims}.x`),
  };
}

/** A clock of which this was seen. */
function seen(polls: readonly boolean[], grantsMs: readonly number[]): FakedClock {
  const clock = new FakedClock(folder, "/lib/faketime.so", {});
  for (const did of polls) clock.pollWasDue(did);
  for (const atMs of grantsMs) clock.look(grantSigned(atMs), nowMs);
  return clock;
}

describe("a clock that a program is given", () => {
  it.each([
    ["driven where it polls and signs by it", [true, true, true], [nowMs - 5000], "driven"],
    ["offset where it signs by it and does not poll", [true, false, true], [nowMs], "offset"],
    ["offset until it was seen to poll often enough", [true, true], [nowMs], "offset"],
    ["none where it signs by another", [true, true, true], [nowMs, nowMs - 86_400_000], "none"],
    ["none where it was never seen to sign", [true, true, true], [], "none"],
  ] as const)("is %s", (_, polls, grants, tier) => {
    expect(seen(polls, grants).tier).toBe(tier);
  });

  it("is said to be no good as soon as something speaks against it, and not before", () => {
    expect(seen([true, false], [nowMs]).against).toBeUndefined();
    expect(seen([true, false, true], [nowMs]).against).toMatch(/moved to 3 of its polls, and it polled at 2/);
    expect(seen([], [nowMs - 86_400_000]).against).toMatch(
      /signed a grant at 2029-12-31T00:00:00.*2030-01-01T00:00:00/,
    );
  });

  it("is never moved backwards", () => {
    const clock = seen([], []);
    const shown = (): number => Number(readFileSync(join(folder, "clock"), "utf8"));
    clock.set(Date.now() + 90_000);
    expect(shown()).toBeCloseTo(90, 0);
    clock.set(Date.now() + 30_000);
    expect(shown()).toBeCloseTo(90, 0);
  });
});

const withoutIt = libfaketime() === undefined ? " (skipped: no libfaketime)" : "";
if (withoutIt !== "") console.log("skipped: there is no libfaketime here; apt-get install faketime brings it");

const komfrem = resolve("bin/komfrem.mjs");

function product(
  design: string,
  environment: Readonly<Record<string, string>> = {},
  over: Partial<Product> = {},
): SystemUnderTest {
  return {
    name: design,
    role: "integration",
    module: komfrem,
    product: {
      command: [process.execPath, komfrem, "host", resolve(`integrations/${design}.ts`)],
      channels: ["altinn-correspondence"],
      folder,
      environment,
      time: { tier: "faketime", pollIntervalMs: 6 * 3_600_000 },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 0,
      readyWithinMs: 20_000,
      keepsElsewhere: false,
      runsAtOnce: 1,
      ...over,
    },
  };
}

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "faked",
  title: "A message arrives by mail",
  because: "A product waits by the machine's clock.",
  origin: "DESIGN.md, section 5",
  startsAt: "2023-05-08T08:00:00",
  municipalities: [fjordvik],
  people: staffOf(fjordvik),
  channels: ["altinn-correspondence"],
  switches: {},
  steps: [
    sends("A", fjordvik.number, { by: "altinn-correspondence", mail: { confirmation: true, furtherFiles: 1 } }),
    waits({ days: 31 }),
  ],
  faults: [],
  mustHold: ["no-loss", "delivers", "intact"],
};

const run = (sut: SystemUnderTest, over: Partial<Scenario> = {}): Promise<Run> =>
  world.run({ ...scenario, ...over }, sut, { seed: 1 });

function tierIn({ ledger: [head] }: Run): string | undefined {
  return head?.kind === "run" ? head.tierByDomain.integration : undefined;
}

describe.skipIf(withoutIt !== "")(`a product whose clock libfaketime moves${withoutIt}`, () => {
  it("goes through a month in seconds, and a crash, and is judged as on a clock of ours", async () => {
    const passed = await run(product("correct/inbox-first"), {
      faults: [crashesAt("receiver.register(A)/1:done", "process")],
    });
    expect([passed.judged.verdict, tierIn(passed)]).toEqual([{ kind: "passed" }, "driven"]);
    expect(passed.tookMs).toBeLessThan(60_000);
    const faulty = product("faulty/mail-first-attachment-only");
    const { product: _, ...asModule } = { ...faulty, module: resolve(`integrations/${faulty.name}.ts`) };
    const rulesBroken = async (sut: SystemUnderTest): Promise<unknown> => {
      const switches = { pollIntervalMinutes: 360 };
      const { judged } = await run(sut, { steps: scenario.steps.slice(0, 1), switches });
      return judged.broken.map(({ delivery, primary }) => [delivery, primary.rule]);
    };
    const broken = await rulesBroken(faulty);
    expect(broken).toHaveLength(1);
    expect(broken).toEqual(await rulesBroken(asModule));
  });

  it("proves nothing where its timers do not follow, or its clock does not, and it is said which", async () => {
    const offset = await run(product("correct/inbox-first", { FAKETIME_DONT_FAKE_MONOTONIC: "1" }));
    expect(tierIn(offset)).toBe("offset");
    expect(offset.judged.verdict).toMatchObject({ kind: "inconclusive", because: /polled at 0/ });
    const none = await run(product("correct/inbox-first", { LD_PRELOAD: "" }));
    expect(tierIn(none)).toBe("none");
    expect(none.judged.verdict).toMatchObject({ kind: "inconclusive", because: /signed a grant at/ });
  });

  it("leaves nothing of libfaketime's behind", async () => {
    const pid = join(folder, "pid");
    const script = join(folder, "tells-its-id.mjs");
    writeFileSync(
      script,
      `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => {}, 1e6);`,
    );
    const sut = product("correct/inbox-first", {}, { command: [process.execPath, script], readyWithinMs: 1000 });
    await expect(run(sut)).rejects.toThrow(/never ready/);
    expect(() => readFileSync(`/dev/shm/faketime_shm_${readFileSync(pid, "utf8")}`)).toThrow(/ENOENT/);
  });
});
