import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../core/ledger.ts";
import { type Halt, Pace } from "./pace.ts";

const hourMs = 3_600_000;

function entry(kind: LedgerEntry["kind"], seq: number): LedgerEntry {
  return { kind, seq, atMs: 0, by: "world" } as LedgerEntry;
}

/** Performs events at these times, each with the entries it writes, until one halts the run. */
function paced(
  events: number,
  atMs: (nth: number) => number,
  writes: (nth: number) => readonly LedgerEntry["kind"][] = () => [],
): { readonly halt: Halt | undefined; readonly after: number } {
  const pace = new Pace();
  const ledger: LedgerEntry[] = [];
  for (let nth = 1; nth <= events; nth++) {
    for (const kind of writes(nth)) ledger.push(entry(kind, ledger.length));
    const halt = pace.after(atMs(nth), ledger);
    if (halt !== undefined) return { halt, after: nth };
  }
  return { halt: undefined, after: events };
}

describe("a run that gets nowhere", () => {
  it("is a livelock once 50,000 events pass no time", () => {
    const { halt, after } = paced(60_000, () => 7);
    expect(halt).toEqual({ kind: "livelock", why: "50000 events without time passing" });
    expect(after).toBeGreaterThan(50_000);
  });

  it("is a livelock once 20,000 requests within an hour lead to nothing", () => {
    const { halt, after } = paced(
      30_000,
      (nth) => nth * 100,
      () => ["asked", "told"],
    );
    expect(halt).toEqual({ kind: "livelock", why: "20000 requests within an hour, and nothing came of any" });
    expect(after).toBe(20_001);
  });

  it("is endless after five million events, whatever they lead to", () => {
    const { halt, after } = paced(5_000_001, (nth) => nth);
    expect(halt?.kind).toBe("endless");
    expect(after).toBe(5_000_001);
  });
});

describe("a run that gets somewhere is let be", () => {
  it("where it polls five times a second for a day", () => {
    const perHour = 5 * 3600;
    const { halt } = paced(
      24 * perHour,
      (nth) => (nth * hourMs) / perHour,
      () => ["asked", "told"],
    );
    expect(halt).toBeUndefined();
  });

  it.each(["submitted", "registered", "receipted", "settled"] as const)(
    "where something is %s now and then, however much it asks",
    (kind) => {
      const { halt } = paced(
        60_000,
        (nth) => nth,
        (nth) => (nth % 15_000 === 0 ? ["asked", kind] : ["asked"]),
      );
      expect(halt).toBeUndefined();
    },
  );

  it("where many things happen at one instant, and then time passes", () => {
    expect(paced(200_000, (nth) => Math.floor(nth / 40_000)).halt).toBeUndefined();
  });
});
