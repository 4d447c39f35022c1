import { fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HarnessError } from "../../core/error.ts";
import { missingPeer } from "../../core/peer.ts";
import type { Mismatch, Reply, Request, Verified } from "./pact-child.ts";
import { type PactFile, textOf } from "./pact-file.ts";

/** What became of one interaction; `why` says in lines what was not as agreed. */
export type Result = { readonly description: string; readonly held: boolean; readonly why: readonly string[] };

const withinMs = 60_000;

/**
 * Holds a provider to a Pact file, with Pact's own verifier.
 *
 * @param child The process that does it.
 * @returns One result an interaction, in the file's order.
 * @throws {HarnessError} Pact is not installed, or its verifier could not do its work.
 */
export async function verified(
  pact: PactFile,
  at: Omit<Request, "pactFile">,
  child: URL = new URL(import.meta.url.endsWith(".ts") ? "./pact-child.ts" : "./pact-child.js", import.meta.url),
): Promise<readonly Result[]> {
  if (pact.interactions.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), "komfrem-pact-"));
  try {
    const pactFile = join(folder, "pact.json");
    writeFileSync(pactFile, textOf(pact));
    const reply = await asked({ pactFile, ...at }, child);
    switch (reply.kind) {
      case "verified": {
        const results = new Map(reply.results.map((each) => [each.description, each]));
        return pact.interactions.map(({ description }) => resultOf(description, results.get(description)));
      }
      case "missing":
        throw missingPeer("@pact-foundation/pact", "The contract was not verified.");
      case "error":
        throw new HarnessError({
          happened: "The contract was not verified.",
          because: `Pact's verifier gave up: ${reply.why.slice(0, 1000)}`,
          next: "Look whether the provider answers at its URL, then verify again.",
        });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function asked(request: Request, script: URL): Promise<Reply> {
  return new Promise((resolve) => {
    const child = fork(script, { stdio: ["ignore", "pipe", "pipe", "ipc"], execArgv: [] });
    let last = "";
    let reply: Reply | undefined;
    // Both are read, so that it never waits for a reader; what it says is in its results.
    child.stdout?.resume();
    child.stderr?.on("data", (text: Uint8Array) => {
      last = (last + Buffer.from(text).toString()).slice(-1000);
    });
    const late = setTimeout(() => {
      reply ??= { kind: "error", why: `it had not ended after ${withinMs / 1000} s.` };
      child.kill("SIGKILL");
    }, withinMs);
    child.on("message", (said: Reply) => {
      reply = said;
    });
    child.on("error", (error) => {
      reply ??= { kind: "error", why: error.message };
    });
    child.on("close", (code, signal) => {
      clearTimeout(late);
      resolve(reply ?? { kind: "error", why: `it ended with ${signal ?? code}. ${last}` });
    });
    child.send(request);
  });
}

function resultOf(description: string, verified: Verified | undefined): Result {
  if (verified === undefined) return { description, held: false, why: ["It was not looked at."] };
  if (verified.result === "OK") return { description, held: true, why: [] };
  const { mismatches = [], message } = verified.mismatch ?? {};
  const why = mismatches.length > 0 ? mismatches.map(lineOf) : [message ?? "It does not say why."];
  return { description, held: false, why };
}

function lineOf({ type, mismatch, path, key, expected, actual }: Mismatch): string {
  const place =
    path !== undefined ? `body ${path}` : key !== undefined ? `header ${key}` : type.replace("Mismatch", "");
  return `${place}: ${mismatch ?? `expected ${JSON.stringify(expected)}, and it was ${JSON.stringify(actual)}`}`;
}
