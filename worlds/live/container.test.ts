import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { getContainerRuntimeClient } from "testcontainers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../core/fault.ts";
import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, fault, restores, sends, stops, upgrades, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import { SimulatedWorld } from "../simulated/simulated-world.ts";
import type { Product, Run, SystemUnderTest } from "../world.ts";
import { Engine, engineOf, imageBuiltFrom } from "./engine.ts";
import { layOut } from "./image.fixture.ts";
import { LiveWorld } from "./live-world.ts";
import { clearOrphans } from "./orphans.ts";

const engine = await engineOf("the product of a test").catch((error: unknown) => {
  console.log(`skipped: products in containers. ${String(error)}`);
  return undefined;
});

const live = new LiveWorld();
const simulated = new SimulatedWorld(1);
const folder = mkdtempSync(join(tmpdir(), "komfrem-image-"));
const designs = {
  sound: resolve("integrations/correct/store-then-receipt.ts"),
  // Confirms before it has stored, as Familia did.
  hasty: resolve("integrations/faulty/receipts-before-storing.ts"),
  counting: join(folder, "counting.mjs"),
  curious: join(folder, "curious.mjs"),
  greedy: join(folder, "greedy.mjs"),
  idle: join(folder, "idle.mjs"),
  filling: join(folder, "filling.mjs"),
};
type Design = keyof typeof designs;

/** The Dockerfiles of images that are to be removed. */
const built = [join(folder, "Dockerfile")];

beforeAll(async () => {
  writeFileSync(
    designs.curious,
    `import { connect } from "node:net";
import { resolve4 } from "node:dns/promises";
import sound from ${JSON.stringify(designs.sound)};
const reached = (host, port) => new Promise((resolve) => {
  const socket = connect({ host, port: Number(port), timeout: 1500 });
  const over = (what) => () => { socket.destroy(); resolve(what); };
  socket.on("connect", over("reached")).on("timeout", over("silent")).on("error", (error) => over(error.code)());
});
export default async (host) => {
  for (const place of process.env.PLACES.split(" "))
    host.log("place " + place + " " + (await reached(...place.split(":"))));
  host.log("name " + (await resolve4("example.org").then(() => "told", (error) => error.code)));
  return sound(host);
};`,
  );
  writeFileSync(
    designs.counting,
    `import { appendFileSync, readFileSync } from "node:fs";
import sound from ${JSON.stringify(designs.sound)};
const file = process.env.KOMFREM_DATA_DIRECTORY + "/starts";
export default async (host) => {
  appendFileSync(file, "+");
  host.log("starts: " + readFileSync(file, "utf8") + (process.env.RELEASE ?? ""));
  return sound(host);
};`,
  );
  writeFileSync(
    designs.greedy,
    `import { readdirSync } from "node:fs";
import sound from ${JSON.stringify(designs.sound)};
const kept = [];
export default async (host) => {
  for (let mb = 0; mb < Number(process.env.MB); mb++) kept.push(Buffer.alloc(2 ** 20, 1));
  host.log("has its data: " + readdirSync(process.env.DATA).includes("komfrem-store.ndjson"));
  return sound(host);
};`,
  );
  // Keeps an inbox in a file, where what its first start writes beside it fills the disk; and throws on that, or only logs it.
  writeFileSync(
    designs.filling,
    `import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { inboxFirst } from ${JSON.stringify(resolve("integrations/correct/inbox-first.ts"))};
import { sound } from ${JSON.stringify(resolve("integrations/kit/policy.ts"))};
const at = (name) => process.env.KOMFREM_DATA_DIRECTORY + "/" + name;
const kept = () => { try { return deserialize(readFileSync(at("inbox"))); } catch { return new Map(); } };
export default (host) => {
  if (existsSync(at("ballast"))) rmSync(at("ballast"));
  else try {
    for (let kib = 0; kib < Number(process.env.KIB); kib++) appendFileSync(at("ballast"), Buffer.alloc(1024));
  } catch (error) { host.log("ballast: " + error.code); }
  const values = kept();
  const view = {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    keys: async (key = "") => [...values.keys()].filter((one) => one.startsWith(key)).sort(),
  };
  const sync = async () => {
    try { writeFileSync(at("inbox"), serialize(values)); }
    catch (error) { host.log("inbox: " + error.code); if (process.env.SWALLOWS !== "yes") throw error; }
  };
  return inboxFirst(sound)({ ...host, store: { ...view, transaction: (fn) => fn(view), sync } });
};`,
  );
  writeFileSync(designs.idle, "export default () => new Promise(() => {});");
  if (engine !== undefined) await layOut(folder, designs);
}, 60_000);

afterAll(async () => {
  await Promise.all([live.close(), simulated.close()]);
  if (engine !== undefined) {
    const { dockerode } = (await getContainerRuntimeClient()).container;
    for (const file of built) await dockerode.getImage(imageBuiltFrom(file)).remove({ force: true });
  }
  rmSync(folder, { recursive: true, force: true });
});

function contained(design: Design, over: Partial<Product> = {}): SystemUnderTest {
  return {
    name: design,
    role: "integration",
    module: designs[design],
    product: {
      container: { from: { kind: "dockerfile", path: folder } },
      channels: ["fiks-io"],
      folder,
      environment: { DESIGN: design },
      time: { tier: "driven" },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 0,
      readyWithinMs: 30_000,
      keepsElsewhere: false,
      runsAtOnce: 1,
      ...over,
    },
  };
}

function asModule(design: Design): SystemUnderTest {
  return { name: design, role: "integration", module: designs[design] };
}

function scenario(faults: readonly Fault[] = []): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "contained",
    title: "A message arrives",
    because: "A container is what a municipality gets.",
    origin: "DESIGN.md, section 5",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps: [sends("A", fjordvik.number, { district: "01" }), waits({ hours: 1 })],
    faults,
    mustHold: ["no-loss", "delivers", "no-false-receipt", "one-case"],
  };
}

const blamed = ({ judged }: Run): string[] => judged.broken.map(({ primary }) => primary.rule);

describe.skipIf(engine === undefined)("a product in a container", () => {
  it("is caught by the rule that catches it in memory, where one that is sound passes", async () => {
    const what = scenario([fault("receiver.register(A)/1:asked", { kind: "answer", status: 503 }, 3)]);
    const memory = await simulated.run(what, asModule("hasty"), { seed: 1 });
    const hasty = await live.run(what, contained("hasty"), { seed: 1 });
    expect(blamed(memory)).toContain("no-false-receipt");
    expect(blamed(hasty)).toEqual(blamed(memory));
    const sound = await live.run(what, contained("sound"), { seed: 1 });
    expect(sound.judged.verdict).toEqual({ kind: "passed" });
  }, 60_000);

  it("is killed at a boundary, and started again on the data it had", async () => {
    const crash = scenario([crashesAt("receiver.register(A)/1:done", "process")]);
    // Node's inspector is as good a port as any.
    const sut = contained("counting", {
      environment: { DESIGN: "counting", NODE_OPTIONS: "--inspect=0.0.0.0:9229" },
      ready: { kind: "http", port: 9229, path: "/json/version" },
    });
    const run = await live.run(crash, sut, { seed: 1 });
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.log.filter((line) => line.startsWith("starts: "))).toEqual(["starts: +", "starts: ++"]);
    const kinds = run.ledger.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "started" || kind === "crashed")).toEqual(["started", "crashed", "started"]);
  }, 60_000);

  it("is upgraded to another image, on the data it had", async () => {
    const next = join(folder, "next.Dockerfile");
    writeFileSync(next, `${readFileSync(join(folder, "Dockerfile"), "utf8")}ENV RELEASE=" 2"\n`);
    const before = contained("counting");
    const what = scenario();
    const run = await live.run(
      { ...what, steps: [...what.steps, upgrades(), waits({ hours: 1 })] },
      {
        ...before,
        product: {
          ...(before.product as Product),
          container: { from: { kind: "dockerfile", path: folder }, next: { kind: "dockerfile", path: next } },
        },
      },
      { seed: 1 },
    );
    built.push(next);
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.log.filter((line) => line.startsWith("starts: "))).toEqual(["starts: +", "starts: ++ 2"]);
  }, 60_000);

  it("reaches us and nothing else, and is told no name", async () => {
    let visits = 0;
    const listeners: Server[] = [];
    const listening = async (host: string): Promise<string> => {
      const server = createServer(() => visits++);
      listeners.push(server);
      await new Promise<void>((open) => server.listen(0, host, open));
      return `${host}:${(server.address() as AddressInfo).port}`;
    };
    const others = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).flatMap(({ family, address }) => (family === "IPv4" ? [address] : [])),
    );
    // The last is nobody's.
    const elsewhere = [...(await Promise.all(others.map(listening))), "203.0.113.1:80"];
    const places = ["$KOMFREM_FIKS_AMQP_HOST:$KOMFREM_FIKS_AMQP_PORT", ...elsewhere].join(" ");
    const run = await live.run(
      scenario(),
      contained("curious", {
        environment: { DESIGN: "curious", PLACES: places },
        // Nobody waits for what it asks of others, but that time stands until it has asked us.
        time: { tier: "compressed", dayTakesMs: 150, pollIntervalMs: 50 },
      }),
      { seed: 1 },
    );
    await Promise.all(listeners.map((server) => new Promise((closed) => server.close(closed))));
    const seen = run.log.flatMap((line) => (line.startsWith("place ") ? [line.split(" ")[2]] : []));
    expect(seen).toHaveLength(places.split(" ").length);
    expect(seen.map((what) => what === "reached")).toEqual([true, ...elsewhere.map(() => false)]);
    expect(visits).toBe(0);
    const [name] = run.log.filter((line) => line.startsWith("name "));
    // A server of names that says "no such name" (ENOTFOUND) was asked, outside.
    expect(name).toMatch(/^name (?!told|ENOTFOUND)/);
  }, 60_000);

  it("is paused and stopped as a process is", async () => {
    const pause = fault("receiver.register(A)/1:told", { kind: "pause", forMs: 600_000 });
    const what = scenario([pause]);
    const run = await live.run(
      { ...what, steps: [...what.steps, stops({ minutes: 5 }), waits({ hours: 1 })] },
      contained("sound"),
      { seed: 1 },
    );
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    const at = (kind: string): number => run.ledger.findIndex((entry) => entry.kind === kind);
    const meanwhile = run.ledger.slice(at("paused"), at("resumed"));
    expect(meanwhile.some((entry) => entry.kind === "asked" && entry.asker === "integration")).toBe(false);
    // By SIGTERM: nobody had to kill it.
    expect(run.ledger.find(({ kind }) => kind === "stopped")).toMatchObject({ clean: true });
  }, 60_000);

  it("finds a backup of its data as it was, and may write there", async () => {
    const what = scenario();
    const back = restores("integration", { minutes: 30 }, { minutes: 1 });
    const run = await live.run({ ...what, steps: [...what.steps, back, waits({ hours: 1 })] }, contained("counting"), {
      seed: 1,
    });
    // It had been started once when the backup was taken, and is started for the second time now.
    expect(run.log.filter((line) => line.startsWith("starts: "))).toEqual(["starts: +", "starts: ++"]);
    expect(run.ledger.filter(({ kind }) => kind === "crashed")).toEqual([]);
  }, 60_000);

  it("has no more memory than its config gives it, and finds its data where its image wants it", async () => {
    const environment = { DESIGN: "greedy", MB: "40", DATA: "/var/lib/intake" };
    const container = { from: { kind: "dockerfile", path: folder }, data: "/var/lib/intake" } as const;
    const run = await live.run(scenario(), contained("greedy", { environment, container }), { seed: 1 });
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.log).toContain("has its data: true");
    const limited = contained("greedy", {
      environment: { ...environment, MB: "400" },
      container: { ...container, limits: { memoryMb: 200 } },
    });
    await expect(live.run(scenario(), limited, { seed: 1 })).rejects.toThrow(/never ready[\s\S]*want of memory/);
  }, 60_000);

  it.skipIf(process.getuid?.() !== 0)(
    "is caught where its disk is full and it confirms all the same, and passes where it does not (takes root)",
    async () => {
      const busy = fault("receiver.register(A)/*:asked", { kind: "answer", status: 503 }, 3);
      const what: Scenario = { ...scenario([busy]), mustHold: ["no-loss", "no-false-receipt"] };
      const filling = (diskMb: number, swallows: "yes" | "no"): SystemUnderTest =>
        contained("filling", {
          environment: { DESIGN: "filling", KIB: "2048", SWALLOWS: swallows },
          container: { from: { kind: "dockerfile", path: folder }, limits: { diskMb } },
        });
      const roomy = await live.run(what, filling(8, "yes"), { seed: 1 });
      expect(roomy.judged.verdict).toEqual({ kind: "passed" });
      expect(roomy.log.join("\n")).not.toContain("ENOSPC");

      const careless = await live.run(what, filling(1, "yes"), { seed: 1 });
      expect(careless.log).toContain("inbox: ENOSPC");
      expect(blamed(careless)).toEqual(["receipt-after-store"]);

      const careful = await live.run(what, filling(1, "no"), { seed: 1 });
      expect(careful.log).toContain("inbox: ENOSPC");
      expect(careful.judged.verdict).toEqual({ kind: "passed" });
    },
    120_000,
  );

  it("writes no faster than its config lets it", async () => {
    const slow = contained("filling", {
      environment: { DESIGN: "filling", KIB: "0", SWALLOWS: "no" },
      container: { from: { kind: "dockerfile", path: folder }, limits: { writeMbPerSecond: 1 } },
    });
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const running = live.run(scenario(), slow, { seed: 1 });
    const limits = async (): Promise<unknown> => {
      const filters = { label: ["komfrem.run"] };
      const [one] = await dockerode.listContainers({ filters });
      if (one === undefined) return undefined;
      const { HostConfig } = await dockerode.getContainer(one.Id).inspect();
      return HostConfig.BlkioDeviceWriteBps?.map(({ Rate }: { Rate: number }) => Rate);
    };
    await expect.poll(limits, { timeout: 20_000, interval: 20 }).toEqual([2 ** 20]);
    expect((await running).judged.verdict).toEqual({ kind: "passed" });
  }, 60_000);

  it("cannot be started where its image is not to be had", async () => {
    const from = { kind: "image", name: "komfrem.invalid/none:1" } as const;
    await expect(live.run(scenario(), contained("sound", { container: { from } }), { seed: 1 })).rejects.toThrow(
      /komfrem\.invalid\/none:1 is not on this machine, and could not be pulled/,
    );
  }, 60_000);

  it("has one image for each Dockerfile, whatever becomes of that", async () => {
    const client = await getContainerRuntimeClient();
    const path = join(folder, "small");
    mkdirSync(path);
    const built = async (text: string): Promise<string> => {
      writeFileSync(join(path, "Dockerfile"), `FROM scratch\nLABEL komfrem.test=${text}\nCMD ["/none"]\n`);
      const again = new Engine(await import("testcontainers"), client);
      return (await again.imageOf({ kind: "dockerfile", path })).id;
    };
    const ids = [await built("one"), await built("one"), await built("other")];
    expect(ids[1]).toBe(ids[0]);
    const filters = { label: ["komfrem.test"] };
    const left = await client.container.dockerode.listImages({ filters });
    expect(left.map(({ Id }) => Id)).toEqual([ids[2]]);
    await client.container.dockerode.getImage(ids[2] ?? "").remove({ force: true });
  }, 60_000);

  it("leaves no container and no network, also where the harness was killed", async () => {
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const of = { all: true, filters: { label: ["komfrem.run"] } };
    const left = async (pid: number | undefined): Promise<string[]> => {
      const all = [...(await dockerode.listContainers(of)), ...(await dockerode.listNetworks({ filters: of.filters }))];
      return all.flatMap(({ Id, Labels }) => (Labels?.["komfrem.harness"]?.split("/")[1] === String(pid) ? [Id] : []));
    };
    const what = scenario();
    await live.run(what, contained("sound"), { seed: 1 });
    expect(await left(process.pid)).toEqual([]);

    const harness = join(folder, "harness.mjs");
    writeFileSync(
      harness,
      `import { LiveWorld } from ${JSON.stringify(resolve("worlds/live/live-world.ts"))};
await new LiveWorld().run(${JSON.stringify(what)}, ${JSON.stringify(contained("idle"))}, { seed: 1 });`,
    );
    const child = spawn(process.execPath, [harness], { stdio: "inherit" });
    const running = async (): Promise<boolean> =>
      (await dockerode.listContainers(of)).some(
        ({ State, Labels }) => State === "running" && Labels["komfrem.harness"]?.split("/")[1] === String(child.pid),
      );
    await expect.poll(running, { timeout: 20_000 }).toBe(true);
    await engine?.clear();
    expect(await left(child.pid)).toHaveLength(2);
    child.kill("SIGKILL");
    await new Promise((gone) => child.once("exit", gone));
    expect(await left(child.pid)).toHaveLength(2);
    // Another harness on this machine may clear it away as well, and be at it.
    await engine?.clear();
    await expect.poll(() => left(child.pid), { timeout: 20_000 }).toEqual([]);
    clearOrphans();
  }, 60_000);
});
