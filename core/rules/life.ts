import type { EntryOf } from "../ledger.ts";

/** When the life of a copy ends, ms since the run began; Infinity where no clock ends it. */
export function lifeEndOf({ lifeEndsMs }: EntryOf<"offered">): number {
  return lifeEndsMs ?? Number.POSITIVE_INFINITY;
}

/** How long a copy lives from its offer on, ms; Infinity where no clock ends it. */
export function lifeOf(offered: EntryOf<"offered">): number {
  return lifeEndOf(offered) - offered.atMs;
}
