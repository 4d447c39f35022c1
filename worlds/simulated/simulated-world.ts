import { Worker } from "node:worker_threads";
import { HarnessError } from "../../core/error.ts";
import type { Scenario } from "../../core/scenario.ts";
import { isolateAndKill, undecided } from "../isolate.ts";
import { judgedOf, unstored } from "../judged.ts";
import { ledgerHash } from "../ledger-writer.ts";
import { surveyedOf } from "../survey.ts";
import {
  isUpgraded,
  type Role,
  type Run,
  type RunOptions,
  type Surveyed,
  type SystemUnderTest,
  type World,
} from "../world.ts";
import { bundleOf } from "./bundle.ts";
import { type Performed, repeatable, spinsAt } from "./repeatable.ts";
import { watchdog } from "./watchdog.ts";
import type { Order, Question, WorkerReply } from "./worker.ts";

const watchdogDefaultMs = 5000;
/** How long a worker that was told to leave may take. */
const dismissalMs = 500;
const endedThreadId = -1;

type Perform = (extra: Partial<Order["options"]>) => Promise<Performed>;
type Reply = Performed | { readonly kind: "ended"; readonly why: string };

function hired(progress: SharedArrayBuffer): Worker {
  const script = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./worker.js";
  return new Worker(new URL(script, import.meta.url), {
    workerData: { progress },
    execArgv: [],
    // A run makes much that is soon forgotten: a large nursery spares most of the collecting.
    resourceLimits: { maxYoungGenerationSizeMb: 128, maxOldGenerationSizeMb: 4096 },
  });
}

/**
 * What kind of system a module is, by its default export. It is evaluated for that once, in a thread of its own.
 *
 * @param module Absolute path.
 * @throws {HarnessError} The file is missing, is no module, or does not compile.
 */
export async function roleOf(module: string): Promise<Role> {
  const question: Question = { roleOf: await bundleOf(module) };
  const worker = hired(new SharedArrayBuffer(4));
  try {
    return await new Promise<Role>((resolve) => {
      worker.on("message", (reply: WorkerReply) => resolve(reply.kind === "role" ? reply.role : "integration"));
      // One that ends its thread, or never gives it back, is told of when it is run.
      worker.on("error", () => resolve("integration"));
      worker.on("exit", () => resolve("integration"));
      setTimeout(() => resolve("integration"), watchdogDefaultMs).unref();
      worker.postMessage(question);
    });
  } finally {
    await dismissed(worker);
  }
}

/**
 * Lets a worker end by itself, and ends it where it does not: a thread that is cut off in the middle of what Node does
 * now and then takes the process with it.
 */
async function dismissed(worker: Worker): Promise<void> {
  if (worker.threadId === endedThreadId) return;
  await new Promise<void>((resolve) => {
    const patience = setTimeout(() => void worker.terminate().then(() => resolve()), dismissalMs);
    worker.once("exit", () => {
      clearTimeout(patience);
      resolve();
    });
    worker.postMessage("leave");
  });
}

async function usedMs(worker: Worker): Promise<number | undefined> {
  if (!("cpuUsage" in worker)) return undefined;
  const used = await worker.cpuUsage().catch(() => undefined);
  return used === undefined ? undefined : (used.user + used.system) / 1000;
}

/** One worker thread: it runs one scenario at a time, and is thrown away if one never gives the thread back. */
class Stagehand {
  readonly #progress = new SharedArrayBuffer(4);
  readonly #counter = new Int32Array(this.#progress);
  #worker: Worker | undefined;
  #hear: (reply: Reply) => void = () => {};
  busy = false;

  /** @returns What the worker said, or how far it had come when it stopped going forward. */
  async perform(order: Order, watchdogMs: number): Promise<Performed> {
    this.#worker ??= this.#hired();
    const worker = this.#worker;
    Atomics.store(this.#counter, 0, 0);
    let unwatch = (): void => {};
    const reply = await new Promise<Reply>((resolve) => {
      this.#hear = resolve;
      const watched = { came: () => Atomics.load(this.#counter, 0), usedMs: () => usedMs(worker) };
      unwatch = watchdog(watched, watchdogMs, (at) => resolve({ kind: "stuck", at }));
      worker.postMessage(order);
    });
    unwatch();
    this.#hear = () => {};
    if (reply.kind === "stuck" || reply.kind === "spinning") await this.#cutOff();
    if (reply.kind === "ended") this.#worker = undefined;
    if (reply.kind !== "ended") return reply;
    return {
      kind: "error",
      happened: `${order.sut.name} ended the whole worker while running ${order.scenario.id}.`,
      because: reply.why,
      next: "Return or throw instead of ending the process; in the simulated world an integration is not alone in it.",
    };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) await dismissed(worker);
  }

  /** Whoever never gives the thread back would not hear that it is to leave. */
  async #cutOff(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #hired(): Worker {
    const worker = hired(this.#progress);
    worker.on("message", (reply: Exclude<Performed, { kind: "stuck" }>) => this.#hear(reply));
    worker.on("error", (error) => this.#hear({ kind: "ended", why: error.message }));
    worker.on("exit", (code) => this.#hear({ kind: "ended", why: `The module called process.exit(${code}).` }));
    return worker;
  }
}

/**
 * The world in memory: virtual time, seeded randomness, no sockets, nothing of the machine's.
 *
 * Runs are independent; up to `workers` of them at once. Same scenario, system and seed: same ledger, byte for byte.
 */
export class SimulatedWorld implements World {
  readonly kind = "simulated";
  readonly #hands: Stagehand[];
  readonly #waiting: ((hand: Stagehand) => void)[] = [];

  constructor(workers = 1) {
    this.#hands = Array.from({ length: workers }, () => new Stagehand());
  }

  run(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Run> {
    return this.#performing(scenario, sut, options, async (perform) => {
      let { reply, spins } = await repeatable(perform);
      let judged = judgedOf(scenario, reply.entries);
      const doubtful = unstored(judged, reply.entries);
      const shown = spins || doubtful.length === 0 ? "lost" : await isolateAndKill(doubtful, perform);
      if (shown === "kept") {
        ({ reply, spins } = await repeatable((extra) =>
          perform({ ...extra, shownHeld: doubtful.map(({ delivery }) => delivery) }),
        ));
        judged = judgedOf(scenario, reply.entries);
      }
      if (shown === "unknown") judged = { ...judged, verdict: { kind: "inconclusive", because: undecided } };
      if (spins) judged = { ...judged, verdict: { kind: "inconclusive", because: spinsAt(reply.entries) } };
      return {
        scenario,
        sut,
        seed: options.seed,
        world: this.kind,
        ledger: reply.entries,
        hash: ledgerHash(reply.entries),
        judged,
        log: reply.log,
        ...(reply.witness === undefined ? {} : { witness: reply.witness }),
        tookMs: reply.tookMs,
      };
    });
  }

  async survey(scenario: Scenario, sut: SystemUnderTest, options: RunOptions): Promise<Surveyed> {
    const reply = await this.#performing(scenario, sut, options, (perform) => perform({ survey: true }));
    if (reply.kind === "error") throw new HarnessError(reply);
    if (reply.kind === "surveyed" && !reply.doubtful) return reply.surveyed;
    // What spins, or has to be tried by killing it, takes more than one performance.
    return surveyedOf(await this.run(scenario, sut, options));
  }

  async close(): Promise<void> {
    await Promise.all(this.#hands.map((hand) => hand.close()));
  }

  async #performing<T>(
    scenario: Scenario,
    sut: SystemUnderTest,
    options: RunOptions,
    does: (perform: Perform) => Promise<T>,
  ): Promise<T> {
    if (sut.product !== undefined)
      throw new HarnessError({
        happened: `${sut.name} was not run in memory.`,
        because: "It is a program of its own, and only modules can be run in memory.",
        next: "Run it with --world live.",
      });
    const bundle = await bundleOf(sut.module);
    const next = isUpgraded(scenario, sut) ? { next: await bundleOf(sut.next) } : {};
    const pairedWith = sut.pairedWith === undefined ? {} : { pairedWith: await bundleOf(sut.pairedWith.module) };
    const hand = await this.#free();
    try {
      return await does((extra) =>
        hand.perform(
          { scenario, sut, bundle, ...next, ...pairedWith, options: { ...options, ...extra } },
          options.watchdogMs ?? watchdogDefaultMs,
        ),
      );
    } finally {
      this.#release(hand);
    }
  }

  #free(): Promise<Stagehand> {
    const hand = this.#hands.find((one) => !one.busy);
    if (hand !== undefined) {
      hand.busy = true;
      return Promise.resolve(hand);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(hand: Stagehand): void {
    const next = this.#waiting.shift();
    if (next === undefined) hand.busy = false;
    else next(hand);
  }
}
