import { expect, it } from "vitest";
import { type Fold, Folds } from "./folds.ts";
import type { LedgerEntry } from "./ledger.ts";

const phase: LedgerEntry = { seq: 0, atMs: 0, by: "world", kind: "phase", phase: "rage" };
const doubted: LedgerEntry = { seq: 1, atMs: 0, by: "world", kind: "doubted", what: "x" };

function listing(kind: LedgerEntry["kind"], before?: Fold<string[]>): Fold<string[]> {
  return {
    reads: [kind],
    start(folds) {
      if (before !== undefined) folds.of(before);
      return [];
    },
    step: (list, entry) => void list.push(entry.kind),
  };
}

it("makes a fold once, and shows it the kinds it reads and no others", () => {
  const folds = new Folds();
  const phases = listing("phase");
  const state = folds.of(phases);
  expect(folds.of(phases)).toBe(state);
  folds.step(phase);
  folds.step(doubted);
  folds.step(phase);
  expect(state).toEqual(["phase", "phase"]);
});

it("shows an entry to what a fold stands on before it, and to a fold that is asked for later from then on", () => {
  const folds = new Folds();
  const first = listing("phase");
  const second = listing("phase", first);
  folds.of(second);
  expect(folds.readersOf("phase").map(({ fold }) => fold)).toEqual([first, second]);
  expect(folds.readersOf("phase")).toBe(folds.readersOf("phase"));
  expect(folds.readersOf("doubted")).toEqual([]);
  folds.step(phase);
  const late = folds.of(listing("phase"));
  folds.step(phase);
  expect([folds.of(first), late]).toEqual([["phase", "phase"], ["phase"]]);
});
