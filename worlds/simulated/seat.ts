import { HarnessError } from "../../core/error.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Version } from "../../core/scenario.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Order, Sender } from "../../port/host.ts";
import { certificateError } from "../../simulators/certificate-error.ts";
import { type MemoryPair, memoryPair, refusedSocket, silentSocket } from "../../simulators/memory-socket.ts";
import { Holdings } from "../holdings.ts";
import { type Main, mainOf } from "../main.ts";
import type { Stage } from "../stage.ts";
import type { Answered, System, SystemControl } from "../system.ts";
import type { SystemUnderTest } from "../world.ts";
import { Disk } from "./disk.ts";
import { nowRunning } from "./given-globals.ts";
import { Incarnation } from "./incarnation.ts";

/** What a seat has in common with whoever else is there. */
export type SeatSetup = {
  readonly stage: Stage;
  /** Whose starts these are: the stage's system, or the reader of a pair. */
  readonly system: System;
  readonly sut: SystemUnderTest;
  readonly endpoints: Endpoints;
  /** Evaluates a version's whole module graph afresh and gives its default export. */
  readonly evaluate: (version: Version) => unknown;
  readonly shownHeld: readonly DeliveryId[];
  /** Whether its store may be put back to an earlier time. */
  readonly isRestored: boolean;
  /** Something moved: the run is not idle. */
  readonly stirred: () => void;
  readonly outside: () => (then: () => void) => void;
  /** Called before it is evaluated: it may spin as soon as it is. */
  readonly starting: () => void;
  /** Called once nothing of it runs. */
  readonly emptied: () => void;
};

/** One system under test in memory: its starts, its disk and its connections. */
export class Seat implements SystemControl {
  readonly #setup: SeatSetup;
  readonly #disk: Disk;
  readonly #holdings: Holdings;
  readonly #latency: { next(): number };
  readonly #incarnations = new Map<number, Incarnation>();
  readonly #connections = new Map<number, MemoryPair[]>();
  /** What each start of a sender is told to send with, and what is to be said of orders it never answered. */
  readonly #senders = new Map<number, Sender["send"]>();
  readonly #orders = new Map<number, Set<() => void>>();

  constructor(setup: SeatSetup) {
    const { stage, system, shownHeld, isRestored } = setup;
    this.#setup = setup;
    this.#latency = stage.randomOf(0, system).fork("latency");
    this.#holdings = new Holdings(stage, shownHeld, system.party);
    this.#disk = new Disk(
      (changed) => this.#holdings.changed(changed),
      isRestored ? () => stage.clock.now() : undefined,
    );
  }

  get system(): System {
    return this.#setup.system;
  }

  get isEmpty(): boolean {
    return this.#incarnations.size === 0;
  }

  /** How long an answer takes on its way to it, ms. */
  latencyMs(): number {
    return 1 + Math.floor(this.#latency.next() * 40);
  }

  start(nth: number, version: Version): void {
    const { stage, system, sut, endpoints, evaluate, stirred, outside, starting } = this.#setup;
    const incarnation = new Incarnation(
      { party: system.party, incarnation: nth },
      {
        clock: stage.clock,
        random: stage.randomOf(nth, system),
        disk: this.#disk,
        endpoints,
        ask: (origin, request, asker, hear) => stage.ask(origin, request, asker, hear),
        connect: (to, who) => {
          const surroundings = { onActivity: stirred, clock: stage.clock, host: to.host, port: to.port };
          if (!who.alive) return silentSocket(surroundings);
          const certificate = stage.certificateAt(to.port);
          if (certificate !== undefined) return refusedSocket(surroundings, certificateError(certificate, to.host));
          const accept = stage.acceptorAt(to.port);
          if (accept === undefined) return refusedSocket(surroundings);
          const pair = memoryPair(surroundings);
          const open = this.#connections.get(nth);
          if (open === undefined) this.#connections.set(nth, [pair]);
          else open.push(pair);
          accept(pair.server, who.asker);
          return pair.client;
        },
        log: (line) => stage.hearLog(line),
        stirred,
        outside,
        failed: (error) => ended(whyOf(error)),
        exit: (code) => {
          if (incarnation.alive)
            system.ended(
              nth,
              code === 0 && incarnation.host.signal.aborted ? undefined : `it called process.exit(${code})`,
            );
        },
      },
    );
    this.#incarnations.set(nth, incarnation);
    // What it does before it first asks us for anything is movement too.
    stirred();
    nowRunning(incarnation.surroundings);
    const ended = (why: string | undefined): void => {
      stirred();
      if (incarnation.alive) system.ended(nth, why === undefined ? undefined : stage.reason(why));
    };
    starting();
    incarnation.enter(() => {
      try {
        const main = moduleOf(evaluate(version), sut);
        if (main.send !== undefined) this.#senders.set(nth, main.send);
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
  }

  kill(nth: number, how: Parameters<SystemControl["kill"]>[1]): void {
    const { stage, system } = this.#setup;
    this.#incarnations.get(nth)?.kill();
    this.#incarnations.delete(nth);
    this.#senders.delete(nth);
    for (const lost of this.#orders.get(nth) ?? []) lost();
    this.#orders.delete(nth);
    if (this.isEmpty) this.#setup.emptied();
    if (how.class === "power") this.#disk.powerCut(how.survives, stage.randomOf(nth, system).fork("power"));
    for (const pair of this.#connections.get(nth) ?? []) pair.sever("client");
    this.#connections.delete(nth);
  }

  askToStop(nth: number): void {
    this.#incarnations.get(nth)?.askToStop();
  }

  pause(nth: number): void {
    this.#incarnations.get(nth)?.pause();
    for (const pair of this.#connections.get(nth) ?? []) pair.freeze();
  }

  resume(nth: number): void {
    for (const pair of this.#connections.get(nth) ?? []) pair.thaw();
    this.#incarnations.get(nth)?.resume();
  }

  restore(epochMs: number): void {
    this.#holdings.putBack(this.#disk.putBack(epochMs));
  }

  order(nth: number, order: Order, then: (answered: Answered) => void): void {
    const { stage, stirred } = this.#setup;
    const incarnation = this.#incarnations.get(nth);
    const send = this.#senders.get(nth);
    if (incarnation === undefined || send === undefined) return then({ kind: "lost" });
    const open = this.#orders.get(nth) ?? new Set();
    this.#orders.set(nth, open);
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
          (taken: { readonly reference?: unknown } | undefined) =>
            answered(
              typeof taken?.reference === "string" ? { kind: "sent", reference: taken.reference } : { kind: "sent" },
            ),
          (error) => {
            stage.hearLog(`send: ${whyOf(error)}`);
            answered({ kind: "rejected" });
          },
        );
    });
  }

  /** Something was thrown that nobody caught: whoever runs here may have. */
  crashed(error: unknown): void {
    const { stage, system } = this.#setup;
    for (const [nth, incarnation] of this.#incarnations)
      if (incarnation.alive) system.ended(nth, stage.reason(whyOf(error)));
  }

  /** Ends whatever still runs, unseen. */
  clear(): void {
    for (const incarnation of this.#incarnations.values()) incarnation.kill();
  }
}

/** @throws {HarnessError} The module's default export is not what its role calls for. */
function moduleOf(exported: unknown, { module, role }: SystemUnderTest): Main {
  const sender = exported as Partial<Sender> | null | undefined;
  const sends = sender?.role === "sender";
  const main = mainOf(exported);
  if (main !== undefined && (main.send !== undefined) === (role === "sender")) return main;
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
