import type { LedgerEntry } from "../core/ledger.ts";
import type { DeliveryId } from "../core/names.ts";

/** A performance in which each of these is receipted, the system killed, and every other source removed. */
type Isolating = (extra: {
  readonly isolate: readonly DeliveryId[];
}) => Promise<{ readonly kind: string; readonly entries?: readonly LedgerEntry[] }>;

export const undecided =
  "isolate-and-kill could not be carried through: the system did not come to rest in time, so whether it had stored what it confirmed is open";

/**
 * Isolate-and-kill (RULES.md, *Experiments*) for each delivery: receipted, killed, every other source removed, started
 * again. `kept` if all of them are registered all the same.
 *
 * All are tried in one run; where kills that follow each other cost one of them its attempts, that one is tried alone.
 */
export async function isolateAndKill(
  deliveries: readonly DeliveryId[],
  perform: Isolating,
): Promise<"kept" | "lost" | "unknown"> {
  const together = await perform({ isolate: deliveries });
  if (together.kind !== "done") return "unknown";
  for (const delivery of deliveries) {
    if (outlivedKill(together.entries ?? [], delivery)) continue;
    const alone = await perform({ isolate: [delivery] });
    if (alone.kind !== "done") return "unknown";
    if (!outlivedKill(alone.entries ?? [], delivery)) return "lost";
  }
  return "kept";
}

/** Whether a delivery was registered after the kill that was meant for it. */
function outlivedKill(entries: readonly LedgerEntry[], delivery: DeliveryId): boolean {
  const killed = entries.findIndex(
    (entry) =>
      entry.kind === "faulted" && entry.outcome === "injected" && entry.faultId === `isolate-and-kill ${delivery}`,
  );
  const registered = entries.findIndex((entry) => entry.kind === "registered" && entry.delivery === delivery);
  return killed >= 0 && registered > killed;
}
