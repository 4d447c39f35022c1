import type { LedgerEntry } from "../../core/ledger.ts";
import type { CopyId } from "../../core/names.ts";

/** What a balance comes to that nothing is wrong with. */
export const even = "ids in are ids out";

/**
 * The harness's own balance, from the ledger alone: whoever lets go of a copy held it, once; every copy that was offered
 * was held by the channel that offered it and has an id there; a copy with a life is gone once it is over, unless
 * somebody has it in hand.
 */
export function balanceOf(entries: readonly LedgerEntry[]): string {
  const held = new Set<string>();
  const dropped = new Set<string>();
  const linked = new Set<CopyId>();
  const inHand = new Set<CopyId>();
  const ends = new Map<string, number>();
  let lastMs = 0;
  for (const entry of entries) {
    lastMs = entry.atMs;
    const { copy = "" } = entry;
    switch (entry.kind) {
      case "linked":
        linked.add(copy);
        break;
      case "held":
        if (held.has(`${entry.party} ${copy}`)) return `${entry.party} takes ${copy} on twice`;
        held.add(`${entry.party} ${copy}`);
        break;
      case "effected":
        if (entry.change.endsWith("→ unacked")) inHand.add(copy);
        if (entry.change.startsWith("unacked →")) inHand.delete(copy);
        break;
      case "dropped":
        if (!held.has(`${entry.party} ${copy}`)) return `${entry.party} lets go of ${copy}, which it never held`;
        if (dropped.has(`${entry.party} ${copy}`)) return `${entry.party} lets go of ${copy} twice`;
        dropped.add(`${entry.party} ${copy}`);
        break;
      case "offered":
        if (!held.has(`${entry.channel} ${copy}`)) return `${entry.channel} offers ${copy}, which it does not hold`;
        if (!linked.has(copy)) return `${copy} is offered without an id`;
        ends.set(`${entry.channel} ${copy}`, entry.lifeEndsMs ?? Number.POSITIVE_INFINITY);
        break;
    }
  }
  for (const [holding, endsMs] of ends)
    if (endsMs <= lastMs && !dropped.has(holding) && !inHand.has(holding.slice(holding.indexOf(" ") + 1)))
      return `${holding} is still there after its life`;
  return even;
}
