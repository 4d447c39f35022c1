import type { EntryKind, LedgerEntry } from "./ledger.ts";

/** Something that can be known at every entry of a ledger, and that several rules stand on. Changed in place. */
export type Fold<State> = {
  /** The kinds of entry that `step` looks at. */
  readonly reads: readonly EntryKind[];
  start(): State;
  step(state: State, entry: LedgerEntry): void;
};

type Running = { readonly fold: Fold<unknown>; readonly state: unknown };

/**
 * The folds of one run, each made once however many rules ask for it.
 *
 * Whoever judges folds an entry here first: when a rule sees it, what the rule stands on has seen it already.
 */
export class Folds {
  readonly #running = new Map<Fold<unknown>, Running>();
  readonly #readers = new Map<EntryKind, readonly Running[]>();

  /** The state of a fold, which from now on takes in every entry. Ask before the first entry. */
  of<State>(fold: Fold<State>): State {
    const known = this.#running.get(fold);
    if (known !== undefined) return known.state as State;
    const state = fold.start();
    this.#running.set(fold, { fold, state });
    this.#readers.clear();
    return state;
  }

  /** Takes in one entry. */
  step(entry: LedgerEntry): void {
    let readers = this.#readers.get(entry.kind);
    if (readers === undefined) {
      readers = [...this.#running.values()].filter(({ fold }) => fold.reads.includes(entry.kind));
      this.#readers.set(entry.kind, readers);
    }
    for (const { fold, state } of readers) fold.step(state, entry);
  }
}
