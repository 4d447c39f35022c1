import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHeader, type Field, FieldReader, FieldWriter, readMethod, SyntaxFault } from "./amqp-codec.ts";
import {
  bodyFrame,
  bodyFramesLength,
  bodyOffset,
  FrameError,
  FrameReader,
  frame,
  methodFrame,
  writeBodyFrames,
} from "./frames.ts";

describe("frames", () => {
  it("are the same however the stream is chopped", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 40 }),
        (payloads, sizes) => {
          const stream = Buffer.concat(payloads.map((payload, i) => frame(methodFrame, i, payload)));
          const reader = new FrameReader();
          const got: [number, number[]][] = [];
          for (let at = 0, nth = 0; at < stream.length; nth++) {
            const size = sizes[nth % sizes.length] ?? 1;
            reader.read(stream.subarray(at, at + size), (_type, channel, bytes, start, end) =>
              got.push([channel, [...bytes.subarray(start, end)]]),
            );
            at += size;
          }
          expect(got).toEqual(payloads.map((payload, i) => [i, [...payload]]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it("are refused when they are larger than agreed or do not end as they should", () => {
    const reader = new FrameReader();
    reader.frameMax = 4096;
    const large = frame(methodFrame, 0, new Uint8Array(4089));
    expect(() => reader.read(large, () => {})).toThrow(FrameError);
    const broken = frame(methodFrame, 0, new Uint8Array(4));
    broken[broken.length - 1] = 0;
    expect(() => new FrameReader().read(broken, () => {})).toThrow("206");
  });

  it("carry a body of any length in pieces no larger than agreed, and say where its nth byte stands", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom(0, 4096), (length, frameMax) => {
        const body = Uint8Array.from({ length }, (_, i) => (i % 255) + 1);
        const bytes = new Uint8Array(bodyFramesLength(length, frameMax));
        expect(writeBodyFrames(bytes, 0, 7, body, frameMax)).toBe(bytes.length);
        const reader = new FrameReader();
        reader.frameMax = frameMax;
        const pieces: Uint8Array[] = [];
        reader.read(bytes, (type, channel, from, start, end) => {
          expect([type, channel]).toEqual([bodyFrame, 7]);
          pieces.push(from.slice(start, end));
        });
        expect(Buffer.concat(pieces).equals(body)).toBe(true);
        for (const nth of [1, Math.ceil(length / 2), length])
          expect(bytes[bodyOffset(nth, frameMax) - 1]).toBe(body[nth - 1]);
      }),
      { numRuns: 40 },
    );
  });
});

describe("fields", () => {
  const field: fc.Arbitrary<Field> = fc.letrec<{ any: Field }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(
        fc.string({ maxLength: 20 }).filter((name) => name !== "__proto__"),
        tie("any"),
        { maxKeys: 3, noNullPrototype: true },
      ),
    ),
  })).any;

  it("are read as they were written", () => {
    fc.assert(
      fc.property(field, (value) => {
        const bytes = new FieldWriter().field(value).done();
        expect(new FieldReader(bytes, 0, bytes.length).field()).toEqual(value);
      }),
      { numRuns: 100 },
    );
  });

  it("go out as long strings when they are headers: what the .NET client casts to bytes", () => {
    const header = contentHeader(5, { type: "t" }, "60000");
    expect(Buffer.from(header).toString("latin1")).toBe(
      "\0\x3c\0\0\0\0\0\0\0\0\0\x05\x21\0\0\0\0\x0b\x04typeS\0\0\0\x01t\x0560000",
    );
  });

  it("that break off are a syntax error, not a crash", () => {
    expect(() => readMethod(Uint8Array.of(0, 60, 0, 80, 0), 0, 5)).toThrow(SyntaxFault);
    const table = new FieldWriter()
      .short(10)
      .short(11)
      .long(5)
      .octet(1)
      .bytes(Uint8Array.of(65, 0x3f, 0, 0))
      .done();
    expect(() => readMethod(table, 0, table.length)).toThrow("unknown type 63");
  });
});
