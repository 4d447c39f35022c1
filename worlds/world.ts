import type { Fidelity, LedgerEntry } from "../core/ledger.ts";
import type { BoundaryName, ExchangeName } from "../core/names.ts";
import type { RuleId } from "../core/rule.ts";
import type { ChannelName, Scenario } from "../core/scenario.ts";
import type { Broken, Judged, Verdict } from "../core/verdict.ts";
import type { Witness } from "./witness.ts";

/** What a system under test does: it receives, or it sends. */
export type Role = "integration" | "sender";

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** A product that is started as it is, untouched, as one of three. Paths are absolute. */
export type Product = {
  /** A program of its own. */
  readonly command?: Command;
  readonly container?: ContainerProduct;
  readonly service?: ServiceProduct;
  /** What it reads. */
  readonly channels: readonly ChannelName[];
  /** Where it is started. */
  readonly folder: string;
  /** What it finds in its environment; `$KOMFREM_…` stands for a leaf of the endpoints file, or a dependency's place. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes it as if it had never run, before each run: a program and its arguments. */
  readonly reset?: readonly [string, ...string[]];
  /** The program that it is upgraded to, over the same data; the same again unless said. */
  readonly next?: readonly [string, ...string[]];
  /** Whether two starts of it may run at once on its data. */
  readonly overlaps?: boolean;
  /** Keeps, and puts back, what it has outside its data directory: programs, told the folder by `KOMFREM_BACKUP_FOLDER`. */
  readonly backup?: { readonly take: readonly [string, ...string[]]; readonly put: readonly [string, ...string[]] };
  readonly time: ProductTime;
  /** Whether it reaches us over TLS. */
  readonly tls?: boolean;
  /** What it stores or queues in, by name: it reaches them through us. */
  readonly dependencies: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  /** Longest that it waits before it tries again, ms of its own clock. */
  readonly maxRetryDelayMs: number;
  /** What it may take to be done with a message, ms of its own clock. */
  readonly settleMs: number;
  /** A sender's place for orders; where absent a free port of each run's, told to it. */
  readonly send?: SendPlace;
  /** What says that a start is ready; where absent, that we have answered it for the first time, and of a sender that it takes orders. */
  readonly ready?: ReadyCheck;
  /** How long a start may take until it is ready, real ms. */
  readonly readyWithinMs: number;
  /** Tells what it durably holds, where it is the case system itself. */
  readonly probe?: SystemProbe;
  /** It keeps something outside its data directory, where runs side by side would meet. */
  readonly keepsElsewhere: boolean;
  readonly runsAtOnce: number;
  /** How long it is explored where the command line does not say, real ms. */
  readonly budgets?: { readonly fuzzMs?: number; readonly sweepMs?: number };
  /** What may stay open. */
  readonly accepts?: readonly AcceptedLimit[];
};

/** Where a sender takes orders, by POST: a port and a path of its own. */
export type SendPlace = { readonly port: number; readonly path: string };

/** Something that a run may leave open, and who has said so: never that a rule fails. */
export type AcceptedLimit = {
  /** Everything that stays open, unless said. */
  readonly rule?: RuleId;
  /** Id of the scenario; all of them unless said. */
  readonly scenario?: string;
  readonly because: string;
  readonly owner: string;
  /** Its last day, `2027-01-31`. */
  readonly until: string;
};

/** What tells what a product durably holds, and how what it tells is to be read. */
export type SystemProbe = {
  readonly source: ProbeSource;
  readonly fidelity: DeclaredFidelity;
  /** How often it is asked, real ms of a product on a clock of its own. */
  readonly everyMs: number;
  /** What may lie between something being there and it being read, ms of the product's clock. */
  readonly settleMs: number;
};

/** How a probe is asked. Texts may name leaves of the endpoints file, `$KOMFREM_…`. */
export type ProbeSource =
  /** A program that answers on standard output. */
  | { readonly kind: "command"; readonly command: readonly [string, ...string[]] }
  /** Asked with `token` as a query parameter. */
  | { readonly kind: "http"; readonly url: string }
  /** Each row is an item, its columns the fields; `$1` (`?`) is the run's token. */
  | { readonly kind: "postgres"; readonly url: string; readonly query: string }
  | { readonly kind: "sqlite"; readonly file: string; readonly query: string }
  /** Whatever lies in it is a registered case. */
  | { readonly kind: "directory"; readonly folder: string };

/** What a product says that it keeps of each kind of part; as our own receiver does unless said. */
export type DeclaredFidelity = Readonly<Partial<Record<"form" | "pdf" | "text" | "file", Fidelity>>>;

/** An image by name, or a Dockerfile (or the folder that has one) that it is built from. */
export type ImageOrigin =
  | { readonly kind: "image"; readonly name: string }
  | { readonly kind: "dockerfile"; readonly path: string };

/** A product that is started as a container. */
export type ContainerProduct = {
  /** Its image by name, a Dockerfile (or the folder that has one) that it is built from, or a service of a compose file. */
  readonly from: ImageOrigin | { readonly kind: "compose"; readonly path: string; readonly service: string };
  /** What it is upgraded to, over the same data; the same again unless said. */
  readonly next?: ImageOrigin;
  /** Where in the container its data directory is to be as well, an absolute path. */
  readonly data?: string;
  readonly limits?: ContainerLimits;
};

/** What a container may have at most. */
export type ContainerLimits = {
  /** MiB, without swap. */
  readonly memoryMb?: number;
  readonly cpus?: number;
  /** MiB that its data directory has room for, over all its starts. */
  readonly diskMb?: number;
  /** MiB that it may write a second to the disk that its data directory is on. */
  readonly writeMbPerSecond?: number;
};

/** A product that something else runs, and that we reach by these commands only; each ends with 0 once it is done. */
export type ServiceProduct = {
  /** Where its own ports are. */
  readonly host: string;
  /** Has it run with the endpoints in this command's environment. */
  readonly start: Command;
  readonly stop?: Command;
  /** Ends it at once, with whatever it was about to do. */
  readonly kill?: Command;
};

/** A line that it writes, a port of its own that accepts or answers with 2xx, a file that it writes in its data directory. */
export type ReadyCheck =
  | { readonly kind: "log"; readonly pattern: string }
  | { readonly kind: "http"; readonly port: number; readonly path: string }
  | { readonly kind: "port"; readonly port: number }
  | { readonly kind: "file"; readonly path: string };

/**
 * Whose time a product is on: `driven` asks our clock, so that time passes as fast as it comes to rest; `compressed` has
 * its own, and a day of the world takes `dayTakesMs` of it; `faketime` has its own too, and we move it.
 */
export type ProductTime =
  | { readonly tier: "driven" }
  | { readonly tier: "faketime"; readonly pollIntervalMs?: number }
  | { readonly tier: "compressed"; readonly dayTakesMs: number; readonly pollIntervalMs: number };

/** A system under test as a world starts it. */
export type SystemUnderTest = {
  /** How reports call it: `correct/store-then-receipt`, or the path that was given. */
  readonly name: string;
  readonly role: Role;
  /** Absolute path of the module; of the config that describes it, where it is a product. */
  readonly module: string;
  /** Set where it is no module of ours to load but a program of its own. */
  readonly product?: Product;
  /** Absolute path of the version it is upgraded to; a step that upgrades starts the same module again without one. */
  readonly next?: string;
  /**
   * A pair: the integration that reads what this sender sends, under test as well. In memory only. Whatever happens to
   * "the system" in a scenario's steps happens to the sender.
   */
  readonly pairedWith?: SystemUnderTest;
};

/** Whether a run has two versions of a system: there is a next one, and the scenario upgrades to it. */
export function isUpgraded(
  scenario: Scenario,
  sut: SystemUnderTest,
): sut is SystemUnderTest & { readonly next: string } {
  return sut.next !== undefined && scenario.steps.some(({ kind }) => kind === "upgrades");
}

export type RunOptions = {
  readonly seed: number;
  readonly profile?: "default" | "strict";
  /** How long a system may stand still before it is given up, ms: in memory by its own processor time, docs/adr/0049. */
  readonly watchdogMs?: number;
  /** Keep what the system exchanged. */
  readonly witness?: true;
};

/** Whether a scenario can be performed with a system: it tests what the system does. */
export function suits(scenario: Scenario, sut: SystemUnderTest): boolean {
  return (scenario.tests ?? "integration") === sut.role;
}

/** One scenario, one seed, one system under test: what was seen, and what the rules say of it. */
export type Run = {
  readonly scenario: Scenario;
  readonly sut: SystemUnderTest;
  readonly seed: number;
  readonly world: World["kind"];
  readonly ledger: readonly LedgerEntry[];
  /** SHA-256 of the ledger's NDJSON, hex: identifies the run. */
  readonly hash: string;
  readonly judged: Judged;
  /** Lines the system logged. Not part of the ledger. */
  readonly log: readonly string[];
  /** What the system exchanged, where that was asked for. Not part of the ledger. */
  readonly witness?: Witness;
  /** Real time that performing it took, ms, judging not counted. Not part of the ledger. */
  readonly tookMs: number;
  /** Set over sockets. Not part of the ledger. */
  readonly costs?: Costs;
};

/** What resetting and starting a system took, real ms. */
export type Costs = {
  /** Where its config says how it is reset. */
  readonly resetMs?: number;
  /** Of each start until it was ready. */
  readonly startsMs: readonly number[];
};

/** What a run came by. */
export type Reached = {
  /**
   * Those of the system under test, in order of first appearance; idle polls by their name,
   * `altinn-correspondence.list(idle)@…`.
   */
  readonly exchanges: readonly ExchangeName[];
  /** So many of them had appeared when the faults were healed: what comes later cannot be struck. */
  readonly beforeHeal: number;
  readonly faults: readonly {
    readonly faultId: string;
    readonly boundary: BoundaryName;
    readonly outcome: "injected" | "not-reached" | "not-injectable";
  }[];
  /** State changes of the simulators (`effected`), each once. */
  readonly changes: readonly string[];
};

/** What a run came to, judged where it was performed; its ledger stays there. */
export type Surveyed = {
  readonly verdict: Verdict["kind"];
  /** Why it is inconclusive. */
  readonly because?: string;
  /** Findings that blame the system under test, by delivery. */
  readonly broken: readonly Broken[];
  /** SHA-256 of the ledger's NDJSON, hex. */
  readonly hash: string;
  readonly reached: Reached;
  /** Real time that performing it took, ms. */
  readonly tookMs: number;
};

/**
 * Where a scenario happens. Implementations differ in how bytes travel and how time passes, never in what is recorded:
 * the same scenario gives the same set of boundary names.
 */
export type World = {
  readonly kind: "simulated" | "live";
  /**
   * Performs the scenario against the system and judges what was seen.
   *
   * @throws {HarnessError} The harness could not do its job: a module that cannot be loaded, a system never ready.
   */
  run(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Run>;
  /**
   * The same run and judgement, without its ledger: for whoever performs thousands and looks at few.
   *
   * @throws {HarnessError} As `run` does.
   */
  survey(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Surveyed>;
  /** Ends what the world started: workers, sockets, processes. */
  close(): Promise<void>;
};
