import { createHash } from "node:crypto";
import type { RuleId } from "../core/rule.ts";
import type { Verdict } from "../core/verdict.ts";
import { type Counts, type Covered, coveredBy } from "./coverage.ts";
import type { Drawn } from "./fuzz.ts";

/** One rule that runs broke: what findings are told apart by. */
export type CampaignFinding = {
  readonly rule: RuleId;
  /** The lowest number of a run that broke it. */
  readonly run: number;
  /** How many runs did. */
  readonly runs: number;
  /** The file it was written to. */
  readonly regression: string;
};

/** What runs came to, in numbers that add up in whatever order, over shards too. */
export type Tallied = {
  readonly verdicts: Readonly<Record<Verdict["kind"], number>>;
  /** The inconclusive run with the lowest number, and why it is. */
  readonly inconclusive?: { readonly run: number; readonly because: string };
  /** Sum, modulo 2^256, of the SHA-256 of each run's number and ledger hash, hex: the same for the same runs. */
  readonly hash: string;
  readonly covered: Covered;
  /** By the number of their run. */
  readonly findings: readonly CampaignFinding[];
};

const modulus = 1n << 256n;
const kindsCovered = ["cells", "changes", "operations"] as const;

/** Counts what runs came to, each once: whoever counts sees to that. */
export class Tally {
  readonly #verdicts: Record<Verdict["kind"], number> = { passed: 0, failed: 0, inconclusive: 0 };
  readonly #covered: Record<keyof Covered, Map<string, number>> = {
    cells: new Map(),
    changes: new Map(),
    operations: new Map(),
  };
  readonly #findings = new Map<RuleId, CampaignFinding>();
  #inconclusive: Tallied["inconclusive"];
  #hash = 0n;

  finding(rule: RuleId): CampaignFinding | undefined {
    return this.#findings.get(rule);
  }

  /** @param kept Where the findings that are the first by their rule were written to. */
  count({ run, scenario, surveyed }: Drawn, rules: readonly RuleId[], kept: ReadonlyMap<RuleId, string>): void {
    const { verdict, because = "", hash } = surveyed;
    this.add({
      verdicts: { passed: 0, failed: 0, inconclusive: 0, [verdict]: 1 },
      ...(verdict === "inconclusive" ? { inconclusive: { run, because } } : {}),
      hash: createHash("sha256").update(`${run} ${hash}`).digest("hex"),
      covered: coveredBy(scenario, surveyed),
      findings: rules.map((rule) => ({ rule, run, runs: 1, regression: kept.get(rule) ?? "" })),
    });
  }

  /** Adds what other runs came to. */
  add({ verdicts, inconclusive, hash, covered, findings }: Tallied): void {
    for (const kind of ["passed", "failed", "inconclusive"] as const) this.#verdicts[kind] += verdicts[kind];
    if (inconclusive !== undefined && inconclusive.run < (this.#inconclusive?.run ?? Number.POSITIVE_INFINITY))
      this.#inconclusive = inconclusive;
    this.#hash = (this.#hash + BigInt(`0x${hash}`)) % modulus;
    for (const kind of kindsCovered)
      for (const [key, count] of Object.entries(covered[kind]))
        this.#covered[kind].set(key, (this.#covered[kind].get(key) ?? 0) + count);
    for (const finding of findings) this.#found(finding);
  }

  moved(rule: RuleId, regression: string): void {
    const finding = this.#findings.get(rule);
    if (finding !== undefined) this.#findings.set(rule, { ...finding, regression });
  }

  /** By the number of their run. */
  findings(): CampaignFinding[] {
    return [...this.#findings.values()].sort((one, other) => one.run - other.run || (one.rule < other.rule ? -1 : 1));
  }

  tallied(): Tallied {
    return {
      verdicts: { ...this.#verdicts },
      ...(this.#inconclusive === undefined ? {} : { inconclusive: this.#inconclusive }),
      hash: this.#hash.toString(16).padStart(64, "0"),
      covered: {
        cells: inOrder(this.#covered.cells),
        changes: inOrder(this.#covered.changes),
        operations: inOrder(this.#covered.operations),
      },
      findings: this.findings(),
    };
  }

  #found(finding: CampaignFinding): void {
    const known = this.#findings.get(finding.rule);
    const first = known === undefined || finding.run < known.run ? finding : known;
    this.#findings.set(finding.rule, { ...first, runs: finding.runs + (known?.runs ?? 0) });
  }
}

/** By name, so that the same counts are the same bytes. */
function inOrder(counts: ReadonlyMap<string, number>): Counts {
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}
