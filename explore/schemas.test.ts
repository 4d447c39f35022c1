import { describe, expect, it } from "vitest";
import { schemaOf, validate } from "../contracts/komfrem/index.ts";
import { ruleIds } from "../core/rule.ts";
import type { CampaignFile } from "./campaign.ts";
import type { Regression } from "./regressions.ts";
import { drawnRun, key, regressionOf } from "./surveyed.fixture.ts";

type Node = { properties: Record<string, Node>; required: string[]; items: Node; enum: string[] };

const regression: Regression = { ...regressionOf(drawnRun(6), "no-loss"), injected: ["f1"], next: "../next.ts" };
const campaign: CampaignFile = {
  ...key,
  schema: "komfrem.campaign/v1",
  shards: ["1/2", "2/2"],
  state: "interrupted",
  done: [{ from: 0, step: 1, count: 3 }],
  verdicts: { passed: 1, failed: 1, inconclusive: 1 },
  inconclusive: { run: 2, because: "nothing was sent" },
  hash: "c".repeat(64),
  covered: {
    cells: { "receiver.register:done crash": 1 },
    changes: { "unacked → acked": 2 },
    operations: { "receiver.register": 2 },
  },
  findings: [{ rule: "no-loss", run: 0, runs: 1, regression: "komfrem-regressions/a.json" }],
  spentMs: 12,
};

/** Every field of the sample is in the schema, and just those not in `optional` are required, however deep. */
function holdsTogether(at: string, { properties, required }: Node, sample: object, optional: readonly string[]): void {
  const fields = Object.keys(sample);
  expect([at, ...Object.keys(properties).sort()]).toEqual([at, ...fields.sort()]);
  expect([at, ...[...required].sort()]).toEqual([at, ...fields.filter((field) => !optional.includes(`${at}${field}`))]);
  for (const [field, value] of Object.entries(sample)) {
    const below: unknown = Array.isArray(value) ? value[0] : value;
    const node = Array.isArray(value) ? properties[field]?.items : properties[field];
    if (node?.properties !== undefined && typeof below === "object" && below !== null)
      holdsTogether(`${at}${field}/`, node, below, optional);
  }
}

describe.each([
  ["regression", regression, ["found/run", "next"]],
  ["campaign", campaign, ["inconclusive"]],
] as const)("komfrem.%s/v1", (name, sample, optional) => {
  const schema = schemaOf(name) as unknown as Node;

  it("has the type's fields, and takes nothing else", () => {
    holdsTogether("", schema, sample, optional);
    expect(validate(name, sample)).toEqual([]);
    expect(validate(name, { ...sample, surprise: 1 })).toEqual(["surprise: is not a field here."]);
  });

  it("knows every rule", () => {
    const rule = schema.properties.rule ?? schema.properties.findings?.items.properties.rule;
    expect(rule?.enum).toEqual(ruleIds);
  });
});

describe("komfrem.campaign/v1", () => {
  it("refuses what cannot be added up", () => {
    expect(validate("campaign", { ...campaign, verdicts: { ...campaign.verdicts, passed: -1 } })).toHaveLength(1);
    expect(validate("campaign", { ...campaign, shards: ["all"] })).toHaveLength(1);
    expect(validate("campaign", { ...campaign, hash: "0x1" })).toHaveLength(1);
  });
});
