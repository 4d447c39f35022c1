import type { LedgerEntry } from "../core/ledger.ts";
import type { ExchangeName, PartyId } from "../core/names.ts";
import type { Reached, Run, Surveyed } from "./world.ts";

/** What a run came by: its exchanges, the faults that were put there, and the states that changed. */
function reachedIn(ledger: readonly LedgerEntry[]): Reached {
  const exchanges = new Set<ExchangeName>();
  const changes = new Set<string>();
  const faults: Reached["faults"][number][] = [];
  const suts = new Set<PartyId>();
  let beforeHeal: number | undefined;
  for (const entry of ledger)
    switch (entry.kind) {
      case "run":
        for (const { party } of entry.suts) suts.add(party);
        break;
      case "asked":
      case "idle": {
        const { exchange, asker } = entry;
        if (exchange !== undefined && (suts.has(asker) || suts.has(partyOf(exchange)))) exchanges.add(exchange);
        break;
      }
      case "phase":
        if (entry.phase === "heal") beforeHeal = exchanges.size;
        break;
      case "effected":
        changes.add(entry.change);
        break;
      case "faulted":
        faults.push({ faultId: entry.faultId, boundary: entry.boundary, outcome: entry.outcome });
        break;
      default:
    }
  return { exchanges: [...exchanges], beforeHeal: beforeHeal ?? exchanges.size, faults, changes: [...changes] };
}

function partyOf(exchange: ExchangeName): PartyId {
  return exchange.slice(0, exchange.indexOf("."));
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
