import { describe, expect, it } from "vitest";
import { VirtualClock } from "./clock.ts";
import { LedgerWriter, ledgerHash } from "./ledger-writer.ts";

function writer(): { readonly clock: VirtualClock; readonly ledger: LedgerWriter } {
  const clock = new VirtualClock(5000);
  return { clock, ledger: new LedgerWriter(clock, 5000) };
}

const phase = { kind: "phase", phase: "rage" } as const;

describe("the ledger being written", () => {
  it("stamps order, time since the run began and the witness", () => {
    const { clock, ledger } = writer();
    expect(ledger.record(phase)).toBe(0);
    clock.moveTo(5250);
    expect(ledger.record({ ...phase, by: "claim" })).toBe(1);
    expect(ledger.entries).toEqual([
      { ...phase, seq: 0, atMs: 0, by: "world" },
      { ...phase, seq: 1, atMs: 250, by: "claim" },
    ]);
  });

  it("says of a copy which delivery and message it is of", () => {
    const { ledger } = writer();
    ledger.record({ kind: "effected", change: "ready → unacked", copy: "A@4601-02~3" });
    ledger.record({ kind: "effected", change: "ready → unacked", delivery: "A@4601-02" });
    ledger.record({ kind: "effected", change: "ready → unacked" });
    const about = ledger.entries.map(({ message, delivery, copy }) => [message, delivery, copy]);
    expect(about).toEqual([
      ["A", "A@4601-02", "A@4601-02~3"],
      ["A", "A@4601-02", undefined],
      [undefined, undefined, undefined],
    ]);
  });

  it("names the innermost exchange, and the outer one again after it", () => {
    const { ledger } = writer();
    const given = ledger.within("receiver.register(A)/1", 2, () => {
      ledger.record(phase);
      ledger.within("fiks-io.settle(A)/1", 3, () => ledger.record(phase));
      ledger.record(phase);
      return "given back";
    });
    ledger.record(phase);
    expect(given).toBe("given back");
    expect(ledger.entries.map(({ exchange, incarnation }) => [exchange, incarnation])).toEqual([
      ["receiver.register(A)/1", 2],
      ["fiks-io.settle(A)/1", 3],
      ["receiver.register(A)/1", 2],
      [undefined, undefined],
    ]);
  });

  it("has left an exchange that threw", () => {
    const { ledger } = writer();
    expect(() =>
      ledger.within("receiver.register(A)/1", 1, () => {
        throw new Error("broken");
      }),
    ).toThrow("broken");
    ledger.record(phase);
    expect(ledger.entries[0]).not.toHaveProperty("exchange");
  });

  it("keeps the exchange that an entry names itself", () => {
    const { ledger } = writer();
    ledger.within("receiver.register(A)/1", 1, () => ledger.record({ ...phase, exchange: "fiks-io.settle(A)/1" }));
    expect(ledger.entries[0]).toMatchObject({ exchange: "fiks-io.settle(A)/1" });
    expect(ledger.entries[0]).not.toHaveProperty("incarnation");
  });
});

describe("a ledger's hash", () => {
  it("is that of its NDJSON", () => {
    const { ledger } = writer();
    expect(ledgerHash([])).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ledger.record(phase);
    const one = ledgerHash(ledger.entries);
    expect(one).toBe(ledgerHash(structuredClone(ledger.entries)));
    ledger.record(phase);
    expect(ledgerHash(ledger.entries)).not.toBe(one);
    expect(ledgerHash(ledger.entries.toReversed())).not.toBe(ledgerHash(ledger.entries));
  });
});
