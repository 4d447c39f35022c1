import { serialize } from "node:v8";
import { HarnessError } from "../../core/error.ts";
import type { Fault } from "../../core/fault.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import type { Order } from "../../port/host.ts";
import type { Asker } from "../../simulators/wire.ts";
import type { Addresses } from "../cast.ts";
import { Holdings } from "../holdings.ts";
import { judgedOf } from "../judged.ts";
import { ledgerHash } from "../ledger-writer.ts";
import { startingNear } from "../live/time-flow.ts";
import { pollIntervalMs } from "../parameters.ts";
import { Stage, type StageOptions } from "../stage.ts";
import type { Run } from "../world.ts";
import { responseTo, wireRequestOf } from "./fetch-style.ts";

// Whoever fakes timers fakes those of the code under test, never ours.
const realImmediate = setImmediate;
const realTimeout = setTimeout;
const realNow: () => number = performance.now.bind(performance);

/** Turns of the event loop without a request or an answer after which the code under test is at rest. */
const quietTurns = 5;
/** What was asked for just before time is moved may take so long to reach us: real ms. */
const onItsWayMs = 2;
/** Real time that one call of the code under test may take while nothing of ours keeps it waiting, ms. */
const restlessMs = 30_000;
/** With faked timers time is moved this far at once, ms, while there are any. */
const sliceMs = 60_000;

/** Faked timers of a test runner: `vi` of Vitest and `jest` of Jest are such. */
export type FakedTimers = {
  /** Lets faked time pass, and whatever becomes due happen. */
  advanceTimersByTimeAsync(ms: number): Promise<unknown>;
  /** Sets the faked time, ms since the epoch. */
  setSystemTime(now: number): unknown;
  /** Timers that are waiting. */
  getTimerCount(): number;
};

export type InProcessOptions = {
  /** Its steps and faults are those so far: they are added as they happen. */
  readonly scenario: Omit<Scenario, "steps" | "faults"> & { readonly steps: Step[]; readonly faults: Fault[] };
  readonly seed: number;
  readonly profile: "default" | "strict";
  /** How reports call the code under test. */
  readonly name: string;
  readonly addresses: Addresses;
  readonly fiksIo?: StageOptions["fiksIo"];
  /** The code under test looks for messages once; called at each poll interval while time passes. */
  readonly poll?: () => unknown;
  /** A sender under test is told to send. */
  readonly send?: (order: Order) => unknown;
  readonly timers?: FakedTimers;
  /** Whether the world's clock begins at the scenario's own time though the code under test is on the machine's. */
  readonly startsAsSaid: boolean;
};

/**
 * A world around code of this very process, such as a unit test: nothing happens but what the test does, and time passes
 * when it says so. The code under test is whoever asks the simulators; it cannot be killed, paused or restarted.
 */
export class InProcessWorld {
  readonly #options: InProcessOptions;
  readonly #stage: Stage;
  readonly #holdings: Holdings;
  readonly #asker: Asker;
  readonly #beganMs: number = realNow();
  /** Grows with each request and each answer. */
  #activity = 0;
  /** Requests whose body is not there in full. */
  #reading = 0;
  /** Requests that have not been answered. */
  #open = 0;
  #polling = false;
  #nextPollMs: number;

  constructor(options: InProcessOptions) {
    const { scenario, seed, profile, addresses, timers, startsAsSaid, name, fiksIo } = options;
    this.#options = options;
    const role = scenario.tests ?? "integration";
    const machineTime = timers === undefined && !startsAsSaid;
    this.#stage = new Stage(
      scenario,
      { name, role, module: "" },
      {
        seed,
        profile,
        addresses,
        ...(fiksIo === undefined ? {} : { fiksIo }),
        byHand: true,
        tier: "driven",
        sutHash: "in process",
        ...(machineTime ? { startMs: startingNear(scenario.startsAt, Date.now()), systemClock: machineClock } : {}),
        latencyMs: () => 0,
        control: {
          start: () => {},
          kill: () => {},
          askToStop: () => {},
          pause: () => {},
          resume: () => {},
          restore: () => {},
          order: (_nth, order, then) => {
            const { send } = this.#options;
            if (send === undefined) return then({ kind: "lost" });
            void this.#called(() => send(order)).then((done) => then({ kind: done ? "sent" : "rejected" }));
          },
        },
      },
    );
    this.#holdings = new Holdings(this.#stage, []);
    this.#asker = { party: this.#stage.system.party, incarnation: 1 };
    timers?.setSystemTime(this.#stage.clock.now());
    this.#nextPollMs = this.#stage.clock.now() + pollIntervalMs(scenario);
    this.#stage.begin();
  }

  get endpoints(): Endpoints {
    return this.#stage.endpoints;
  }

  get ledger(): readonly LedgerEntry[] {
    return this.#stage.entries;
  }

  get scenario(): Scenario {
    return this.#options.scenario;
  }

  /** The world's time, ms since the epoch. */
  now(): number {
    return this.#stage.clock.now();
  }

  /** What whoever stands at a request's origin answers the code under test; settles once there is an answer. */
  async respond(request: Request): Promise<Response> {
    this.#activity += 1;
    this.#reading += 1;
    const wire = await wireRequestOf(request).finally(() => {
      this.#reading -= 1;
      this.#activity += 1;
    });
    this.#catchUp();
    this.#open += 1;
    return new Promise<Response>((resolve) => {
      this.#stage.ask(new URL(request.url).origin, wire, this.#asker, (heard, confirm) => {
        this.#open -= 1;
        this.#activity += 1;
        const there = (inFull: boolean): void => confirm(inFull && !request.signal.aborted);
        resolve(responseTo(heard, there));
      });
    });
  }

  /** Does what a step says, now. */
  perform(step: Step): void {
    if (step.kind === "waits" || this.#stage.ended) return;
    const because = ofProcesses.has(step.kind) || (step.kind === "restores" && step.party === "integration");
    if (because) throw noProcess(`The step "${step.kind}"`);
    this.#options.scenario.steps.push(step);
    this.#stage.perform(step);
  }

  /** From now on this fault strikes too. */
  arm(fault: Fault): void {
    if (ofProcesses.has(fault.does.kind)) throw noProcess(`The fault "${fault.id}"`);
    this.#options.scenario.faults.push(fault);
    this.#stage.boundaries.arm(fault);
  }

  /** Somebody on the roster opens a message in Altinn. @throws {HarnessError} They cannot. */
  opens(who: string, label: string): void {
    if (this.#stage.cast.people.opens(who, label)) return;
    throw new HarnessError({
      happened: `${who} did not open ${label}.`,
      because: "It does not lie unopened at any place where they hold all the rights they need.",
      next: 'Let it be published first (advance), and give them the rights: entitles("…", municipality, "correspondence").',
    });
  }

  /** What the code under test has stored durably under a key of its own, as can be cloned; undefined where it is gone. */
  stored(key: string, value: unknown): void {
    this.#holdings.changed(new Map([[key, value === undefined ? undefined : serialize(value)]]));
  }

  /** A line that the code under test logged: scanned for content. */
  logged(line: string): void {
    this.#stage.hearLog(line);
  }

  /** Lets time pass: whatever is due happens, each thing once the code under test is at rest. */
  async advance(ms: number): Promise<void> {
    this.#noteWait(ms);
    await this.#passUntil(this.now() + ms);
  }

  /** Ends every fault. */
  heal(): void {
    this.#stage.boundaries.heal();
    this.#stage.cast.receiver.relieve();
  }

  /** Ends the run: heal, the morning after, drain and age, with polls all the while. */
  async end(): Promise<Run> {
    const { poll, timers, scenario } = this.#options;
    if (scenario.tests !== "sender" && poll === undefined && timers === undefined)
      throw new HarnessError({
        happened: "The run was not ended.",
        because: "A run ends days later, with a fresh message that must come through; nobody would look for it.",
        next: "Give the world what looks for messages: createWorld({ …, poll: () => intake.poll() }).",
      });
    if (!this.#stage.ended) {
      this.#stage.heal();
      await this.#passUntil(Number.POSITIVE_INFINITY);
    }
    return this.run();
  }

  /** What was seen so far, and what the rules say of it: before the end nothing is held to be late, lost or overlooked. */
  run(): Run {
    const { scenario, seed, name } = this.#options;
    const ledger = [...this.#stage.entries];
    return {
      scenario,
      sut: { name, role: scenario.tests ?? "integration", module: "" },
      seed,
      world: "simulated",
      ledger,
      hash: ledgerHash(ledger),
      judged: judgedOf(scenario, ledger),
      log: this.#stage.log,
      tookMs: realNow() - this.#beganMs,
    };
  }

  async #passUntil(limitMs: number): Promise<void> {
    const { clock } = this.#stage;
    await new Promise((resolve) => realTimeout(resolve, onItsWayMs));
    await this.#rest();
    while (!this.#stage.ended && clock.now() < limitMs) {
      const { timers, poll } = this.#options;
      const inSlices = timers !== undefined && timers.getTimerCount() > 0;
      const next = Math.min(
        limitMs,
        clock.nextAt() ?? limitMs,
        poll === undefined ? limitMs : this.#nextPollMs,
        inSlices ? clock.now() + sliceMs : limitMs,
      );
      if (timers !== undefined && next > clock.now()) await this.#advanceTimers(timers, next);
      await this.#moveTo(next);
      if (poll !== undefined && this.#nextPollMs <= next) await this.#poll(poll);
    }
  }

  /** Does what has become due, one thing after the other. */
  async #moveTo(ms: number): Promise<void> {
    const { clock } = this.#stage;
    while (!this.#stage.ended && (clock.nextAt() ?? Number.POSITIVE_INFINITY) <= ms) {
      const before = this.#activity;
      clock.runNext(ms);
      if (this.#activity !== before || this.#open > 0) await this.#rest();
    }
    if (!this.#stage.ended) clock.moveTo(ms);
  }

  async #advanceTimers(timers: FakedTimers, ms: number): Promise<void> {
    await timers.advanceTimersByTimeAsync(ms - this.#stage.clock.now());
    await this.#rest();
  }

  /** With faked timers the code under test may ask at any time in between; what was due before has then happened. */
  #catchUp(): void {
    if (this.#options.timers === undefined || this.#stage.ended) return;
    this.#stage.clock.advanceTo(Math.max(Date.now(), this.#stage.clock.now()));
  }

  /** One that is still at it when its turn comes again is left to it. */
  async #poll(poll: () => unknown): Promise<void> {
    this.#nextPollMs += pollIntervalMs(this.#options.scenario);
    if (this.#polling) return;
    this.#polling = true;
    void this.#called(poll).then(() => {
      this.#polling = false;
    });
    await this.#rest();
  }

  /** Calls the code under test. What it throws is logged, as by whoever calls it in production. */
  async #called(does: () => unknown): Promise<boolean> {
    try {
      await does();
      return true;
    } catch (error) {
      this.logged(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
      return false;
    } finally {
      this.#activity += 1;
    }
  }

  /** Waits until nothing moves: the code under test is done, or waits for an answer of ours or for time to pass. */
  async #rest(): Promise<void> {
    const deadline = realNow() + restlessMs;
    let seen = -1;
    let quiet = 0;
    while (quiet < quietTurns) {
      await new Promise((resolve) => realImmediate(resolve));
      const busy = this.#polling && this.#open === 0 && (this.#options.timers?.getTimerCount() ?? 0) === 0;
      if (this.#activity === seen && this.#reading === 0 && !busy) {
        quiet += 1;
        continue;
      }
      seen = this.#activity;
      quiet = 0;
      if (realNow() > deadline) throw restless();
    }
  }

  #noteWait(ms: number): void {
    const { steps } = this.#options.scenario;
    const last = steps.at(-1);
    if (last?.kind === "waits") steps[steps.length - 1] = { kind: "waits", ms: last.ms + ms };
    else steps.push({ kind: "waits", ms });
  }
}

/** What needs a process of its own. */
const ofProcesses: ReadonlySet<string> = new Set(["crash", "stop", "pause", "crashes", "stops", "upgrades"]);

function noProcess(what: string): HarnessError {
  return new HarnessError({
    happened: `${what} was not carried out.`,
    because: "The code under test is part of this test's own process, which cannot be killed, stopped or paused alone.",
    next: "Put it to komfrem run, fuzz or sweep, or to scenarios() of komfrem/vitest: they start it as often as they kill it.",
  });
}

function restless(): HarnessError {
  return new HarnessError({
    happened: `The code under test did not come to rest within ${restlessMs / 1000} s of real time.`,
    because:
      "A poll is neither done nor waiting for an answer of a simulator; perhaps it waits for a timer of its own.",
    next: "Fake its timers and hand them over, so that they pass as the world's time does: createWorld({ …, timers: vi }).",
  });
}

/** The machine's own time. */
const machineClock: StageOptions["systemClock"] & object = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = realTimeout(then, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
