import { describe, expect, it } from "vitest";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import { type Report, report } from "./report.ts";
import { believing, doubtful, failing, passing } from "./runs.fixture.ts";

const error = new HarnessError({
  happened: "Not ready.",
  because: "No token was asked for.",
  next: "Look at its log.",
});

describe("the report", () => {
  const full: Report = report([passing, failing, doubtful], [{ ...passing, error }]);
  const read = JSON.parse(JSON.stringify(full)) as Record<string, unknown>;

  it("is komfrem.report/v1, and nothing more than it", () => {
    expect(validate("report", read)).toEqual([]);
    for (const field of Object.keys(read)) {
      const { [field]: _, ...rest } = read;
      expect(validate("report", rest)).toEqual([`${field}: is missing.`]);
    }
    expect(validate("report", { ...read, surprise: 1 })).toEqual(["surprise: is not a field here."]);
  });

  it("is no different for a sender", () => {
    const [run] = report([believing]).runs;
    expect(validate("report", JSON.parse(JSON.stringify(report([believing]))))).toEqual([]);
    expect(run).toMatchObject({
      role: "sender",
      outcomes: { A: "expired silently" },
      counts: { "expired silently": 1 },
    });
  });

  it("asks for every field of a run but the reason, which only inconclusive ones have", () => {
    const [run = {}] = (read.runs as Record<string, unknown>[]).slice(2);
    for (const field of Object.keys(run)) {
      const { [field]: _, ...rest } = run;
      expect(validate("report", { ...read, runs: [rest] })).toEqual(
        field === "because" ? [] : [`runs/0/${field}: is missing.`],
      );
    }
  });

  it("refuses a verdict, a rule and an outcome that do not exist", () => {
    expect(validate("report", { ...read, verdict: "fine" })).toHaveLength(1);
    const [run = {}] = read.runs as Record<string, unknown>[];
    expect(validate("report", { ...read, runs: [{ ...run, outcomes: { A: "gone" } }] })).toHaveLength(1);
    expect(
      validate("report", { ...read, runs: [{ ...run, rules: { ...(run.rules as object), hope: {} } }] }),
    ).toHaveLength(1);
  });

  it("lets failed outrank inconclusive, and inconclusive passed", () => {
    expect(report([passing, doubtful, failing]).verdict).toBe("failed");
    expect(report([passing, doubtful]).verdict).toBe("inconclusive");
    expect(report([passing]).verdict).toBe("passed");
    expect(report([]).verdict).toBe("inconclusive");
  });

  it("sums what became of every delivery", () => {
    expect(full.counts).toMatchObject({ registered: 1, lost: 1, unknown: 1, dropped: 0 });
  });
});
