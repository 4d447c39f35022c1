import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CanaryPosition, canariesIn, canary, canaryLength, runToken } from "./canary.ts";

const positions: readonly CanaryPosition[] = ["name", "head", "middle", "tail"];
const text = fc.string({ maxLength: 12 });

describe("canaries", () => {
  it("are sixteen capital letters or digits 2-7, none that look alike", () => {
    fc.assert(
      fc.property(text, text, text, fc.constantFrom(...positions), (run, message, part, position) => {
        expect(canary(run, message, part, position).word).toMatch(/^[AC-FHJKMNP-RT-Y347]{16}$/);
      }),
    );
    expect(canaryLength).toBe(16);
  });

  it("say which message, part and position they were planted in", () => {
    expect(canary("r", "A", "form", "head")).toMatchObject({ message: "A", part: "form", position: "head" });
  });

  it("are the same on every machine for the same place", () => {
    expect(canary("run 1", "A", "form", "head").word).toBe("4PJYPN7NVNNCPC4T");
  });

  it("differ wherever run, message, part or position differ", () => {
    const words = new Set<string>();
    for (const run of ["r1", "r2"])
      for (let message = 0; message < 500; message++)
        for (const part of ["form", "pdf"])
          for (const position of positions) words.add(canary(run, `m${message}`, part, position).word);
    expect(words.size).toBe(2 * 500 * 2 * 4);
  });

  it("do not run message and part together", () => {
    expect(canary("r", "A1", "1", "head").word).not.toBe(canary("r", "A", "11", "head").word);
  });

  it("start with their run's token, which differs between runs", () => {
    expect(canary("r", "A", "form", "tail").word.startsWith(runToken("r"))).toBe(true);
    expect(runToken("r")).toHaveLength(6);
    expect(runToken("r")).not.toBe(runToken("s"));
  });
});

describe("canaries in a text", () => {
  const token = runToken("r");
  const a = canary("r", "A", "form", "head").word;
  const b = canary("r", "A", "form", "tail").word;

  it("are found in order, duplicates kept, in whatever case", () => {
    expect(canariesIn(`x ${a}-${b.toLowerCase()}${a} y`, token)).toEqual([a, b, a]);
    expect(canariesIn(b.toLowerCase(), token)).toEqual([b]);
  });

  it("are found right after what only looks like the start of one", () => {
    expect(canariesIn(`${token}${a}`, token)).toContain(a);
  });

  it("are none where another run's stand", () => {
    expect(canariesIn(canary("s", "A", "form", "head").word, token)).toEqual([]);
  });

  it("survive what happens to file names and folded text", () => {
    expect(canariesIn(`Æ:/${a.toLowerCase()}_(1).pdf`.normalize("NFD"), token)).toEqual([a]);
  });
});
