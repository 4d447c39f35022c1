/** A Pact file of specification 4, as far as we write it. */

export type Matcher =
  | { readonly match: "type"; readonly min?: number }
  | { readonly match: "regex"; readonly regex: string }
  | { readonly match: "integer" | "number" | "boolean" | "notEmpty" }
  | { readonly match: "contentType"; readonly value: string };

export type Rules = Readonly<Record<string, { readonly combine: "AND"; readonly matchers: readonly Matcher[] }>>;

export type Body = { readonly contentType: string; readonly encoded: false | "base64"; readonly content: unknown };

export type ProviderState = { readonly name: string; readonly params?: Readonly<Record<string, unknown>> };

export type HttpInteraction = {
  readonly type: "Synchronous/HTTP";
  readonly description: string;
  readonly providerStates: readonly ProviderState[];
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query?: Readonly<Record<string, readonly string[]>>;
    readonly headers?: Readonly<Record<string, readonly string[]>>;
    readonly body?: Body;
    readonly matchingRules?: Readonly<Record<string, unknown>>;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, readonly string[]>>;
    readonly body?: Body;
    readonly matchingRules?: Readonly<Record<string, unknown>>;
  };
};

export type MessageInteraction = {
  readonly type: "Asynchronous/Messages";
  readonly description: string;
  readonly providerStates: readonly ProviderState[];
  readonly contents: Body;
  readonly metadata: Readonly<Record<string, string>>;
  readonly matchingRules: { readonly body: Rules; readonly metadata: Rules };
};

export type Interaction = HttpInteraction | MessageInteraction;

export type PactFile = {
  readonly consumer: { readonly name: string };
  readonly provider: { readonly name: string };
  readonly interactions: readonly Interaction[];
  readonly metadata: {
    readonly pactSpecification: { readonly version: "4.0" };
    /** Who the consumer is to the simulators that answer for the provider. */
    readonly komfrem?: { readonly role: "integration" | "sender" };
  };
};

/** One matcher at one place. */
export function rule(matcher: Matcher): Rules[string] {
  return { combine: "AND", matchers: [matcher] };
}

/** @param interactions In the order in which they will stand. */
export function pactOf(
  consumer: string,
  provider: string,
  role: "integration" | "sender",
  interactions: readonly Interaction[],
): PactFile {
  return {
    consumer: { name: consumer },
    provider: { name: provider },
    interactions,
    metadata: { pactSpecification: { version: "4.0" }, komfrem: { role } },
  };
}

export function textOf(pact: PactFile): string {
  return `${JSON.stringify(pact, null, 1)}\n`;
}
