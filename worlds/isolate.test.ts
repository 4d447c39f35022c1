import { describe, expect, it } from "vitest";
import type { LedgerBody, LedgerEntry, Stamp } from "../core/ledger.ts";
import { isolateAndKill } from "./isolate.ts";

const doubtful = [{ delivery: "A", answer: "fiks-io.receipt(A)/1" }];
const ofA = { delivery: "A", copy: "A" } as const;
const registered = {
  ...ofA,
  kind: "registered",
  caseId: "x1",
  municipalityNumber: "4690",
  class: "confidential",
  parts: [],
  whole: true,
} as const;
const killed = {
  kind: "faulted",
  faultId: "isolate-and-kill A",
  boundary: "fiks-io.receipt(A)/1:done",
  family: "process",
  outcome: "injected",
  incarnation: 1,
} as const;
const asksToRegister = (incarnation: number) =>
  ({
    kind: "asked",
    operation: "register",
    asker: "integration",
    attempt: incarnation,
    copies: ["A"],
    bytes: 1,
    incarnation,
  }) as const;

type Drafts = readonly (LedgerBody & Partial<Stamp>)[];
const entriesOf = (drafts: Drafts): LedgerEntry[] =>
  drafts.map((draft, seq): LedgerEntry => ({ seq, atMs: seq, by: "world", ...draft }));

function shown(...drafts: Drafts): ReturnType<typeof isolateAndKill> {
  return isolateAndKill(doubtful, async () => ({ kind: "done", entries: entriesOf(drafts) }));
}

/** Where no two runs are alike: each trial is the next of these, the last one repeated. */
async function shownOverSockets(...runs: Drafts[]): Promise<readonly [string, number]> {
  let tried = 0;
  const came = await isolateAndKill(
    doubtful,
    async () => ({ kind: "done", entries: entriesOf(runs[Math.min(tried++, runs.length - 1)] ?? []) }),
    "unknown",
  );
  return [came, tried];
}

describe("isolate-and-kill", () => {
  it("shows kept what is registered after the kill", async () => {
    expect(await shown(killed, registered)).toBe("kept");
  });

  it("shows kept what was registered before the kill, where the next start brings it once more", async () => {
    expect(await shown(asksToRegister(1), registered, killed, asksToRegister(2))).toBe("kept");
  });

  it("shows lost what the next start knows nothing of", async () => {
    expect(await shown(asksToRegister(1), registered, killed)).toBe("lost");
    expect(await shown({ ...registered, kind: "shown", to: "4690-01" }, killed, asksToRegister(1))).toBe("lost");
  });

  it("tries again where a run over sockets had registered first, and leaves it open where each has", async () => {
    const registeredFirst = [asksToRegister(1), registered, killed];
    expect(await shownOverSockets(registeredFirst, registeredFirst, [killed])).toEqual(["lost", 3]);
    expect(await shownOverSockets(registeredFirst, registeredFirst, [killed, registered])).toEqual(["kept", 3]);
    expect(await shownOverSockets(registeredFirst)).toEqual(["unknown", 4]);
  });
});
