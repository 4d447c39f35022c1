import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PactFile } from "./contract/pact-file.ts";
import { main } from "./main.ts";

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "komfrem-contract-"));
  lines = [];
  const heard = (line: unknown): void => void lines.push(String(line));
  vi.spyOn(console, "log").mockImplementation(heard);
  vi.spyOn(console, "error").mockImplementation(heard);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("komfrem contract", () => {
  it("records what is with one party, under the consumer's name", { timeout: 60_000 }, async () => {
    const out = join(folder, "deep/er/mine.json");
    const named = [
      "--integration",
      "correct/store-then-receipt",
      "every-kind",
      "--party",
      "receiver",
      "--name",
      "intake",
    ];
    expect(await main(["contract", "record", ...named, "--out", out])).toBe(0);
    const pact = JSON.parse(readFileSync(out, "utf8")) as PactFile;
    expect([pact.consumer.name, pact.provider.name]).toEqual(["intake", "receiver"]);
    expect(pact.metadata.pactSpecification.version).toBe("4.0");
    expect(pact.interactions.every(({ description }) => description.startsWith("registers a message"))).toBe(true);
    expect(lines).toEqual([`${pact.interactions.length} interactions of 1 runs, written to ${out}`]);
  });

  it.each([
    [["contract"], "The words after contract are record"],
    [["contract", "sing"], 'There is no "komfrem contract sing"'],
    [["contract", "record"], "No system was named"],
    [["contract", "record", "--integration", "correct/inbox-first"], "No file was named"],
    [["contract", "verify"], "No provider was named"],
    [["contract", "publish", "--version", "1"], "No contract was named"],
    [["contract", "fetch"], "No provider was named"],
    [["contract", "may-meet", "--of", "a@1", "--with", "b@1", "--to", "c"], "It takes one of --with and --to"],
    [["contract", "may-meet", "--of", "a", "--with", "b@1", "--broker", "http://127.0.0.1:1"], "a names no version"],
    [
      ["contract", "verify", "--provider", "http://127.0.0.1:1", "--pact", "package.json"],
      "could not be read as a contract",
    ],
    [["contract", "verify", "--provider", "http://127.0.0.1:1", "--token-file", "none"], "No token was read from none"],
  ])("%j is an error of the harness (3), with what to do", async (args, says) => {
    expect(await main(args)).toBe(3);
    expect(lines.join("\n")).toContain(says);
    expect(lines.join("\n")).toContain("Next:");
  });
});
