import { HarnessError } from "../core/error.ts";

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
/** Longer than anybody waits; beyond it a number is a slip. */
const mostMs = 30 * 24 * 3_600_000;

/**
 * Ms of a budget as the command line says it: `5s`, `10m`, `1.5h`.
 *
 * @throws {HarnessError} It is none.
 */
export function budgetMs(text: string): number {
  if (!isBudget(text))
    throw new HarnessError({
      happened: `--budget ${text} cannot be used.`,
      because: "A budget is a time above zero, in s, m or h, and 720h at most.",
      next: "Give one, such as --budget 5s, --budget 10m or --budget 8h.",
    });
  return msIn(text);
}

/** Whether a text is a time that may be spent. */
export function isBudget(text: string): boolean {
  const ms = msIn(text);
  return ms > 0 && ms <= mostMs;
}

function msIn(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  return Math.round(Number(amount) * (unitMs[unit ?? ""] ?? Number.NaN));
}

const leastShrinkingMs = 60_000;

/** How much may be explored: for so long from now on, or so many runs; without either, without end. */
export class Budget {
  /** Runs of the whole campaign, over all its shards: those numbered below this. */
  readonly runs: number;
  readonly #ms: number;
  readonly #endsAtMs: number;
  readonly #now: () => number;

  /** @param now Real time, ms. */
  constructor(
    {
      ms = Number.POSITIVE_INFINITY,
      runs = Number.POSITIVE_INFINITY,
    }: { readonly ms?: number; readonly runs?: number },
    now: () => number,
  ) {
    this.runs = runs;
    this.#now = now;
    this.#ms = ms;
    this.#endsAtMs = now() + ms;
  }

  /** Ms that are left; 0 once it is spent. */
  get leftMs(): number {
    return Math.max(0, this.#endsAtMs - this.#now());
  }

  /**
   * Whole ms that are left to make smaller what was found: once its time is over as long again, and a minute at least.
   * Infinity without a time.
   */
  get shrinkingMs(): number {
    return Math.ceil(this.leftMs + Math.max(leastShrinkingMs, this.#ms));
  }

  /** Whether its time is over. */
  spent(): boolean {
    return this.leftMs === 0;
  }
}
