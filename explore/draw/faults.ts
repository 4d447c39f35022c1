import fc from "fast-check";
import type { Fault } from "../../core/fault.ts";
import type { Label } from "../../core/names.ts";
import { fault } from "../../core/scenario-verbs.ts";
import { type Cell, uploads } from "./grid.ts";
import type { Ground, Trouble } from "./steps.ts";

/** A fault before its message is known: the message is given by its number, or `*` is left. */
export type Strike = {
  readonly cell: Cell;
  /** By number among those sent; undefined leaves the pattern. */
  readonly which: number | undefined;
  /** `*`: the trouble lasts over so many attempts. */
  readonly attempt: number | "*";
  readonly times: number;
};

/** The trouble that a cell belongs to. */
function troubleOf({ phase, does }: Cell): Trouble {
  switch (does.kind) {
    case "crash":
      return "crashes";
    case "stop":
      return "stops";
    case "crashParty":
      return "receiver crashes";
    case "pause":
    case "delay":
    case "stall":
      return "slowness";
    case "answer":
      return "refusals";
    case "refuse":
    case "reset":
    case "cut":
    case "repeat":
      return phase === "asked" ? "requests" : "answers";
  }
}

/**
 * Faults for a run: one aimed at a cell, and others of the kinds of trouble that this run has.
 *
 * @param aim The cell that this run is for; it is struck whatever the run's troubles are.
 */
export function strikes(cells: readonly Cell[], { troubles }: Ground, aim: Cell): fc.Arbitrary<readonly Strike[]> {
  const allowed = cells.filter((cell) => troubles.has(troubleOf(cell)));
  const anyMessage = fc.oneof({ weight: 3, arbitrary: fc.nat(20) }, fc.constant(undefined));
  const at = (cell: fc.Arbitrary<Cell>, which = anyMessage): fc.Arbitrary<Strike> =>
    fc.record({
      cell,
      which,
      attempt: fc.constantFrom<number | "*">(1, 1, 1, 1, 2, 3, "*"),
      times: fc.constantFrom(1, 2, 5, 12),
    });
  // The first message is the one that is made for it.
  const aimedAt = uploads.includes(aim.operation) ? fc.constantFrom(0, undefined) : anyMessage;
  const others = allowed.length === 0 ? fc.constant([]) : fc.array(at(fc.constantFrom(...allowed)), { maxLength: 3 });
  return fc.tuple(at(fc.constant(aim), aimedAt), others).map(([first, rest]) => [first, ...rest]);
}

const toTheSystem: ReadonlySet<string> = new Set(["crash", "stop", "pause", "crashParty"]);

/** The fault as it stands in a scenario whose messages have these labels. */
export function faultOf({ cell, which, attempt, times }: Strike, labels: readonly Label[]): Fault {
  const label = which === undefined ? "*" : (labels[which % labels.length] ?? "*");
  const subject = cell.subject.replace("*", label);
  const at = `${cell.operation}(${subject})/${attempt}:${cell.phase}`;
  // Each kill uses up an attempt of three: it is not the system that loses what was killed three times.
  const most = toTheSystem.has(cell.does.kind) ? 2 : times;
  return fault(at, cell.does, at.includes("*") && most > 1 ? most : undefined);
}
