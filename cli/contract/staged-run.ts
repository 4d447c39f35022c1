import { createPrivateKey, sign } from "node:crypto";
import { HarnessError } from "../../core/error.ts";
import type { Person, Scenario, Step } from "../../core/scenario.ts";
import { waits } from "../../core/scenario-verbs.ts";
import { fjordvik } from "../../scenarios/places.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import { clientKeyId } from "../../simulators/keys/index.ts";
import type { Answer, WireRequest } from "../../simulators/wire.ts";
import { simulatedAddresses } from "../../worlds/cast.ts";
import { Stage } from "../../worlds/stage.ts";
import { agreed, idOf } from "./agreed.ts";

export type Role = "integration" | "sender";
export type Asked = {
  readonly status: number;
  readonly text: string;
  readonly header: (name: string) => string | undefined;
};
type Asking = { readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array };

/** Nothing is healed while a state is looked at. */
const stands = waits({ days: 60 });

/**
 * A run of our simulators for one provider state: its steps are taken, and then time stands. Whoever asks does so with the
 * ids and credentials that are agreed; they stand for those of this run.
 */
export class StagedRun {
  readonly stage: Stage;
  /** What the agreed ids stand for. */
  readonly real: Map<string, string> = new Map();
  #tokens: { readonly maskinporten: string; readonly altinn: string } = { maskinporten: "", altinn: "" };
  #assertions = 0;

  constructor(role: Role, steps: readonly Step[], people: readonly Person[]) {
    this.stage = stageOf(role, steps, people);
    this.stage.begin();
    // Whoever has asked for something is ready, and the steps begin.
    this.grant();
    // What they bring about within a quarter of an hour has come about.
    this.pass(15 * 60_000);
    this.grant();
    const { endpoints } = this.stage;
    const [account] = endpoints.recipients.flatMap(({ districts }) =>
      districts.flatMap(({ fiksIo }) => fiksIo?.accountId ?? []),
    );
    this.real.set(idOf("account"), account ?? "");
    this.real.set(idOf("sender account"), this.stage.cast.portal.setup.account);
    this.real.set(idOf("organization"), endpoints.portal?.fiksOrgId ?? "");
    this.real.set(idOf("integration"), endpoints.fiks?.integrationId ?? endpoints.portal?.integrationId ?? "");
    this.real.set(idOf("password"), endpoints.fiks?.integrationPassword ?? endpoints.portal?.integrationPassword ?? "");
  }

  /** Fresh credentials for whoever asks next. */
  grant(): void {
    const granted = this.sure("POST", "/token", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=${this.#assertion()}`,
    });
    this.#tokens = { maskinporten: JSON.parse(granted.text).access_token, altinn: "" };
    const exchanged = this.sure("GET", "/authentication/api/v1/exchange/maskinporten");
    this.#tokens = { ...this.#tokens, altinn: exchanged.text };
  }

  /** Time passes, and what becomes due happens. */
  pass(ms: number): void {
    const { clock } = this.stage;
    clock.advanceTo(clock.now() + ms);
  }

  /** Maskinporten's, which AMQP takes as a part of the password. */
  get token(): string {
    return this.#tokens.maskinporten;
  }

  /** Ids that the simulators have chosen themselves, by the names that states have for them. */
  chosen(): Readonly<Record<string, string>> {
    const names = {
      queueId: "queue",
      correspondenceId: "correspondence",
      dispatchId: "dispatch",
      id: "submission",
    } as const;
    return Object.fromEntries(
      Object.entries(names).flatMap(([name, subject]) => {
        const real = this.real.get(idOf(subject));
        return real === undefined ? [] : [[name, real]];
      }),
    );
  }

  /** @throws {HarnessError} A simulator does not answer as a state of ours needs it to. */
  sure(method: string, path: string, asking: Asking = {}): Asked {
    const headers = { ...(path === "/token" ? {} : bearer.headers), ...asking.headers };
    const asked = this.perform(wireOf(method, path, { ...asking, headers }));
    if (asked.status < 300) return asked;
    throw new HarnessError({
      happened: `A provider state could not be made: ${method} ${path} was answered with ${asked.status}.`,
      because: asked.text.slice(0, 300),
      next: "This is an error of Komfrem's: cli/contract/staged-run.ts.",
    });
  }

  /** Asks with agreed values, and hears the answer at once. */
  perform(request: WireRequest): Asked {
    let asked: Asked = { status: 599, text: "", header: () => undefined };
    this.ask(request, ({ reply }) => {
      const text = reply.body instanceof Uint8Array ? Buffer.from(reply.body).toString() : "";
      const header = (name: string): string | undefined => reply.headers.find(([given]) => given === name)?.[1];
      asked = { status: reply.status, text, header };
    });
    return asked;
  }

  /** Asks with agreed values, which stand for those of this run. */
  ask(request: WireRequest, then: (answer: Answer) => void): void {
    const { stage } = this;
    const asker = { party: stage.system.party, incarnation: stage.system.incarnation };
    stage.ask(originOf(request.path), this.#translated(request), asker, (heard, confirm) => {
      confirm(true);
      if (heard.kind === "told") return then(heard.value);
      const status = heard.kind === "answered" ? heard.status : 502;
      then({
        reply: { status, headers: [], body: new Uint8Array(0), ending: { kind: "complete" } },
        saying: "negative",
        copies: [],
      });
    });
    stage.clock.advanceTo(stage.clock.now());
  }

  /** Puts what the agreed values stand for in their place; credentials only where the request has some. */
  #translated(request: WireRequest): WireRequest {
    const put = (text: string): string => {
      let result = text;
      for (const [given, real] of this.real) result = result.replaceAll(given, real);
      return result;
    };
    const { authorization, ...headers } = request.headers;
    const body = Buffer.from(request.body).toString("latin1");
    const assertion = body.includes(agreed.assertion) ? body.replace(agreed.assertion, this.#assertion()) : body;
    return {
      method: request.method,
      path: put(request.path),
      query: Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, put(value)])),
      headers: {
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)])),
        ...(authorization === undefined
          ? {}
          : { authorization: authorization.replace(agreed.token, this.#tokenFor(request.path)) }),
      },
      body: Buffer.from(put(assertion), "latin1"),
    };
  }

  #tokenFor(path: string): string {
    if (path.startsWith("/intake/")) return this.stage.endpoints.receiver?.apiKey ?? "";
    const isAltinns = path.startsWith("/correspondence/") || path.startsWith("/dispatch/");
    return isAltinns ? this.#tokens.altinn : this.#tokens.maskinporten;
  }

  #assertion(): string {
    const { maskinporten } = this.stage.endpoints;
    const seconds = Math.floor(this.stage.clock.now() / 1000);
    const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      aud: maskinporten?.issuer,
      iss: maskinporten?.clientId,
      scope: maskinporten?.scopes.join(" "),
      iat: seconds,
      exp: seconds + 100,
      jti: `contract-${this.#assertions++}`,
    };
    const text = `${encoded({ alg: "RS256", typ: "JWT", kid: clientKeyId })}.${encoded(claims)}`;
    const key = createPrivateKey(maskinporten?.privateKey ?? "");
    return `${text}.${sign("RSA-SHA256", Buffer.from(text), key).toString("base64url")}`;
  }
}

const bearer = { headers: { authorization: `Bearer ${agreed.token}` } };

function wireOf(method: string, target: string, { headers = {}, body = "" }: Asking): WireRequest {
  const { pathname, searchParams } = new URL(target, "http://komfrem");
  return {
    method,
    path: decodeURIComponent(pathname),
    query: Object.fromEntries(searchParams),
    headers,
    body: Buffer.from(body),
  };
}

/** Who answers at a path: no two of our parties share one. */
function originOf(path: string): string {
  if (path.startsWith("/intake/")) return simulatedAddresses.receiver;
  if (path === "/token" || path === "/jwk" || path.startsWith("/.well-known/")) return simulatedAddresses.maskinporten;
  if (/^\/(authentication|correspondence|dispatch)\//.test(path)) return simulatedAddresses.altinn;
  return path === "/" ? simulatedAddresses.alarm : simulatedAddresses.fiksApi;
}

/** The scenario of such a run. */
export function scenarioOf(role: Role, steps: readonly Step[], people: readonly Person[]): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id: "contract",
    title: "A provider state",
    because: "A contract is checked against a provider that is in a state.",
    origin: "docs/contracts.md",
    ...(role === "sender" ? { tests: "sender" as const } : {}),
    channels:
      role === "sender"
        ? ["altinn-dispatch", "altinn-correspondence", "fiks-io"]
        : ["fiks-io", "altinn-correspondence"],
    startsAt: "2023-05-08T08:00:00",
    municipalities: [fjordvik],
    people,
    switches: {},
    steps: [...steps, stands],
    faults: [],
    mustHold: [],
  };
}

function stageOf(role: Role, steps: readonly Step[], people: readonly Person[]): Stage {
  const nobody = (): void => {};
  return new Stage(
    scenarioOf(role, steps, people),
    { name: "contract", role, module: "" },
    {
      seed: 1,
      addresses: simulatedAddresses,
      fiksIo: (given, setup) => new FiksIo(given, setup),
      tier: "driven",
      sutHash: "",
      latencyMs: () => 0,
      control: {
        start: nobody,
        kill: nobody,
        askToStop: nobody,
        pause: nobody,
        resume: nobody,
        restore: nobody,
        order: (_nth, _order, then) => then({ kind: "lost" }),
      },
    },
  );
}
