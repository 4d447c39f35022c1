import type { Sweep, Swept } from "../explore/sweep.ts";
import { grouped } from "./grouped.ts";
import { element, skipped, testcase, testsuite, testsuites } from "./junit.ts";
import { boundaryOf, ruleOf } from "./sweep.ts";

/** A sweep of one scenario with one system. */
export type SystemSwept = {
  readonly system: string;
  readonly sweep: Sweep;
  /** The one command that repeats what was kept of failures by this rule. */
  readonly replay: (rule: string) => string | undefined;
};

/** JUnit XML of sweeps: a testsuite a system and scenario, a testcase a boundary. One that was not broken is skipped. */
export function sweepJunit(all: readonly SystemSwept[]): string {
  return testsuites(all.map(suiteOf), 0);
}

function suiteOf(swept: SystemSwept): string {
  const { system, sweep } = swept;
  const { scenario, enumerated, closure, failed, inconclusive, injectedAt, notPerformed } = sweep;
  const name = `${system}, ${scenario.id}`;
  const failedAt = grouped(failed, boundaryOf);
  const openAt = grouped(inconclusive, boundaryOf);
  const boundaries = sweep.clean.verdict === "passed" ? [...enumerated, ...closure] : [];
  const cases = boundaries.map((boundary) => {
    const failures = [...grouped(failedAt.get(boundary) ?? [], ruleOf)].map((one) => failureOf(one, swept));
    const open = openOf(openAt.get(boundary) ?? []);
    const none = injectedAt.has(boundary) ? "" : skipped("Nothing was injected here.");
    const inside = failures.length > 0 ? failures.join("") : open;
    return testcase(name, boundary, "0", inside === "" ? none : inside);
  });
  const errors = notPerformed.map((one) =>
    testcase(name, one.name, "0", element("error", "HarnessError", one.because, one.because)),
  );
  return testsuite(name, [testcase(name, "clean run", "0", cleanOf(sweep)), ...cases, ...errors], 0);
}

function cleanOf({ clean }: Sweep): string {
  const [first] = clean.broken;
  switch (clean.verdict) {
    case "passed":
      return "";
    case "failed":
      return element("failure", ruleOf(clean), first?.primary.happened ?? "", first?.primary.because ?? "");
    case "inconclusive":
      return element("failure", "inconclusive", clean.because ?? "", clean.because ?? "");
  }
}

function failureOf([rule, all]: readonly [string, readonly Swept[]], { replay }: SystemSwept): string {
  const ways = all.map(({ name, broken }) => `${name}: ${broken[0]?.primary.happened ?? ""}`);
  const command = replay(rule);
  const text = [...ways, ...(command === undefined ? [] : ["", `Replay: ${command}`])].join("\n");
  return element("failure", rule, all[0]?.broken[0]?.primary.happened ?? "", text);
}

function openOf(all: readonly Swept[]): string {
  const [first] = all;
  if (first === undefined) return "";
  const ways = all.map(({ name, because = "" }) => `${name}: ${because}`);
  return element("failure", "inconclusive", first.because ?? "", ways.join("\n"));
}
