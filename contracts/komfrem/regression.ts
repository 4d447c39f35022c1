import { validate } from "./index.ts";

/** What is wrong with a value as a `komfrem.regression/v1`, its scenario included; empty where nothing is. */
export function regressionProblems(value: unknown): string[] {
  const problems = validate("regression", value);
  if (problems.length > 0) return problems;
  const { scenario } = value as { readonly scenario: unknown };
  return validate("scenario", scenario).map((problem) => `scenario/${problem}`);
}
