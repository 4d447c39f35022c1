import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reply } from "../../simulators/wire.ts";
import { agreed } from "./agreed.ts";
import { readPact } from "./read-pact.ts";
import { Stand, type Tampering } from "./stand.ts";
import { type Outcome, outcomesOf, verify } from "./verify.ts";

const pact = readPact(resolve(import.meta.dirname, "../../contracts/receiver/pact/integration-receiver.json"));
const few = (...words: readonly string[]) => ({
  ...pact,
  interactions: pact.interactions.filter(({ description }) => words.some((word) => description.includes(word))),
});
const json = (reply: Reply, change: (value: Record<string, unknown>) => unknown): Reply => ({
  ...reply,
  body: Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(reply.body as Uint8Array).toString())))),
});

/** A receiver as a vendor's: at a URL, with a key of its own, and somebody who sets states where that is said. */
async function held(
  contract: typeof pact,
  { states = false, tampering = {} }: { readonly states?: boolean; readonly tampering?: Tampering } = {},
): Promise<readonly Outcome[]> {
  const stand = await new Stand("integration", tampering).open();
  try {
    return await outcomesOf(contract, {
      provider: stand.url,
      token: agreed.token,
      ...(states ? { states: stand.statesUrl } : {}),
    });
  } finally {
    await stand.close();
  }
}

const by = (outcomes: readonly Outcome[], which: Outcome["outcome"]) =>
  outcomes.filter(({ outcome }) => outcome === which);

describe("a vendor's receiver", () => {
  it("that is as ours keeps to all of the contract, with its states set by URL", { timeout: 120_000 }, async () => {
    const outcomes = await held(pact, { states: true });
    expect(outcomes.filter(({ outcome }) => outcome !== "held")).toEqual([]);
    expect(outcomes).toHaveLength(pact.interactions.length);
  });

  it("is not judged in states that only its maker can set, and says so", { timeout: 60_000 }, async () => {
    const outcomes = await held(few("queued", "(503)", "again (200)", "what is registered", "uploaded (201)"));
    expect(by(outcomes, "broken")).toEqual([]);
    expect(by(outcomes, "held").map(({ state }) => state)).toEqual(
      expect.arrayContaining(["the same was asked before", "a message is registered", "a document was uploaded"]),
    );
    const unchecked = by(outcomes, "not checked");
    expect(unchecked.map(({ state }) => state)).toContain("the receiver is overloaded");
    for (const { why } of unchecked)
      expect(why).toEqual(["only its maker can bring it into this state: --states <url>"]);
  });

  it.each([
    [
      "says caseID for caseId",
      ({ caseId, ...rest }: Record<string, unknown>) => ({ ...rest, caseID: caseId }),
      [
        "body $: Actual map is missing the following keys: caseId",
        "openapi: body / must have required property 'caseId'",
      ],
    ],
    [
      "adds a field where the description allows none",
      (value: Record<string, unknown>) => ({ ...value, status: "registered" }),
      ["openapi: body / must NOT have additional properties: status"],
    ],
  ])("that %s is told so", { timeout: 60_000 }, async (_does, change, says) => {
    const [outcome] = await held(few("offentlig.v1 (201)"), {
      tampering: { answer: (reply) => (reply.status === 201 ? json(reply, change) : reply) },
    });
    expect(outcome?.outcome).toBe("broken");
    for (const line of says) expect(outcome?.why.join("\n")).toContain(line);
  });

  it("that answers with a status nobody described is told so", { timeout: 60_000 }, async () => {
    const [outcome] = await held(few("offentlig.v1 (201)"), {
      tampering: { answer: (reply) => (reply.status === 201 ? { ...reply, status: 206 } : reply) },
    });
    expect(outcome?.why).toEqual(["Status: expected 201 but was 206", "openapi: status 206 is not described"]);
  });

  it("with a wrong key is told of each answer", { timeout: 60_000 }, async () => {
    const stand = await new Stand("integration").open();
    try {
      const [outcome] = await outcomesOf(few("offentlig.v1 (201)"), { provider: stand.url, token: "another" });
      expect(outcome?.why.join("\n")).toContain("expected 201 but was 401");
    } finally {
      await stand.close();
    }
  });

  it("that is not there is an error of the run, not a verdict", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const provider = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((done) => server.close(done));
    await expect(verify(["--provider", provider])).rejects.toThrow(`Nobody answers at ${provider}`);
    await expect(verify(["--provider", "here"])).rejects.toThrow("here is no URL");
  });
});
