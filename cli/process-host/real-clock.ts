import { hostClockOn, type ProcessClock, Timers } from "./clock.ts";

const longestMs = 2 ** 31 - 1;

/** The machine's own time, where no clock was given. */
export function realClock(): ProcessClock {
  const timers = new Timers();
  let next: NodeJS.Timeout | undefined;
  const rearm = (): void => {
    clearTimeout(next);
    const atMs = timers.nextAt();
    if (atMs === undefined) return;
    next = setTimeout(fire, Math.min(longestMs, Math.max(0, atMs - Date.now())));
  };
  const fire = (): void => {
    const due = timers.takeDue(Date.now());
    rearm();
    due?.();
  };
  return {
    ...hostClockOn(timers, () => Date.now(), rearm),
    known: Promise.resolve(),
    close: () => clearTimeout(next),
  };
}
