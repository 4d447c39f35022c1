import { expect, it } from "vitest";
import { organizationNumber } from "./organization-number.ts";

const weights = [3, 2, 7, 6, 5, 4, 3, 2, 1];

/** What every reader of an organisation number checks: nine digits whose weighted sum is a multiple of 11. */
function isWhole(number: string): boolean {
  const sum = weights.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return /^\d{9}$/.test(number) && sum % 11 === 0;
}

it("gives an organisation number its check digit", () => {
  // Two of the register itself: The Norwegian Digitalisation Agency and The Brønnøysund Register Centre.
  expect([organizationNumber(99182582), organizationNumber(97476067)]).toEqual(["991825827", "974760673"]);
});

it("gives every stem a number that is whole, and keeps the stem or goes to the next that has one", () => {
  for (let stem = 31_000_000; stem < 31_000_200; stem += 1) {
    const number = organizationNumber(stem);
    expect(isWhole(number), number).toBe(true);
    expect((Number(number.slice(0, 8)) - stem) % 10_000).toBe(0);
    expect(Number(number.slice(0, 8)) - stem).toBeLessThanOrEqual(20_000);
    expect(Number(number.slice(0, 8))).toBeGreaterThanOrEqual(stem);
  }
});
