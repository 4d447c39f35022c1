import type { LedgerEntry } from "../../core/ledger.ts";
import type { FakedClock } from "./faked-clock.ts";
import { type Passing, pause, quietMs } from "./passing.ts";
import type { TimeFlow } from "./time-flow.ts";

/** How far the clock of a system is moved after something has happened; from there on four times as far each time, up to a poll. */
const shortestStepMs = 1000;
/** A system on such a clock is at rest after so long without a byte, real ms. */
const restedMs = 25;
/** How long it may take until a poll that is due comes, real ms. */
const pollTakesMs = 3000;

/**
 * Time as a system has it whose clock we move: to what is due or to its next poll, once it is at rest; while it works time
 * goes by.
 *
 * @returns Whether the system was ever ready and came to rest each time.
 */
export async function passFaked(run: Passing, faked: FakedClock, flow: TimeFlow): Promise<boolean> {
  const { clock, entries, endpoints } = run.stage;
  const { pollIntervalMs } = endpoints;
  let stepMs = shortestStepMs;
  let seen = 0;
  let heardAtMs = clock.now();
  while (!run.stage.ended) {
    const running = run.process;
    if (run.standsStill) {
      flow.catchUp();
      await run.woke(10);
      heardAtMs = clock.now();
      continue;
    }
    if (running?.here && !running.ready && !running.killed && !run.wasReady) return false;
    if (faked.against !== undefined) {
      run.stage.ledger.record({ kind: "doubted", what: `libfaketime does not move the system: ${faked.against}` });
      return true;
    }
    stepMs = entries.slice(seen).every(isRoutine) ? Math.min(pollIntervalMs, stepMs * 4) : shortestStepMs;
    seen = entries.length;
    const asks = run.asks;
    run.outbox.hold();
    try {
      flow.catchUp();
      const toMs = Math.min(clock.now() + stepMs, clock.nextAt() ?? Number.POSITIVE_INFINITY);
      faked.set(toMs);
      flow.jumpTo(toMs);
    } finally {
      run.outbox.release();
    }
    const mayPoll = running !== undefined && running === run.process && running.here && !running.paused;
    // A program that was stopped and goes on looks at the clock again, wherever it waited.
    if (mayPoll && !running.killed) {
      running.pause();
      running.resume();
    }
    const isDue = mayPoll && clock.now() - heardAtMs >= pollIntervalMs;
    if (!(await rested(run, flow, asks, isDue ? pollTakesMs : 0))) return false;
    if (isDue && running === run.process && running.here && !running.killed && !running.paused)
      faked.pollWasDue(run.asks > asks);
    if (run.asks > asks) heardAtMs = clock.now();
    if (run.probe?.isBehind) await run.probe.read();
  }
  return true;
}

/** Waits until the system is at rest on a clock that goes by; false if it does not come to rest. */
async function rested(run: Passing, flow: TimeFlow, asks: number, atLeastMs: number): Promise<boolean> {
  const began = performance.now();
  let since = began;
  let seen = run.traffic();
  while (!run.stage.ended) {
    await pause(quietMs);
    flow.catchUp();
    const now = performance.now();
    const traffic = run.traffic();
    if (traffic !== seen || run.underWay.count > 0) {
      seen = traffic;
      since = now;
    }
    if (now - since >= restedMs && (run.asks > asks || now - began >= atLeastMs)) return true;
    if (now - began > run.restlessMs) return false;
  }
  return true;
}

/** Whether nothing has happened but a look at an empty list, or a token. */
function isRoutine(entry: LedgerEntry): boolean {
  if (entry.kind === "idle" || entry.kind === "alive") return true;
  const isToken = /^(maskinporten|altinn-authentication)\./.test(entry.exchange ?? "");
  return isToken && !(entry.kind === "told" && entry.saying === "negative");
}
