import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Scenario, Version } from "../../core/scenario.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import { simulatedAddresses } from "../cast.ts";
import type { Unstored } from "../judged.ts";
import { Stage } from "../stage.ts";
import type { System, SystemControl } from "../system.ts";
import type { RunOptions, SystemUnderTest } from "../world.ts";
import { forgetGlobals, nowRunning } from "./given-globals.ts";
import { Outside } from "./outside.ts";
import { Pace } from "./pace.ts";
import { Seat, type SeatSetup } from "./seat.ts";

const realImmediate = setImmediate;
const quietTurns = 3;

export type SimulateOptions = RunOptions & {
  /** Evaluates a version's whole module graph afresh and gives its default export. */
  readonly evaluate: (version: Version) => unknown;
  /** Identifies the system's own code. */
  readonly sutHash: string;
  readonly nextHash?: string;
  /** Of the integration that it is paired with. */
  readonly pairedWith?: { readonly evaluate: () => unknown; readonly sutHash: string };
  readonly onProgress: (entries: number) => void;
  readonly postAt?: number;
  readonly onPost: (posted: { entries: readonly LedgerEntry[]; log: readonly string[] }) => void;
  readonly isolate?: readonly Unstored[];
  readonly shownHeld?: readonly DeliveryId[];
};

/**
 * Performs a scenario in memory, in virtual time, on this thread. The world moves only when the system under test is
 * idle: nothing outside the thread, no bytes on their way, and three quiet turns of the event loop.
 *
 * @throws {HarnessError} The system could not be loaded or was never ready.
 */
export async function simulate(
  scenario: Scenario,
  sut: SystemUnderTest,
  options: SimulateOptions,
): Promise<Pick<Stage, "entries" | "log" | "witness">> {
  let activity = 0;
  const stirred = (): void => {
    activity++;
  };
  const outside = new Outside(stirred);
  const addresses = simulatedAddresses;
  const stage = new Stage(scenario, sut, {
    ...options,
    addresses,
    fiksIo: (given, setup) => new FiksIo(given, setup),
    tier: "driven",
    latencyMs: ({ party }) => seats.find(({ system }) => system.party === party)?.latencyMs() ?? 0,
    control: controlOf(() => seats[0]),
    ...(options.pairedWith === undefined
      ? {}
      : { reader: { control: controlOf(() => seats[1]), sutHash: options.pairedWith.sutHash } }),
  });

  let posted = false;
  const postIfDue = (events: number): void => {
    if (options.postAt === undefined || posted || stage.entries.length + events < options.postAt) return;
    posted = true;
    options.onPost({ entries: stage.entries, log: stage.log });
  };

  const seatFor = (of: Pick<SeatSetup, "system" | "sut" | "endpoints" | "evaluate" | "isRestored">): Seat =>
    new Seat({
      ...of,
      stage,
      shownHeld: options.shownHeld ?? [],
      stirred,
      outside: () => outside.begin(),
      starting: () => postIfDue(0),
      emptied: () => {
        if (seats.every(({ isEmpty }) => isEmpty)) forgetGlobals();
      },
    });
  const seats: Seat[] = [
    seatFor({
      system: stage.system,
      sut,
      endpoints: stage.endpoints,
      evaluate: options.evaluate,
      isRestored: scenario.steps.some(({ kind }) => kind === "restores"),
    }),
  ];
  const { pairedWith } = options;
  const { readerEndpoints } = stage.cast;
  if (pairedWith && sut.pairedWith && stage.reader && readerEndpoints)
    seats.push(
      seatFor({
        system: stage.reader,
        sut: sut.pairedWith,
        endpoints: readerEndpoints,
        evaluate: pairedWith.evaluate,
        isRestored: false,
      }),
    );

  const crashed = (error: unknown): void => {
    for (const seat of seats) seat.crashed(error);
  };
  process.on("unhandledRejection", crashed);
  process.on("uncaughtException", crashed);
  try {
    stage.begin();
    await played();
  } finally {
    process.off("unhandledRejection", crashed);
    process.off("uncaughtException", crashed);
    for (const seat of seats) seat.clear();
    nowRunning(undefined);
    forgetGlobals();
  }
  if (stage.error !== undefined) throw stage.error;
  return { entries: stage.entries, log: stage.log, witness: stage.witness };

  /** Of a pair, whoever asked last goes round. */
  function lastAsking(): System {
    const asked = stage.entries.findLast((entry) => entry.kind === "asked");
    return (asked?.kind === "asked" ? stage.systemOf(asked.asker) : undefined) ?? stage.system;
  }

  /** Lets the world's events happen one after the other, each once the system has come to rest. */
  function played(): Promise<void> {
    return new Promise((resolve, reject) => {
      const pace = new Pace();
      let seen = -1;
      let quiet = 0;
      let events = 0;
      const turn = (): void => {
        try {
          while (true) {
            if (activity !== seen || outside.pending > 0) {
              seen = activity;
              quiet = 0;
              realImmediate(turn);
              return;
            }
            if (quiet < quietTurns) {
              quiet++;
              realImmediate(turn);
              return;
            }
            if (stage.ended) return resolve();
            options.onProgress(stage.entries.length + events);
            postIfDue(events);
            if (!stage.clock.runNext()) throw new Error("nothing is due, yet the scenario has not ended");
            events++;
            const halt = pace.after(stage.clock.now(), stage.entries);
            if (halt?.kind === "livelock") lastAsking().livelocked(halt.why);
            if (halt?.kind === "endless") {
              stage.ledger.record({ kind: "doubted", what: halt.why });
              return resolve();
            }
            // What only the world did needs no rest: the next event may follow at once.
            if (activity !== seen) {
              seen = activity;
              quiet = 0;
            }
          }
        } catch (error) {
          reject(error);
        }
      };
      realImmediate(turn);
    });
  }
}

/** @param seat Who sits there by then: a stage is built before there is anybody in it. */
function controlOf(seat: () => Seat | undefined): SystemControl {
  return {
    start: (nth, version) => seat()?.start(nth, version),
    kill: (nth, how) => seat()?.kill(nth, how),
    askToStop: (nth) => seat()?.askToStop(nth),
    pause: (nth) => seat()?.pause(nth),
    resume: (nth) => seat()?.resume(nth),
    order: (nth, order, then) => seat()?.order(nth, order, then),
    restore: (epochMs) => seat()?.restore(epochMs),
  };
}
