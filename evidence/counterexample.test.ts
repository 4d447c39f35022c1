import { describe, expect, it } from "vitest";
import type { Difference } from "../explore/difference.ts";
import { type Counterexample, counterexampleReport } from "./counterexample.ts";
import { failing } from "./runs.fixture.ts";

const [broken] = failing.judged.broken;
if (broken === undefined) throw new Error("the fixture breaks nothing");
const deliver = { exchange: "fiks-io.deliver(A)/1", came: "deliver" };
const parting = (difference: Difference): Counterexample["sound"] => ({ name: "correct/inbox-first", difference });

function told(sound: Counterexample["sound"], lang: "en" | "nb" = "en", width = 200): string[] {
  const found = {
    run: failing,
    broken,
    size: 2,
    sizeBefore: 19,
    tries: 212,
    ...(sound === undefined ? {} : { sound }),
  };
  return counterexampleReport(found as Counterexample, { lang, width, colour: false }).split("\n");
}
const from = (lines: readonly string[], head: string): string[] =>
  lines.slice(lines.findIndex((line) => line.includes(head)));

describe("the report of a counterexample", () => {
  it("begins with the failure, and tells the story, what was struck, and how it was made", () => {
    const lines = told(undefined);
    expect(lines[0]).toBe("✗ faulty/receipt-before-store: no-false-receipt");
    expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(
      "Story It is Monday 8 May 2023, 08:00. The portal deletes",
    );
    expect(from(lines, "Struck at")).toEqual([
      "    Struck at  receiver.register(A)/1:asked",
      "               1 step and 1 fault, size 2; made from one of size 19 in 212 runs",
    ]);
    expect(lines.join("")).not.toContain("Where it parts from");
  });

  it("says what both did last, and what each did then: what was said, and what stands in the case", () => {
    const registered = { at: "4601-01", class: "confidential", whole: false } as const;
    const difference: Difference = {
      alike: 1,
      before: deliver,
      here: { exchange: "fiks-io.receipt(A)/1", came: "202", receipt: "negative" },
      there: { exchange: "receiver.register(A)/1", came: "201", registered },
    };
    expect(from(told(parting(difference)), "Where it parts from").slice(0, 4)).toEqual([
      "    Where it parts from correct/inbox-first",
      "    Both       fiks-io.deliver(A)/1 → deliver",
      "    Here       fiks-io.receipt(A)/1 → 202 (“refused”)",
      "    Sound      receiver.register(A)/1 → 201 (4601-01, confidential, not whole)",
    ]);
    expect(from(told(parting(difference), "nb"), "Her skiller").slice(1, 5)).toEqual([
      "    Begge      fiks-io.deliver(A)/1 → deliver",
      "    Her        fiks-io.receipt(A)/1 → 202 («avvist»)",
      "    Korrekt    receiver.register(A)/1 → 201 (4601-01, taushetsbelagt, ikke hel)",
      "               1 steg og 1 feil, størrelse 2; laget av en på 19 i 212 kjøringer",
    ]);
  });

  it("says so where one of them does nothing more, or they part at once", () => {
    const there = { exchange: "receiver.register(A)/1", came: "" };
    expect(from(told(parting({ alike: 0, there })), "Where it parts from").slice(1, 3)).toEqual([
      "    Here       nothing more about this message",
      "    Sound      receiver.register(A)/1",
    ]);
    expect(from(told(parting({ alike: 1, before: deliver, here: there })), "Both")[2]).toBe(
      "    Sound      nothing more about this message",
    );
  });
});
