import { HarnessError } from "../core/error.ts";
import type { RuleId } from "../core/rule.ts";
import type { Surveyed } from "../worlds/world.ts";
import { atOnce, type Explored } from "./explored.ts";
import type { Kept, Regression } from "./regressions.ts";

/**
 * What a regression comes to now.
 *
 * - `FAILED`: the system still fails it.
 * - `FIXED`: it passes, and all that was done to it then was done to it now.
 * - `FLAKY`: it does not come out the same when performed twice.
 * - `STALE`: it no longer tests what it did.
 */
export type ReplayStatus = "FAILED" | "FIXED" | "FLAKY" | "STALE";

export type Replayed = Kept & {
  readonly status: ReplayStatus;
  /** What the status does not say. */
  readonly because?: string;
  /** What it came to; absent where it could not be performed. */
  readonly surveyed?: Surveyed;
};

/**
 * Performs a regression with the system as it is now, twice and, where those differ, once more. Over sockets no two runs
 * are alike: there it is performed three times, and said how often it was reproduced.
 */
export async function replayed(kept: Kept, explored: Explored): Promise<Replayed> {
  const { regression } = kept;
  const again = (): Promise<Surveyed> => explored.survey(regression.scenario);
  try {
    const [first, second] = [await again(), await again()];
    if (!explored.inMemory) return { ...kept, ...bestEffort(regression, [first, second, await again()]) };
    if (first.hash === second.hash) return { ...kept, ...settled(regression, first), surveyed: first };
    const all = [first, second, await again()];
    const surveyed = all.find((one) => breaks(one, regression.rule)) ?? first;
    return { ...kept, ...flaky(regression, all), surveyed };
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { ...kept, status: "STALE", because: `It could not be performed: ${error.happened} ${error.because}` };
  }
}

/** What several runs that need not be alike come to together: one that fails is enough. */
function bestEffort(regression: Regression, all: readonly Surveyed[]): Status & Pick<Replayed, "surveyed"> {
  const failed = all.filter((one) => breaks(one, regression.rule));
  const [first] = failed.length > 0 ? failed : all.toSorted((a, b) => rank[b.verdict] - rank[a.verdict]);
  if (first === undefined) throw new Error("a regression is performed at least once");
  const { status, because = "" } = settled(regression, first);
  const reproduced = `Reproduced ${failed.length} of ${all.length}.`;
  return { status, because: `${reproduced} ${because}`.trim(), surveyed: first };
}

/** The least welcome first. */
const rank = { failed: 2, inconclusive: 1, passed: 0 } as const;

/** Performs them all, in their order, as many at a time as the system allows. */
export function replayedAll(all: readonly Kept[], explored: Explored): Promise<Replayed[]> {
  return atOnce(explored.width, all, (kept) => replayed(kept, explored));
}

type Status = Pick<Replayed, "status" | "because">;

function flaky({ rule }: Regression, all: readonly Surveyed[]): Status {
  const failed = all.filter((one) => breaks(one, rule)).length;
  const ways = new Set(all.map(({ hash }) => hash)).size;
  return {
    status: "FLAKY",
    because: `Performed ${all.length} times it came out in ${ways} ways, and broke ${rule} in ${failed}.`,
  };
}

/** Whether the system broke this rule, whichever else it broke before. */
function breaks({ verdict, broken }: Surveyed, rule: RuleId): boolean {
  return (
    verdict === "failed" &&
    broken.some(({ primary, attached }) => [primary, ...attached].some((finding) => finding.rule === rule))
  );
}

function settled({ rule, injected }: Regression, now: Surveyed): Status {
  if (breaks(now, rule)) return { status: "FAILED" };
  if (now.verdict === "failed") {
    const others = [...new Set(now.broken.map(({ primary }) => primary.rule))];
    return { status: "FAILED", because: `It no longer breaks ${rule}, but ${others.join(" and ")}.` };
  }
  if (now.verdict === "inconclusive") return { status: "STALE", because: `Inconclusive: ${now.because}.` };
  const gone = injected.filter((fault) => !struck(fault, now));
  if (gone.length === 0) return { status: "FIXED" };
  const faults = gone.map((fault) => `"${fault}"`).join(" and ");
  return {
    status: "STALE",
    because: `It passes, but ${faults} did not strike as when it was found: what it tested may not have happened.`,
  };
}

function struck(fault: string, { reached }: Surveyed): boolean {
  return reached.faults.some(({ faultId, outcome }) => faultId === fault && outcome === "injected");
}
