import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { agreed } from "./agreed.ts";
import { Broker } from "./broker.ts";
import { fetchPacts, mayMeet, publish } from "./publish.ts";
import { Stand } from "./stand.ts";
import { verify } from "./verify.ts";

const ours = resolve(import.meta.dirname, "../../contracts/receiver/pact/integration-receiver.json");
type Pact = { consumer: { name: string }; provider: { name: string }; interactions: { description: string }[] };

/** A Pact Broker as far as its HAL interface is used: what is published, verified, asked. */
class TestBroker {
  readonly server: Server;
  readonly pacts = new Map<string, { version: string; pact: Pact }>();
  readonly results = new Map<string, boolean>();
  /** Brokers before 2.86 lack it. */
  publishesAll = true;
  url = "";

  constructor() {
    this.server = createServer((incoming, response) => void this.#answer(incoming, response));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const say = (status: number, value: unknown): void => {
      response.writeHead(status, { "content-type": "application/hal+json;charset=utf-8" }).end(JSON.stringify(value));
    };
    const { pathname, searchParams } = new URL(incoming.url ?? "/", this.url);
    const asked = `${incoming.method} ${pathname}`;
    if (incoming.headers.authorization !== "Bearer secret") return say(401, { error: { message: "Not authorised." } });
    if (asked === "GET /") return say(200, { _links: this.#links() });
    if (asked === "POST /contracts/publish") {
      const { contracts, pacticipantVersionNumber: version } = JSON.parse(text);
      for (const { content, consumerName, providerName } of contracts) {
        const pact: Pact = JSON.parse(Buffer.from(content, "base64").toString());
        const known = this.pacts.get(`${providerName}/${consumerName}`);
        if (known !== undefined && known.version === version && JSON.stringify(known.pact) !== JSON.stringify(pact))
          return say(409, { notices: [{ type: "error", text: "Cannot change the content of the pact." }] });
        this.pacts.set(`${providerName}/${consumerName}`, { version, pact });
      }
      return say(200, { notices: [{ type: "success", text: "Pact successfully published." }] });
    }
    const put = /^PUT \/pacts\/provider\/([^/]+)\/consumer\/([^/]+)\/version\/([^/]+)$/.exec(asked);
    if (put !== null) {
      this.pacts.set(`${put[1]}/${put[2]}`, { version: put[3] ?? "", pact: JSON.parse(text) });
      return say(201, {});
    }
    const latest = /^GET \/pacts\/provider\/([^/]+)\/latest$/.exec(asked);
    if (latest !== null) {
      const found = [...this.pacts.keys()].filter((key) => key.startsWith(`${latest[1]}/`));
      const links = found.map((key) => ({ href: `${this.url}/pact/${key}`, name: key }));
      return say(200, { _links: { "pb:pacts": links } });
    }
    const one = /^GET \/pact\/(.+)$/.exec(asked);
    const pact = this.pacts.get(one?.[1] ?? "");
    if (pact !== undefined) {
      const href = `${this.url}/results/${one?.[1]}/${pact.version}`;
      return say(200, { ...pact.pact, _links: { "pb:publish-verification-results": { href } } });
    }
    const result = /^POST \/results\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(asked);
    if (result !== null) {
      const { success, providerApplicationVersion } = JSON.parse(text);
      this.results.set(`${result[2]}@${result[3]} ${result[1]}@${providerApplicationVersion}`, success);
      return say(201, {});
    }
    if (asked === "GET /matrix") {
      const names = searchParams.getAll("q[][pacticipant]");
      const [a, b] = names.map((name, i) => `${name}@${searchParams.getAll("q[][version]")[i]}`);
      const success = this.results.get(`${a} ${b}`);
      return say(200, {
        summary: { deployable: success ?? null, reason: success === undefined ? "Nobody looked." : "Seen." },
      });
    }
    if (asked === "GET /can-i-deploy")
      return say(200, { summary: { deployable: searchParams.get("environment") === "test", reason: "Asked." } });
    return say(404, {});
  }

  #links(): object {
    const link = (href: string): object => ({ href: this.url + href, templated: href.includes("{") });
    return {
      ...(this.publishesAll ? { "pb:publish-contracts": link("/contracts/publish") } : {}),
      "pb:publish-pact": link("/pacts/provider/{provider}/consumer/{consumer}/version/{consumerApplicationVersion}"),
      "pb:latest-provider-pacts": link("/pacts/provider/{provider}/latest"),
      "pb:can-i-deploy-pacticipant-version-to-environment": link(
        "/can-i-deploy?pacticipant={pacticipant}&version={version}&environment={environment}",
      ),
    };
  }
}

let broker: TestBroker;
let folder: string;
let lines: string[];
let at: string[];

beforeEach(async () => {
  broker = new TestBroker();
  await new Promise<void>((done) => broker.server.listen(0, "127.0.0.1", done));
  broker.url = `http://127.0.0.1:${(broker.server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), "komfrem-broker-"));
  writeFileSync(join(folder, "token"), "secret\n");
  at = ["--broker", broker.url, "--token-file", join(folder, "token")];
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(String(line)));
});

afterEach(async () => {
  vi.restoreAllMocks();
  broker.server.closeAllConnections();
  await new Promise((done) => broker.server.close(done));
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
