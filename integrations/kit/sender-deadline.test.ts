import { describe, expect, it } from "vitest";
import { nextWorkingMorning, over, peoplesLimits } from "./sender-deadline.ts";

const at = (text: string): number => Date.parse(text);
const said = (ms: number): string => new Date(ms).toISOString();

describe("weekday hours", () => {
  it.each([
    ["2023-05-08T07:00:00Z", "2023-05-09T23:00:00.000Z"],
    ["2023-05-11T12:00:00Z", "2023-05-15T04:00:00.000Z"],
    ["2023-05-12T14:00:00Z", "2023-05-16T06:00:00.000Z"],
    ["2023-05-13T12:00:00Z", "2023-05-16T16:00:00.000Z"],
  ])("of what is sent at %s are over at %s, less than two working days later", (from, to) => {
    expect(said(over(at(from), peoplesLimits.warn))).toBe(to);
  });

  it("of another way are over within a week", () => {
    for (let hour = 0; hour < 24 * 7; hour++) {
      const from = at("2023-05-08T00:00:00Z") + hour * 3_600_000;
      expect(over(from, peoplesLimits.otherWay) - from).toBeLessThanOrEqual(5 * 86_400_000);
    }
  });

  it("do not stand still where hours are elapsed ones", () => {
    expect(said(over(at("2023-05-12T14:00:00Z"), { unit: "elapsed", hours: 48 }))).toBe("2023-05-14T14:00:00.000Z");
  });
});

it("the next working morning after a Friday is on Monday", () => {
  expect(said(nextWorkingMorning(at("2023-05-12T14:00:00Z")))).toBe("2023-05-15T07:00:00.000Z");
});
