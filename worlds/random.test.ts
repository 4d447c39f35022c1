import { describe, expect, it } from "vitest";
import { seededRandom } from "./random.ts";

describe("seeded randomness", () => {
  it("gives the same for the same seed and path, and other things for others", () => {
    const draw = (seed: number, name: string): string[] => {
      const random = seededRandom(seed).fork(name);
      return Array.from({ length: 50 }, () => random.uuid());
    };
    expect(draw(1, "a")).toEqual(draw(1, "a"));
    expect(new Set([...draw(1, "a"), ...draw(1, "b"), ...draw(2, "a")]).size).toBe(150);
  });

  it("draws a fork from its name alone, however much was drawn before", () => {
    const used = seededRandom(7);
    for (let i = 0; i < 10; i++) used.next();
    expect(used.fork("ids").uuid()).toBe(seededRandom(7).fork("ids").uuid());
  });

  it("writes version 4 UUIDs, and numbers within their bounds", () => {
    const random = seededRandom(3);
    for (let i = 0; i < 200; i++) {
      expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(random.next()).toBeLessThan(1);
      expect([2, 3, 4]).toContain(random.between(2, 4));
    }
  });
});
