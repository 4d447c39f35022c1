import { Deliveries } from "./deliveries.ts";
import type { EntryKind, LedgerEntry } from "./ledger.ts";

/** Something that can be known at every entry of a ledger, and that several rules stand on. Changed in place. */
export type Fold<State> = {
  /** The kinds of entry that `step` looks at. */
  readonly reads: readonly EntryKind[];
  start(folds: Folds): State;
  step(state: State, entry: LedgerEntry): void;
};

/** A fold with what it has folded so far. */
export type Running = { readonly fold: Fold<unknown>; readonly state: unknown };

/**
 * The folds of one run, each made once however many rules ask for it.
 *
 * Whoever judges folds an entry here first: when a rule sees it, what the rule stands on has seen it already.
 */
export class Folds {
  /** The deliveries of the run, numbered for all that is known of them. */
  readonly deliveries: Deliveries = new Deliveries();
  readonly #running = new Map<Fold<unknown>, Running>();
  readonly #readers = new Map<EntryKind, readonly Running[]>();

  /** The state of a fold, which from now on takes in every entry. Ask before the first entry. */
  of<State>(fold: Fold<State>): State {
    const known = this.#running.get(fold);
    if (known !== undefined) return known.state as State;
    const state = fold.start(this);
    this.#running.set(fold, { fold, state });
    this.#readers.clear();
    return state;
  }

  /** Those that look at a kind of entry, each after what it stands on itself. */
  readersOf(kind: EntryKind): readonly Running[] {
    const known = this.#readers.get(kind);
    if (known !== undefined) return known;
    const readers = [...this.#running.values()].filter(({ fold }) => fold.reads.includes(kind));
    this.#readers.set(kind, readers);
    return readers;
  }

  /** Takes in one entry. */
  step(entry: LedgerEntry): void {
    for (const { fold, state } of this.readersOf(entry.kind)) fold.step(state, entry);
  }
}
