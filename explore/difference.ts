import type { LedgerEntry } from "../core/ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId } from "../core/names.ts";

/** One exchange about a delivery, and how it came out for its asker: `201`, `deliver`, or how its answer was lost. */
export type Happening = { readonly exchange: ExchangeName; readonly came: string };

/** Where two systems part in one scenario, for one delivery. */
export type Difference = {
  /** How many exchanges both had alike. */
  readonly alike: number;
  /** The last of those. */
  readonly before?: Happening;
  /** What comes next; absent where nothing does. */
  readonly here?: Happening;
  readonly there?: Happening;
};

/**
 * The first exchange about a delivery in which two systems differ in the same scenario; undefined where they never do.
 *
 * @param suts The systems under test: only what they ask, and what is handed to them, is compared.
 */
export function differenceOf(
  here: readonly LedgerEntry[],
  there: readonly LedgerEntry[],
  delivery: DeliveryId,
  suts: readonly PartyId[],
): Difference | undefined {
  const [ours, theirs] = [here, there].map((ledger) => happenings(ledger, delivery, suts)) as [
    Happening[],
    Happening[],
  ];
  const longest = Math.max(ours.length, theirs.length);
  for (let at = 0; at < longest; at++) {
    const [one, other] = [ours[at], theirs[at]];
    if (one?.exchange === other?.exchange && one?.came === other?.came) continue;
    const before = ours[at - 1];
    return {
      alike: at,
      ...(before === undefined ? {} : { before }),
      ...(one === undefined ? {} : { here: one }),
      ...(other === undefined ? {} : { there: other }),
    };
  }
  return undefined;
}

function happenings(ledger: readonly LedgerEntry[], delivery: DeliveryId, suts: readonly PartyId[]): Happening[] {
  const came = new Map<ExchangeName, string>();
  for (const entry of ledger) {
    if (entry.exchange === undefined) continue;
    if (
      entry.kind === "asked" &&
      suts.includes(entry.asker) &&
      entry.copies.some((copy) => deliveryOf(copy) === delivery)
    )
      came.set(entry.exchange, "");
    if (!came.has(entry.exchange)) continue;
    if (entry.kind === "told" && suts.includes(entry.to)) came.set(entry.exchange, entry.code);
    if (entry.kind === "untold") came.set(entry.exchange, entry.how);
  }
  return [...came].map(([exchange, how]) => ({ exchange, came: how }));
}
