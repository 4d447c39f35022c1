import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** As much of a Pact file as a broker looks at. */
export type Pact = {
  consumer: { name: string };
  provider: { name: string };
  interactions: { description: string }[];
};

/** A Pact Broker as far as its HAL interface is used: what is published, verified, asked. Its token is `secret`. */
export class TestBroker {
  readonly #server: Server;
  readonly pacts: Map<string, { version: string; pact: Pact }> = new Map();
  readonly results: Map<string, boolean> = new Map();
  /** Brokers before 2.86 lack it. */
  publishesAll: boolean = true;
  url: string = "";

  constructor() {
    this.#server = createServer((incoming, response) => void this.#answer(incoming, response));
  }

  /** Listens on loopback; from then on `url` is its address. */
  async open(): Promise<this> {
    await new Promise<void>((done) => this.#server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
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
