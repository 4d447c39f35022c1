import { HarnessError } from "../core/error.ts";
import type { CampaignFile, CampaignKey } from "./campaign.ts";
import { RunNumbers } from "./run-numbers.ts";
import { Tally } from "./tally.ts";

/** A campaign's file, by the name that it was given under. */
export type NamedCampaign = { readonly name: string; readonly campaign: CampaignFile };

/** Campaigns put together. */
export type Merged = {
  readonly campaign: CampaignFile;
  /** Shards that belong to it and were not given, `3/4`. */
  readonly missing: readonly string[];
  /** Names of files whose runs are all in another: they count once. */
  readonly twice: readonly string[];
  /** Files that are not over: more of their runs may come. */
  readonly unfinished: readonly string[];
};

/**
 * Puts the shards of a campaign together, in whatever order they are given: all of them are what one run of it is.
 *
 * @throws {HarnessError} There are none, they are of different campaigns, or two have only some of their runs in common,
 * so that they can neither be added nor one of them left out.
 */
export function merged(given: readonly NamedCampaign[]): Merged {
  // Whoever has most comes first, so that what it contains is known when it comes.
  const [first, ...others] = [...given].sort(
    (one, other) => sizeOf(other) - sizeOf(one) || (one.name < other.name ? -1 : 1),
  );
  if (first === undefined)
    throw new HarnessError({
      happened: "There is nothing to merge.",
      because: "No campaign was given.",
      next: "Name the files that each shard wrote: komfrem merge shard-1.json shard-2.json",
    });
  const counted = [first];
  const twice: string[] = [];
  let done = doneIn(first);
  for (const one of others) {
    sameCampaign(first, one);
    const runs = doneIn(one);
    const shared = runs.shared(done);
    if (shared === 0) {
      counted.push(one);
      done = done.with(runs);
    } else if (shared === runs.size) twice.push(one.name);
    else throw overlapping(one, counted, shared);
  }
  const tally = new Tally();
  for (const { campaign } of counted) tally.add(campaign);
  const shards = [...new Set(given.flatMap(({ campaign }) => campaign.shards))];
  const { missing, have } = shardsIn(shards);
  const unfinished = given.filter(({ campaign }) => campaign.state !== "finished").map(({ name }) => name);
  return {
    campaign: {
      schema: "komfrem.campaign/v1",
      ...keyOf(first.campaign),
      shards: have,
      state: unfinished.length > 0 ? "interrupted" : "finished",
      done: done.stretches,
      ...tally.tallied(),
      spentMs: counted.reduce((sum, { campaign }) => sum + campaign.spentMs, 0),
    },
    missing,
    twice: twice.sort(),
    unfinished: unfinished.sort(),
  };
}

function sizeOf(one: NamedCampaign): number {
  return doneIn(one).size;
}

function doneIn({ campaign }: NamedCampaign): RunNumbers {
  return new RunNumbers(campaign.done);
}

function keyOf({ system, systemHash, role, seed, channels, profile, generator }: CampaignFile): CampaignKey {
  return { system, systemHash, role, seed, channels, profile, generator };
}

function sameCampaign(first: NamedCampaign, one: NamedCampaign): void {
  const [here, there] = [keyOf(first.campaign), keyOf(one.campaign)];
  for (const field of Object.keys(here) as (keyof CampaignKey)[]) {
    if (JSON.stringify(here[field]) === JSON.stringify(there[field])) continue;
    throw new HarnessError({
      happened: `${one.name} and ${first.name} cannot be merged.`,
      because: `They differ in ${field}: ${String(there[field])}, and ${String(here[field])}.`,
      next: "Merge the shards of one campaign: same system and code, seed, channels, profile and version of Komfrem.",
    });
  }
}

function overlapping(one: NamedCampaign, counted: readonly NamedCampaign[], shared: number): HarnessError {
  const runs = doneIn(one);
  const other = counted.find((known) => runs.shared(doneIn(known)) > 0)?.name ?? "the others";
  return new HarnessError({
    happened: `${one.name} and ${other} cannot be merged.`,
    because: `They have ${shared} runs in common, and each has others of its own: sums cannot tell them apart.`,
    next: "Give shards of one division, such as 1/4 to 4/4, and each file once; a later file of a shard has all that an earlier one has.",
  });
}

/** Of each division that is begun: what is missing. All shards of one are the whole. */
function shardsIn(shards: readonly string[]): { readonly missing: string[]; readonly have: string[] } {
  if (shards.includes("1/1")) return { missing: [], have: ["1/1"] };
  const divisions = [...new Set(shards.map((shard) => Number(shard.split("/")[1])))].sort((one, other) => one - other);
  const missing = divisions.flatMap((of) =>
    Array.from({ length: of }, (_, at) => `${at + 1}/${of}`).filter((shard) => !shards.includes(shard)),
  );
  const numbered = [...shards].sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
  return missing.length === 0 ? { missing, have: ["1/1"] } : { missing, have: numbered };
}
