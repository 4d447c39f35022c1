import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, connect as connectInTheClear, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BadCertificate, badCertificates } from "../../core/scenario.ts";
import { type crashesAt, losesAnswer, sends, waits } from "../../core/scenario-verbs.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import { fjordvik, staffOf } from "../../scenarios/places.ts";
import { truststore } from "../../simulators/keys/keystore.ts";
import type { Product, Run, SystemUnderTest } from "../world.ts";
import { writeEndpoints } from "./endpoints-file.ts";
import { LiveWorld } from "./live-world.ts";
import { Tls, trusting } from "./tls.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-tls-"));
const javaClient = join(folder, "Client.java");
writeFileSync(
  javaClient,
  `public class Client { public static void main(String[] given) throws Exception {
  var heard = new java.net.URL(System.getenv("TOKEN_URL")).openConnection().getInputStream();
  System.out.print(new String(heard.readAllBytes())); } }`,
);
const clients: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Node: [process.execPath, "-e", "fetch(process.env.TOKEN_URL).then((heard) => heard.text()).then(console.log)"],
  Python: [
    "python3",
    "-c",
    `import os, ssl, urllib.request
print(urllib.request.urlopen(os.environ["TOKEN_URL"], context=ssl.create_default_context()).read().decode())`,
  ],
  Java: ["java", javaClient],
};
const missing = ([program]: readonly [string, ...string[]]): string => {
  if (program === process.execPath || spawnSync(program, ["--version"]).status === 0) return "";
  console.log(`skipped: ${program} is not there`);
  return ` (skipped: no ${program})`;
};

let failures: string[] = [];
const tls = new Tls(["127.0.0.1", "localhost"], (why) => failures.push(why));
let shows: BadCertificate | undefined;
const tokens = tls.before(
  createHttp(({ url }, response) => {
    if (url === "/reset") response.socket?.resetAndDestroy();
    else response.end('{"access_token":"granted"}');
  }),
  () => shows,
);
beforeAll(() => new Promise<void>((opened) => tokens.listen(0, "127.0.0.1", () => opened())));
const world = new LiveWorld();
afterAll(async () => {
  tokens.close();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

let nth = 0;
/** What the environment of a product holds whose endpoints name this authority. */
function environmentOf(authority: string, around: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const endpoints: Endpoints = { version: 1, channels: [], recipients: [], pollIntervalMs: 1 };
  const here = { dataDirectory: folder, nowUrl: undefined, authority };
  const leaves = writeEndpoints(join(folder, `run-${++nth}`), endpoints, here);
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...around, ...leaves, ...trusting(leaves, around) };
}

async function asked(client: readonly [string, ...string[]], environment: NodeJS.ProcessEnv): Promise<string> {
  const [program, ...given] = client;
  const { port } = tokens.address() as AddressInfo;
  const env = { ...environment, TOKEN_URL: `https://localhost:${port}/token` };
  return (await promisify(execFile)(program, given, { env, timeout: 30_000 })).stdout;
}

describe("what a run over TLS shows", () => {
  for (const [language, client] of Object.entries(clients)) {
    const without = missing(client);
    it.skipIf(without !== "")(
      `is trusted by a ${language} client that was told nothing but its environment${without}`,
      async () => {
        expect(await asked(client, environmentOf(tls.certificate))).toContain("granted");
      },
    );

    it.skipIf(without !== "")(`is not trusted by a ${language} client of another run${without}`, async () => {
      failures = [];
      const other = new Tls(["localhost"], () => {}).certificate;
      await expect(asked(client, environmentOf(other))).rejects.toThrow(/certificate/i);
      // Node hangs up without a word.
      if (language !== "Node") expect(failures).toEqual([expect.stringMatching(/alert/)]);
    });
  }

  const saidOf: Readonly<Record<BadCertificate, RegExp>> = {
    expired: /expired|validity check failed/i,
    "untrusted-root": /self-signed|unable to find valid certification path/i,
    "wrong-host": /match|not valid for/i,
  };
  for (const [language, client] of Object.entries(clients)) {
    const without = missing(client);
    it.skipIf(without !== "")(
      `is what a ${language} client finds fault with, where it is a bad certificate${without}`,
      async () => {
        for (shows of badCertificates)
          await expect(asked(client, environmentOf(tls.certificate)), shows).rejects.toThrow(saidOf[shows]);
        shows = undefined;
        expect(await asked(client, environmentOf(tls.certificate))).toContain("granted");
      },
    );
  }

  it("is reset as a connection in the clear is", async () => {
    const { port } = tokens.address() as AddressInfo;
    const line = connect({ host: "127.0.0.1", port, ca: tls.certificate });
    line.write("GET /reset HTTP/1.1\r\nhost: localhost\r\n\r\n");
    await expect(once(line, "end")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("is refused by nobody who is merely cut off", async () => {
    failures = [];
    const { port } = tokens.address() as AddressInfo;
    const line = connectInTheClear({ host: "127.0.0.1", port });
    const [socket] = (await Promise.all([once(tokens, "connection"), once(line, "connect")]))[0] as [Socket];
    line.resetAndDestroy();
    await once(socket, "close");
    expect(failures).toEqual([]);
  });

  const withoutJava = missing(["java"]);
  it.skipIf(withoutJava !== "")(
    `leaves a JVM the store and the options that it has of its own${withoutJava}`,
    async () => {
      const own = join(folder, "own.p12");
      writeFileSync(own, truststore(tls.certificate, "own", "its own"));
      const ours = environmentOf(new Tls(["localhost"], () => {}).certificate);
      const store = [`-Djavax.net.ssl.trustStore=${own}`, "-Djavax.net.ssl.trustStorePassword=its own"];
      expect(await asked(["java", ...store, javaClient], ours)).toContain("granted");
      const options = environmentOf(tls.certificate, { JAVA_TOOL_OPTIONS: "-Xmx64m" }).JAVA_TOOL_OPTIONS;
      expect(options).toMatch(/^-Djavax\.net\.ssl\.trustStore=\S+ -Xmx64m$/);
    },
  );
});

const komfrem = resolve("bin/komfrem.mjs");

function product(over: Partial<Product>): SystemUnderTest {
  return {
    name: "over TLS",
    role: "integration",
    module: komfrem,
    product: {
      command: [process.execPath, komfrem, "host", resolve("integrations/correct/store-then-receipt.ts")],
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
      tls: true,
      ...over,
    },
  };
}

const run = (sut: SystemUnderTest, faults: Parameters<typeof crashesAt>[0][] = []): Promise<Run> =>
  world.run(
    {
      schema: "komfrem.scenario/v1",
      id: "over-tls",
      title: "A message arrives over TLS",
      because: "In production nothing goes in the clear.",
      origin: "DESIGN.md, section 6",
      startsAt: "2023-05-08T08:00:00",
      municipalities: [fjordvik],
      people: staffOf(fjordvik),
      switches: {},
      steps: [sends("A", fjordvik.number), waits({ hours: 1 })],
      faults: faults.map((at) => losesAnswer(at)),
      mustHold: ["no-loss", "delivers", "one-case"],
    },
    sut,
    { seed: 1 },
  );

describe("a product over TLS", () => {
  it("gets its messages by AMQP and its cases by HTTP, and is broken off as it is in the clear", async () => {
    const faults = ["fiks-io.receipt(A)/1", "receiver.register(A)/1", "maskinporten.grant(start)/1"];
    const boundaries = async (over: boolean): Promise<unknown[]> => {
      const { judged, ledger } = await run(product({ tls: over }), faults);
      expect(judged.verdict).toEqual({ kind: "passed" });
      return ledger.flatMap((entry) => (entry.kind === "faulted" ? [[entry.boundary, entry.outcome]] : []));
    };
    const secured = await boundaries(true);
    expect(secured).toContainEqual(["receiver.register(A)/1:done", "injected"]);
    expect(secured).toEqual(await boundaries(false));
  });

  it("raises an alarm by mail over TLS", async () => {
    const script = join(folder, "mails.mjs");
    writeFileSync(
      script,
      `import { connect } from "node:tls";
const { KOMFREM_ALARM_SMTPS: place, KOMFREM_RECEIVER_BASE_URL: receiver, KOMFREM_RECEIVER_API_KEY: key } = process.env;
await fetch(receiver + "/intake/v1/messages?source.channel=x&source.id=x", { headers: { authorization: "Bearer " + key } });
const [host, port] = place.split(":");
const said = ["EHLO x", "MAIL FROM:<a@example.no>", "RCPT TO:<b@example.no>", "DATA", "Subject: down\\r\\n\\r\\nReason: down\\r\\n.", "QUIT"];
const line = connect({ host, port: Number(port) });
line.on("data", (heard) => { if (/^\\d{3} /m.test(String(heard)) && said.length > 0) line.write(said.shift() + "\\r\\n"); });
setInterval(() => {}, 1e6);`,
    );
    const { ledger } = await run(
      product({
        command: [process.execPath, script],
        time: { tier: "compressed", dayTakesMs: 120, pollIntervalMs: 100 },
      }),
    );
    expect(ledger).toContainEqual(expect.objectContaining({ kind: "alerted", about: "down" }));
  });

  it.each([
    ["does not trust the run's authority", { NODE_EXTRA_CA_CERTS: "" }, "", /was never ready/],
    [
      "speaks in the clear",
      {},
      '.replace("https", "http")',
      /was never ready[\s\S]*a TLS connection was not made: .*http request/,
    ],
  ])("that %s is never ready", async (_, environment, instead, said) => {
    const program = `const url = process.env.KOMFREM_RECEIVER_BASE_URL + "/intake/v1/messages?source.channel=x&source.id=x";
const headers = { authorization: "Bearer " + process.env.KOMFREM_RECEIVER_API_KEY };
setInterval(() => fetch(url${instead}, { headers }).catch(() => {}), 50);`;
    const time = { tier: "compressed", dayTakesMs: 3000, pollIntervalMs: 100 } as const;
    const sut = product({ command: [process.execPath, "-e", program], environment, time, readyWithinMs: 1000 });
    await expect(run(sut)).rejects.toThrow(said);
  });
});
