import { boundaryName, type Phase, parseBoundary } from "../core/boundary.ts";
import { HarnessError } from "../core/error.ts";
import type { Fault, FaultAction } from "../core/fault.ts";
import type { BoundaryName, ExchangeName } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import type { Budget } from "./budget.ts";
import { actionsAt, phases } from "./draw/grid.ts";
import type { Explored } from "./explored.ts";

/** One or two faults put into the clean scenario. */
export type Injection = { readonly faults: readonly Fault[] };

/** What an injection came to. */
export type Swept = Injection & {
  /** `crash process receiver.register(A)/1:done`; two of them are joined by a plus sign. */
  readonly name: string;
  /** `injected` only where every fault struck. */
  readonly outcome: "injected" | "not-reached" | "not-injectable";
} & Pick<Surveyed, "verdict" | "because" | "broken">;

/** How many runs were planned, and what became of them: `planned` is the sum of the others. */
export type SweptCount = {
  readonly planned: number;
  /** Every fault struck. Those that failed, or were inconclusive, are among them. */
  readonly injected: number;
  readonly notReached: number;
  readonly notInjectable: number;
  /** The harness could not perform it. */
  readonly notPerformed: number;
  /** The budget was spent, or somebody ended it. */
  readonly left: number;
};

/** Everything that a sweep did, by name, in the order it was planned. Its claim is over what was injected. */
export type Sweep = {
  readonly scenario: Scenario;
  /** Of the clean run. */
  readonly clean: Surveyed;
  /** Boundaries of the clean run. */
  readonly enumerated: readonly BoundaryName[];
  /** Boundaries first seen when those were broken, and broken too. */
  readonly closure: readonly BoundaryName[];
  /** Boundaries first seen, and not broken: of later tokens, connections and idle polls, or of a party that was down. */
  readonly passedOver: readonly BoundaryName[];
  /** One fault on top of the clean run, or of the fault that first showed a boundary. */
  readonly singles: SweptCount;
  readonly pairs: SweptCount;
  /** Runs in which every fault struck, by the boundary of the last of them. */
  readonly injectedAt: ReadonlyMap<BoundaryName, number>;
  readonly notReached: readonly string[];
  readonly notInjectable: readonly string[];
  readonly notPerformed: readonly { readonly name: string; readonly because: string }[];
  readonly inconclusive: readonly Swept[];
  readonly failed: readonly Swept[];
};

/** A run that failed, with all that it takes to have it again. */
export type FailedSweep = Swept & {
  /** Its place in the plan: runs need not end in that order. */
  readonly at: number;
  readonly scenario: Scenario;
  readonly surveyed: Surveyed;
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
  /** Told of each run that fails, as it ends; the clean one too. */
  readonly onFailed?: (failed: FailedSweep) => void;
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
 * @throws {HarnessError} The clean run could not be performed.
 * @source RULES.md, section C; DESIGN.md, section 4
 */
export async function sweep(scenario: Scenario, explored: Explored, options: SweepOptions): Promise<Sweep> {
  const clean = await explored.survey(scenario);
  return new Sweeping(scenario, explored, clean, options).perform();
}

/** How many runs a sweep of this clean run makes, closure and pairs not counted. */
export function runsOf(clean: Surveyed, explored: Explored, only?: string): number {
  const all = injectionsAt(boundariesOf(clean, only));
  return all.filter(({ faults }) => explored.inMemory || !faults.some(cutsPower)).length;
}

function cutsPower({ does }: Fault): boolean {
  return does.kind === "crash" && does.class === "power";
}

/** What an injection came to, at its place in the plan. */
type Placed<T> = { readonly at: number; readonly one: T };

class Sweeping {
  readonly #scenario: Scenario;
  readonly #explored: Explored;
  readonly #clean: Surveyed;
  readonly #options: SweepOptions;
  readonly #injectedAt = new Map<BoundaryName, number>();
  readonly #notReached: Placed<string>[] = [];
  readonly #notInjectable: Placed<string>[] = [];
  readonly #notPerformed: Placed<Sweep["notPerformed"][number]>[] = [];
  readonly #inconclusive: Placed<Swept>[] = [];
  readonly #failed: Placed<Swept>[] = [];
  #planned = 0;
  #performed = 0;

  constructor(scenario: Scenario, explored: Explored, clean: Surveyed, options: SweepOptions) {
    this.#scenario = scenario;
    this.#explored = explored;
    this.#clean = clean;
    this.#options = options;
  }

  async perform(): Promise<Sweep> {
    const { only } = this.#options;
    const enumerated = boundariesOf(this.#clean, only);
    if (this.#clean.verdict !== "passed") {
      if (this.#clean.verdict === "failed") this.#options.onFailed?.(this.#cleanFailure());
      return this.#came(enumerated, new FirstSeen([]), none, none);
    }

    const injections = injectionsAt(enumerated);
    const seen = new FirstSeen(boundariesOf(this.#clean));
    const clean = await this.#all(injections, injections.length, (at, injection, surveyed) => {
      for (const name of boundariesOf(surveyed, only)) seen.note(name, at, injection);
    });
    const onTop = seen.broken.flatMap(({ name, after }) =>
      injectionsAt([name]).map(({ faults }) => ({ faults: [...after.faults, ...faults] })),
    );
    const singles = sum(clean, await this.#all(onTop, onTop.length));
    const pairs = this.#options.pairs ? await this.#all(pairsOf(injections), pairCount(injections)) : none;
    return this.#came(enumerated, seen, singles, pairs);
  }

  #cleanFailure(): FailedSweep {
    const { verdict, broken } = this.#clean;
    const clean = { name: "clean run", faults: [], outcome: "injected", verdict, broken } as const;
    return { ...clean, at: 0, scenario: this.#scenario, surveyed: this.#clean };
  }

  #came(enumerated: readonly BoundaryName[], seen: FirstSeen, singles: SweptCount, pairs: SweptCount): Sweep {
    return {
      scenario: this.#scenario,
      clean: this.#clean,
      enumerated,
      closure: seen.broken.map(({ name }) => name),
      passedOver: seen.passedOver,
      singles,
      pairs,
      injectedAt: this.#injectedAt,
      notReached: inOrder(this.#notReached),
      notInjectable: inOrder(this.#notInjectable),
      notPerformed: inOrder(this.#notPerformed),
      inconclusive: inOrder(this.#inconclusive),
      failed: inOrder(this.#failed),
    };
  }

  /** Performs injections as they are given, until they end or the budget does. */
  async #all(
    injections: Iterable<Injection>,
    planned: number,
    ended: (at: number, injection: Injection, surveyed: Surveyed) => void = () => {},
  ): Promise<SweptCount> {
    const { budget, signal, onProgress } = this.#options;
    const count = { injected: 0, notReached: 0, notInjectable: 0, notPerformed: 0 };
    const rest = injections[Symbol.iterator]();
    let at = this.#planned;
    this.#planned += planned;
    const work = async (): Promise<void> => {
      while (!budget.spent() && signal?.aborted !== true) {
        const next = rest.next();
        if (next.done === true) return;
        const place = at++;
        const outcome = await this.#one(place, next.value, (surveyed) => ended(place, next.value, surveyed));
        count[outcome] += 1;
        this.#performed += 1;
        onProgress?.(this.#performed, this.#planned);
      }
    };
    await Promise.all(Array.from({ length: this.#explored.width }, work));
    const done = count.injected + count.notReached + count.notInjectable + count.notPerformed;
    return { ...count, planned, left: planned - done };
  }

  /** @returns What it counts as. */
  async #one(
    at: number,
    injection: Injection,
    ended: (surveyed: Surveyed) => void,
  ): Promise<Exclude<keyof SweptCount, "planned" | "left">> {
    const scenario: Scenario = { ...this.#scenario, faults: [...this.#scenario.faults, ...injection.faults] };
    const name = injection.faults.map(({ id }) => id).join(" + ");
    // Over sockets it would only be one more kill.
    if (!this.#explored.inMemory && injection.faults.some(cutsPower)) {
      this.#notInjectable.push({ at, one: name });
      return "notInjectable";
    }
    let surveyed: Surveyed;
    try {
      surveyed = await this.#explored.survey(scenario);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      this.#notPerformed.push({ at, one: { name, because: error.happened } });
      return "notPerformed";
    }
    ended(surveyed);
    const { verdict, because, broken } = surveyed;
    const outcome = outcomeOf(injection, surveyed);
    const one = { ...injection, name, outcome, verdict, broken, ...(because === undefined ? {} : { because }) };
    if (verdict === "inconclusive") this.#inconclusive.push({ at, one });
    if (verdict === "failed") {
      this.#failed.push({ at, one });
      this.#options.onFailed?.({ ...one, at, scenario, surveyed });
    }
    switch (outcome) {
      case "injected": {
        const boundary = injection.faults.at(-1)?.at ?? "";
        this.#injectedAt.set(boundary, (this.#injectedAt.get(boundary) ?? 0) + 1);
        return "injected";
      }
      case "not-reached":
        this.#notReached.push({ at, one: name });
        return "notReached";
      case "not-injectable":
        this.#notInjectable.push({ at, one: name });
        return "notInjectable";
    }
  }
}

const none: SweptCount = { planned: 0, injected: 0, notReached: 0, notInjectable: 0, notPerformed: 0, left: 0 };

function sum(one: SweptCount, other: SweptCount): SweptCount {
  return {
    planned: one.planned + other.planned,
    injected: one.injected + other.injected,
    notReached: one.notReached + other.notReached,
    notInjectable: one.notInjectable + other.notInjectable,
    notPerformed: one.notPerformed + other.notPerformed,
    left: one.left + other.left,
  };
}

function inOrder<T>(all: readonly Placed<T>[]): T[] {
  return [...all].sort((one, other) => one.at - other.at).map(({ one }) => one);
}

/** A fault that cannot be made there outweighs one that was not come by, and that one that struck. */
function outcomeOf({ faults }: Injection, { reached }: Surveyed): Swept["outcome"] {
  const came = faults.map(
    ({ id }) => reached.faults.find(({ faultId }) => faultId === id)?.outcome ?? ("not-reached" as const),
  );
  return (
    came.find((outcome) => outcome === "not-injectable") ?? came.find((one) => one === "not-reached") ?? "injected"
  );
}

type Seen = { readonly name: BoundaryName; readonly at: number; readonly after: Injection };

/** Boundaries that the clean run has not, each with the first injection of the plan that showed it. */
class FirstSeen {
  readonly #known: ReadonlySet<BoundaryName>;
  readonly #first = new Map<BoundaryName, Seen>();
  readonly #others = new Map<BoundaryName, number>();

  constructor(known: Iterable<BoundaryName>) {
    this.#known = new Set(known);
  }

  note(name: BoundaryName, at: number, after: Injection): void {
    if (this.#known.has(name)) return;
    // What a party of ours is asked while it is down cannot be struck.
    if (!isWorthBreaking(name) || after.faults.some(({ does }) => does.kind === "crashParty")) {
      this.#others.set(name, Math.min(at, this.#others.get(name) ?? at));
      return;
    }
    const first = this.#first.get(name);
    if (first === undefined || at < first.at) this.#first.set(name, { name, at, after });
  }

  /** In the order of the plan. */
  get broken(): readonly Seen[] {
    return [...this.#first.values()].sort((one, other) => one.at - other.at || before(one.name, other.name));
  }

  get passedOver(): readonly BoundaryName[] {
    return [...this.#others]
      .filter(([name]) => !this.#first.has(name))
      .sort(([name, at], [other, otherAt]) => at - otherAt || before(name, other))
      .map(([name]) => name);
  }
}

function before(one: string, other: string): number {
  return one < other ? -1 : 1;
}

/**
 * All twos of these faults that can both strike, each once: one of every two cells (operation, phase and kind of fault)
 * first, then a second of every two, and so on.
 */
function* pairsOf(injections: readonly Injection[]): Generator<Injection> {
  const cells = [...Map.groupBy(injections, cellOf).values()];
  let rows = cells.flatMap((some, at) => cells.slice(at).map((others) => pairsIn(some, others)));
  while (rows.length > 0) {
    const further: typeof rows = [];
    for (const row of rows) {
      const next = row.next();
      if (next.done === true) continue;
      yield next.value;
      further.push(row);
    }
    rows = further;
  }
}

function* pairsIn(some: readonly Injection[], others: readonly Injection[]): Generator<Injection, undefined> {
  for (const [at, one] of some.entries())
    for (const other of some === others ? others.slice(at + 1) : others)
      if (canBothStrike(one, other)) yield { faults: [...one.faults, ...other.faults] };
}

/** How many `pairsOf` gives. */
function pairCount(injections: readonly Injection[]): number {
  const twosOf = (size: number): number => (size * (size - 1)) / 2;
  return [...Map.groupBy(injections, exchangeOf).values()].reduce(
    (left, same) => left - twosOf(same.length) + [...pairsIn(same, same)].length,
    twosOf(injections.length),
  );
}

/** What ends an exchange at one phase leaves nothing to strike at a later one. */
function canBothStrike(one: Injection, other: Injection): boolean {
  if (exchangeOf(one) !== exchangeOf(other)) return true;
  const [earlier, later] = [one, other].map(({ faults: [fault] }) => fault).sort((a, b) => phaseOf(a) - phaseOf(b));
  return phaseOf(earlier) < phaseOf(later) && goesOn.has(earlier?.does.kind);
}

const goesOn: ReadonlySet<FaultAction["kind"] | undefined> = new Set(["delay", "stop", "pause"]);

function phaseOf(fault: Fault | undefined): number {
  return fault === undefined ? -1 : phases.indexOf(placeOf(fault.at).phase);
}

function exchangeOf({ faults: [one] }: Injection): ExchangeName {
  return one?.at.slice(0, one.at.lastIndexOf(":")) ?? "";
}

function cellOf({ faults: [one] }: Injection): string {
  if (one === undefined) return "";
  const { operation, phase } = placeOf(one.at);
  return `${operation}:${phase} ${one.does.kind}`;
}

function oneFault(at: BoundaryName, does: FaultAction): Fault {
  return { id: `${wordsFor(does)} ${at}`, at, does };
}

/** A fault in words that tell it from every other at the same boundary. */
function wordsFor(does: FaultAction): string {
  switch (does.kind) {
    case "crash":
      return does.class === "process" ? "crash process" : `crash power (${does.survives} survives)`;
    case "cut":
      return `cut after ${does.afterBytes} bytes`;
    case "delay":
      return `delay ${does.byMs / 1000} s`;
    case "answer":
      return `answer ${does.status}`;
    case "crashParty":
      return "crash party";
    case "refuse":
    case "reset":
    case "stall":
    case "repeat":
    case "stop":
    case "pause":
      return does.kind;
  }
}

function placeOf(name: BoundaryName): { readonly operation: string; readonly phase: Phase } {
  const boundary = parseBoundary(name);
  const { party, operation } = boundary.kind === "idle" ? boundary : boundary.exchange;
  return { operation: `${party}.${operation}`, phase: boundary.phase };
}

/**
 * About a message of the scenario, or how the system gets on its feet again: whether it does at the second attempt.
 * Tokens and connections of the ninth are of no end.
 */
function isWorthBreaking(name: BoundaryName): boolean {
  const boundary = parseBoundary(name);
  if (boundary.kind === "idle" || boundaryName(boundary) !== name) return false;
  const { subject, attempt } = boundary.exchange;
  return subject.kind !== "state" || attempt <= 2;
}
