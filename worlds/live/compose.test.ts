import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { getContainerRuntimeClient } from "testcontainers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../core/fault.ts";
import type { Scenario } from "../../core/scenario.ts";
import { crashesAt, fault, sends, waits } from "../../core/scenario-verbs.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import type { Product, SystemUnderTest } from "../world.ts";
import { engineOf, imageBuiltFrom } from "./engine.ts";
import { layOut } from "./image.fixture.ts";
import { LiveWorld } from "./live-world.ts";
import { clearOrphans } from "./orphans.ts";

function composeIsThere(): boolean {
  return [["docker", "compose"], ["docker-compose"]].some(([file = "", ...args]) => {
    try {
      execFileSync(file, [...args, "version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

const why = await engineOf("the product of a test").then(
  () => (composeIsThere() ? undefined : "There is neither docker compose nor docker-compose."),
  String,
);
if (why !== undefined) console.log(`skipped: products of a compose file. ${why}`);

const live = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-composed-"));
const file = join(folder, "compose.yml");
const designs = {
  // Has the store beside it count what it asks, by name and then through us, and a volume of its own keep its starts.
  counting: join(folder, "counting.mjs"),
  // Confirms before it has stored, as Familia did.
  hasty: resolve("integrations/faulty/receipts-before-storing.ts"),
  idle: join(folder, "idle.mjs"),
};

beforeAll(async () => {
  writeFileSync(
    designs.counting,
    `import { appendFileSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import sound from ${JSON.stringify(resolve("integrations/correct/store-then-receipt.ts"))};
const told = (at) => new Promise((resolve, reject) => {
  const [host, port] = at.split(":");
  connect({ host, port: Number(port) }, function () { this.write("count"); }).on("data", (text) => resolve(String(text))).on("error", reject);
});
export default async (host) => {
  appendFileSync("/var/kept/starts", "+");
  host.log("kept: " + readFileSync("/var/kept/starts", "utf8") + " " + process.env.OWN);
  host.log("db: " + (await told("db:7000")));
  void host.clock.sleep(60_000).then(() => told(process.env.DB)).then((count) => host.log("db: " + count));
  return sound(host);
};`,
  );
  writeFileSync(designs.idle, "export default () => new Promise(() => {});");
  if (why !== undefined) return;
  await layOut(folder, designs);
  writeFileSync(
    join(folder, "root/app/db.mjs"),
    `import { createServer } from "node:net";
let asked = 0;
createServer((socket) => socket.on("data", () => socket.end(String(++asked)))).listen(7000);`,
  );
  writeFileSync(
    file,
    `services:
  intake:
    build: .
    user: "0"
    environment: { OWN: its-own, DESIGN: none }
    depends_on: { db: { condition: service_healthy } }
    volumes: ["kept:/var/kept"]
    ports: ["127.0.0.1:18080:80"]
    restart: always
  db:
    build: .
    entrypoint: ["/bin/node", "/app/db.mjs"]
    healthcheck:
      test: ["CMD", "/bin/node", "-e", "require('net').connect(7000,'127.0.0.1').on('connect',()=>process.exit(0)).on('error',()=>process.exit(1))"]
      interval: 1s
volumes: { kept: {} }
`,
  );
}, 60_000);

afterAll(async () => {
  await live.close();
  if (why === undefined) {
    const { dockerode } = (await getContainerRuntimeClient()).container;
    for (const service of ["intake", "db"])
      await dockerode.getImage(imageBuiltFrom(`${file}#${service}`)).remove({ force: true });
  }
  rmSync(folder, { recursive: true, force: true });
});

function composed(design: keyof typeof designs, over: Partial<Product> = {}): SystemUnderTest {
  return {
    name: design,
    role: "integration",
    module: designs[design],
    product: {
      container: { from: { kind: "compose", path: file, service: "intake" } },
      channels: ["fiks-io"],
      folder,
      environment: { DESIGN: design, DB: "$KOMFREM_DEPENDENCY_DB" },
      time: { tier: "driven" },
      dependencies: [{ name: "db", host: "db", port: 7000 }],
      maxRetryDelayMs: 0,
      settleMs: 0,
      readyWithinMs: 30_000,
      keepsElsewhere: true,
      runsAtOnce: 1,
      ...over,
    },
  };
}

function scenario(faults: readonly Fault[] = []): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "composed",
    title: "A message arrives",
    because: "Many products are more than one container.",
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

async function leftOf(pid: number | undefined): Promise<string[]> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: ["komfrem.run"] };
  const { Volumes } = await dockerode.listVolumes({ filters });
  const containers = await dockerode.listContainers({ all: true, filters });
  const networks = await dockerode.listNetworks({ filters });
  return [
    ...containers.map(({ Labels }) => ["container", Labels] as const),
    ...(Volumes ?? []).map(({ Labels }) => ["volume", Labels] as const),
    ...networks.map(({ Labels }) => ["network", Labels] as const),
  ].flatMap(([what, labels]) => (labels?.["komfrem.harness"]?.split("/")[1] === String(pid) ? [what] : []));
}

describe.skipIf(why !== undefined)("a service of a compose file", () => {
  it("is killed alone, and finds its volume and the other services again", async () => {
    const crash = scenario([crashesAt("receiver.register(A)/1:done", "process")]);
    // Time stands until then: nobody waits for what it asks of others.
    const sut = composed("counting", { ready: { kind: "log", pattern: "^db: " } });
    const run = await live.run(crash, sut, { seed: 1 });
    expect(run.judged.verdict).toEqual({ kind: "passed" });
    expect(run.log.filter((line) => /^(kept|db): /.test(line))).toEqual([
      "kept: + its-own",
      "db: 1",
      "kept: ++ its-own",
      "db: 2",
      "db: 3",
    ]);
    const kinds = run.ledger.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "started" || kind === "crashed")).toEqual(["started", "crashed", "started"]);
    // What the counting design asked of its store went through us.
    expect(run.ledger.some((entry) => entry.kind === "asked" && entry.exchange?.startsWith("db."))).toBe(true);
    expect(await leftOf(process.pid)).toEqual([]);
  }, 120_000);

  it("is caught where it confirms before it has stored", async () => {
    const what = scenario([fault("receiver.register(A)/1:asked", { kind: "answer", status: 503 }, 3)]);
    const run = await live.run(what, composed("hasty"), { seed: 1 });
    expect(run.judged.broken.map(({ primary }) => primary.rule)).toContain("no-false-receipt");
  }, 120_000);

  it("leaves nothing that the next harness does not remove, where this one was killed", async () => {
    const harness = join(folder, "harness.mjs");
    writeFileSync(
      harness,
      `import { LiveWorld } from ${JSON.stringify(resolve("worlds/live/live-world.ts"))};
await new LiveWorld().run(${JSON.stringify(scenario())}, ${JSON.stringify(composed("idle"))}, { seed: 1 });`,
    );
    const child = spawn(process.execPath, [harness], { stdio: "inherit" });
    const all = ["container", "container", "network", "volume"];
    await expect.poll(async () => (await leftOf(child.pid)).sort(), { timeout: 30_000 }).toEqual(all);
    child.kill("SIGKILL");
    await new Promise((gone) => child.once("exit", gone));
    expect((await leftOf(child.pid)).sort()).toEqual(all);
    await (await engineOf("the next")).clear();
    expect(await leftOf(child.pid)).toEqual([]);
    clearOrphans();
  }, 120_000);
});
