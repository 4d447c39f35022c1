import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agreed } from "./agreed.ts";
import { type Pact, TestBroker } from "./broker.fixture.ts";
import { Broker } from "./broker.ts";
import { fetchPacts, mayMeet, publish } from "./publish.ts";
import { Stand } from "./stand.ts";
import { verify } from "./verify.ts";

const ours = resolve(import.meta.dirname, "../../contracts/receiver/pact/integration-receiver.json");
let broker: TestBroker;
let folder: string;
let lines: string[];
let at: string[];

beforeEach(async () => {
  broker = new TestBroker();
  await broker.open();
  folder = mkdtempSync(join(tmpdir(), "komfrem-broker-"));
  writeFileSync(join(folder, "token"), "secret\n");
  at = ["--broker", broker.url, "--token-file", join(folder, "token")];
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(String(line)));
});

afterEach(async () => {
  vi.restoreAllMocks();
  await broker.close();
  rmSync(folder, { recursive: true });
});

describe("a Pact Broker", () => {
  it("is given contracts, gives them back, and knows who may meet whom once a provider was verified", {
    timeout: 60_000,
  }, async () => {
    const meet = ["--of", "komfrem-correct-integration@1.4.0", "--with", "receiver@7", ...at];
    expect(await publish([ours, "--version", "1.4.0", "--branch", "main", ...at])).toBe(0);
    expect(lines).toContain("  Pact successfully published.");
    expect(await mayMeet(meet)).toBe(2);

    expect(await fetchPacts(["--provider", "receiver", "--out", folder, ...at])).toBe(0);
    const fetched = join(folder, "komfrem-correct-integration-receiver.json");
    const pact = JSON.parse(readFileSync(fetched, "utf8")) as Pact;
    const published = JSON.parse(readFileSync(ours, "utf8")) as Pact;
    expect(pact.interactions).toEqual(published.interactions);

    // Two interactions are enough to see what becomes of a result.
    const few = pact.interactions.filter(({ description }) => description.startsWith("uploads a document"));
    writeFileSync(fetched, JSON.stringify({ ...pact, interactions: few }));
    const stand = await new Stand("integration").open();
    try {
      writeFileSync(join(folder, "key"), agreed.token);
      const key = ["--token-file", join(folder, "key"), "--broker-token-file", join(folder, "token")];
      const held = ["--provider", stand.url, "--pact", fetched, "--broker", broker.url, "--publish-as", "7", ...key];
      expect(await verify(held)).toBe(0);
    } finally {
      await stand.close();
    }
    expect(await mayMeet(meet)).toBe(0);
    broker.results.set("komfrem-correct-integration@1.4.0 receiver@7", false);
    expect(await mayMeet(meet)).toBe(1);
    expect(lines.at(-1)).toBe("komfrem-correct-integration@1.4.0 with receiver@7: no. Seen.");
  });

  it("may be asked about an environment", async () => {
    expect(await mayMeet(["--of", "intake@1", "--to", "test", ...at])).toBe(0);
    expect(await mayMeet(["--of", "intake@1", "--to", "prod", ...at])).toBe(1);
  });

  it("of an older version is given one contract at a time", async () => {
    broker.publishesAll = false;
    expect(await publish([ours, "--version", "1", ...at])).toBe(0);
    expect(broker.pacts.get("receiver/komfrem-correct-integration")?.version).toBe("1");
  });

  it("that refuses is quoted: a version's contract cannot change", async () => {
    await publish([ours, "--version", "1", ...at]);
    const changed = join(folder, "changed.json");
    writeFileSync(changed, JSON.stringify({ ...JSON.parse(readFileSync(ours, "utf8")), interactions: [] }));
    await expect(publish([changed, "--version", "1", ...at])).rejects.toThrow(
      "POST /contracts/publish was answered with 409. Cannot change the content of the pact.",
    );
  });

  it("has nothing for a provider that nobody has a contract with", async () => {
    expect(await fetchPacts(["--provider", "nobody", "--out", folder, ...at])).toBe(2);
  });

  it("with a wrong token, none, or in the clear is told so", async () => {
    await expect(new Broker(broker.url, "wrong").latest("receiver")).rejects.toThrow(
      "answered with 401. Not authorised.",
    );
    await expect(publish([ours, "--version", "1", "--broker", broker.url])).rejects.toThrow("answered with 401");
    expect(() => new Broker("http://broker.example", "secret")).toThrow("in the clear");
    expect(() => new Broker("https://broker.example", "secret")).not.toThrow();
  });
});
