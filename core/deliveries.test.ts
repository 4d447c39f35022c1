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
});
