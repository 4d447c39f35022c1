import { expect, it } from "vitest";
import { customHeader, headers, headerText } from "./headers.ts";
import { copyLife, drainBoundMs, elapsedMs, paperAfter } from "./lifetimes.ts";
import { feilet, meaningOf, tidsavbrudd, typeOf } from "./types.ts";

it("reads back every content type as what it was written as", () => {
  for (const form of ["offentlig", "privat"] as const)
    for (const version of [1, 2] as const)
      expect(meaningOf(typeOf(form, version))).toEqual({ kind: "content", form, version });
});

it("tells receipts, control messages and what is unknown apart", () => {
  expect(meaningOf(feilet)).toEqual({ kind: "receipt", saying: "negative" });
  expect(meaningOf(tidsavbrudd)).toEqual({ kind: "control" });
  expect(meaningOf("no.ks.fiks.kvittering.ugyldigforespoersel.v1")).toEqual({ kind: "control" });
  expect(meaningOf("no.ks.fiks.bekymringsmelding.offentlig.v3")).toEqual({ kind: "unknown" });
  expect(meaningOf("")).toEqual({ kind: "unknown" });
});

it("reads a sender's header with and without prefix, as text and as bytes", () => {
  expect(customHeader({ "egendefinert-header.bekymringsmelding-id": "1" }, "bekymringsmelding-id")).toBe("1");
  expect(customHeader({ "bekymringsmelding-id": Buffer.from("2") }, "bekymringsmelding-id")).toBe("2");
  expect(customHeader({}, "bekymringsmelding-id")).toBeUndefined();
  expect(headerText({ [headers.id]: 7 }, headers.id)).toBeUndefined();
});

it("drains within an hour, three polls and the observers' settling", () => {
  expect(drainBoundMs(900_000, 5_000)).toBe(3_600_000 + 2_700_000 + 5_000);
  expect(elapsedMs(copyLife)).toBe(86_400_000);
  expect(() => elapsedMs(paperAfter)).toThrow(/2 working days/);
});
