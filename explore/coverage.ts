import { parseBoundary } from "../core/boundary.ts";
import type { Fault } from "../core/fault.ts";
import type { BoundaryName } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import { cellsDrawn, type Drawing } from "./draw/scenario.ts";

/** How often each thing was come by; the keys of all but `cells` are open. */
export type Counts = Readonly<Record<string, number>>;

/** What a campaign has come by, in numbers that add up over shards. */
export type Covered = {
  /** Operation, phase and fault, `receiver.register:done crash`: how often such a fault was injected. */
  readonly cells: Counts;
  /** State changes of the simulators, `unacked → acked`: in how many runs. */
  readonly changes: Counts;
  /** Operations, `receiver.register`: in how many runs there was such an exchange. */
  readonly operations: Counts;
};

export const nothingCovered: Covered = { cells: {}, changes: {}, operations: {} };

/** What one run adds. */
export function coveredBy(scenario: Scenario, { reached }: Surveyed): Covered {
  const doing = new Map(scenario.faults.map((fault): [string, Fault] => [fault.id, fault]));
  const cells: Record<string, number> = {};
  for (const { faultId, boundary, outcome } of reached.faults) {
    const fault = doing.get(faultId);
    if (fault === undefined || outcome !== "injected") continue;
    const key = `${placeOf(boundary)} ${fault.does.kind}`;
    cells[key] = (cells[key] ?? 0) + 1;
  }
  const once = (keys: Iterable<string>): Counts => Object.fromEntries([...new Set(keys)].map((key) => [key, 1]));
  return {
    cells,
    changes: once(reached.changes),
    operations: once(reached.exchanges.map((name) => name.slice(0, name.indexOf("(")))),
  };
}

/** Both together, in whatever order. */
export function together(one: Covered, other: Covered): Covered {
  return {
    cells: sums(one.cells, other.cells),
    changes: sums(one.changes, other.changes),
    operations: sums(one.operations, other.operations),
  };
}

/** The cells of the grid that no fault was injected in, by name, and how many there are in all. */
export function missed(
  drawing: Drawing,
  { cells }: Covered,
): { readonly missed: readonly string[]; readonly of: number } {
  const all = [
    ...new Set(cellsDrawn(drawing).map(({ operation, phase, does }) => `${operation}:${phase} ${does.kind}`)),
  ];
  return { missed: all.filter((cell) => cells[cell] === undefined), of: all.length };
}

/** `receiver.register:done` of a boundary's name. */
function placeOf(name: BoundaryName): string {
  const boundary = parseBoundary(name);
  const { party, operation } = boundary.kind === "idle" ? boundary : boundary.exchange;
  return `${party}.${operation}:${boundary.phase}`;
}

function sums(one: Counts, other: Counts): Counts {
  const sum: Record<string, number> = { ...one };
  for (const [key, count] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}
