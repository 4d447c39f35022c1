import { judge } from "../core/judge.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { DeliveryId } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Judged } from "../core/verdict.ts";

/** What the rules say of a run of a scenario. */
export function judgedOf(scenario: Scenario, entries: readonly LedgerEntry[]): Judged {
  return judge(entries, { mustHold: scenario.mustHold, suts: [scenario.tests ?? "integration"] });
}

/** Deliveries receipted before anything readable was stored: a copy may stand there encoded or encrypted. */
export function unstored(judged: Judged): DeliveryId[] {
  const found = new Set<DeliveryId>();
  for (const { primary, attached } of judged.broken)
    for (const { rule, delivery } of [primary, ...attached])
      if (rule === "receipt-after-store" && delivery !== undefined) found.add(delivery);
  return [...found];
}
