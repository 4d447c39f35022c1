import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Scenario } from "../../core/scenario.ts";
import { sends, waits } from "../../core/scenario-verbs.ts";
import { asleep, dutyOfficer, fjordvik } from "../../scenarios/places.ts";
import senderCrashes from "../../scenarios/police/sender-crashes.ts";
import senderLostAnswers from "../../scenarios/police/sender-lost-answers.ts";
import type { Run, SystemUnderTest } from "../world.ts";
import { LiveWorld } from "./live-world.ts";

const world = new LiveWorld();
const folder = mkdtempSync(join(tmpdir(), "komfrem-orders-"));
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const broken = ({ judged }: Run): string[] =>
  judged.broken.map(({ delivery = "", primary }) => `${delivery} ${primary.rule}`).sort();

function shipped(name: string): SystemUnderTest {
  return { name, role: "sender", module: resolve(`integrations/${name}.ts`) };
}

describe("a sender as a process", () => {
  it("takes orders, and is judged as in memory", async () => {
    const sound = await world.run(senderLostAnswers, shipped("correct/police-sender"), { seed: 1 });
    expect(sound.judged.verdict.kind).toBe("passed");
    const twice = await world.run(senderLostAnswers, shipped("faulty/police-sends-again"), { seed: 1 });
    expect(broken(twice)).toEqual(["A one-case"]);
  });

  it("that forgets what it took on when it is killed is found", async () => {
    const forgets = await world.run(senderCrashes, shipped("faulty/police-forgets-at-crash"), { seed: 1 });
    expect(broken(forgets)).toContain("A watched-channel");
  });
});

/** A product that takes orders as `takes` says, and sends nothing. */
function product(name: string, takes: string): SystemUnderTest {
  const program = join(folder, `${name}.mjs`);
  writeFileSync(
    program,
    `import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
const mark = process.env.KOMFREM_DATA_DIRECTORY + "/seen";
const seen = existsSync(mark);
const { hostname, port, pathname } = new URL(process.env.KOMFREM_SEND_URL);
const answer = (response, status, body) => response.writeHead(status).end(body);
const server = createServer((incoming, response) => {
  if (incoming.url !== pathname) return answer(response, 404);
  let text = "";
  incoming.on("data", (chunk) => { text += chunk; });
  incoming.on("end", () => {
    const order = JSON.parse(text);
    ${takes}
  });
});
if (${JSON.stringify(name)} !== "deaf") server.listen(Number(port), hostname);
setInterval(() => {}, 1000);
`,
  );
  return {
    name,
    role: "sender",
    module: program,
    product: {
      command: [process.execPath, program],
      channels: ["altinn-dispatch"],
      folder,
      environment: {},
      time: { tier: "compressed", dayTakesMs: 100, pollIntervalMs: 50 },
      dependencies: [],
      maxRetryDelayMs: 0,
      settleMs: 500,
      readyWithinMs: name === "deaf" ? 2000 : 20_000,
      keepsElsewhere: false,
      runsAtOnce: 6,
    },
  };
}

const scenario: Scenario = {
  schema: "komfrem.scenario/v1",
  id: "orders",
  title: "A sender is told to send",
  because: "Whoever orders must know whether it was taken on.",
  origin: "contracts/sender/openapi.yaml",
  tests: "sender",
  channels: ["altinn-dispatch", "fiks-io"],
  startsAt: "2023-05-08T09:00:00",
  municipalities: [fjordvik],
  people: [...asleep(fjordvik), dutyOfficer],
  switches: {},
  steps: [sends("A", fjordvik.number, { district: "01" }), waits({ hours: 3 })],
  faults: [],
  mustHold: [],
};

/** What was heard of each time that A was ordered. */
async function heard(name: string, takes: string): Promise<string[]> {
  const run = await world.run(scenario, product(name, takes), { seed: 1 });
  return run.ledger.flatMap((entry) => {
    if (entry.exchange?.startsWith("sender.send(A)/") !== true) return [];
    if (entry.kind === "told") return [`${entry.exchange.slice("sender.send(A)/".length)} ${entry.code}`];
    return entry.kind === "untold" ? [`${entry.exchange.slice("sender.send(A)/".length)} ${entry.how}`] : [];
  });
}

describe("an order", () => {
  const taken = "answer(response, 202, JSON.stringify({ reference: order.label }));";

  it("is given once that is taken on", async () => {
    expect(await heard("takes", taken)).toEqual(["1 sent"]);
  });

  it("is known by the reference it was taken on with, before any channel has it", async () => {
    const alarms = `answer(response, 202, '{"reference":"outgoing-2023-7"}');
      fetch(process.env.KOMFREM_ALARM_WEBHOOK_URL, { method: "POST", body: "outgoing-2023-7 is not sent" });`;
    const run = await world.run(scenario, product("alarms", alarms), { seed: 1 });
    expect(run.ledger.find(({ kind }) => kind === "alerted")).toMatchObject({ ids: ["A"] });
  });

  it("is given again where that was not now, and not where it never will be", async () => {
    const later = `if (!seen) writeFileSync(mark, ""); answer(response, globalThis.asked ? 202 : 503, '{"reference":"r"}'); globalThis.asked = true;`;
    expect(await heard("later", later)).toEqual(["1 rejected", "2 sent"]);
    expect(await heard("never", "answer(response, 400);")).toEqual(["1 refused"]);
  });

  it("is lost with the start that was to answer it, and given to the next", async () => {
    const dies = `if (!seen) { writeFileSync(mark, ""); process.exit(1); } ${taken}`;
    // Until we know of its end, an order finds nobody.
    expect((await heard("dies", dies)).join(", ")).toMatch(/^1 lost, (\d lost, )*\d sent$/);
  });

  it("needs somebody who listens", async () => {
    await expect(world.run(scenario, product("deaf", ""), { seed: 1 })).rejects.toThrow(
      /deaf was never ready\.[\s\S]*nothing of it accepted connections[\s\S]*KOMFREM_SEND_URL/,
    );
  });
});
