import { describe, expect, it } from "vitest";
import { seededRandom } from "../worlds/random.ts";
import { countOrderings, drawnOrdering, everyOrdering, mostOfEach, orderingInWords } from "./orderings.ts";

describe("orderings", () => {
  it("are as many as the rules of counting say, and none comes twice", () => {
    const seen = new Set<string>();
    const { all, possible } = everyOrdering((ordering) => {
      seen.add(orderingInWords(ordering));
      return undefined;
    }, 4);
    expect([possible, seen.size]).toEqual([all, all]);
    // Four acts and two ends at four moments each: 12 of one event, 12 * 12 of two.
    expect([countOrderings(1), countOrderings(2)]).toEqual([12, 156]);
  });

  it("hold no event more than twice", () => {
    everyOrdering((ordering) => {
      const reads = ordering.filter(({ name }) => name === "read");
      expect(reads.length).toBeLessThanOrEqual(mostOfEach);
      return undefined;
    }, 3);
    // Of 12 * 12 * 12, each of the four acts three times over, and each end at any moments.
    expect(countOrderings(3) - countOrderings(2)).toBe(12 ** 3 - 4 - 2 * 4 ** 3);
  });

  it("that cannot happen are counted with all that go on from them, and are not put", () => {
    const put: string[] = [];
    const { all, possible, impossible } = everyOrdering((ordering) => {
      put.push(orderingInWords(ordering));
      return ordering[0]?.name === "send" ? undefined : "nothing is sent";
    }, 3);
    expect(put).not.toContain("read, read");
    expect([...impossible.keys()]).toEqual(["nothing is sent"]);
    expect(possible + (impossible.get("nothing is sent") ?? 0)).toBe(all);
  });
});

describe("a drawn ordering", () => {
  const draw = (seed: number) => drawnOrdering(seededRandom(seed), ({ name }) => name !== "retry");

  it("is the same for the same seed, and holds only what can happen", () => {
    expect(draw(3)).toEqual(draw(3));
    expect(new Set(Array.from({ length: 20 }, (_, seed) => orderingInWords(draw(seed)))).size).toBeGreaterThan(15);
    for (let seed = 0; seed < 20; seed++) expect(draw(seed).map(({ name }) => name)).not.toContain("retry");
  });
});
