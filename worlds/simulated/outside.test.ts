import { describe, expect, it } from "vitest";
import { Outside } from "./outside.ts";

describe("what happens outside the run's thread", () => {
  it("comes back in the order it was begun, whichever is ready first", () => {
    const outside = new Outside(() => {});
    const done: string[] = [];
    const [a, b, c] = [outside.begin(), outside.begin(), outside.begin()];
    c(() => done.push("c"));
    b(() => done.push("b"));
    expect([done, outside.pending]).toEqual([[], 3]);
    a(() => done.push("a"));
    expect([done, outside.pending]).toEqual([["a", "b", "c"], 0]);
  });

  it("stirs the run once for each result, before it is heard", () => {
    const seen: string[] = [];
    const outside = new Outside(() => seen.push("stirred"));
    const [a, b] = [outside.begin(), outside.begin()];
    b(() => seen.push("b"));
    expect(seen).toEqual([]);
    a(() => seen.push("a"));
    expect(seen).toEqual(["stirred", "a", "stirred", "b"]);
  });

  it("lets a result begin the next, behind all that wait", () => {
    const outside = new Outside(() => {});
    const done: string[] = [];
    const [a, b] = [outside.begin(), outside.begin()];
    a(() => {
      const next = outside.begin();
      next(() => done.push("next"));
      done.push("a");
    });
    expect([done, outside.pending]).toEqual([["a"], 2]);
    b(() => done.push("b"));
    expect([done, outside.pending]).toEqual([["a", "b", "next"], 0]);
  });
});
