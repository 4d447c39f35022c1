import { describe, expect, it } from "vitest";
import {
  copyOf,
  deliveryOf,
  isOperation,
  isReceiver,
  isWith,
  messageOf,
  municipalityParty,
  recipientId,
} from "./names.ts";

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

  it("of an exchange say whom it is with: all of the party's name, from the beginning", () => {
    expect(isWith("receiver.register(A)/1", "receiver")).toBe(true);
    for (const other of ["receiver#2.register(A)/1", "receives.register(A)/1", "deceiver.register(A)/1"])
      expect(isWith(other, "receiver"), other).toBe(false);
  });

  it("of an exchange say which operation it is: all of its name, of that party", () => {
    expect(isOperation("receiver.register(A)/1", "receiver", "register")).toBe(true);
    for (const other of [
      "receiver.registers(A)/1",
      "receiver.deregist(A)/1",
      "deceiver.register(A)/1",
      "receiver#register(A)/1",
      "receiver.register",
    ])
      expect(isOperation(other, "receiver", "register"), other).toBe(false);
  });

  it("of a receiver are its own or numbered; of a municipality's people, by its number", () => {
    expect(["receiver", "receiver#2", "receivers", "sender"].map(isReceiver)).toEqual([true, true, false, false]);
    expect(municipalityParty("4690")).toBe("municipality#4690");
  });
});
