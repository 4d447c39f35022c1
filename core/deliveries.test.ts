import { describe, expect, it } from "vitest";
import { ByDelivery, Deliveries } from "./deliveries.ts";

describe("what is known by delivery", () => {
  it("is told in the order deliveries were first spoken of, whoever spoke of them", () => {
    const deliveries = new Deliveries();
    const one = new ByDelivery<number>(deliveries);
    const other = new ByDelivery<number>(deliveries);
    one.set("A", 1);
    one.set("B", 2);
    other.set("B", 3);
    other.set("A", 4);
    one.set("A", 5);
    expect([...one]).toEqual([
      ["A", 5],
      ["B", 2],
    ]);
    expect([...other.values()]).toEqual([4, 3]);
  });

  it("is nothing for a delivery that another alone knows, that nobody knows, or that was forgotten", () => {
    const deliveries = new Deliveries();
    const one = new ByDelivery<number>(deliveries);
    const other = new ByDelivery<number>(deliveries);
    expect(one.get("A")).toBeUndefined();
    other.set("A", 1);
    one.set("B", 2);
    one.delete("B");
    expect([one.get("A"), one.has("B"), one.get("C"), other.get("A")]).toEqual([undefined, false, undefined, 1]);
    expect([...one]).toEqual([]);
  });

  it("keeps its order round what others alone know, and forgets nothing that it never knew", () => {
    const deliveries = new Deliveries();
    const one = new ByDelivery<number>(deliveries);
    const other = new ByDelivery<number>(deliveries);
    for (const id of ["A", "B", "C"]) other.set(id, 0);
    one.set("C", 3);
    one.delete("Z");
    other.set("D", 4);
    one.delete("D");
    one.set("A", 1);
    expect([[...one], [...one.values()], one.has("C")]).toEqual([
      [
        ["A", 1],
        ["C", 3],
      ],
      [1, 3],
      true,
    ]);
  });

  it("has a number for each that was spoken of, and no name for a number that was not given", () => {
    const deliveries = new Deliveries();
    expect([deliveries.number("A"), deliveries.number("B"), deliveries.number("A")]).toEqual([0, 1, 0]);
    expect([deliveries.numberOf("B"), deliveries.numberOf("C"), deliveries.idOf(1)]).toEqual([1, -1, "B"]);
    expect(() => deliveries.idOf(2)).toThrow("There is no delivery 2.");
  });
});
