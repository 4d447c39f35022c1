import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import { campaignReport } from "../evidence/campaign.ts";
import type { CampaignFile } from "../explore/campaign.ts";
import { type Merged, merged, type NamedCampaign } from "../explore/merge.ts";
import { writeWhole } from "../explore/whole-file.ts";
import { parsed } from "./flags.ts";
import { terminal } from "./run.ts";

const flags = { out: { type: "string" }, json: { type: "boolean", default: false } } as const;

/** `komfrem merge`: the shards of a campaign, put together as one. */
export async function merge(args: readonly string[]): Promise<number> {
  const { values, positionals } = parsed(args, flags);
  const together = merged(positionals.map(campaignIn));
  const { campaign } = together;
  if (values.out !== undefined) writeWhole(resolve(values.out), `${JSON.stringify(campaign)}\n`);
  if (values.json) console.log(JSON.stringify(campaign));
  else {
    console.log(campaignReport(campaign, terminal()));
    for (const line of notices(together)) console.log(line);
    if (values.out !== undefined) console.log(`\nWritten to ${values.out}`);
  }
  return campaignCode(campaign, together.missing.length > 0);
}

/** The exit code of a campaign: what was found outranks what is not known. */
export function campaignCode({ findings, verdicts }: CampaignFile, incomplete: boolean): number {
  if (findings.length > 0) return 1;
  return incomplete || verdicts.inconclusive > 0 || verdicts.passed === 0 ? 2 : 0;
}

function campaignIn(name: string): NamedCampaign {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(name, "utf8"));
  } catch (error) {
    throw unreadable(name, error instanceof Error ? error.message : String(error));
  }
  const problems = validate("campaign", given);
  if (problems.length > 0) throw unreadable(name, problems.slice(0, 3).join(" "));
  return { name, campaign: given as CampaignFile };
}

function unreadable(name: string, because: string): HarnessError {
  return new HarnessError({
    happened: `${name} could not be merged.`,
    because,
    next: "Name the files that each shard's campaign wrote, and merge again; nothing was written.",
  });
}

function notices({ missing, twice, unfinished }: Merged): string[] {
  const said = [
    missing.length > 0
      ? `Missing: shard ${missing.join(", ")}. Until it is merged too this is not the whole campaign.`
      : "",
    twice.length > 0 ? `Counted once: every run of ${twice.join(", ")} is in another file too.` : "",
    unfinished.length > 0 ? `Not finished: ${unfinished.join(", ")}.` : "",
  ].filter((line) => line !== "");
  return said.length > 0 ? ["", ...said] : [];
}
