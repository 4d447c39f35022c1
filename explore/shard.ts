import { HarnessError } from "../core/error.ts";

/** One of `of` equal parts of a campaign: `at` counts from 1, and has the runs that leave `at - 1` when divided by `of`. */
export type Shard = { readonly at: number; readonly of: number };

export const wholeCampaign: Shard = { at: 1, of: 1 };

const most = 10_000;

/**
 * A shard as the command line says it: `2/4`.
 *
 * @throws {HarnessError} It is none.
 */
export function shardOf(text: string): Shard {
  const [, at = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (at < 1 || at > of || of > most)
    throw new HarnessError({
      happened: `--shard ${text} cannot be used.`,
      because: `A shard is its number and how many there are: 1/4 to 4/4 of four, and ${most} at most.`,
      next: "Give one, such as --shard 1/4, and start the others elsewhere.",
    });
  return { at, of };
}

/** `2/4`. */
export function shardName({ at, of }: Shard): string {
  return `${at}/${of}`;
}
