import type { Shard } from "./shard.ts";

/** So many numbers, evenly apart: `{ from: 1, step: 4, count: 3 }` is 1, 5, 9. */
export type Stretch = { readonly from: number; readonly step: number; readonly count: number };

function within({ from, step, count }: Stretch, run: number): boolean {
  return run >= from && run < from + step * count && (run - from) % step === 0;
}

function* numbersOf({ from, step, count }: Stretch): Generator<number> {
  for (let i = 0; i < count; i++) yield from + step * i;
}

/** A set of numbers of runs, as stretches that have no number in common. */
export class RunNumbers {
  readonly stretches: readonly Stretch[];

  constructor(stretches: readonly Stretch[]) {
    this.stretches = stretches;
  }

  get size(): number {
    return this.stretches.reduce((sum, { count }) => sum + count, 0);
  }

  has(run: number): boolean {
    return this.stretches.some((stretch) => within(stretch, run));
  }

  /** How many of these are among those. */
  shared(others: RunNumbers): number {
    let shared = 0;
    for (const stretch of this.stretches) for (const run of numbersOf(stretch)) if (others.has(run)) shared += 1;
    return shared;
  }

  /** Both together, which have no number in common, in the fewest stretches that we see. */
  with(others: RunNumbers): RunNumbers {
    return new RunNumbers(joined([...this.stretches, ...others.stretches]));
  }
}

/** The numbers of one shard as they are done: mostly in order, some ahead of others. */
export class DoneRuns {
  readonly #shard: Shard;
  /** So many from the shard's first on, without a gap. */
  #upTo = 0;
  /** Positions in the shard beyond that. */
  readonly #ahead = new Set<number>();

  constructor(shard: Shard, done: RunNumbers = new RunNumbers([])) {
    this.#shard = shard;
    for (const stretch of done.stretches) for (const run of numbersOf(stretch)) this.add(run);
  }

  add(run: number): void {
    this.#ahead.add(this.#positionOf(run));
    while (this.#ahead.delete(this.#upTo)) this.#upTo += 1;
  }

  has(run: number): boolean {
    const position = this.#positionOf(run);
    return position < this.#upTo || this.#ahead.has(position);
  }

  get size(): number {
    return this.#upTo + this.#ahead.size;
  }

  /** The shard's numbers that are not done, in order, without end. */
  *missing(): Generator<number> {
    const { at, of } = this.#shard;
    for (let run = at - 1 + of * this.#upTo; ; run += of) if (!this.has(run)) yield run;
  }

  numbers(): RunNumbers {
    const { at, of } = this.#shard;
    const first = at - 1;
    const inOrder = this.#upTo === 0 ? [] : [{ from: first, step: of, count: this.#upTo }];
    const ahead = [...this.#ahead].sort((one, other) => one - other);
    return new RunNumbers([
      ...inOrder,
      ...ahead.map((position) => ({ from: first + of * position, step: of, count: 1 })),
    ]);
  }

  #positionOf(run: number): number {
    return (run - this.#shard.at + 1) / this.#shard.of;
  }
}

/**
 * The numbers from 0 on that have no gap as one stretch, and what is beyond them as it stands: so the shards of a
 * campaign, together, have what one run of it has.
 */
function joined(stretches: readonly Stretch[]): Stretch[] {
  for (const step of new Set(stretches.map((one) => one.step))) {
    const parts = Array.from({ length: step }, (_, from) =>
      stretches.find((one) => one.step === step && one.from === from),
    );
    if (!parts.every((part) => part !== undefined)) continue;
    const rounds = Math.min(...parts.map(({ count }) => count));
    const left = parts.map((part) => after(part, rounds));
    const others = stretches.filter((one) => !parts.includes(one));
    return extended({ from: 0, step: 1, count: step * rounds }, [...others, ...left]);
  }
  return extended({ from: 0, step: 1, count: 0 }, stretches);
}

function after({ from, step, count }: Stretch, taken: number): Stretch {
  return { from: from + step * taken, step, count: count - taken };
}

function extended(whole: Stretch, others: readonly Stretch[]): Stretch[] {
  const rest = others.filter(({ count }) => count > 0);
  let { count } = whole;
  for (let at = following(rest, count); at >= 0; at = following(rest, count)) {
    const [next] = rest.splice(at, 1);
    if (next === undefined) break;
    const taken = next.step === 1 ? next.count : 1;
    count += taken;
    if (next.count > taken) rest.push(after(next, taken));
  }
  rest.sort((one, other) => one.from - other.from || one.step - other.step);
  return count === 0 ? rest : [{ ...whole, count }, ...rest];
}

function following(stretches: readonly Stretch[], count: number): number {
  return stretches.findIndex(({ from }) => from === count);
}
