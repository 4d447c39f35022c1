import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { regressionProblems } from "../../contracts/komfrem/regression.ts";
import { counterexampleReport } from "../../evidence/counterexample.ts";
import { replayFileCommand } from "../../evidence/replay.ts";
import { type Drawn, fuzz, signaturesOf } from "../../explore/fuzz.ts";
import { type Kept, Regressions } from "../../explore/regressions.ts";
import { type Replayed, replayed } from "../../explore/replay.ts";
import { type Shard, shardOf, wholeCampaign } from "../../explore/shard.ts";
import { shrink } from "../../explore/shrink.ts";
import { counterexampleOf } from "../counterexample.ts";
import { exploredIn } from "../explored.ts";
import { channelsDrawn } from "../fuzz.ts";
import { regressionOf } from "../regression.ts";
import { moduleFor } from "../replay.ts";
import type { FuzzedOptions, Stand } from "./vitest.ts";
import { page } from "./words.ts";

export { pairsOf } from "../pairs.ts";
export { scenariosNamed, systemsNamed } from "../selection.ts";
export { worldFor } from "../world.ts";

/** What a system has failed before. */
export function keptOf({ sut }: Stand, folder: string): readonly Kept[] {
  return new Regressions(folder, regressionProblems).all(moduleFor(sut)).kept;
}

/** What one of these comes to now. */
export function keptNow(kept: Kept, { sut, world }: Stand): Promise<Replayed> {
  const { seed, profile } = kept.regression;
  return replayed(kept, exploredIn(world(), sut, { seed, profile, width: 1 }));
}

/** The run with the lowest number that the system fails. */
export async function firstFailed(
  { sut, options, world, said }: Stand,
  { runs, part }: FuzzedOptions,
): Promise<Drawn | undefined> {
  let first: Drawn | undefined;
  const { at, of } = shardIn(part);
  function* numbers(): Generator<number, void> {
    // Numbers are taken in order: whatever is lower than the first that failed is under way.
    for (let run = at - 1; run < runs && first === undefined; run += of) yield run;
  }
  const explored = exploredIn(world(), sut, { ...options, width: availableParallelism() });
  const drawing = { role: sut.role, channels: channelsDrawn(sut, said) };
  await fuzz(drawing, explored, numbers(), (drawn) => {
    if (signaturesOf(drawn.surveyed).length > 0 && (first === undefined || drawn.run < first.run)) first = drawn;
  });
  return first;
}

/** Makes what was found smaller, keeps it, and tells it. */
export async function storyOf(
  { run, scenario: drawn, surveyed }: Drawn,
  { sut, options, world }: Stand,
  { runs }: FuzzedOptions,
  folder: string,
): Promise<string> {
  const explored = exploredIn(world(), sut, { ...options, width: availableParallelism() });
  const [rule] = signaturesOf(surveyed);
  if (rule === undefined) throw new Error(`Run ${run} did not fail.`);
  const shrunk = await shrink(drawn, explored, { rule });
  const { seed, profile = "default" } = options;
  const path = new Regressions(folder, regressionProblems).write(
    regressionOf({ sut, seed, profile }, { ...shrunk, rule, found: { how: "fuzz", run }, shrunk: true }),
  );
  const replay = (): string => replayFileCommand(relative("", path));
  const head = `Run ${run} of ${runs} failed, seed ${seed}. The smallest scenario that fails alike:\n`;
  const found = await counterexampleOf(shrunk, rule, drawn, explored, world());
  return `${head}\n${found === undefined ? replay() : counterexampleReport(found, { ...page, replay })}`;
}

function shardIn(part: string | undefined): Shard {
  return part === undefined ? wholeCampaign : shardOf(part);
}

/** A part of what there is: `1/3`, or all of it. */
export function partOf<T>(items: readonly T[], part: string | undefined): readonly T[] {
  const { at, of } = shardIn(part);
  return items.filter((_, i) => i % of === at - 1);
}
