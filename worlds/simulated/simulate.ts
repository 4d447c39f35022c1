import { HarnessError } from "../../core/error.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Scenario, Version } from "../../core/scenario.ts";
import type { Host, Integration, Order, Sender } from "../../port/host.ts";
import { FiksIo } from "../../simulators/fiks-io/fiks-io.ts";
import { type MemoryPair, memoryPair, refusedSocket, silentSocket } from "../../simulators/memory-socket.ts";
import { simulatedAddresses } from "../cast.ts";
import { Holdings } from "../holdings.ts";
import type { Unstored } from "../judged.ts";
import { Stage } from "../stage.ts";
import type { Answered } from "../system.ts";
import type { RunOptions, SystemUnderTest } from "../world.ts";
import { Disk } from "./disk.ts";
import { forgetGlobals, nowRunning } from "./given-globals.ts";
import { Incarnation } from "./incarnation.ts";
import { Outside } from "./outside.ts";
import { Pace } from "./pace.ts";

const realImmediate = setImmediate;
const quietTurns = 3;

export type SimulateOptions = RunOptions & {
  /** Evaluates a version's whole module graph afresh and gives its default export. */
  readonly evaluate: (version: Version) => unknown;
  /** Identifies the system's own code. */
  readonly sutHash: string;
  readonly nextHash?: string;
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
  const incarnations = new Map<number, Incarnation>();
  const connections = new Map<number, MemoryPair[]>();
  /** What each start of a sender is told to send with, and what is to be said of orders it never answered. */
  const senders = new Map<number, Sender["send"]>();
  const orders = new Map<number, Set<() => void>>();

  const stage = new Stage(scenario, sut, {
    ...options,
    addresses,
    fiksIo: (given, setup) => new FiksIo(given, setup),
    tier: "driven",
    latencyMs: (asker) => (asker.party === stage.system.party ? 1 + Math.floor(latency.next() * 40) : 0),
    control: {
      start: (nth, version) => start(nth, version),
      kill: (nth, how) => {
        incarnations.get(nth)?.kill();
        incarnations.delete(nth);
        senders.delete(nth);
        for (const lost of orders.get(nth) ?? []) lost();
        orders.delete(nth);
        if (incarnations.size === 0) forgetGlobals();
        if (how.class === "power") disk.powerCut(how.survives, stage.randomOf(nth).fork("power"));
        for (const pair of connections.get(nth) ?? []) pair.sever("client");
        connections.delete(nth);
      },
      askToStop: (nth) => incarnations.get(nth)?.askToStop(),
      order: (nth, order, then) => give(nth, order, then),
      pause: (nth) => {
        incarnations.get(nth)?.pause();
        for (const pair of connections.get(nth) ?? []) pair.freeze();
      },
      resume: (nth) => {
        for (const pair of connections.get(nth) ?? []) pair.thaw();
        incarnations.get(nth)?.resume();
      },
      restore: (epochMs) => holdings.putBack(disk.putBack(epochMs)),
    },
  });
  const latency = stage.randomOf(0).fork("latency");

  const holdings = new Holdings(stage, options.shownHeld ?? []);
  const isRestored = scenario.steps.some(({ kind }) => kind === "restores");
  const disk = new Disk((changed) => holdings.changed(changed), isRestored ? () => stage.clock.now() : undefined);

  let posted = false;
  const postIfDue = (events: number): void => {
    if (options.postAt === undefined || posted || stage.entries.length + events < options.postAt) return;
    posted = true;
    options.onPost({ entries: stage.entries, log: stage.log });
  };

  const start = (nth: number, version: Version): void => {
    const incarnation = new Incarnation(
      { party: stage.system.party, incarnation: nth },
      {
        clock: stage.clock,
        random: stage.randomOf(nth),
        disk,
        endpoints: stage.endpoints,
        ask: (origin, request, asker, hear) => stage.ask(origin, request, asker, hear),
        connect: (to, who) => {
          const surroundings = { onActivity: stirred, clock: stage.clock, host: to.host, port: to.port };
          if (!who.alive) return silentSocket(surroundings);
          const accept = stage.acceptorAt(to.port);
          if (accept === undefined) return refusedSocket(surroundings);
          const pair = memoryPair(surroundings);
          const open = connections.get(nth);
          if (open === undefined) connections.set(nth, [pair]);
          else open.push(pair);
          accept(pair.server, who.asker);
          return pair.client;
        },
        log: (line) => stage.hearLog(line),
        stirred,
        outside: () => outside.begin(),
        failed: (error) => ended(whyOf(error)),
        exit: (code) => {
          if (incarnation.alive)
            stage.system.ended(
              nth,
              code === 0 && incarnation.host.signal.aborted ? undefined : `it called process.exit(${code})`,
            );
        },
      },
    );
    incarnations.set(nth, incarnation);
    // What it does before it first asks us for anything is movement too.
    stirred();
    nowRunning(incarnation.surroundings);
    const ended = (why: string | undefined): void => {
      stirred();
      if (incarnation.alive) stage.system.ended(nth, why === undefined ? undefined : stage.reason(why));
    };
    // It may spin as soon as it is evaluated.
    postIfDue(0);
    incarnation.enter(() => {
      try {
        const main = moduleOf(options.evaluate(version), sut);
        if (main.send !== undefined) senders.set(nth, main.send);
        Promise.resolve(main.run(incarnation.host)).then(
          () => ended(undefined),
          (error) => ended(whyOf(error)),
        );
      } catch (error) {
        if (error instanceof HarnessError) {
          stage.error = error;
          stage.ended = true;
          return;
        }
        ended(whyOf(error));
      }
    });
  };

  const give = (nth: number, order: Order, then: (answered: Answered) => void): void => {
    const incarnation = incarnations.get(nth);
    const send = senders.get(nth);
    if (incarnation === undefined || send === undefined) return then({ kind: "lost" });
    const open = orders.get(nth) ?? new Set();
    orders.set(nth, open);
    const lost = (): void => then({ kind: "lost" });
    open.add(lost);
    const answered = (how: Answered): void => {
      stirred();
      if (open.delete(lost) && incarnation.alive) then(how);
    };
    incarnation.reach(() => {
      Promise.resolve()
        .then(() => send(order, incarnation.host))
        .then(
          () => answered({ kind: "sent" }),
          (error) => {
            stage.hearLog(`send: ${whyOf(error)}`);
            answered({ kind: "rejected" });
          },
        );
    });
  };

  const crashed = (error: unknown): void => {
    for (const [nth, incarnation] of incarnations)
      if (incarnation.alive) stage.system.ended(nth, stage.reason(whyOf(error)));
  };
  process.on("unhandledRejection", crashed);
  process.on("uncaughtException", crashed);
  try {
    stage.begin();
    await played();
  } finally {
    process.off("unhandledRejection", crashed);
    process.off("uncaughtException", crashed);
    for (const incarnation of incarnations.values()) incarnation.kill();
    nowRunning(undefined);
    forgetGlobals();
  }
  if (stage.error !== undefined) throw stage.error;
  return { entries: stage.entries, log: stage.log, witness: stage.witness };

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
            if (halt?.kind === "livelock") stage.system.livelocked(halt.why);
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

type Main = { readonly run: (host: Host) => Promise<void>; readonly send?: Sender["send"] };

/** @throws {HarnessError} The module's default export is not what its role calls for. */
function moduleOf(exported: unknown, { module, role }: SystemUnderTest): Main {
  const sender = exported as Partial<Sender> | null | undefined;
  const sends = sender?.role === "sender";
  if (role === "integration" && typeof exported === "function") return { run: exported as Integration };
  if (role === "sender" && sends && typeof sender.run === "function" && typeof sender.send === "function")
    return { run: (host) => (sender as Sender).run(host), send: (order, host) => (sender as Sender).send(order, host) };
  throw new HarnessError({
    happened: `${module} cannot be run as ${role === "sender" ? "a sender" : "an integration"}.`,
    because:
      exported === undefined
        ? "It has no default export."
        : sends
          ? "Its default export is a sender that lacks run or send, or the scenario tests an integration."
          : `Its default export is of type ${typeof exported}${role === "sender" ? ", and has no role" : ", not a function"}.`,
    next:
      role === "sender"
        ? 'Export default { role: "sender", run: async (host) => { … }, send: async (order, host) => ({ reference }) }'
        : "Export default an async function that takes the host: export default async (host) => { … }",
  });
}

function whyOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return String(error);
}
