import type { Clock, Due } from "../core/clock.ts";
import type { Survival } from "../core/ledger.ts";
import type { PartyId } from "../core/names.ts";
import type { Order } from "../port/host.ts";
import type { LedgerWriter } from "./ledger-writer.ts";

/** How a world starts and ends one start of the system under test. Nothing here is recorded: `System` does that. */
export type SystemControl = {
  start(incarnation: number): void;
  /** Ends it at once; what it was promised never settles. */
  kill(incarnation: number, how: { readonly class: "process" | "power"; readonly survives: Survival }): void;
  /** Asks it to stop; it says so through `System.ended`. */
  askToStop(incarnation: number): void;
  pause(incarnation: number): void;
  resume(incarnation: number): void;
  /** Tells a sender to send; `then` is called once, also where that start ends before it has answered. */
  order(incarnation: number, order: Order, then: (answered: Answered) => void): void;
};

/** What became of an order to a sender under test. */
export type Answered =
  | { readonly kind: "sent" }
  /** It threw, or rejected: its reason is in the log. */
  | { readonly kind: "rejected" }
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
    this.incarnation += 1;
    this.#state = { kind: "up" };
    this.#startedAt = this.#clock.now();
    this.#write({ kind: "started", party: this.party });
    this.#control.start(this.incarnation);
  }

  /** A crash of our making; started again after `downMs`. */
  crash(
    how: { readonly class: "process" | "power"; readonly survives: Survival },
    cause: number,
    downMs: number = restartMs,
  ): void {
    if (!this.running) return;
    this.#down();
    this.#write({ kind: "crashed", party: this.party, class: how.class, survives: how.survives, cause });
    this.#control.kill(this.incarnation, how);
    this.#startAfter(downMs);
  }

  /** Asks it to stop; it is killed if it has not after `graceMs`, and started again `downMs` after it has. */
  stop(graceMs: number, downMs: number, cause?: number): void {
    if (this.#state.kind === "down" || this.#state.kind === "stopping") return;
    if (this.#state.kind === "paused") this.resume();
    const incarnation = this.incarnation;
    const killAt = this.#clock.after(graceMs, () => {
      // Faults may have been healed since.
      this.#stopped(graceMs, false, this.#state.kind === "stopping" ? this.#state.downMs : downMs, cause);
      this.#control.kill(incarnation, { class: "process", survives: "none" });
    });
    this.#state = { kind: "stopping", killAt, downMs, cause };
    this.#control.askToStop(incarnation);
  }

  pause(forMs: number, cause: number): void {
    if (this.#state.kind !== "up") return;
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
    this.#down();
    this.#write({ kind: "crashed", party: this.party, class: "process", survives: "none", why: `livelock: ${why}` });
    this.#control.kill(this.incarnation, { class: "process", survives: "none" });
  }

  /** Faults are over: what we hold down comes back at once. */
  heal(): void {
    if (this.#state.kind === "paused") this.resume();
    if (this.#state.kind === "stopping") this.#state = { ...this.#state, downMs: restartMs };
    if (this.#nextStart !== undefined) this.start();
  }

  /** The run is over; whatever still runs is ended unseen. */
  over(): void {
    this.#over = true;
    this.#nextStart?.cancel();
    if (this.running) this.#control.kill(this.incarnation, { class: "process", survives: "none" });
  }

  #stopped(graceMs: number, clean: boolean, downMs: number, cause: number | undefined): void {
    this.#down();
    this.#write({ kind: "stopped", party: this.party, graceMs, clean, ...(cause === undefined ? {} : { cause }) });
    this.#startAfter(downMs);
  }

  #down(): void {
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
