// Runs Pact's verifier in a process of its own: its native part writes to standard output, which is not ours to fill.

import { createRequire } from "node:module";

/** What is to be verified. Sent as the process's first message. */
export type Request = {
  readonly pactFile: string;
  readonly providerUrl: string;
  readonly statesUrl?: string;
  readonly messagesUrl?: string;
};

export type Mismatch = {
  readonly type: string;
  readonly mismatch?: string;
  readonly path?: string;
  readonly key?: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
};

export type Verified = {
  readonly description: string;
  readonly result: string;
  readonly mismatch?: {
    readonly type?: string;
    readonly message?: string;
    readonly mismatches?: readonly Mismatch[];
  };
};

export type Reply =
  | { readonly kind: "verified"; readonly results: readonly Verified[] }
  | { readonly kind: "missing" }
  | { readonly kind: "error"; readonly why: string };

type VerifyPacts = (options: Readonly<Record<string, unknown>>) => Promise<string>;

/** The verifier itself, without the proxy that the package puts before it: that writes form bodies anew, as JSON. */
function pactsVerifier(): VerifyPacts | undefined {
  let pact: string;
  try {
    pact = createRequire(import.meta.url).resolve("@pact-foundation/pact");
  } catch {
    return undefined;
  }
  const core = createRequire(pact)("@pact-foundation/pact-core") as { readonly default: { verifyPacts: VerifyPacts } };
  return (options) => core.default.verifyPacts(options);
}

type Results = { readonly interactionResults?: readonly Verified[]; readonly errors?: readonly unknown[] };

async function verified({ pactFile, providerUrl, statesUrl, messagesUrl }: Request): Promise<Reply> {
  const verifyPacts = pactsVerifier();
  if (verifyPacts === undefined) return { kind: "missing" };
  const messages = messagesUrl === undefined ? undefined : new URL(messagesUrl);
  const options = {
    logLevel: "error" as const,
    providerBaseUrl: providerUrl,
    pactUrls: [pactFile],
    ...(statesUrl === undefined ? {} : { providerStatesSetupUrl: statesUrl }),
    ...(messages === undefined
      ? {}
      : { transports: [{ protocol: "message", port: Number(messages.port), path: messages.pathname }] }),
  };
  let text: string;
  try {
    text = await verifyPacts(options);
  } catch (error) {
    text = error instanceof Error ? error.message : String(error);
  }
  let results: Results;
  try {
    results = JSON.parse(text) as Results;
  } catch {
    return { kind: "error", why: text };
  }
  return results.interactionResults === undefined
    ? { kind: "error", why: JSON.stringify(results.errors ?? text) }
    : { kind: "verified", results: results.interactionResults };
}

async function answer(request: Request): Promise<void> {
  let reply: Reply;
  try {
    reply = await verified(request);
  } catch (error) {
    reply = { kind: "error", why: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply, () => process.disconnect());
}

process.once("message", (request: Request) => void answer(request));
