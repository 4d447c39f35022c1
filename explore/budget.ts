import { HarnessError } from "../core/error.ts";

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** Longer than anybody waits; beyond it a number is a slip. */
const mostMs = 30 * 24 * 3_600_000;

/**
 * Ms of a budget as it is said: `5s`, `10m`, `1.5h`.
 *
 * @param where Who says it, for the error.
 * @throws {HarnessError} It is none.
 */
export function budgetMs(text: string, where = "--budget"): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  const ms = Math.round(Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN));
  if (!(ms > 0) || ms > mostMs)
    throw new HarnessError({
      happened: `${where} ${text} cannot be used.`,
      because: "A budget is a time above zero, in s, m or h, and 720h at most.",
      next: "Give one, such as 5s, 10m or 8h.",
    });
  return ms;
}

/** How much may be explored: for so long from now on, or so many runs; without either, without end. */
export class Budget {
  /** Runs of the whole campaign, over all its shards: those numbered below this. */
  readonly runs: number;
  readonly #endsAtMs: number;
  readonly #now: () => number;

  /** @param now Real time, ms; the machine's unless said. */
  constructor(
    {
      ms = Number.POSITIVE_INFINITY,
      runs = Number.POSITIVE_INFINITY,
    }: { readonly ms?: number; readonly runs?: number },
    now: () => number = () => performance.now(),
  ) {
    this.runs = runs;
    this.#now = now;
    this.#endsAtMs = now() + ms;
  }

  /** Ms that are left; 0 once it is spent. */
  get leftMs(): number {
    return Math.max(0, this.#endsAtMs - this.#now());
  }

  /** Whether its time is over. */
  spent(): boolean {
    return this.leftMs === 0;
  }
}
