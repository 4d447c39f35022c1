import { createRequire } from "node:module";
import { dirname } from "node:path";
import vm from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { HarnessError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Scenario } from "../../core/scenario.ts";
import { judgedOf, type Unstored, unstored } from "../judged.ts";
import { ledgerHash } from "../ledger-writer.ts";
import { surveyedOf } from "../survey.ts";
import type { Witness } from "../witness.ts";
import type { Role, RunOptions, Surveyed, SystemUnderTest } from "../world.ts";
import type { Bundle } from "./bundle.ts";
import { giveGlobals } from "./given-globals.ts";
import { type SimulateOptions, simulate } from "./simulate.ts";
import { underJudgement } from "./watchdog.ts";

/** What the worker is asked to run. */
export type Order = {
  readonly scenario: Scenario;
  readonly sut: SystemUnderTest;
  readonly bundle: Bundle;
  /** Of the version it is upgraded to; absent where the scenario does not, or there is none. */
  readonly next?: Bundle;
  /** Of the integration that it is paired with. */
  readonly pairedWith?: Bundle;
  readonly options: RunOptions & {
    /** Post what was recorded once the ledger has this many entries: the run spins right after. */
    readonly postAt?: number;
    readonly isolate?: readonly Unstored[];
    readonly shownHeld?: readonly string[];
    /** Judge it here, and leave the ledger behind. */
    readonly survey?: true;
  };
};

/** It is asked what kind of system this is. */
export type Question = { readonly roleOf: Bundle };

/** What it says back. */
export type WorkerReply =
  | { readonly kind: "role"; readonly role: Role }
  | {
      readonly kind: "done";
      readonly entries: readonly LedgerEntry[];
      readonly log: readonly string[];
      readonly witness?: Witness;
      readonly tookMs: number;
    }
  /** `doubtful`: something was confirmed that nothing readable was stored of. */
  | { readonly kind: "surveyed"; readonly surveyed: Surveyed; readonly doubtful: boolean }
  | { readonly kind: "spinning"; readonly entries: readonly LedgerEntry[]; readonly log: readonly string[] }
  | { readonly kind: "error"; readonly happened: string; readonly because: string; readonly next: string };

const port = parentPort;
if (port === null) throw new Error("This module runs in a worker of the simulated world.");
/** Kept from before any integration was evaluated: what comes later may have been tampered with. */
const { postMessage, close } = port;
const { progress } = workerData as { progress: SharedArrayBuffer };
const counter = new Int32Array(progress);
giveGlobals();
// Node's own warnings would come once a thread, and so be in one run's log and not in the next one's.
process.removeAllListeners("warning");

type Compiled = (require: NodeJS.Require, module: { exports: unknown }, exports: unknown, ...paths: string[]) => void;
let last: { readonly entry: string; readonly code: string; readonly evaluate: Compiled } | undefined;

/**
 * A fresh evaluation of a bundle's whole module graph; gives its default export. The script is compiled once: each call
 * has module-level variables of its own, and what V8 has learned of the code is kept.
 */
function evaluated({ entry, code }: Bundle): unknown {
  if (last?.entry !== entry || last.code !== code)
    last = {
      entry,
      code,
      evaluate: vm.compileFunction(code, ["require", "module", "exports", "__filename", "__dirname"], {
        filename: entry,
        importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      }) as Compiled,
    };
  const module: { exports: unknown } = { exports: {} };
  last.evaluate(createRequire(entry), module, module.exports, entry, dirname(entry));
  const exported = module.exports as { default?: unknown };
  return typeof exported === "function" ? exported : exported?.default;
}

function readerOf(bundle: Bundle): NonNullable<SimulateOptions["pairedWith"]> {
  return { evaluate: () => evaluated(bundle), sutHash: bundle.hash };
}

/** What kind of system a bundle is, by its default export; one that cannot be evaluated here is told of when it is run. */
function roleOf(bundle: Bundle): Role {
  try {
    const exported = evaluated(bundle) as { readonly role?: unknown } | null | undefined;
    return exported?.role === "sender" ? "sender" : "integration";
  } catch {
    return "integration";
  }
}

port.on("message", async (order: Order | Question | "leave") => {
  if (order === "leave") return Reflect.apply(close, port, []);
  const say = (reply: WorkerReply): void => Reflect.apply(postMessage, port, [reply]);
  if ("roleOf" in order) return say({ kind: "role", role: roleOf(order.roleOf) });
  try {
    const began = performance.now();
    const { entries, log, witness } = await simulate(order.scenario, order.sut, {
      ...order.options,
      evaluate: (version) => evaluated(version === "next" ? (order.next ?? order.bundle) : order.bundle),
      sutHash: order.bundle.hash,
      ...(order.next === undefined ? {} : { nextHash: order.next.hash }),
      ...(order.pairedWith === undefined ? {} : { pairedWith: readerOf(order.pairedWith) }),
      onProgress: (count) => {
        Atomics.store(counter, 0, count);
      },
      onPost: (posted) => say({ kind: "spinning", ...posted }),
    });
    Atomics.store(counter, 0, underJudgement);
    const tookMs = performance.now() - began;
    if (!order.options.survey)
      return say({ kind: "done", entries, log, ...(order.options.witness ? { witness } : {}), tookMs });
    const judged = judgedOf(order.scenario, entries);
    const surveyed = surveyedOf({ ledger: entries, hash: ledgerHash(entries), judged, tookMs });
    say({ kind: "surveyed", surveyed, doubtful: unstored(judged, entries).length > 0 });
  } catch (error) {
    if (error instanceof HarnessError)
      return say({ kind: "error", happened: error.happened, because: error.because, next: error.next });
    const seen = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({
      kind: "error",
      happened: `The run of ${order.scenario.id} with ${order.sut.name} broke down inside the harness.`,
      because: seen,
      next: `This is an error of Komfrem's. Report it with the scenario and --seed ${order.options.seed}.`,
    });
  }
});
