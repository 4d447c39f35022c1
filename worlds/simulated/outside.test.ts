import { describe, expect, it } from "vitest";
import { Outside } from "./outside.ts";

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe("what happens outside the run's thread", () => {
  it("comes back in the order it was begun, whichever is ready first", async () => {
    const outside = new Outside(() => {});
    const done: string[] = [];
    const [a, b, c] = [outside.begin(), outside.begin(), outside.begin()];
    c(() => done.push("c"));
    b(() => done.push("b"));
    await turns();
    expect([done, outside.pending]).toEqual([[], 3]);
    a(() => done.push("a"));
    await turns();
    expect([done, outside.pending]).toEqual([["a", "b", "c"], 0]);
  });

  it("lets everything that a result leads to come before the next result, whether that was ready or not", async () => {
    const ready = async (order: readonly number[]): Promise<string[]> => {
      const outside = new Outside(() => {});
      const done: string[] = [];
      const places = [outside.begin(), outside.begin(), outside.begin()];
      for (const nth of order)
        places[nth]?.(() => {
          void Promise.resolve()
            .then(() => {})
            .then(() => done.push(`after ${nth}`));
          done.push(`${nth}`);
        });
      await turns();
      return done;
    };
    const inTurn = ["0", "after 0", "1", "after 1", "2", "after 2"];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ])
      expect(await ready(order)).toEqual(inTurn);
  });

  it("stirs the run once for each result, before it is heard", async () => {
    const seen: string[] = [];
    const outside = new Outside(() => seen.push("stirred"));
    const [a, b] = [outside.begin(), outside.begin()];
    b(() => seen.push("b"));
    await turns();
    expect(seen).toEqual([]);
    a(() => seen.push("a"));
    await turns();
    expect(seen).toEqual(["stirred", "a", "stirred", "b"]);
  });

  it("lets a result begin the next, behind all that wait", async () => {
    const outside = new Outside(() => {});
    const done: string[] = [];
    const [a, b] = [outside.begin(), outside.begin()];
    a(() => {
      const next = outside.begin();
      next(() => done.push("next"));
      done.push("a");
    });
    await turns();
    expect([done, outside.pending]).toEqual([["a"], 2]);
    b(() => done.push("b"));
    await turns();
    expect([done, outside.pending]).toEqual([["a", "b", "next"], 0]);
  });
});
