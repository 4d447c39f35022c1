import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { GenericContainer, type StartedTestContainer, Wait } from "testcontainers";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { agreed } from "./agreed.ts";
import type { Pact } from "./broker.fixture.ts";
import { fetchPacts, mayMeet, publish } from "./publish.ts";
import { Stand } from "./stand.ts";
import { verify } from "./verify.ts";

const port = 9292;
const ours = resolve(import.meta.dirname, "../../contracts/receiver/pact/integration-receiver.json");

/** Pact's own, on a database in a file of the container's. */
async function started(): Promise<StartedTestContainer | undefined> {
  try {
    return await new GenericContainer(process.env.KOMFREM_PACT_BROKER_IMAGE ?? "pactfoundation/pact-broker:latest")
      .withEnvironment({
        PACT_BROKER_DATABASE_URL: "sqlite:////tmp/pact_broker.sqlite3",
        PACT_BROKER_PORT: String(port),
      })
      .withExposedPorts(port)
      .withWaitStrategy(Wait.forHttp("/diagnostic/status/heartbeat", port))
      .start();
  } catch (error) {
    console.log(`skipped: Pact's own broker. ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** So long an image may take, ms: where none can be had some engines do not say so. */
const patienceMs = 120_000;
const broker = await Promise.race([
  started(),
  new Promise<undefined>((resolve) => {
    setTimeout(() => {
      console.log(`skipped: Pact's own broker. Its image did not come within ${patienceMs / 1000} s.`);
      resolve(undefined);
    }, patienceMs).unref();
  }),
]);
const folder = mkdtempSync(join(tmpdir(), "komfrem-real-broker-"));
const at = ["--broker", `http://${broker?.getHost()}:${broker?.getMappedPort(port)}`];

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {});
});
afterAll(async () => {
  vi.restoreAllMocks();
  await broker?.stop();
  rmSync(folder, { recursive: true });
});

describe.skipIf(broker === undefined)("Pact's own broker", () => {
  it("is given contracts, gives them back, and knows who may meet whom once a provider was verified", async () => {
    const meet = ["--of", "komfrem-correct-integration@1.4.0", "--with", "receiver@7", ...at];
    expect(await publish([ours, "--version", "1.4.0", "--branch", "main", ...at])).toBe(0);
    expect(await mayMeet(meet)).toBe(2);
    expect(await fetchPacts(["--provider", "receiver", "--out", folder, ...at])).toBe(0);
    const fetched = join(folder, "komfrem-correct-integration-receiver.json");
    const [given, published] = [fetched, ours].map((path) => JSON.parse(readFileSync(path, "utf8")) as Pact);
    expect(given?.interactions.map(({ description }) => description).sort()).toEqual(
      published?.interactions.map(({ description }) => description).sort(),
    );
    const stand = await new Stand("integration").open();
    try {
      writeFileSync(join(folder, "key"), agreed.token);
      const held = ["--provider", stand.url, "--pact", fetched, "--token-file", join(folder, "key")];
      expect(await verify([...held, ...at, "--publish-as", "7"])).toBe(0);
    } finally {
      await stand.close();
    }
    expect(await mayMeet(meet)).toBe(0);
  }, 120_000);
});
