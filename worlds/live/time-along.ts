import type { Passing } from "./passing.ts";
import type { TimeFlow } from "./time-flow.ts";

/**
 * Time as a system has it that is on its own: it goes by, and the world's events happen as their time comes.
 *
 * @returns Whether the system was ever ready.
 */
export async function passAlong(run: Passing, flow: TimeFlow): Promise<boolean> {
  while (!run.stage.ended) {
    const running = run.process;
    if (run.standsStill) {
      flow.stand();
      await run.woke(10);
      continue;
    }
    if (running?.here && !running.ready && !running.killed && !run.wasReady) return false;
    flow.catchUp();
    if (run.stage.ended) return true;
    run.probe?.readAlong();
    await run.woke(flow.untilNextMs());
  }
  return true;
}
