import { describe, expect, it } from "vitest";
import { Folds } from "../folds.ts";
import {
  asked,
  at,
  days,
  faulted,
  hours,
  type Item,
  leaked,
  ledger,
  started,
  stopped,
  told,
  untold,
} from "./fixtures.ts";
import { hindrance } from "./hindrance.ts";
import { isReport, reportDueMs, sinks } from "./sinks.ts";

function reporting(...items: readonly Item[]) {
  const folds = new Folds();
  const [state, down] = [folds.of(sinks), folds.of(hindrance)];
  for (const entry of ledger(...items)) folds.step(entry);
  return {
    state,
    due: (delivery = "A", fromMs = 0, limitMs?: number) => reportDueMs(state, down, delivery, fromMs, limitMs),
  };
}

const raise = (nth: number, copies = ["A"]) => asked(`alarm.raise(A)/${nth}`, { copies });
const cut = (nth: number) => untold(`alarm.raise(A)/${nth}`);
const says = (nth: number, saying: "positive" | "negative", code: string) =>
  told(`alarm.raise(A)/${nth}`, { saying, code });

describe("a report", () => {
  it("goes to the alarm sink, or to the receiver's worklist", () => {
    expect(["alarm.raise(A)/1", "receiver.deviate(A)/1", "receiver#2.deviate(A)/1"].map(isReport)).toEqual([
      true,
      true,
      true,
    ]);
    expect(
      ["alarms.raise(A)/1", "receiver.register(A)/1", "receiver.deviates(A)/1", "portal.alarm.raise(A)/1"].map(
        isReport,
      ),
    ).toEqual([false, false, false, false]);
  });

  it("is due a day after what it is about, by the run's calendar or a limit of its own", () => {
    expect(reporting().due()).toBe(days(1));
    expect(reporting().due("A", hours(5))).toBe(days(1) + hours(5));
    expect(reporting().due("A", hours(5), hours(9))).toBe(hours(9));
  });

  it.each([
    ["lost", cut(1), true],
    ["busy", says(1, "negative", "503"), true],
    ["locked", says(1, "negative", "423"), true],
    ["too many", says(1, "negative", "429"), true],
    ["refused", says(1, "negative", "400"), false],
    ["refused with a longer code", says(1, "negative", "5030"), false],
    ["taken", says(1, "positive", "503"), false],
  ] as const)("is owed anew a day after the world cut it off: %s", (_, answer, anew) => {
    const { due } = reporting(at(hours(1)), raise(1), at(hours(2)), answer);
    expect(due()).toBe(anew ? days(1) + hours(2) : days(1));
    expect(due("B")).toBe(days(1));
  });

  it("is cut off once, however often its answer is", () => {
    const { due } = reporting(at(hours(1)), raise(1), at(hours(2)), cut(1), at(hours(3)), cut(1));
    expect(due()).toBe(days(1) + hours(2));
    const { due: heard } = reporting(at(hours(1)), raise(1), says(1, "positive", "200"), at(hours(2)), cut(1));
    expect(heard()).toBe(days(1));
  });

  it("is one cut where tries follow each other within a day, and each a span of its own where they do not", () => {
    const { state } = reporting(raise(1), at(hours(1)), cut(1), at(hours(25)), raise(2), at(hours(26)), cut(2));
    expect([...state.cuts]).toEqual([["A", [{ fromMs: 0, toMs: hours(26) }]]]);
    const { state: apart } = reporting(
      raise(1),
      at(hours(1)),
      cut(1),
      at(hours(25) + 1),
      raise(2),
      at(hours(26)),
      cut(2),
    );
    expect(apart.cuts.get("A")).toEqual([
      { fromMs: 0, toMs: hours(1) },
      { fromMs: hours(25) + 1, toMs: hours(26) },
    ]);
    const third: Item = [at(hours(30)), raise(3), at(hours(31)), cut(3)];
    const { state: three } = reporting(
      raise(1),
      at(hours(1)),
      cut(1),
      at(hours(25) + 1),
      raise(2),
      at(hours(26)),
      cut(2),
      third,
    );
    expect(three.cuts.get("A")?.at(-1)).toEqual({ fromMs: hours(25) + 1, toMs: hours(31) });
  });

  it("is put off by nothing that was over before there was anything to report", () => {
    const { due } = reporting(raise(1), at(hours(1)), cut(1));
    expect(due("A", hours(1))).toBe(days(1) + hours(1));
    expect(due("A", hours(1), hours(2))).toBe(days(1) + hours(1));
    expect(due("A", hours(1) + 1, hours(2))).toBe(hours(2));
  });

  it("counts the tries of systems under test alone, and each sink from when one of them was tried", () => {
    const others: Item = [
      at(hours(1)),
      asked("alarm.raise(A)/1", { asker: "portal", copies: ["A"] }),
      at(hours(2)),
      cut(1),
    ];
    expect(reporting(others).due()).toBe(days(1));
    const out: Item = faulted({ boundary: "receiver.*(*)/*:asked", untilMs: hours(9) });
    const worklist: Item = [asked("receiver.deviate(A)/1", { copies: ["A"] }), told("receiver.deviate(A)/1")];
    expect(reporting(out).due()).toBe(days(1));
    expect(reporting(out, worklist).due()).toBe(days(1) + hours(9));
  });

  it("is not due while the world keeps the system down", () => {
    const { due } = reporting(at(hours(23)), stopped(), at(hours(25)), started());
    expect(due()).toBe(days(1) + hours(2));
    expect(due("A", hours(26))).toBe(days(1) + hours(26));
  });

  it("leaks where planted content was found in its exchange", () => {
    const { state } = reporting(
      leaked({ exchange: "alarm.raise(A)/1" }),
      leaked(),
      leaked({ exchange: "alarm.raise(B)/1", by: "claim" }),
    );
    expect([...state.leaking]).toEqual(["alarm.raise(A)/1"]);
  });
});
