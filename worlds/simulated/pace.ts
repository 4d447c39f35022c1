import type { LedgerEntry } from "../../core/ledger.ts";

const hourMs = 3_600_000;
/** Events at one instant beyond which time will not pass any more. */
const mostAtOnce = 50_000;
/** Requests within an hour in which nothing came of any: more than five a second, all that hour. */
const mostInVain = 20_000;
/** Events of a whole run, whatever they lead to: minutes of real time. */
const mostInAll = 5_000_000;

/** What a run has come to: `livelock` where the system goes round without getting anywhere, `endless` where there is too much of it. */
export type Halt = { readonly kind: "livelock" | "endless"; readonly why: string };

/** Watches whether a run gets anywhere. */
export class Pace {
  #instant = Number.NaN;
  #atOnce = 0;
  #read = 0;
  #inVain = 0;
  #hour = Number.NaN;
  #all = 0;

  /** Called after each event, with the ledger so far. */
  after(nowMs: number, entries: readonly LedgerEntry[]): Halt | undefined {
    this.#all += 1;
    if (nowMs === this.#instant) this.#atOnce += 1;
    else {
      this.#instant = nowMs;
      this.#atOnce = 0;
    }
    const hour = Math.floor(nowMs / hourMs);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#inVain = 0;
    }
    for (; this.#read < entries.length; this.#read++) {
      switch (entries[this.#read]?.kind) {
        case "asked":
          this.#inVain += 1;
          break;
        case "submitted":
        case "registered":
        case "receipted":
        case "settled":
          this.#inVain = 0;
          break;
        default:
          break;
      }
    }
    if (this.#atOnce > mostAtOnce) {
      this.#atOnce = 0;
      return { kind: "livelock", why: `${mostAtOnce} events without time passing` };
    }
    if (this.#inVain > mostInVain) {
      this.#inVain = 0;
      return { kind: "livelock", why: `${mostInVain} requests within an hour, and nothing came of any` };
    }
    if (this.#all > mostInAll)
      return {
        kind: "endless",
        why: `the run had not ended after ${mostInAll} events: the system waits for too short a time, too often`,
      };
    return undefined;
  }
}
