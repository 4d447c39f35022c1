import { describe, expect, it } from "vitest";
import { asStruck, type Fault } from "./fault.ts";
import type { LedgerEntry } from "./ledger.ts";

const everywhere: Fault = { id: "lost", at: "receiver.register(*)/1:done", does: { kind: "reset" }, times: 2 };

function faulted(boundary: string, outcome: "injected" | "not-reached" = "injected"): LedgerEntry {
  return { seq: 1, atMs: 0, by: "world", kind: "faulted", faultId: "lost", boundary, family: "network", outcome };
}

describe("a recorded scenario", () => {
  it("names every boundary that a pattern struck, once each", () => {
    expect(
      asStruck([everywhere], [faulted("receiver.register(A)/1:done"), faulted("receiver.register(B)/1:done")]),
    ).toEqual([
      { id: "lost", at: "receiver.register(A)/1:done", does: { kind: "reset" } },
      { id: "lost #2", at: "receiver.register(B)/1:done", does: { kind: "reset" } },
    ]);
  });

  it("keeps a fault that struck nowhere, and one that named its boundary", () => {
    expect(asStruck([everywhere], [faulted(everywhere.at, "not-reached")])).toEqual([everywhere]);
    const named: Fault = { ...everywhere, at: "receiver.register(A)/1:done" };
    expect(asStruck([named], [faulted(named.at)])).toEqual([named]);
  });
});
