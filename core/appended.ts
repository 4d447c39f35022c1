/**
 * A list with one more at its end.
 *
 * It takes the room it needs: `push`, and spreading into a literal, leave room for sixteen more, and a run may have
 * millions of short lists that never grow again.
 */
export function appended<Item>(list: readonly Item[], item: Item): readonly Item[] {
  return list.length === 0 ? [item] : list.concat([item]);
}
