import { Agent, type ClientRequest, get } from "node:http";
import { hostClockOn, type ProcessClock, Timers } from "./clock.ts";

/** Turns of the event loop in which nothing more is set or cleared before the world is asked to go on. */
const quietTurns = 3;
/** Work of the machine's own (files, addresses, connections) holds the question back this long at most, real ms. */
const workMs = 200;
const retryMs = 100;
const lostAfterMs = 5000;
const farMs = 8.64e15;
/** Every answer of the world's clock carries its time, also one without a body. */
export const epochHeader = "x-komfrem-epoch-ms";

/**
 * Time as the world has it, from `clock.nowUrl`. All timers wait behind one question, `?wait=<earliest>`, which is put
 * only when the process has come to rest: that is how the world knows it may move on. With nothing due it waits for
 * ever. Between two answers `now` stands still.
 *
 * The process's own `Date` and `setTimeout`, and libraries that use them, stay on the machine's time.
 *
 * @param lost Called when the clock has not answered for 5 s: the world is gone.
 * @source PORT.md, *Life of a system under test*, Clock.
 */
export function worldClock(nowUrl: string, lost: (why: string) => void): ProcessClock {
  const timers = new Timers();
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  let nowMs = Number.NaN;
  let asked: { readonly request: ClientRequest; readonly untilMs: number } | undefined;
  let planned = false;
  let closed = false;
  let silentSince: number | undefined;
  let nowKnown: () => void = () => {};
  const known = new Promise<void>((resolve) => {
    nowKnown = resolve;
  });

  const plan = (): void => {
    if (planned || closed || Number.isNaN(nowMs)) return;
    planned = true;
    afterRest(() => {
      planned = false;
      if (closed) return;
      const due = timers.takeDue(nowMs);
      if (due === undefined) return ask();
      // Each timer has a turn of its own, as timers have.
      plan();
      due();
    });
  };

  const ask = (): void => {
    const untilMs = timers.nextAt() ?? farMs;
    if (asked !== undefined) {
      if (asked.untilMs <= untilMs) return;
      asked.request.destroy();
    }
    send(`${nowUrl}?wait=${Math.ceil(untilMs)}`, untilMs);
  };

  const send = (url: string, untilMs: number): void => {
    let over = false;
    const request = get(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", () => failed("it broke off"));
      response.on("end", () => {
        if (over) return;
        over = true;
        if (asked?.request === request) asked = undefined;
        const told = Number(response.headers[epochHeader] ?? epochIn(text));
        if (response.statusCode !== 200 && response.statusCode !== 204)
          return again(`it answered ${response.statusCode}`);
        silentSince = undefined;
        if (Number.isFinite(told)) nowMs = Number.isNaN(nowMs) ? told : Math.max(nowMs, told);
        nowKnown();
        plan();
      });
    });
    const failed = (why: string): void => {
      if (over) return;
      over = true;
      const ours = asked?.request === request;
      if (ours) asked = undefined;
      if (ours || untilMs === 0) again(why);
    };
    request.on("error", (error) => failed(error.message));
    request.setNoDelay(true);
    asked = { request, untilMs };
  };

  const again = (why: string): void => {
    if (closed) return;
    silentSince ??= performance.now();
    if (performance.now() - silentSince > lostAfterMs) return lost(`${nowUrl} has not answered for 5 s: ${why}`);
    setTimeout(() => (Number.isNaN(nowMs) ? send(nowUrl, 0) : plan()), retryMs);
  };

  send(nowUrl, 0);
  return {
    ...hostClockOn(timers, () => nowMs, plan),
    known,
    close: () => {
      closed = true;
      asked?.request.destroy();
      agent.destroy();
    },
  };
}

/** Calls back once a few turns of the event loop have passed and nothing is left with the machine. */
function afterRest(then: () => void): void {
  const begun = performance.now();
  let turns = 0;
  const turn = (): void => {
    if (working() && performance.now() - begun < workMs) turns = 0;
    else turns++;
    if (turns > quietTurns) then();
    else setImmediate(turn);
  };
  setImmediate(turn);
}

function working(): boolean {
  return process.getActiveResourcesInfo().some((name) => /Req|ConnectWrap|WriteWrap/.test(name));
}

function epochIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { epochMs?: unknown }).epochMs;
  } catch {
    return undefined;
  }
}
