import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configured, isConfig } from "./config.ts";
import { fuzzBudget } from "./fuzz.ts";
import { systemsNamed } from "./selection.ts";
import { sweepBudget } from "./sweep.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let nth = 0;
function written(text: string): string {
  const path = join(folder, `komfrem-${++nth}.config.ts`);
  writeFileSync(path, text);
  return path;
}
const exporting = (config: object): string => written(`export default ${JSON.stringify(config)};`);
const contained = { name: "intake", channels: ["altinn-correspondence"] };
const least = { ...contained, command: ["intake", "--serve"] };

describe("a config", () => {
  it("says what is started, and what it does not say is known", async () => {
    expect(await configured(exporting(least))).toMatchObject({
      name: "intake",
      role: "integration",
      product: {
        command: ["intake", "--serve"],
        channels: ["altinn-correspondence"],
        folder,
        environment: {},
        time: { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 250 },
        dependencies: [],
        maxRetryDelayMs: 0,
        settleMs: 500,
        readyWithinMs: 30_000,
      },
    });
  });

  it("says how long it is explored, unless the command line does", async () => {
    const sut = await configured(exporting({ ...least, budgets: { fuzz: "10m", sweep: "30m" } }));
    const silent = await configured(exporting(least));
    const minutes = (budget: { leftMs: number }): number => Math.ceil(budget.leftMs / 60_000);
    expect([fuzzBudget({}, sut), fuzzBudget({ budget: "2m" }, sut), fuzzBudget({}, silent)].map(minutes)).toEqual([
      10, 2, 1,
    ]);
    expect(fuzzBudget({ runs: "7" }, sut)).toMatchObject({ runs: 7, leftMs: Number.POSITIVE_INFINITY });
    expect(
      [sweepBudget({}, [sut, silent]), sweepBudget({ budget: "2m" }, [sut]), sweepBudget({}, [silent])].map(minutes),
    ).toEqual([30, 2, 10]);
  });

  it("says what container it is, and what says that it is ready", async () => {
    const { product } = await configured(
      exporting({ ...contained, dockerfile: ".", data: "/var/lib/intake", ready: { http: "8080/health" } }),
    );
    expect(product).toMatchObject({
      container: { from: { kind: "dockerfile", path: folder }, data: "/var/lib/intake" },
      ready: { kind: "http", port: 8080, path: "/health" },
    });
    expect(product?.command).toBe(undefined);
  });

  it("has types from defineConfig, and a folder relative to itself", async () => {
    const path = written(
      `import { defineConfig } from ${JSON.stringify(resolve("port/config.ts"))};
export default defineConfig({ ...${JSON.stringify(least)}, folder: "..", tls: true, clock: { tier: "driven" } });`,
    );
    expect((await configured(path)).product).toMatchObject({
      folder: resolve(folder, ".."),
      time: { tier: "driven" },
      tls: true,
      settleMs: 0,
    });
  });

  it("takes the product's own words for the clock, whole", async () => {
    const clock = { tier: "faketime", pollIntervalMs: 60_000 };
    expect((await configured(exporting({ ...least, clock }))).product).toMatchObject({ time: clock, settleMs: 0 });
  });

  it.each([
    ["names what is missing", { name: "intake", command: ["intake"] }, /channels: is missing/],
    ["wants to know how it is started", { ...least, command: undefined }, /exactly one of command, image.*it has none/],
    ["is started in one way", { ...least, image: "intake:1" }, /exactly one of.*it has command and image/],
    ["limits containers only", { ...least, limits: { cpus: 1 } }, /limits can be had by a container only/],
    [
      "limits a disk in one way",
      { ...contained, image: "intake:1", limits: { diskMb: 1, writeMbPerSecond: 1 } },
      /diskMb and writeMbPerSecond exclude each other/,
    ],
    [
      "upgrades a container to another",
      { ...contained, image: "intake:1", next: ["intake"] },
      /next: must be an image or a dockerfile/,
    ],
    ["upgrades a command to another", { ...least, next: { image: "intake:2" } }, /next: must be a program/],
    [
      "names a next Dockerfile that is there",
      { ...contained, image: "intake:1", next: { dockerfile: "nowhere" } },
      /cannot be started from .*nowhere[\s\S]*Correct next.dockerfile/,
    ],
    ["says how a service is started", { ...contained, address: {} }, /address\/start: is missing/],
    [
      "names a Dockerfile that is not there",
      { ...contained, dockerfile: "nowhere" },
      /cannot be started from .*nowhere[\s\S]*Correct dockerfile/,
    ],
    ["is ready in one way", { ...least, ready: { port: 80, file: "up" } }, /ready: must be one of.*port and file/],
    ["waits for a line by a pattern", { ...least, ready: { log: "(" } }, /ready\/log: must be a regular expression/],
    [
      "names a budget that is a time",
      { ...least, budgets: { fuzz: "10" } },
      /budgets\/fuzz: "10" must be a time above zero/,
    ],
    [
      "names a budget above zero",
      { ...least, budgets: { sweep: "0m" } },
      /budgets\/sweep: "0m" must be a time above zero/,
    ],
    ["budgets what is explored", { ...least, budgets: { run: "1m" } }, /budgets/],
    ["names a word that is not known", { ...least, chanels: [] }, /chanels/],
    ["names the channels there are", { ...least, channels: ["post"] }, /channels\/0: must be one of fiks-io/],
    ["names a place without a port", { ...least, dependencies: { db: "localhost" } }, /dependencies\/db/],
    ["names the tiers there are", { ...least, clock: { tier: "fast" } }, /clock\/tier/],
    ["takes orders as a sender only", { ...least, send: "8081" }, /send: only a sender takes orders/],
    [
      "says where it takes orders, or is told a place",
      { ...contained, image: "intake:1", role: "sender" },
      /send: must say where it takes orders/,
    ],
    [
      "has no probe as a sender",
      { ...least, role: "sender", probe: { command: ["probe"] } },
      /probe: tells what a case system holds/,
    ],
    ["names a folder that is not there", { ...least, folder: "nowhere" }, /nowhere[\s\S]*no such folder/],
  ])("%s", async (_, config, said) => {
    await expect(configured(exporting(config))).rejects.toThrow(said);
  });

  it("that is not there or does not load is said to be so", async () => {
    await expect(configured(join(folder, "none.ts"))).rejects.toThrow(/There is no config at/);
    await expect(configured(written("export default {"))).rejects.toThrow(/could not be loaded/);
  });

  it("is told from a module by its name", async () => {
    const [sut] = await systemsNamed([exporting(least)]);
    expect(sut?.product?.channels).toEqual(["altinn-correspondence"]);
    expect(["komfrem.config.ts", "./a/intake.config.mjs", "config.ts", "./mine.ts"].map(isConfig)).toEqual([
      ...[true, true, false, false],
    ]);
  });
});
