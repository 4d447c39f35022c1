import type { Clock } from "../../core/clock.ts";

const realTimeout = setTimeout;
/** A timer that is set for longer is due at once in Node. */
const longestMs = 2 ** 31 - 1;

/** The machine's own time. What is due in more than 24 days is due after 24 days. */
export const machineClock: Clock = {
  now: () => Date.now(),
  after: (ms, then) => {
    const timer = realTimeout(then, Math.min(ms, longestMs));
    return { cancel: () => clearTimeout(timer) };
  },
};
