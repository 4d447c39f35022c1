import { expect, it } from "vitest";
import { WireIds } from "./wire-ids.ts";

it("tells whose a wire id is, also of what was learnt after somebody asked, and each delivery once", () => {
  const wireIds = new WireIds();
  wireIds.learn("x1", "A");
  wireIds.learn("x1", "A");
  expect([wireIds.of("x1"), wireIds.of("x2")]).toEqual([["A"], []]);
  wireIds.learn("x1", "B");
  wireIds.learn("x2", "B");
  expect([wireIds.of("x1"), wireIds.of("x2")]).toEqual([["A", "B"], ["B"]]);
});
