import { exchangeName, fits, subjectText } from "../core/boundary.ts";
import type { Clock } from "../core/clock.ts";
import { type Fault, type FaultAction, familyOf } from "../core/fault.ts";
import type { LedgerBody, Saying, Stamp, Survival } from "../core/ledger.ts";
import type { BoundaryName, CopyId, ExchangeName, PartyId } from "../core/names.ts";
import type { BadCertificate } from "../core/scenario.ts";
import { Idles } from "./idles.ts";
import type { About, AlsoTold, Asker } from "./wire.ts";

/** An exchange about to happen: its request has been seen in full. */
export type Begun = {
  readonly party: PartyId;
  readonly operation: string;
  readonly about: About;
  readonly asker: Asker;
  /** Length of the request's body. */
  readonly bytes: number;
  /** The world asks the system under test: where that is killed, the asker hears that its answer is lost. */
  readonly asksTheSystem?: true;
  /** The faults this wire can carry out; all of them unless said. */
  readonly carries?: (action: FaultAction["kind"]) => boolean;
  /** How long the wire itself bears silence: after that a stall is a lost connection, ms. For ever unless said. */
  readonly bearsSilenceMs?: number;
};

/** What the effect of an exchange has to say. */
export type Told<Value> = {
  readonly saying: Saying;
  /** The wire's own word for it: `201`, `deliver`, `mottatt`. */
  readonly code: string;
  readonly copies: readonly CopyId[];
  readonly takesDebt?: PartyId;
  readonly also?: readonly AlsoTold[];
  readonly value: Value;
};

/** What reaches the asker. */
export type Heard<Value> =
  | { readonly kind: "told"; readonly value: Value }
  /** The body breaks off after so many bytes. */
  | { readonly kind: "cut"; readonly value: Value; readonly afterBytes: number }
  /** Another answer in the party's place. */
  | { readonly kind: "answered"; readonly status: number; readonly retryAfterSeconds?: number }
  /** With `certificate`: what the party showed, and its asker does not accept. */
  | { readonly kind: "refused"; readonly certificate?: BadCertificate }
  | { readonly kind: "reset" };

/** How an effect that takes its time comes to its end. */
export type Way<Value> = {
  finish(told: Told<Value>): void;
  /** Nobody will ever say what became of it. */
  lose(): void;
  /** What is recorded meanwhile carries the exchange's name. */
  within<T>(does: () => T): T;
};

/** What the world does when a fault asks for it. */
export type Control = {
  crash(how: { readonly class: "process" | "power"; readonly survives: Survival }, cause: number): void;
  stop(graceMs: number, cause: number): void;
  pause(forMs: number, cause: number): void;
  crashParty(party: PartyId, downMs: number, cause: number): void;
  /** How long an answer to this asker takes on its way, ms. */
  latencyMs(asker: Asker): number;
};

/** Writes entries; within an exchange they carry its name. */
export type ExchangeRecorder = {
  record(draft: LedgerBody & Partial<Omit<Stamp, "seq" | "atMs">>): number;
  within<T>(exchange: ExchangeName, incarnation: number, does: () => T): T;
  /** Ms since the run began. */
  sinceStart(epochMs: number): number;
  /** Called before anything is recorded. */
  before(does: (draft: LedgerBody) => void): void;
};

/** A certificate that a party shows, to whom, and until when (the clock's own time). */
export type Shown = {
  readonly certificate: BadCertificate;
  readonly to: ReadonlySet<PartyId>;
  readonly untilMs: number;
};

type Armed = { readonly fault: Fault; left: number; struck: number };

/**
 * The one wrapper around every simulator. It names each exchange, counts its attempts, writes `asked`, `told` and
 * `untold`, and carries out every fault; simulators know of none of this.
 */
export class Boundaries {
  readonly #clock: Clock;
  readonly #ledger: ExchangeRecorder;
  readonly #control: Control;
  readonly #attempts = new Map<string, number>();
  readonly #armed: Armed[];
  readonly #stalled = new Set<() => void>();
  readonly #unreachable = new Map<PartyId, number>();
  readonly #shown = new Map<PartyId, Shown>();
  readonly #idles: Idles;
  #healed = false;

  constructor(clock: Clock, ledger: ExchangeRecorder, control: Control, faults: readonly Fault[]) {
    this.#clock = clock;
    this.#ledger = ledger;
    this.#control = control;
    this.#armed = faults.map((fault) => ({ fault, left: fault.times ?? 1, struck: 0 }));
    this.#idles = new Idles(clock, ledger);
  }

  /** From now on this fault strikes too. */
  arm(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times ?? 1, struck: 0 });
  }

  /** From now until `untilMs` (the clock's own time) the party refuses the system under test. */
  cutOff(party: PartyId, untilMs: number): void {
    this.#unreachable.set(party, Math.max(untilMs, this.#unreachable.get(party) ?? 0));
  }

  reachable(party: PartyId): boolean {
    const until = this.#unreachable.get(party);
    return until === undefined || this.#clock.now() >= until;
  }

  /** From now the party shows this instead of its own certificate; the last one counts. */
  show(party: PartyId, shown: Shown): void {
    this.#shown.set(party, { ...shown, untilMs: Math.max(shown.untilMs, this.#shown.get(party)?.untilMs ?? 0) });
  }

  /** What a party shows this asker instead of its own certificate. */
  shownBy(party: PartyId, asker: PartyId): BadCertificate | undefined {
    const shown = this.#shown.get(party);
    return shown?.to.has(asker) && this.#clock.now() < shown.untilMs ? shown.certificate : undefined;
  }

  /** Everybody can be reached again; faults that are armed stay so. */
  endOutages(): void {
    this.#unreachable.clear();
    this.#shown.clear();
  }

  /** Ends every fault: stalls are released as resets, what was armed is disarmed and, if never reached, said so. */
  heal(): void {
    this.#healed = true;
    this.endOutages();
    for (const release of [...this.#stalled]) release();
    this.#stalled.clear();
    for (const { fault, struck } of this.#armed)
      if (struck === 0)
        this.#ledger.record({
          kind: "faulted",
          faultId: fault.id,
          boundary: fault.at,
          family: familyOf(fault.does),
          outcome: "not-reached",
        });
  }

  /**
   * Performs one exchange.
   *
   * @param effect Does it, and gives what there is to tell; called at most once per attempt, after `asked`.
   * @param hear Hands over what reaches the asker; calls `confirm` once with whether it got there in full.
   */
  perform<Value>(
    begun: Begun,
    effect: () => Told<Value>,
    hear: (heard: Heard<Value>, confirm: (inFull: boolean) => void) => void,
  ): void {
    this.performLater(begun, ({ finish, within }) => finish(within(effect)), hear);
  }

  /**
   * Performs one exchange whose effect takes its time: the world orders something of the system under test.
   *
   * @param effect As of `perform`, but calls `finish` with what there is to tell, or `lose`; one of them, once.
   */
  performLater<Value>(
    begun: Begun,
    effect: (way: Way<Value>) => void,
    hear: (heard: Heard<Value>, confirm: (inFull: boolean) => void) => void,
  ): void {
    const { party, operation, about, asker } = begun;
    const idle = about.idle === undefined ? undefined : this.#idleName(begun);
    // A poll that sees nothing new, and that nothing happens to, is counted and has no name of its own.
    const refusal = this.#refusal(party, asker);
    if (idle !== undefined && refusal === undefined && !this.#strikes(idle)) {
      this.#idles.count(begun, about.idle?.resource ?? "");
      effect({
        finish: (told) => this.#handOverIdle(asker, told, hear),
        lose: () => hear({ kind: "reset" }, () => {}),
        within: (does) => does(),
      });
      return;
    }
    const name = idle ?? this.#nextName(begun);
    if (idle === undefined) this.#idles.follow(asker.party, name, about.copies.length > 0);
    const attempt = idle === undefined ? Number(name.slice(name.lastIndexOf("/") + 1)) : 1;
    const write = (draft: LedgerBody): number =>
      this.#ledger.record({ ...draft, exchange: name, incarnation: asker.incarnation });
    const untold = (how: "lost" | "cut" | "stalled" | "late", afterBytes = 0): void => {
      write({ kind: "untold", to: asker.party, how, afterBytes });
    };

    write({ kind: "asked", operation, asker: asker.party, attempt, copies: about.copies, bytes: begun.bytes });
    if (about.doubt !== undefined) write({ kind: "doubted", what: about.doubt });
    if (refusal !== undefined) {
      untold("lost");
      hear(refusal, () => {});
      return;
    }

    const tell = (told: Told<Value>): void => {
      const finish = (): void => {
        const handOver = (): void => {
          hear({ kind: "told", value: told.value }, (inFull) => {
            if (inFull) this.#tell(write, asker.party, told);
            else untold("lost");
          });
        };
        const struck = this.#strike(`${name}:told`, begun, write);
        switch (struck?.does.kind) {
          case "crash":
            this.#tell(write, asker.party, told);
            this.#control.crash(struck.does, struck.seq);
            return;
          case "stop":
            handOver();
            this.#control.stop(struck.does.graceMs, struck.seq);
            return;
          case "pause":
            this.#control.pause(struck.does.forMs, struck.seq);
            handOver();
            return;
          case "crashParty":
            handOver();
            this.#control.crashParty(party, struck.does.downMs, struck.seq);
            return;
          case "cut":
          case "reset":
          case "stall":
          case "delay":
          case "refuse":
          case "repeat":
          case "answer":
          case undefined:
            handOver();
        }
      };
      const latency = this.#control.latencyMs(asker);
      if (latency > 0) this.#clock.after(latency, finish);
      else finish();
    };

    const done = (told: Told<Value>): void => {
      const struck = this.#strike(`${name}:done`, begun, write);
      if (struck === undefined) return tell(told);
      switch (struck.does.kind) {
        case "crash":
          untold("lost");
          this.#control.crash(struck.does, struck.seq);
          if (begun.asksTheSystem) hear({ kind: "reset" }, () => {});
          return;
        case "stop":
          this.#control.stop(struck.does.graceMs, struck.seq);
          return tell(told);
        case "pause":
          this.#control.pause(struck.does.forMs, struck.seq);
          return tell(told);
        case "crashParty":
          untold("lost");
          hear({ kind: "reset" }, () => {});
          this.#control.crashParty(party, struck.does.downMs, struck.seq);
          return;
        case "refuse":
        case "reset":
          untold("lost");
          hear({ kind: "reset" }, () => {});
          return;
        case "cut":
          untold("cut", struck.does.afterBytes);
          hear({ kind: "cut", value: told.value, afterBytes: struck.does.afterBytes }, () => {});
          return;
        case "stall":
          return this.#stall(begun, () => {
            untold("stalled");
            hear({ kind: "reset" }, () => {});
          });
        case "delay":
          this.#clock.after(struck.does.byMs, () => tell(told));
          return;
        case "answer":
          untold("lost");
          hear({ kind: "answered", ...answerOf(struck.does) }, () => {});
          return;
        case "repeat":
          return tell(told);
      }
    };

    const within = <T>(does: () => T): T => this.#ledger.within(name, asker.incarnation, does);
    const lose = (): void => {
      untold("lost");
      hear({ kind: "reset" }, () => {});
    };
    const act = (): void => effect({ finish: done, lose, within });

    const struck = this.#strike(`${name}:asked`, begun, write);
    if (struck === undefined) return act();
    switch (struck.does.kind) {
      case "crash":
        untold("lost");
        this.#control.crash(struck.does, struck.seq);
        if (begun.asksTheSystem) hear({ kind: "reset" }, () => {});
        return;
      case "stop":
        this.#control.stop(struck.does.graceMs, struck.seq);
        return act();
      case "pause":
        this.#control.pause(struck.does.forMs, struck.seq);
        return act();
      case "crashParty":
        untold("lost");
        hear({ kind: "refused" }, () => {});
        this.#control.crashParty(party, struck.does.downMs, struck.seq);
        return;
      case "refuse":
        untold("lost");
        hear({ kind: "refused" }, () => {});
        return;
      case "reset":
      case "cut":
        untold("lost");
        hear({ kind: "reset" }, () => {});
        return;
      case "stall":
        return this.#stall(begun, () => {
          untold("stalled");
          hear({ kind: "reset" }, () => {});
        });
      case "delay":
        this.#clock.after(struck.does.byMs, act);
        return;
      case "answer":
        write({
          kind: "told",
          to: asker.party,
          saying: "negative",
          code: String(struck.does.status),
          copies: about.copies,
        });
        hear({ kind: "answered", ...answerOf(struck.does) }, () => {});
        return;
      case "repeat":
        // The first of the two is done and its answer goes nowhere; the asker hears the second.
        effect({ finish: () => untold("lost"), lose: () => untold("lost"), within });
        this.performLater(begun, effect, hear);
        return;
    }
  }

  #refusal(
    party: PartyId,
    asker: Asker,
  ): { readonly kind: "refused"; readonly certificate?: BadCertificate } | undefined {
    if (!this.reachable(party)) return { kind: "refused" };
    const certificate = this.shownBy(party, asker.party);
    return certificate === undefined ? undefined : { kind: "refused", certificate };
  }

  #nextName({ party, operation, about }: Begun): ExchangeName {
    const key = `${party}.${operation}(${subjectText(about.subject)})`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return exchangeName({ party, operation, subject: about.subject, attempt });
  }

  /** What an idle poll is called where something happens to it: by what its asker did last. */
  #idleName({ party, operation, asker }: Begun): ExchangeName | undefined {
    const after = this.#idles.anchorOf(asker.party);
    return after === undefined ? undefined : `${party}.${operation}(idle)@${after}`;
  }

  #strikes(name: ExchangeName): boolean {
    if (this.#healed || this.#armed.length === 0) return false;
    return this.#armed.some(
      ({ fault, left }) =>
        left > 0 &&
        (fits(fault.at, `${name}:asked`) || fits(fault.at, `${name}:done`) || fits(fault.at, `${name}:told`)),
    );
  }

  #handOverIdle<Value>(
    asker: Asker,
    told: Told<Value>,
    hear: (heard: Heard<Value>, confirm: (inFull: boolean) => void) => void,
  ): void {
    const handOver = (): void => hear({ kind: "told", value: told.value }, () => {});
    const latency = this.#control.latencyMs(asker);
    if (latency > 0) this.#clock.after(latency, handOver);
    else handOver();
  }

  #tell<Value>(write: (draft: LedgerBody) => number, to: PartyId, told: Told<Value>): void {
    write({
      kind: "told",
      to,
      saying: told.saying,
      code: told.code,
      copies: told.copies,
      ...(told.takesDebt === undefined ? {} : { takesDebt: told.takesDebt }),
    });
    for (const also of told.also ?? []) write({ kind: "told", to, code: told.code, ...also });
  }

  #stall({ bearsSilenceMs }: Begun, release: () => void): void {
    const once = (): void => {
      if (this.#stalled.delete(once)) release();
    };
    this.#stalled.add(once);
    if (bearsSilenceMs !== undefined) this.#clock.after(bearsSilenceMs, once);
  }

  /** The fault that strikes here, if any; written down before it does anything. */
  #strike(
    boundary: BoundaryName,
    begun: Begun,
    write: (draft: LedgerBody) => number,
  ): { readonly does: FaultAction; readonly seq: number } | undefined {
    if (this.#healed || this.#armed.length === 0) return undefined;
    for (const armed of this.#armed) {
      if (armed.left === 0 || !fits(armed.fault.at, boundary)) continue;
      armed.left -= 1;
      armed.struck += 1;
      const { id, does } = armed.fault;
      const injectable = makesSense(does.kind, boundary) && (begun.carries === undefined || begun.carries(does.kind));
      const seq = write({
        kind: "faulted",
        faultId: id,
        boundary,
        family: familyOf(does),
        outcome: injectable ? "injected" : "not-injectable",
      });
      return injectable ? { does, seq } : undefined;
    }
    return undefined;
  }
}

/** An answer that was told can no longer be lost, and what is done cannot be asked for again. */
function makesSense(action: FaultAction["kind"], boundary: BoundaryName): boolean {
  if (boundary.endsWith(":done")) return action !== "repeat";
  if (boundary.endsWith(":told")) return ["crash", "stop", "pause", "crashParty"].includes(action);
  return true;
}

function answerOf(does: Extract<FaultAction, { kind: "answer" }>): { status: number; retryAfterSeconds?: number } {
  return {
    status: does.status,
    ...(does.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: does.retryAfterSeconds }),
  };
}
