import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { badCertificates, type Scenario, type Step } from "../core/scenario.ts";
import { sends, unreachable, waits } from "../core/scenario-verbs.ts";
import { scenarios } from "../scenarios/index.ts";
import { fjordvik, staffOf } from "../scenarios/places.ts";
import { certificateError } from "../simulators/certificate-error.ts";
import { Tls } from "../worlds/live/tls.ts";
import { SimulatedWorld } from "../worlds/simulated/simulated-world.ts";
import type { Run, SystemUnderTest } from "../worlds/world.ts";

const world = new SimulatedWorld(1);
const folder = mkdtempSync(join(tmpdir(), "komfrem-certificates-"));
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const root = resolve(import.meta.dirname, "..");
const shipped = (name: string): SystemUnderTest => ({
  name,
  role: "integration",
  module: join(root, "integrations", `${name}.ts`),
});

function mine(code: string): SystemUnderTest {
  const module = join(folder, "mine.ts");
  writeFileSync(
    module,
    `import { storeThenReceipt } from "${root}/integrations/correct/store-then-receipt.ts";
import { sound } from "${root}/integrations/kit/policy.ts";
const serve = storeThenReceipt(sound);
${code}`,
  );
  return { name: "mine", role: "integration", module };
}

const a = sends("A", fjordvik.number, { district: "01" });
const run = (sut: SystemUnderTest, steps: readonly Step[]): Promise<Run> => {
  const scenario: Scenario = {
    schema: "komfrem.scenario/v1",
    id: "certificates",
    title: "A certificate is not renewed",
    because: "It lasts until somebody comes to work.",
    origin: "DESIGN.md, section 4",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people: staffOf(fjordvik),
    switches: {},
    steps,
    faults: [],
    mustHold: ["no-loss", "delivers"],
  };
  return world.run(scenario, sut, { seed: 1 });
};
const rulesBroken = ({ judged }: Run): string[] => judged.broken.map(({ primary }) => primary.rule);
const faults = ({ ledger }: Run): string[] =>
  ledger.flatMap((entry) => (entry.kind === "faulted" ? [`${entry.faultId} ${entry.boundary}`] : []));

describe("a party that shows a bad certificate, in memory,", () => {
  it("is waited for by whoever tries again", async () => {
    const shown = scenarios.find(({ id }) => id === "bad-certificates");
    if (shown === undefined) throw new Error("bad-certificates is not shipped");
    const { judged } = await world.run(shown, shipped("correct/store-then-receipt"), { seed: 1 });
    expect(judged.verdict).toEqual({ kind: "passed" });
  });

  it("costs whoever gives up the message, and the ledger names the certificate", async () => {
    const steps = [unreachable("receiver", { hours: 5 }, { certificate: "expired" }), a, waits({ hours: 6 })];
    const found = await run(shipped("faulty/gives-up"), steps);
    expect(rulesBroken(found)).toContain("no-false-receipt");
    expect(faults(found)).toEqual(["certificate-expired-receiver receiver.*(*)/*:asked"]);
  });

  it("is no party that refuses: whoever takes a certificate for the last word loses the message", async () => {
    // What is to be tried again is told by the codes of a network that is down.
    const code = `export default (host) => serve({
      ...host,
      fetch: (url, init) => host.fetch(url, init).catch((error) => {
        if (error.cause?.code === "ECONNREFUSED") throw error;
        host.log("for good: " + error.cause?.code + " " + error.message);
        return new Response("", { status: 422 });
      }),
    });`;
    const out = (certificate: { readonly certificate?: "untrusted-root" }): Promise<Run> =>
      run(mine(code), [unreachable("receiver", { hours: 2 }, certificate), a, waits({ hours: 3 })]);
    expect(rulesBroken(await out({}))).toEqual([]);
    const found = await out({ certificate: "untrusted-root" });
    expect(found.log).toContain("for good: SELF_SIGNED_CERT_IN_CHAIN fetch failed");
    expect(rulesBroken(found)).toEqual(["delivers"]);
  });

  it("fails a connection of AMQP by the certificate, and one of mail, which has none, by refusing it", async () => {
    const code = `export default async (host) => {
      const { amqp } = host.endpoints.fiks;
      const [name, port] = host.endpoints.alarm.smtp.split(":");
      const tries = (to) => new Promise((done) => host.connect(to).on("connect", () => done("made")).on("error", (error) => done(error.code)));
      host.clock.sleep(60_000).then(async () =>
        host.log([await tries(amqp), await tries({ host: name, port: Number(port) })].join(" ")));
      return serve(host);
    };`;
    const { log } = await run(mine(code), [
      unreachable("fiks-io", { hours: 1 }, { certificate: "wrong-host" }),
      unreachable("alarm", { hours: 1 }, { certificate: "wrong-host" }),
      waits({ hours: 2 }),
    ]);
    expect(log).toContain("ERR_TLS_CERT_ALTNAME_INVALID ECONNREFUSED");
  });

  it("is joined by whoever answers at the same address, and nobody but the system under test minds", async () => {
    const found = await run(shipped("correct/store-then-receipt"), [
      unreachable("fiks-io", { hours: 5 }, { certificate: "expired" }),
      a,
      waits({ hours: 6 }),
    ]);
    expect(faults(found).map((fault) => fault.split(" ")[0])).toEqual([
      "certificate-expired-portal",
      "certificate-expired-fiks-io",
    ]);
    const tries = found.ledger.filter(
      ({ kind, exchange }) => kind === "asked" && exchange?.startsWith("portal.submit"),
    );
    expect(tries).toHaveLength(1 + fjordvik.districts.length);
    expect(rulesBroken(found)).toEqual([]);
  });
});

describe("what Node says of a bad certificate over a socket", () => {
  const tls = new Tls(["127.0.0.1", "localhost"], () => {});
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, tls.certificate);
  const served: Server[] = [];
  afterAll(() => {
    for (const server of served) server.close();
  });
  const said = ({ message, code, reason }: Error & { readonly code?: string; readonly reason?: string }): unknown => ({
    message,
    code,
    reason,
  });

  it.each(badCertificates)("is what it says in memory: %s", async (certificate) => {
    const server = tls.before(
      createServer((_, response) => response.end("served")),
      () => certificate,
    );
    served.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const line = connect({ host: "127.0.0.1", port, ca: tls.certificate });
    const [failed] = (await once(line, "error").catch((error) => [error])) as [Error];
    expect(said(failed)).toEqual(said(certificateError(certificate, "127.0.0.1")));
    const script = `fetch("https://127.0.0.1:${port}/").catch((error) => {
      const { message, code, reason } = error.cause;
      console.log(JSON.stringify([error.name, error.message, { message, code, reason }]));
    })`;
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: authorityFile },
    });
    expect(JSON.parse(stdout)).toEqual([
      "TypeError",
      "fetch failed",
      JSON.parse(JSON.stringify(said(certificateError(certificate, "127.0.0.1")))),
    ]);
  });
});
