import { deliveryIn } from "../core/custody.ts";
import type { EntryOf, LedgerEntry } from "../core/ledger.ts";
import { type DeliveryId, deliveryOf, type ExchangeName, type PartyId, recipientId } from "../core/names.ts";

/** One exchange about a delivery. */
export type Happening = {
  readonly exchange: ExchangeName;
  /** How it came out for its asker: `201`, `deliver`, or how its answer was lost. */
  readonly came: string;
  /** What it said of the message, where it is a receipt. */
  readonly receipt?: "positive" | "negative";
  /** What stands in the case that it made. */
  readonly registered?: {
    /** Municipality and district, `4690-01`. */
    readonly at: string;
    readonly class?: "confidential" | "ordinary";
    /** With every part as it was sent. */
    readonly whole: boolean;
  };
};

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
  const ours = happenings(here, delivery, suts);
  const theirs = happenings(there, delivery, suts);
  const longest = Math.max(ours.length, theirs.length);
  for (let at = 0; at < longest; at++) {
    const [one, other] = [ours[at], theirs[at]];
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
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

/**
 * Every exchange about a delivery that a system under test asks for, or is handed, in the order in which it was begun.
 *
 * @param suts As in `differenceOf`.
 */
export function happenings(
  ledger: readonly LedgerEntry[],
  delivery: DeliveryId,
  suts: readonly PartyId[],
): readonly Happening[] {
  const found = new Map<ExchangeName, Happening>();
  for (const entry of ledger) {
    const { exchange } = entry;
    if (exchange === undefined) continue;
    const isAbout = (copies: readonly string[]): boolean => copies.some((copy) => deliveryOf(copy) === delivery);
    if (entry.kind === "asked" && suts.includes(entry.asker) && isAbout(entry.copies))
      found.set(exchange, { exchange, came: "" });
    const happening = found.get(exchange);
    if (happening === undefined) continue;
    if (entry.kind === "told" && suts.includes(entry.to)) found.set(exchange, { ...happening, came: entry.code });
    if (entry.kind === "untold") found.set(exchange, { ...happening, came: entry.how });
    if (deliveryIn(entry) !== delivery) continue;
    if (entry.kind === "receipted" && (entry.saying === "positive" || entry.saying === "negative"))
      found.set(exchange, { ...happening, receipt: entry.saying });
    if (entry.kind === "registered") found.set(exchange, { ...happening, registered: caseOf(entry) });
  }
  return [...found.values()];
}

function caseOf(entry: EntryOf<"registered">): NonNullable<Happening["registered"]> {
  const { municipalityNumber = "", district, whole, parts } = entry;
  return {
    at: district === undefined ? municipalityNumber : recipientId(municipalityNumber, district),
    ...(entry.class === undefined ? {} : { class: entry.class }),
    whole: whole && parts.every(({ ok }) => ok),
  };
}
