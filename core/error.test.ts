import { expect, it } from "vitest";
import { HarnessError } from "./error.ts";

it("says what happened, why, and what to do next", () => {
  const said = { happened: "Run 7 did not start.", because: "Nobody listens.", next: "Correct readyUrl." };
  expect(new HarnessError(said)).toMatchObject({
    ...said,
    name: "HarnessError",
    message: "Run 7 did not start.\n  Why:  Nobody listens.\n  Next: Correct readyUrl.",
  });
});
