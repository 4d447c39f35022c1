import { expect, it } from "vitest";
import { crashesAt, losesAnswer, ms, sends, waits } from "./scenario-verbs.ts";

it("adds up a span", () => {
  expect(ms({ days: 1, hours: 2, minutes: 3, seconds: 4 })).toBe(93_784_000);
  expect(waits({ minutes: 2 })).toEqual({ kind: "waits", ms: 120_000 });
});

it("sends offentlig, version 1, short, and leaves out what was not said", () => {
  expect(JSON.stringify(sends("A", "4690"))).toBe(
    '{"kind":"sends","label":"A","messageKind":"offentlig","version":1,"to":{"municipality":"4690"},"content":"short"}',
  );
});

it("loses the answer after the effect, and names a fault by its place", () => {
  expect(losesAnswer("receiver.register(A)/1")).toEqual({
    id: "reset receiver.register(A)/1:done",
    at: "receiver.register(A)/1:done",
    does: { kind: "reset" },
  });
  expect(crashesAt("fiks-io.settle(A)/1:asked", "power").does).toEqual({
    kind: "crash",
    class: "power",
    survives: "none",
  });
});
