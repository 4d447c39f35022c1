import type { LedgerEntry } from "../core/ledger.ts";
import type { DeliveryId } from "../core/names.ts";
import type { Unstored } from "./judged.ts";

/** How often one is tried alone where no two runs are alike, until a run comes by what is to be tried. */
const mostTries = 3;

/** A performance in which each of these is answered for, the system killed, and every other source removed. */
type Isolating = (extra: {
  readonly isolate: readonly Unstored[];
}) => Promise<{ readonly kind: string; readonly entries?: readonly LedgerEntry[] }>;

export const undecided =
  "isolate-and-kill could not be carried through: the system did not come to rest, or not to its receipt, so whether it had stored what it confirmed is open";

/**
 * Isolate-and-kill (RULES.md, *Experiments*) for each delivery: answered for, killed, every other source removed, started
 * again. `kept` if all of them are registered all the same.
 *
 * All are tried in one run; where kills that follow each other cost one of them its attempts, that one is tried alone.
 * @param unreached What it means that a run did not come by the receipt, or had registered before it: where no two runs are
 *   alike, nothing, and it is tried again.
 */
export async function isolateAndKill(
  doubtful: readonly Unstored[],
  perform: Isolating,
  unreached: "lost" | "unknown" = "lost",
): Promise<"kept" | "lost" | "unknown"> {
  const together = await perform({ isolate: doubtful });
  if (together.kind !== "done") return "unknown";
  let isOpen = false;
  for (const one of doubtful) {
    const { delivery } = one;
    if (afterKill(together.entries ?? [], delivery) === "kept") continue;
    let came: ReturnType<typeof afterKill> = "unreached";
    for (let tries = 0; came === "unreached" && tries < (unreached === "lost" ? 1 : mostTries); tries++) {
      const alone = await perform({ isolate: [one] });
      if (alone.kind !== "done") return "unknown";
      came = afterKill(alone.entries ?? [], delivery);
    }
    if ((came === "unreached" ? unreached : came) === "lost") return "lost";
    isOpen ||= came === "unreached";
  }
  return isOpen ? "unknown" : "kept";
}

/**
 * What became of a delivery after the kill that was meant for it; `unreached` where the system was never killed for it, or
 * stood otherwise than when it left something open: it had registered the delivery already, and knows that.
 */
function afterKill(entries: readonly LedgerEntry[], delivery: DeliveryId): "kept" | "lost" | "unreached" {
  const killed = entries.findIndex(
    (entry) =>
      entry.kind === "faulted" && entry.outcome === "injected" && entry.faultId === `isolate-and-kill ${delivery}`,
  );
  if (killed < 0) return "unreached";
  const after = entries.findLast(
    (entry) =>
      entry.delivery === delivery &&
      (entry.kind === "registered" || (entry.kind === "dropped" && entry.by.startsWith("probe:"))),
  );
  if (asksAgain(entries, killed, delivery)) return "kept";
  // What a probe showed before the kill, and still shows after it, was there.
  if (after?.kind !== "registered") return "lost";
  return after.seq > killed || after.by.startsWith("probe:") ? "kept" : "unreached";
}

/**
 * Whether a later start brings the delivery to the receiver: that it was registered before the kill already says nothing of
 * where this start has it from, and no other source was left.
 */
function asksAgain(entries: readonly LedgerEntry[], killed: number, delivery: DeliveryId): boolean {
  const copies = new Set(entries.flatMap((entry) => (entry.delivery === delivery && entry.copy ? [entry.copy] : [])));
  const incarnation = entries[killed]?.incarnation ?? 0;
  return entries
    .slice(killed)
    .some(
      (entry) =>
        entry.kind === "asked" &&
        entry.operation === "register" &&
        (entry.incarnation ?? 0) > incarnation &&
        entry.copies.some((copy) => copies.has(copy)),
    );
}
