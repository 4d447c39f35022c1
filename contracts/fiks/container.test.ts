import fc from "fast-check";
import { unzipSync, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { ContainerError, pack, unpack } from "./container.ts";

const file = (name: string, text: string) => ({ name, bytes: new TextEncoder().encode(text) });
const whole = pack([file("bekymringsmelding.json", "{}"), file("blåbær.pdf", "%PDF-1.7 æøå")]);

describe("container", () => {
  it("gives back names, order and bytes, two files of one name among them", () => {
    const files = fc.array(fc.record({ name: fc.string({ minLength: 1, unit: "grapheme" }), bytes: fc.uint8Array() }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(files, (given) => {
        expect(unpack(pack(given))).toEqual(given);
      }),
      { numRuns: 100 },
    );
  });

  it("is a zip that another library reads, and reads a compressed one", () => {
    expect(Object.keys(unzipSync(whole))).toEqual(["bekymringsmelding.json", "blåbær.pdf"]);
    const text = file("a.txt", "ja ".repeat(1000));
    expect(unpack(zipSync({ "a.txt": text.bytes }))).toEqual([text]);
  });

  it("is the same bytes for the same files", () => {
    expect(pack([file("bekymringsmelding.json", "{}"), file("blåbær.pdf", "%PDF-1.7 æøå")])).toEqual(whole);
  });

  it("fails on every truncation", () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => unpack(whole.subarray(0, length)), `${length} bytes`).toThrow(ContainerError);
  });

  it("fails on no file, text, and a damaged byte of content", () => {
    const damaged = whole.slice();
    damaged[30 + "bekymringsmelding.json".length] = 0x5b;
    for (const bytes of [pack([]), zipSync({}), new TextEncoder().encode("not a zip at all, but long enough"), damaged])
      expect(() => unpack(bytes)).toThrow(ContainerError);
  });

  it("never fails by anything but a ContainerError on a flipped byte", () => {
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 0xff;
      try {
        unpack(flipped);
      } catch (error) {
        expect(error).toBeInstanceOf(ContainerError);
      }
    }
  });
});
