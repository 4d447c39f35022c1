import type { Clock, Due } from "../core/clock.ts";
import type { Survival } from "../core/ledger.ts";
import type { PartyId } from "../core/names.ts";
import type { Version } from "../core/scenario.ts";
import type { Order } from "../port/host.ts";
import type { LedgerWriter } from "./ledger-writer.ts";

/** How a world starts and ends one start of the system under test. Nothing here is recorded: `System` does that. */
export type SystemControl = {
  start(incarnation: number, version: Version): void;
  /** Ends it at once; what it was promised never settles. */
  kill(incarnation: number, how: { readonly class: "process" | "power"; readonly survives: Survival }): void;
  /** Asks it to stop; it says so through `System.ended`, and is killed if it has not after `graceMs`. */
  askToStop(incarnation: number, graceMs: number): void;
  pause(incarnation: number): void;
  resume(incarnation: number): void;
  /** Tells a sender to send; `then` is called once, also where that start ends before it has answered. */
  order(incarnation: number, order: Order, then: (answered: Answered) => void): void;
  /** Keeps what its store is now; absent where every state of it is kept in any case. */
  backUp?(): void;
  /** Puts its store back to what it was at an instant, epoch ms, while it is down. */
  restore(epochMs: number): void;
};

/** What became of an order to a sender under test. */
export type Answered =
  /** Taken on; `reference` is its own id for the message, where it gave one. */
  | { readonly kind: "sent"; readonly reference?: string }
  /** It threw, or rejected: its reason is in the log. */
  | { readonly kind: "rejected" }
  /** It said that it never will: it is not told again. */
  | { readonly kind: "refused" }
  /** It crashed or stopped first. */
  | { readonly kind: "lost" };

/** Time between a crash and the next start; as a supervisor does, longer each time it crashes on its own again. */
const restartMs = 1000;
const longestRestartMs = 15 * 60_000;
const settledMs = 10 * 60_000;

type State =
  | { readonly kind: "down" }
  | { readonly kind: "up" }
  | { readonly kind: "paused" }
  | { readonly kind: "stopping"; readonly killAt: Due; readonly downMs: number; readonly cause: number | undefined };

/** The start that an overlapping upgrade is about to end. */
type Outgoing = { readonly incarnation: number; due: Due };

/** How its other version comes in. */
export type Upgrading = {
  readonly to: Version;
  readonly graceMs: number;
  readonly downMs: number;
  readonly overlapMs?: number;
};

/** The system under test as the run sees it: its starts, stops, pauses and crashes, each written to the ledger. */
export class System {
  readonly party: PartyId;
  incarnation = 0;
  readonly #clock: Clock;
  readonly #ledger: LedgerWriter;
  readonly #control: SystemControl;
  #state: State = { kind: "down" };
  #nextStart: Due | undefined;
  #ownCrashes = 0;
  #startedAt = 0;
  #over = false;
  #version: Version = "first";
  /** What starts next. */
  #wanted: Version = "first";
  #outgoing: Outgoing | undefined;
  #onceDown: (() => void) | undefined;

  constructor(party: PartyId, clock: Clock, ledger: LedgerWriter, control: SystemControl) {
    this.party = party;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#control = control;
  }

  get running(): boolean {
    return this.#state.kind !== "down";
  }

  start(): void {
    if (this.#over || this.running) return;
    this.#nextStart?.cancel();
    this.#nextStart = undefined;
    const upgraded = this.#wanted !== this.#version;
    this.#begin(() => {
      if (upgraded) this.#write({ kind: "upgraded", party: this.party });
    });
  }

  #begin(written: () => void): void {
    this.incarnation += 1;
    this.#version = this.#wanted;
    this.#state = { kind: "up" };
    this.#startedAt = this.#clock.now();
    this.#write({ kind: "started", party: this.party });
    written();
    this.#control.start(this.incarnation, this.#version);
  }

  /** A crash of our making; started again after `downMs`. */
  crash(
    how: { readonly class: "process" | "power"; readonly survives: Survival },
    cause: number,
    downMs: number = restartMs,
  ): void {
    if (!this.running) return;
    this.#retired();
    this.#down();
    this.#write({ kind: "crashed", party: this.party, class: how.class, survives: how.survives, cause });
    this.#control.kill(this.incarnation, how);
    this.#isDown();
    this.#startAfter(downMs);
  }

  /** Asks it to stop; it is killed if it has not after `graceMs`, and started again `downMs` after it has. */
  stop(graceMs: number, downMs: number, cause?: number): void {
    if (this.#state.kind === "down" || this.#state.kind === "stopping") return;
    if (this.#state.kind === "paused") this.resume();
    this.#retired();
    const incarnation = this.incarnation;
    const killAt = this.#clock.after(graceMs, () => {
      // Faults may have been healed since.
      this.#stopped(graceMs, false, this.#state.kind === "stopping" ? this.#state.downMs : downMs, cause);
      this.#control.kill(incarnation, { class: "process", survives: "none" });
    });
    this.#state = { kind: "stopping", killAt, downMs, cause };
    this.#control.askToStop(incarnation, graceMs);
  }

  /**
   * Its other version takes over the store: once this one has stopped, or, where they overlap, some time before. What is
   * down, or stopping, starts as the other version.
   */
  upgrade({ to, graceMs, downMs, overlapMs }: Upgrading, cause: number): void {
    this.#retired();
    this.#wanted = to;
    if (overlapMs === undefined || this.#state.kind !== "up") return this.stop(graceMs, downMs, cause);
    const incarnation = this.incarnation;
    this.#outgoing = { incarnation, due: this.#clock.after(overlapMs, () => this.#retire(graceMs)) };
    this.#begin(() => {});
  }

  /** Asks it to stop, has its store put back once it is down, and starts it `downMs` later. */
  restore(graceMs: number, downMs: number, cause: number, putBack: () => void): void {
    if (!this.running) return putBack();
    this.#onceDown = putBack;
    this.stop(graceMs, downMs, cause);
  }

  pause(forMs: number, cause: number): void {
    if (this.#state.kind !== "up") return;
    this.#retired();
    this.#state = { kind: "paused" };
    this.#write({ kind: "paused", party: this.party, cause });
    this.#control.pause(this.incarnation);
    const paused = this.incarnation;
    this.#clock.after(forMs, () => {
      if (paused === this.incarnation) this.resume();
    });
  }

  resume(): void {
    if (this.#state.kind !== "paused") return;
    this.#state = { kind: "up" };
    this.#write({ kind: "resumed", party: this.party });
    this.#control.resume(this.incarnation);
  }

  /** The system ended by itself: it returned, or failed with a reason. */
  ended(incarnation: number, why: string | undefined): void {
    if (incarnation === this.#outgoing?.incarnation && !this.#over) return this.#retired();
    if (incarnation !== this.incarnation || !this.running || this.#over) return;
    if (this.#state.kind === "stopping" && why === undefined) {
      const { killAt, downMs, cause } = this.#state;
      killAt.cancel();
      this.#stopped(0, true, downMs, cause);
      this.#control.kill(incarnation, { class: "process", survives: "none" });
      return;
    }
    const stopping = this.#state.kind === "stopping" ? this.#state : undefined;
    stopping?.killAt.cancel();
    this.#down();
    this.#write({
      kind: "crashed",
      party: this.party,
      class: "process",
      survives: "none",
      why: why ?? "returned before it was asked to stop",
    });
    this.#control.kill(incarnation, { class: "process", survives: "none" });
    this.#isDown();
    // A system that returned on its own said it was finished: nobody starts it again, and what it leaves shows.
    if (why === undefined) return;
    this.#ownCrashes = this.#clock.now() - this.#startedAt > settledMs ? 1 : this.#ownCrashes + 1;
    this.#startAfter(
      stopping?.downMs ?? Math.min(longestRestartMs, restartMs * 2 ** Math.max(0, this.#ownCrashes - 3)),
    );
  }

  /** The system goes round without getting anywhere: it is ended for good, and what it leaves undone shows. */
  livelocked(why: string): void {
    if (!this.running) return;
    this.#retired();
    this.#down();
    this.#write({ kind: "crashed", party: this.party, class: "process", survives: "none", why: `livelock: ${why}` });
    this.#control.kill(this.incarnation, { class: "process", survives: "none" });
  }

  /** Faults are over: what we hold down comes back at once. */
  heal(): void {
    this.#retired();
    if (this.#state.kind === "paused") this.resume();
    if (this.#state.kind === "stopping") this.#state = { ...this.#state, downMs: restartMs };
    if (this.#nextStart !== undefined) this.start();
  }

  /** The run is over; whatever still runs is ended unseen. */
  over(): void {
    this.#over = true;
    this.#nextStart?.cancel();
    this.#outgoing?.due.cancel();
    if (this.#outgoing !== undefined)
      this.#control.kill(this.#outgoing.incarnation, { class: "process", survives: "none" });
    if (this.running) this.#control.kill(this.incarnation, { class: "process", survives: "none" });
  }

  #stopped(graceMs: number, clean: boolean, downMs: number, cause: number | undefined): void {
    this.#down();
    this.#write({ kind: "stopped", party: this.party, graceMs, clean, ...(cause === undefined ? {} : { cause }) });
    this.#isDown();
    this.#startAfter(downMs);
  }

  /** Asks the version that another has taken over from to stop; it is killed if it has not after `graceMs`. */
  #retire(graceMs: number): void {
    if (this.#outgoing === undefined) return;
    this.#outgoing.due = this.#clock.after(graceMs, () => this.#retired());
    this.#control.askToStop(this.#outgoing.incarnation, graceMs);
  }

  /** From now only one version runs: whatever else happens to the system, it happens to that one. */
  #retired(): void {
    const outgoing = this.#outgoing;
    if (outgoing === undefined) return;
    this.#outgoing = undefined;
    outgoing.due.cancel();
    this.#control.kill(outgoing.incarnation, { class: "process", survives: "none" });
    this.#write({ kind: "upgraded", party: this.party });
  }

  #isDown(): void {
    const does = this.#onceDown;
    this.#onceDown = undefined;
    does?.();
  }

  #down(): void {
    // Whoever is killed while it is stopping is not to be killed once more when it runs again.
    if (this.#state.kind === "stopping") this.#state.killAt.cancel();
    this.#state = { kind: "down" };
  }

  #startAfter(ms: number): void {
    this.#nextStart = this.#clock.after(ms, () => {
      this.#nextStart = undefined;
      this.start();
    });
  }

  #write(draft: Parameters<LedgerWriter["record"]>[0]): number {
    return this.#ledger.record({ ...draft, incarnation: this.incarnation });
  }
}
