import type { Saying } from "../../core/ledger.ts";
import type { CopyId, PartyId } from "../../core/names.ts";
import type { ActName, EndName } from "../../explore/orderings.ts";

/**
 * What the facts about a channel say must come of an ordering: written from `protocols/` and `contracts/`, and not from
 * the simulators it is held against. Times are ms since the run began.
 *
 * A life that lasts so long is over at its last instant: what is done at that instant comes too late, whether the
 * channel's own clock has been heard or not.
 */
export type Model = {
  /** What was to be written down since this was last taken, each with its time. */
  facts: string[];
  readonly nowMs: number;
  /** Why nobody can do this now; undefined where somebody can, whatever comes of it. */
  impossible(act: ActName): string | undefined;
  /** What whoever does it hears. */
  act(act: ActName): string;
  /** What whoever clears up when time has come to the end of a clean-up, hears. */
  clearsUp?(): string;
  /** What whoever looks in now and then learns, after each event. */
  looksIn?(): void;
  /** When the next lifetime of this kind ends that has not ended yet; undefined where there is none. */
  endOf(end: EndName): number | undefined;
  /**
   * Time passes; what is due by then comes in the order of its time, and at one instant in the order it was foreseen.
   *
   * @param ahead What is due at that very instant has yet to come.
   */
  passTo(ms: number, ahead: boolean): void;
  /** Who holds and owes the message now, and whether it is lost. */
  custody(): string;
};

type Due = { readonly atMs: number; readonly does: () => void };

/** What every model has: what is due, what is written down, and who holds and owes the message. */
export class Course {
  facts: string[] = [];
  #nowMs = 0;
  #due: Due[] = [];
  readonly #holdings = new Set<string>();
  #debtor: PartyId = "sender";
  readonly #relieved = new Set<PartyId>();
  #hasEnded = false;
  #isTakenOn = false;

  get nowMs(): number {
    return this.#nowMs;
  }

  passTo(ms: number, ahead: boolean): void {
    for (;;) {
      let next: Due | undefined;
      for (const one of this.#due) if (next === undefined || one.atMs < next.atMs) next = one;
      if (next === undefined || next.atMs > ms || (ahead && next.atMs === ms)) break;
      this.#due.splice(this.#due.indexOf(next), 1);
      this.#nowMs = next.atMs;
      next.does();
    }
    this.#nowMs = ms;
  }

  /** Lost: RULES.md, `no-loss`. */
  custody(): string {
    if (!this.#isTakenOn) return "not taken on";
    const holders = new Set([...this.#holdings].map((holding) => holding.slice(0, holding.indexOf(" "))));
    const isLost =
      !this.#hasEnded && !holders.has(this.#debtor) && [...holders].every((one) => this.#relieved.has(one));
    return custodyInWords([...this.#holdings], this.#debtor, this.#hasEnded, isLost);
  }

  /** It comes in so many ms, unless it is called off. */
  protected after(ms: number, does: () => void): { callOff(): void } {
    const one = { atMs: this.#nowMs + ms, does };
    this.#due.push(one);
    return {
      callOff: () => {
        this.#due = this.#due.filter((other) => other !== one);
      },
    };
  }

  protected fact(text: string): void {
    this.facts.push(`${this.#nowMs} ${text}`);
  }

  protected holds(party: PartyId, copy: CopyId): void {
    this.#isTakenOn = true;
    this.#holdings.add(`${party} ${copy}`);
    this.fact(`${party} holds ${copy}`);
  }

  protected drops(party: PartyId, copy: CopyId, why: string): void {
    this.#holdings.delete(`${party} ${copy}`);
    this.fact(`${party} drops ${copy}: ${why}`);
  }

  protected hears(to: PartyId, saying: Saying, copy: CopyId, owes?: PartyId): void {
    this.fact(heardInWords(to, saying, [copy], owes));
    if (owes === undefined) return;
    this.#relieved.delete(owes);
    this.#relieved.add(to);
    this.#debtor = owes;
  }

  /** Returned to a party that knows, or on paper. */
  protected ends(how: string): void {
    this.#hasEnded = true;
    this.fact(how);
  }
}

export function heardInWords(to: PartyId, saying: Saying, copies: readonly CopyId[], owes?: PartyId): string {
  return `${to} hears ${saying} of ${copies.join()}${owes === undefined ? "" : `, and ${owes} owes it`}`;
}

export function custodyInWords(
  holdings: readonly string[],
  debtor: PartyId,
  hasEnded: boolean,
  isLost: boolean,
): string {
  const held = holdings.length === 0 ? "nobody" : holdings.toSorted().join(", ");
  return `held by ${held}; owed by ${debtor}${hasEnded ? "; ended" : ""}${isLost ? "; lost" : ""}`;
}
