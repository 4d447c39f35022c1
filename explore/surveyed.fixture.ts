import { createHash } from "node:crypto";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Surveyed } from "../worlds/world.ts";
import type { CampaignKey } from "./campaign.ts";
import type { Drawn } from "./fuzz.ts";
import type { Regression } from "./regressions.ts";

/** The smallest scenario that the schema takes, told apart by its id. */
export function scenarioCalled(id: string): Scenario {
  return {
    schema: "komfrem.scenario/v1",
    id,
    title: id,
    because: "It stands for any other.",
    origin: "invented",
    startsAt: "2023-05-08T08:00:00",
    municipalities: [
      {
        number: "4699",
        name: "Fjordvik",
        organizationNumber: "313999999",
        districts: [{ number: "01", name: "Sentrum", standard: true, supports: "V2" }],
        served: true,
      },
    ],
    people: [],
    switches: {},
    steps: [{ kind: "waits", ms: 1 }],
    faults: [],
    mustHold: [],
  };
}

/** A run that broke these rules, or none. */
export function surveyedWith(rules: readonly RuleId[], more: Partial<Surveyed> = {}): Surveyed {
  return {
    verdict: rules.length > 0 ? "failed" : "passed",
    broken: rules.map((rule) => ({
      delivery: "A",
      primary: {
        rule,
        blames: "integration",
        happened: "It broke.",
        because: "It should not.",
        next: "Mend.",
        entries: [1],
      },
      attached: [],
    })),
    hash: "0".repeat(64),
    reached: { exchanges: [], beforeHeal: 0, faults: [], changes: [] },
    tookMs: 1,
    ...more,
  };
}

/** Runs of a system that breaks one rule in every seventh run and another in every twenty-third. */
export function drawnRun(run: number): Drawn {
  const rules: RuleId[] = [
    ...(run % 7 === 6 ? (["no-loss"] as const) : []),
    ...(run % 23 === 22 ? (["one-case"] as const) : []),
  ];
  const hash = createHash("sha256").update(String(run)).digest("hex");
  const changes = [`state ${run % 3}`];
  const exchanges = [run % 2 === 0 ? "receiver.register(A)/1" : "fiks-io.deliver(A)/1"];
  const inconclusive = run % 11 === 10 && rules.length === 0;
  return {
    run,
    scenario: scenarioCalled(`fuzz-1-${run}`),
    surveyed: surveyedWith(rules, {
      hash,
      reached: { exchanges, beforeHeal: exchanges.length, changes, faults: [] },
      ...(inconclusive ? { verdict: "inconclusive", because: `nothing happened in run ${run}` } : {}),
    }),
  };
}

export const key: CampaignKey = {
  system: "faulty/seventh",
  systemHash: "a".repeat(64),
  role: "integration",
  seed: 1,
  channels: ["fiks-io"],
  profile: "default",
  generator: "1",
};

/** What was found of a run. */
export function regressionOf({ run, scenario, surveyed }: Drawn, rule: RuleId): Regression {
  return {
    schema: "komfrem.regression/v1",
    system: key.system,
    module: key.system,
    role: key.role,
    rule,
    seed: key.seed,
    profile: key.profile,
    found: { how: "fuzz", run },
    shrunk: false,
    injected: [],
    tookMs: surveyed.tookMs,
    hash: surveyed.hash,
    scenario,
  };
}
