import { describe, expect, it } from "vitest";
import { asStruck, type Fault, type FaultAction, familyOf } from "./fault.ts";
import type { LedgerEntry } from "./ledger.ts";

const everywhere: Fault = { id: "lost", at: "receiver.register(*)/1:done", does: { kind: "reset" }, times: 2 };

function faulted(boundary: string, outcome: "injected" | "not-reached" = "injected", faultId = "lost"): LedgerEntry {
  return { seq: 1, atMs: 0, by: "world", kind: "faulted", faultId, boundary, family: "network", outcome };
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

  it("names the one boundary that a pattern struck", () => {
    expect(asStruck([everywhere], [faulted("receiver.register(A)/1:done")])).toEqual([
      { id: "lost", at: "receiver.register(A)/1:done", does: { kind: "reset" } },
    ]);
  });

  it("names both where a fault struck its own boundary and one more", () => {
    const named: Fault = { ...everywhere, at: "receiver.register(A)/1:done" };
    expect(asStruck([named], [faulted(named.at), faulted("receiver.register(B)/1:done")]).map(({ at }) => at)).toEqual([
      "receiver.register(A)/1:done",
      "receiver.register(B)/1:done",
    ]);
  });

  it("leaves out where it was not reached, what other faults struck, and all else in the ledger", () => {
    const other: Fault = { ...everywhere, id: "other" };
    const begun: LedgerEntry = { seq: 1, atMs: 0, by: "world", kind: "phase", phase: "rage" };
    const ledger = [
      begun,
      faulted("receiver.register(A)/1:done"),
      faulted("receiver.register(B)/1:done", "not-reached"),
      faulted("receiver.register(C)/1:done", "injected", "other"),
    ];
    expect(asStruck([everywhere, other], ledger).map(({ id, at }) => [id, at])).toEqual([
      ["lost", "receiver.register(A)/1:done"],
      ["other", "receiver.register(C)/1:done"],
    ]);
  });
});

it("counts a fault of the wire as network, and one of a program as process", () => {
  const network: FaultAction[] = [
    { kind: "refuse" },
    { kind: "reset" },
    { kind: "cut", afterBytes: 1 },
    { kind: "stall" },
    { kind: "delay", byMs: 1 },
    { kind: "repeat" },
    { kind: "answer", status: 503 },
  ];
  const process: FaultAction[] = [
    { kind: "crash", class: "power", survives: "none" },
    { kind: "stop", graceMs: 1 },
    { kind: "crashParty", downMs: 1 },
    { kind: "pause", forMs: 1 },
  ];
  expect(network.map(familyOf)).toEqual(network.map(() => "network"));
  expect(process.map(familyOf)).toEqual(process.map(() => "process"));
});
