import type { PartyId } from "../names.ts";

const withoutNegative: ReadonlySet<PartyId> = new Set(["altinn-broker", "altinn-correspondence", "altinn-dispatch"]);

/**
 * Whether a receiver can only say yes on a channel. These are also the ones where nothing is settled: a receipt is the
 * only word it has.
 *
 * @source PORT.md, *Where the facts of a message stand*
 */
export function hasNoNegative(channel: PartyId): boolean {
  return withoutNegative.has(channel);
}
