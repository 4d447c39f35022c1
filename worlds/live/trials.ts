import type { LedgerEntry } from "../../core/ledger.ts";
import type { DeliveryId } from "../../core/names.ts";
import type { Judged } from "../../core/verdict.ts";
import { isolateAndKill, undecided } from "../isolate.ts";
import { type Unstored, unstored } from "../judged.ts";

/** How often a run is done again because it leaves open what the one before did not. */
const mostTrials = 3;

/** How a run is done again: what is tried in it, or what earlier trials have shown to be held. */
export type Again = { readonly isolate?: readonly Unstored[]; readonly shownHeld?: readonly DeliveryId[] };

/**
 * A run over sockets, with what it leaves open tried: what is stored in a way that cannot be read from outside (RULES.md,
 * *Experiments*). No two runs over sockets are alike: what the next one leaves open is tried as well, three times at most.
 *
 * @returns The last run with its verdict; `inconclusive` where a trial could not be carried through, or none was left.
 */
export async function tried<Performed extends { readonly entries: readonly LedgerEntry[] }>(
  perform: (again: Again) => Promise<Performed>,
  judge: (entries: readonly LedgerEntry[]) => Judged,
): Promise<Performed & { readonly judged: Judged }> {
  let performed = await perform({});
  let judged = judge(performed.entries);
  const shownHeld: DeliveryId[] = [];
  for (let trial = 1; ; trial++) {
    const doubtful = unstored(judged, performed.entries).filter(({ delivery }) => !shownHeld.includes(delivery));
    if (doubtful.length === 0) break;
    const shown =
      trial > mostTrials
        ? "unknown"
        : await isolateAndKill(
            doubtful,
            async ({ isolate }) => ({ kind: "done", entries: (await perform({ isolate })).entries }),
            "unknown",
          );
    if (shown === "unknown") judged = { ...judged, verdict: { kind: "inconclusive", because: undecided } };
    if (shown !== "kept") break;
    shownHeld.push(...doubtful.map(({ delivery }) => delivery));
    performed = await perform({ shownHeld: [...shownHeld] });
    judged = judge(performed.entries);
  }
  return { ...performed, judged };
}
