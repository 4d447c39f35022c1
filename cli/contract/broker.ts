import { HarnessError } from "../../core/error.ts";
import type { PactFile } from "./pact-file.ts";

type Fields = Readonly<Record<string, unknown>>;
type Link = { readonly href?: string; readonly name?: string };

/** A Pact Broker's own words about what it did: `error`, `success` and others. */
export type Notice = { readonly type: string; readonly text: string };

/** Whether versions may meet: `undefined` where nobody has verified it. */
export type Meeting = { readonly deployable: boolean | undefined; readonly reason: string };

/** A version of a party, as a broker knows it. */
export type Version = { readonly name: string; readonly version: string };

const withinMs = 30_000;

/** A Pact Broker, by its HAL interface: links are followed from its index, none is made up but for the matrix. */
export class Broker {
  readonly #url: string;
  readonly #token: string | undefined;

  /** @throws {HarnessError} The URL is none, or would carry the token in the clear to another machine. */
  constructor(url: string, token?: string) {
    this.#url = url.replace(/\/*$/, "/");
    this.#token = token;
    const isUrl = URL.canParse(url);
    const { protocol, hostname } = isUrl ? new URL(url) : { protocol: "", hostname: "" };
    if (!isUrl) throw unheard(url, "It is no URL.");
    if (token !== undefined && protocol !== "https:" && !isLoopback(hostname))
      throw unheard(url, "Its token would go in the clear: the broker is on another machine, and its URL not https.");
  }

  /** Publishes contracts of one consumer. Gives the broker's notices. */
  async publish(
    consumer: Version & { readonly branch?: string },
    pacts: readonly { readonly pact: PactFile; readonly text: string }[],
  ): Promise<readonly Notice[]> {
    const index = await this.#index();
    const all = linkIn(index, "pb:publish-contracts");
    if (all !== undefined) {
      const answer = await this.#ask("POST", all, {
        pacticipantName: consumer.name,
        pacticipantVersionNumber: consumer.version,
        ...(consumer.branch === undefined ? {} : { branch: consumer.branch }),
        contracts: pacts.map(({ pact, text }) => ({
          consumerName: consumer.name,
          providerName: pact.provider.name,
          specification: "pact",
          contentType: "application/json",
          content: Buffer.from(text).toString("base64"),
        })),
      });
      return noticesIn(answer);
    }
    // Brokers before 2.86 take one contract at a time.
    for (const { pact } of pacts) {
      const href = filled(this.#link(index, "pb:publish-pact"), {
        provider: pact.provider.name,
        consumer: consumer.name,
        consumerApplicationVersion: consumer.version,
      });
      await this.#ask("PUT", href, pact as unknown as Fields);
    }
    return [];
  }

  /** The latest contracts that a provider has with anybody. */
  async latest(provider: string): Promise<readonly PactFile[]> {
    const href = filled(this.#link(await this.#index(), "pb:latest-provider-pacts"), { provider });
    const listed = await this.#ask("GET", href);
    const links = (listed._links ?? {}) as Fields;
    const pacts = (links["pb:pacts"] ?? links.pacts ?? []) as readonly Link[];
    const found: PactFile[] = [];
    for (const { href: at } of pacts)
      if (at !== undefined) found.push((await this.#ask("GET", at)) as unknown as PactFile);
    return found;
  }

  /** Says what verifying a contract that came from a broker came to. */
  async verified(pact: PactFile, version: string, success: boolean): Promise<void> {
    const href = linkIn(pact as unknown as Fields, "pb:publish-verification-results");
    if (href === undefined)
      throw unheard(this.#url, "The contract has no link to publish results at: it was not fetched from a broker.");
    await this.#ask("POST", href, {
      success,
      providerApplicationVersion: version,
      verifiedBy: { implementation: "komfrem" },
    });
  }

  /** Whether two versions may meet, by what was verified. */
  async mayMeet(one: Version, other: Version): Promise<Meeting> {
    const query = new URLSearchParams();
    for (const { name, version } of [one, other]) {
      query.append("q[][pacticipant]", name);
      query.append("q[][version]", version);
    }
    query.append("latestby", "cvpv");
    return meetingIn(await this.#ask("GET", `${this.#url}matrix?${query}`));
  }

  /** Whether a version may go where others are. */
  async mayGo({ name, version }: Version, environment: string): Promise<Meeting> {
    const link = this.#link(await this.#index(), "pb:can-i-deploy-pacticipant-version-to-environment");
    return meetingIn(await this.#ask("GET", filled(link, { pacticipant: name, version, environment })));
  }

  #index(): Promise<Fields> {
    return this.#ask("GET", this.#url);
  }

  #link(from: Fields, relation: string): string {
    const link = linkIn(from, relation);
    if (link !== undefined) return link;
    throw unheard(this.#url, `Its index has no link ${relation}; a Pact Broker's has.`);
  }

  async #ask(method: string, href: string, body?: Fields): Promise<Fields> {
    const url = new URL(href, this.#url);
    // A link may lead elsewhere; the token does not go there.
    const isOwn = url.origin === new URL(this.#url).origin;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method,
        headers: {
          accept: "application/hal+json, application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(this.#token === undefined || !isOwn ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(withinMs),
      });
      text = await response.text();
    } catch (error) {
      throw unheard(this.#url, `${method} ${url.pathname}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const answer = fieldsIn(text);
    if (response.ok) return answer;
    const said = [...noticesIn(answer).map((notice) => notice.text), ...errorsIn(answer)].slice(0, 3).join(" ");
    throw unheard(this.#url, `${method} ${url.pathname} was answered with ${response.status}. ${said}`.trim());
  }
}

function unheard(url: string, because: string): HarnessError {
  return new HarnessError({
    happened: `The broker ${url} did not do what it was asked.`,
    because,
    next: "Check --broker and --token-file, and that the versions and names are those the broker knows.",
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\./.test(hostname);
}

function linkIn(from: Fields, relation: string): string | undefined {
  const link = ((from._links ?? {}) as Fields)[relation] as Link | undefined;
  return typeof link?.href === "string" ? link.href : undefined;
}

function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : encodeURIComponent(value);
  });
}

function fieldsIn(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

function noticesIn({ notices }: Fields): readonly Notice[] {
  if (!Array.isArray(notices)) return [];
  return notices.map(({ type, text }: Partial<Notice>) => ({ type: String(type ?? ""), text: String(text ?? "") }));
}

function errorsIn({ errors, error }: Fields): string[] {
  if (typeof errors === "object" && errors !== null) return Object.values(errors).flat().map(String);
  const message = (error as Fields | undefined)?.message;
  return typeof message === "string" ? [message] : [];
}

function meetingIn(answer: Fields): Meeting {
  const { deployable, reason } = (answer.summary ?? {}) as Fields;
  return {
    deployable: typeof deployable === "boolean" ? deployable : undefined,
    reason: String(reason ?? "The broker gives no reason."),
  };
}
