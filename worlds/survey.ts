import type { LedgerEntry } from "../core/ledger.ts";
import type { ExchangeName } from "../core/names.ts";
import type { Reached, Run, Surveyed } from "./world.ts";

/** What a run came by: its exchanges, the faults that were put there, and the states that changed. */
function reachedIn(ledger: readonly LedgerEntry[]): Reached {
  const exchanges = new Set<ExchangeName>();
  const changes = new Set<string>();
  const faults: Reached["faults"][number][] = [];
  for (const entry of ledger)
    switch (entry.kind) {
      case "asked":
      case "idle":
        if (entry.exchange !== undefined) exchanges.add(entry.exchange);
        break;
      case "effected":
        changes.add(entry.change);
        break;
      case "faulted":
        faults.push({ faultId: entry.faultId, boundary: entry.boundary, outcome: entry.outcome });
        break;
      default:
    }
  return { exchanges: [...exchanges], faults, changes: [...changes] };
}

/** A run without its ledger. */
export function surveyedOf({
  ledger,
  hash,
  judged,
  tookMs,
}: Pick<Run, "ledger" | "hash" | "judged" | "tookMs">): Surveyed {
  const { verdict, broken } = judged;
  return {
    verdict: verdict.kind,
    ...(verdict.kind === "inconclusive" ? { because: verdict.because } : {}),
    broken,
    hash,
    reached: reachedIn(ledger),
    tookMs,
  };
}
