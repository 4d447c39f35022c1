import { describe, expect, it } from "vitest";
import { copyOf, deliveryOf, messageOf, recipientId } from "./names.ts";

describe("names", () => {
  it("of a copy lead to its delivery and its message", () => {
    expect(["A", "A~2", "A@4601-02", "A@4601-02~12"].map(deliveryOf)).toEqual(["A", "A", "A@4601-02", "A@4601-02"]);
    expect(["A", "A~2", "A@4601-02", "A@4601-02~12"].map(messageOf)).toEqual(["A", "A", "A", "A"]);
  });

  it("of the first copy are the delivery's own", () => {
    expect([copyOf("A@4601-02", 1), copyOf("A@4601-02", 2)]).toEqual(["A@4601-02", "A@4601-02~2"]);
  });

  it("of a recipient are its municipality and district", () => {
    expect(recipientId("4601", "02")).toBe("4601-02");
  });
});
