import { boundaryName, type Phase, parseBoundary } from "../core/boundary.ts";
import { HarnessError } from "../core/error.ts";
import type { FaultAction } from "../core/fault.ts";
import type { BoundaryName, ExchangeName } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import { fault } from "../core/scenario-verbs.ts";
import type { Surveyed } from "../worlds/world.ts";
import type { Budget } from "./budget.ts";
import { actionsAt, phases } from "./draw/grid.ts";
import { atOnce, type Explored } from "./explored.ts";

/** One or two faults put into the clean scenario. */
export type Injection = { readonly faults: Scenario["faults"] };

/** What an injection came to. */
export type Swept = Injection & { readonly scenario: Scenario; readonly surveyed: Surveyed };

/** Everything that a sweep did, by name. Its claim is over what was injected. */
export type Sweep = {
  readonly scenario: Scenario;
  /** Of the clean run. */
  readonly clean: Surveyed;
  /** Boundaries: of the clean run, and those first seen in the runs that broke these. */
  readonly enumerated: readonly BoundaryName[];
  readonly closure: readonly BoundaryName[];
  /** Planned, and not done: the budget was spent. */
  readonly left: number;
  readonly injected: number;
  readonly pairs: number;
  readonly notReached: readonly string[];
  readonly notInjectable: readonly string[];
  readonly inconclusive: readonly Swept[];
  readonly failed: readonly Swept[];
};

export type SweepOptions = {
  readonly budget: Budget;
  /** Two faults at a time, after all single ones, while the budget lasts. */
  readonly pairs: boolean;
  /** Only boundaries that contain this text. */
  readonly only?: string;
  readonly signal?: AbortSignal;
  /** Told of each run as it ends: how many are done, of how many planned so far. */
  readonly onProgress?: (done: number, planned: number) => void;
};

/** The boundaries of a run, phase by phase, in the order the exchanges appeared. */
export function boundariesOf({ reached }: Surveyed, only = ""): BoundaryName[] {
  return reached.exchanges
    .slice(0, reached.beforeHeal)
    .flatMap((exchange) => phases.map((phase) => `${exchange}:${phase}`))
    .filter((name) => name.includes(only));
}

/** Every way to break each of these boundaries. */
export function injectionsAt(boundaries: readonly BoundaryName[]): Injection[] {
  return boundaries.flatMap((name) => {
    const { operation, phase } = placeOf(name);
    return actionsAt(operation, phase).map((does) => ({ faults: [oneFault(name, does)] }));
  });
}

/**
 * Breaks every boundary of a clean run in every way that can be, then every boundary first seen in those runs on top of
 * the fault that showed it (but for what was asked of a party that was down), then two at a time.
 *
 * @returns What was done, by name; where the clean run itself fails, nothing was broken and that is what `clean` says.
 * @source RULES.md, section C; DESIGN.md, section 4
 */
export async function sweep(scenario: Scenario, explored: Explored, options: SweepOptions): Promise<Sweep> {
  const { budget, only = "", signal, onProgress } = options;
  const clean = await explored.survey(scenario);
  const enumerated = boundariesOf(clean, only);
  const known = new Set(boundariesOf(clean));
  const first = new Map<BoundaryName, Injection>();
  const results: Swept[] = [];
  let left = 0;
  let planned = 0;
  let performed = 0;
  const base = { scenario, clean, enumerated };
  if (clean.verdict !== "passed") return { ...base, closure: [], left: 0, pairs: 0, ...sorted(results) };

  const perform = async (injections: readonly Injection[]): Promise<Swept[]> => {
    planned += injections.length;
    const done = await atOnce(explored.width, injections, async (injection): Promise<Swept | undefined> => {
      if (budget.spent() || signal?.aborted === true) {
        left += 1;
        return undefined;
      }
      const broken: Scenario = { ...scenario, faults: [...scenario.faults, ...injection.faults] };
      const surveyed = await explored.survey(broken).catch(notPerformed);
      performed += 1;
      onProgress?.(performed, planned);
      return surveyed === undefined ? undefined : { ...injection, scenario: broken, surveyed };
    });
    const swept = done.filter((one) => one !== undefined);
    results.push(...swept);
    return swept;
  };

  for (const one of await perform(injectionsAt(enumerated))) {
    // What a party of ours is asked while it is down cannot be struck.
    if (one.faults.some(({ does }) => does.kind === "crashParty")) continue;
    for (const name of boundariesOf(one.surveyed, only))
      if (!known.has(name) && !first.has(name) && isMessages(name)) first.set(name, one);
  }
  const closure = [...first.keys()];
  await perform(
    closure.flatMap((name) =>
      injectionsAt([name]).map(({ faults }) => ({ faults: [...(first.get(name)?.faults ?? []), ...faults] })),
    ),
  );
  const singly = results.length;
  if (options.pairs) await perform(pairsOf(injectionsAt(enumerated)));
  return { ...base, closure, left, pairs: results.length - singly, ...sorted(results) };
}

/** How many runs a sweep of this clean run makes, closure and pairs not counted. */
export function runsOf(clean: Surveyed, only?: string): number {
  return injectionsAt(boundariesOf(clean, only)).length;
}

function sorted(
  results: readonly Swept[],
): Pick<Sweep, "injected" | "notReached" | "notInjectable" | "inconclusive" | "failed"> {
  const of = (outcome: "not-reached" | "not-injectable"): string[] => [
    ...new Set(
      results.flatMap(({ faults, surveyed }) => {
        const these = new Set(
          surveyed.reached.faults.filter((one) => one.outcome === outcome).map(({ faultId }) => faultId),
        );
        return faults.filter(({ id }) => these.has(id)).map(({ at, does }) => `${does.kind} ${at}`);
      }),
    ),
  ];
  return {
    injected: results.filter(({ surveyed, faults }) => faults.every(({ id }) => isInjected(surveyed, id))).length,
    notReached: of("not-reached"),
    notInjectable: of("not-injectable"),
    inconclusive: results.filter(({ surveyed }) => surveyed.verdict === "inconclusive"),
    failed: results.filter(({ surveyed }) => surveyed.verdict === "failed"),
  };
}

function isInjected({ reached }: Surveyed, id: string): boolean {
  return reached.faults.some(({ faultId, outcome }) => faultId === id && outcome === "injected");
}

/** What comes later in the order of the run has the first fault's effect to meet; unlike places and acts come first. */
function pairsOf(injections: readonly Injection[]): Injection[] {
  const pairs = new Map<string, Injection[]>();
  for (const [at, one] of injections.entries())
    for (const other of injections.slice(at + 1)) {
      const key = `${cellOf(one)} ${cellOf(other)}`;
      const alike = pairs.get(key);
      const pair = { faults: [...one.faults, ...other.faults] };
      if (alike === undefined) pairs.set(key, [pair]);
      else alike.push(pair);
    }
  const inTurn: Injection[] = [];
  const rows = [...pairs.values()];
  for (let nth = 0; rows.some((row) => nth < row.length); nth++)
    for (const row of rows) {
      const pair = row[nth];
      if (pair !== undefined) inTurn.push(pair);
    }
  return inTurn;
}

function cellOf({ faults: [one] }: Injection): string {
  if (one === undefined) return "";
  const { operation, phase } = placeOf(one.at);
  return `${operation}:${phase} ${one.does.kind}`;
}

function oneFault(at: BoundaryName, does: FaultAction): Scenario["faults"][number] {
  return { ...fault(at, does), id: `${JSON.stringify(does)} ${at}` };
}

function placeOf(name: BoundaryName): { readonly operation: string; readonly phase: Phase } {
  const boundary = parseBoundary(name);
  const { party, operation } = boundary.kind === "idle" ? boundary : boundary.exchange;
  return { operation: `${party}.${operation}`, phase: boundary.phase };
}

/** About a message of the scenario: tokens and reconnections of the ninth attempt are of no end. */
function isMessages(name: BoundaryName): boolean {
  const boundary = parseBoundary(name);
  return boundary.kind === "named" && boundary.exchange.subject.kind !== "state" && boundaryName(boundary) === name;
}

function notPerformed(error: unknown): undefined {
  if (!(error instanceof HarnessError)) throw error;
}

/** The exchange of a boundary. */
export function exchangeOf(name: BoundaryName): ExchangeName {
  return name.slice(0, name.lastIndexOf(":"));
}
