import { describe, expect, it } from "vitest";
import type { EntryOf } from "../ledger.ts";
import { deliveriesIn, flawOf, hasNoSink, idsIn, names, recipients } from "./alarm.ts";
import { startCourse, stepCourse } from "./course.ts";
import { alerted, type Item, ledger, offered, run, submitted } from "./fixtures.ts";

const alarm = (ids: readonly string[], over: Parameters<typeof alerted>[1] = {}) =>
  ledger(alerted(ids, over))[2] as EntryOf<"alerted">;
const known = (...items: readonly Item[]) => {
  const state = new Map();
  for (const entry of ledger(...items)) if (recipients.reads.includes(entry.kind)) recipients.step(state, entry);
  return state;
};
const both = submitted("A", {
  deliveries: [
    { id: "A@4601-01", municipalityNumber: "4601" },
    { id: "A@4601-02", municipalityNumber: "4601" },
  ],
});

describe("an alarm", () => {
  it("warns somebody unless it bounced, or nobody owns its sink", () => {
    expect(flawOf(alarm(["A"]))).toBeUndefined();
    expect(flawOf(alarm(["A"], { bounced: true }))).toBe("bounced");
    expect(flawOf(alarm(["A"], { owner: "" }))).toBe("nobody owns its sink");
  });

  it("names a delivery by the label of its message, its own id, or a copy's", () => {
    const naming = (delivery: string) =>
      ["A", "A~2", "A@4601-01", "A@4601-01~2", "A@4601-02", "B"].filter((id) => names(id, delivery));
    expect(naming("A@4601-01")).toEqual(["A", "A@4601-01", "A@4601-01~2"]);
    expect(naming("A")).toEqual(["A", "A~2"]);
    expect(names("A~2", "A~2")).toBe(true);
  });

  it("is about the ids in it, and what the sink was given by name", () => {
    expect(idsIn(alarm(["x", "y"]))).toEqual(["x", "y"]);
    expect(idsIn(alarm([], { delivery: "A", copy: "A~2" }))).toEqual(["A", "A~2"]);
  });

  it("is about every recipient's delivery where it names the message, and once about each", () => {
    const learnt = known(both, offered("A@4601-01"), offered("A@4601-03~2"), submitted("B"));
    expect(learnt).toEqual(new Map([["A", ["A@4601-01", "A@4601-02", "A@4601-03"]]]));
    expect([...deliveriesIn(alarm(["A"]), learnt)]).toEqual(["A", "A@4601-01", "A@4601-02", "A@4601-03"]);
    expect([...deliveriesIn(alarm(["B~2", "A@4601-02~3"]), learnt)]).toEqual(["B", "A@4601-02"]);
    expect([...deliveriesIn(alarm(["Z"]), learnt)]).toEqual(["Z"]);
  });

  it("cannot be missed where the run says that no sink is declared, and only there", () => {
    const saying = (name: string, value: string) => {
      const course = startCourse();
      for (const entry of ledger(run({ switches: [{ name, value, evidence: "code" }] }))) stepCourse(course, entry);
      return hasNoSink(course);
    };
    expect([saying("alarmSink", "none"), saying("alarmSink", "smtp"), saying("other", "none")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(hasNoSink(startCourse())).toBe(false);
  });
});
