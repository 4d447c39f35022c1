import type { CampaignFile } from "../explore/campaign.ts";
import { hanging, inkOf, padded } from "./page.ts";
import { replayFileCommand } from "./replay.ts";

const headWidth = 12;

/** What a campaign has come to, for people: how many runs, what was found, what is covered, and what identifies it. */
export function campaignReport(
  campaign: CampaignFile,
  { colour, width }: { readonly colour: boolean; readonly width: number },
): string {
  const ink = inkOf(colour);
  const { verdicts, findings, covered, inconclusive } = campaign;
  const line = (head: string, text: string): string[] => hanging(padded(head, headWidth), text, width);
  const runs = verdicts.passed + verdicts.failed + verdicts.inconclusive;
  const reason =
    inconclusive === undefined ? [] : line("", `the first of them is run ${inconclusive.run}: ${inconclusive.because}`);
  const sum = (counts: Readonly<Record<string, number>>): number =>
    Object.values(counts).reduce((total, count) => total + count, 0);
  return [
    ink.bold(
      `${campaign.system}, seed ${campaign.seed}, ${campaign.channels.join(" and ")}${campaign.profile === "strict" ? ", strict" : ""}`,
    ),
    ...line(
      "Runs",
      `${runs}: ${verdicts.passed} passed, ${verdicts.failed} failed, ${verdicts.inconclusive} inconclusive`,
    ),
    ...reason,
    ...line("Shards", campaign.shards.join(", ")),
    ...line(
      "Covered",
      `${sum(covered.cells)} faults injected in ${Object.keys(covered.cells).length} ways, ${Object.keys(covered.operations).length} operations, ${Object.keys(covered.changes).length} state changes`,
    ),
    ...line("Hash", campaign.hash),
    "",
    ...(findings.length === 0 ? ["No rule was broken."] : []),
    ...findings.flatMap(({ rule, run, runs: times, regression }) => [
      `${ink.red(`✗ ${rule}`)}: ${times === 1 ? "1 run" : `${times} runs`}, first in run ${run}`,
      `  ${ink.cyan(replayFileCommand(regression))}`,
    ]),
  ].join("\n");
}

const mostNamed = 8;

/** How much of what campaigns aim at was struck, and what was not, by name. */
export function coverageReport(
  { missed, of }: { readonly missed: readonly string[]; readonly of: number },
  width: number,
): string {
  const some = missed.slice(0, mostNamed).join(", ");
  const more = missed.length > mostNamed ? ` and ${missed.length - mostNamed} more (campaign file, covered.cells)` : "";
  const rest = missed.length === 0 ? "" : `; not yet: ${some}${more}`;
  return hanging(
    padded("Aimed at", headWidth),
    `${of - missed.length} of ${of} ways to break an exchange${rest}`,
    width,
  ).join("\n");
}
