import type { Host } from "../../port/host.ts";
import type { SenderChannels } from "./sender-channels.ts";
import {
  hourMs,
  type Limit,
  type Limits,
  nextWorkingMorning,
  over,
  peoplesLimits,
  waysLimit,
} from "./sender-deadline.ts";
import type { Entry, Way } from "./sender-journal.ts";
import type { SenderPolicy } from "./sender-policy.ts";

/** What is still not sent after this goes another way, where there is one. */
const unsentMs = 24 * hourMs;
/** The longest time between two questions about the same thing. */
const longestPauseMs = 4 * hourMs;
const aMonth: Limit = { unit: "elapsed", hours: 30 * 24 };
const never = Number.POSITIVE_INFINITY;

/** When something was last asked about, and how long after that it is asked about again. */
type Look = { readonly atMs: number; readonly pauseMs: number };

/** When something is due for an order; ms since the epoch, infinite where it never is. */
export class SenderTimetable {
  readonly #host: Host;
  readonly #channels: SenderChannels;
  readonly #policy: SenderPolicy;
  /** By the key of a way. */
  readonly #looks = new Map<string, Look>();

  constructor(host: Host, channels: SenderChannels, policy: SenderPolicy) {
    this.#host = host;
    this.#channels = channels;
    this.#policy = policy;
  }

  /** To ask where it stands: ever less often, and at once before anything is done about it. */
  asks(entry: Entry, way: Way): number {
    if (way.sent === undefined || way.failed?.gone === true || entry.returned) return never;
    switch (this.#policy.watches) {
      case "never":
        return never;
      case "once":
        return way.looked ? never : nextWorkingMorning(way.sent.atMs);
      case "until the end": {
        const look = this.#looks.get(way.key);
        if (look === undefined) return way.sent.atMs + this.#host.endpoints.pollIntervalMs;
        const next = [this.warns(entry, way), this.takesOtherWay(entry, way)].filter((dueMs) => dueMs > look.atMs);
        return Math.min(look.atMs + look.pauseMs, ...next);
      }
    }
  }

  asked({ key }: Way): void {
    const { clock, endpoints } = this.#host;
    const last = this.#looks.get(key);
    const pauseMs = last === undefined ? endpoints.pollIntervalMs : Math.min(2 * last.pauseMs, longestPauseMs);
    this.#looks.set(key, { atMs: clock.now(), pauseMs: Math.max(pauseMs, endpoints.pollIntervalMs) });
  }

  isOver({ ways }: Entry): void {
    for (const { key } of ways) this.#looks.delete(key);
  }

  /** To tell a person that nobody has it. */
  warns(entry: Entry, way: Way): number {
    if (way.warned || way.failed !== undefined || entry.returned || !this.#isWatched(way)) return never;
    if (way.sent === undefined && way !== entry.ways.at(-1)) return never;
    return this.#limitOf(entry, way, "warn");
  }

  /** To take another way than this; only the way it takes now gives reason to. */
  takesOtherWay(entry: Entry, way: Way): number {
    if (way !== entry.ways.at(-1) || entry.returned) return never;
    if (way.failed !== undefined) return Number.NEGATIVE_INFINITY;
    if (!this.#isWatched(way)) return never;
    if (way.sent !== undefined) return this.#limitOf(entry, way, "otherWay");
    const unsent = this.#channels.hasUnused(entry) ? way.sinceMs + unsentMs : never;
    return Math.min(unsent, over(way.sinceMs, this.#limitsOf(way).otherWay), this.#givesUp(entry));
  }

  /** A way on which nothing was sent gives no time of its own: what was sent last, or the order, is counted from. */
  #givesUp({ ways }: Entry): number {
    const { sinceMs } = ways.findLast(({ sent }) => sent !== undefined) ?? ways[0];
    return this.#policy.warnsAfter === "a month" ? never : over(sinceMs, waysLimit);
  }

  /** On the first way on which it was sent it has waited since it was ordered, however many were tried before. */
  #limitOf({ ways }: Entry, way: Way, limit: "warn" | "otherWay"): number {
    const [first = way] = ways;
    const isFirst = ways.slice(0, ways.indexOf(way)).every(({ sent }) => sent === undefined);
    return over((isFirst ? first : way).sinceMs, this.#limitsOf(way)[limit]);
  }

  #limitsOf({ channel, sent }: Way): Limits {
    if (this.#policy.warnsAfter === "a month") return { warn: aMonth, otherWay: aMonth };
    return sent === undefined ? peoplesLimits : this.#channels.named(channel).limits;
  }

  #isWatched({ sent }: Way): boolean {
    return sent === undefined || this.#policy.watches === "until the end";
  }
}
