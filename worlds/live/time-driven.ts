import type { ClockServer } from "./clock-server.ts";
import { type Passing, pause, quietMs } from "./passing.ts";

/** How often in a row the system must ask for the time again without doing anything else. */
const quietRounds = 2;
/** Times the system may be woken at one instant before it is going round in circles. */
const mostWakesAtOnce = 2000;
const latestDate = 8.64e15 - 1;

/**
 * Time as a system has it that asks the world for it: the world's events happen one after the other, each once the system
 * has come to rest.
 *
 * @returns Whether the system came to rest each time.
 */
export async function passDriven(run: Passing, given: ClockServer): Promise<boolean> {
  const { clock, system } = run.stage;
  let atOnce = 0;
  let instant = Number.NaN;
  let stirred = true;
  let events = 0;
  while (!run.stage.ended) {
    if (stirred && !(await rest(run, given))) return false;
    // Time stands still while a product that rests is asked what it holds.
    if (stirred && run.probe?.isBehind) await run.probe.read();
    if (run.stage.ended) return true;
    stirred = false;
    const waited = run.process?.here && !run.process.paused ? given.earliest : undefined;
    const due = clock.nextAt();
    if (due === undefined && (waited === undefined || waited > latestDate)) {
      run.stage.ledger.record({ kind: "doubted", what: "nothing was due, yet the scenario had not ended" });
      return true;
    }
    const before = run.process;
    let woken = false;
    run.outbox.hold();
    try {
      if (due !== undefined && due <= (waited ?? Number.POSITIVE_INFINITY)) clock.runNext();
      else clock.moveTo(waited ?? clock.now());
      woken = waited !== undefined && waited <= clock.now();
      if (woken || run.outbox.waiting) {
        stirred = true;
        await tellTime(run, given);
      }
    } finally {
      run.outbox.release();
    }
    stirred ||= run.process !== before || run.process?.killed === true;
    if (++events % 500 === 0) {
      const seen = run.traffic();
      await turn();
      stirred ||= seen !== run.traffic();
    }
    if (clock.now() !== instant) {
      instant = clock.now();
      atOnce = 0;
    } else if (woken && ++atOnce > mostWakesAtOnce) {
      system.livelocked(`woken ${mostWakesAtOnce} times without time passing`);
      atOnce = 0;
      stirred = true;
    }
  }
  return true;
}

/** Tells the system what time it is, and waits until it has heard. */
async function tellTime(run: Passing, given: ClockServer): Promise<void> {
  const running = run.process;
  given.nudge();
  const deadline = performance.now() + run.restlessMs;
  while (running?.here && !running.paused && !running.killed && given.earliest === undefined) {
    if (performance.now() > deadline) return;
    await run.woke(50);
  }
}

/** Waits until the system is at rest. False if it does not come to rest in real time. */
async function rest(run: Passing, given: ClockServer): Promise<boolean> {
  const deadline = performance.now() + run.restlessMs;
  let rounds = 0;
  let seen = run.traffic();
  while (!run.stage.ended) {
    if (performance.now() > deadline) return false;
    const running = run.process;
    if (running?.killed || running?.here === false) {
      // Time stands still until the machine has taken away all that the last start had.
      if (running.here || run.isConnected(running.incarnation)) await run.woke(50);
      else if (run.process === running) return true;
      continue;
    }
    if (run.outgoing?.killed && run.outgoing.here) {
      rounds = 0;
      await run.woke(50);
      continue;
    }
    if (!run.isUp(running)) {
      rounds = 0;
      await run.woke(50);
      continue;
    }
    if (running !== undefined && !running.paused) {
      if (rounds > 0 || given.earliest !== undefined) given.nudge();
      while (running.here && !running.paused && given.earliest === undefined && performance.now() < deadline)
        await run.woke(50);
    }
    await pause(quietMs);
    const now = run.traffic();
    const idle = running?.paused !== false || given.earliest !== undefined;
    if (!idle || now !== seen || run.underWay.count > 0 || run.process !== running) {
      seen = now;
      rounds = 0;
    } else if (++rounds >= quietRounds) return true;
  }
  return true;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
