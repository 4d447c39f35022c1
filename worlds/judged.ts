import { judge } from "../core/judge.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import type { DeliveryId, ExchangeName } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Judged } from "../core/verdict.ts";

/** What the rules say of a run of a scenario. */
export function judgedOf(scenario: Scenario, entries: readonly LedgerEntry[]): Judged {
  const [run] = entries;
  const suts = run?.kind === "run" ? run.suts.map(({ party }) => party) : [scenario.tests ?? "integration"];
  return judge(entries, { mustHold: scenario.mustHold, suts });
}

/** A delivery that was answered for before anything readable was stored, and the exchange by which it was. */
export type Unstored = { readonly delivery: DeliveryId; readonly answer: ExchangeName };

/** A copy of each may stand there all the same, encoded or encrypted. */
export function unstored({ broken }: Judged, ledger: readonly LedgerEntry[]): Unstored[] {
  const found = new Map<DeliveryId, Unstored>();
  for (const { primary, attached } of broken)
    for (const { rule, delivery, entries } of [primary, ...attached]) {
      if (rule !== "receipt-after-store" || delivery === undefined || found.has(delivery)) continue;
      const answers = entries.map((seq) => ledger[seq]);
      const answer = answers.find((entry) => entry?.kind === "receipted" || entry?.kind === "settled")?.exchange;
      if (answer !== undefined) found.set(delivery, { delivery, answer });
    }
  return [...found.values()];
}
