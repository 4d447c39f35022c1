import type { RuleId } from "../core/rule.ts";
import type { AcceptedLimit, Run } from "../worlds/world.ts";

/** What a run left open: a rule, or where no rule says it, the run as a whole. */
type Open = RuleId | undefined;

/**
 * The limits that cover all that an inconclusive run left open; undefined where something is beyond them, or the run is
 * not inconclusive. What failed is never accepted.
 *
 * @param today Local date, `2026-11-23`: a limit holds to the end of its last day.
 */
export function limitsOf(run: Run, today: string): readonly AcceptedLimit[] | undefined {
  if (run.judged.verdict.kind !== "inconclusive") return undefined;
  const here = (run.sut.product?.accepts ?? []).filter(
    ({ scenario, until }) => today <= until && (scenario === undefined || scenario === run.scenario.id),
  );
  const used = new Set<AcceptedLimit>();
  for (const open of leftOpen(run)) {
    const limit = here.find(({ rule }) => rule === undefined || rule === open);
    if (limit === undefined) return undefined;
    used.add(limit);
  }
  return [...used];
}

function leftOpen({ judged, scenario, ledger }: Run): readonly Open[] {
  const rules = Object.entries(judged.rules) as [RuleId, { readonly kind: string }][];
  const open: Open[] = rules
    .filter(([id, { kind }]) => kind === "inconclusive" || (kind === "not exercised" && scenario.mustHold.includes(id)))
    .map(([id]) => id);
  const asAWhole = open.length === 0 || ledger.some(({ kind }) => kind === "doubted");
  return asAWhole ? [...open, undefined] : open;
}

/** Today's date where Komfrem runs, `2026-11-23`. */
export function today(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
