import { Buffer } from "node:buffer";
import { serialize } from "node:v8";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { canary, runToken } from "../core/canary.ts";
import { tracesIn } from "./traces.ts";

const run = "one-message/1";
const head = canary(run, "A", "form", "head").word;
const tail = canary(run, "A", "form", "tail").word;
/** As long as content is: shorter base64 is taken for a word. */
const text = `Concern ${head}: ${"something was seen. ".repeat(5)}${tail}`;
const bytes = Buffer.from(text);

const found = (value: unknown): string[] => [...tracesIn(serialize(value), runToken(run))].sort();
const both = [head, tail].sort();

describe("what stands in a stored value", () => {
  it.each([
    ["as text", text],
    ["as text in other letters", text.toLowerCase()],
    ["as text that needs two bytes a letter", `${text} – Ωμέγα`],
    ["as bytes", new Uint8Array(bytes)],
    ["as bytes inside a larger buffer", Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)],
    ["as an ArrayBuffer", Uint8Array.from(bytes).buffer],
    ["as base64", bytes.toString("base64")],
    ["as base64url", bytes.toString("base64url")],
    ["as JSON that carries base64", JSON.stringify({ id: 1, container: bytes.toString("base64") })],
    ["nested in objects and arrays", { inbox: [{ parts: [{ body: bytes }] }] }],
    ["as a value and a key of a Map", new Map([[head, { rest: tail }]])],
    ["in a Set", new Set([bytes.toString("base64")])],
  ])("is seen %s", (_how, value) => {
    expect(found(value)).toEqual(both);
  });

  it("is seen as hexadecimal, though its digits are letters of base64 too", () => {
    expect(found(bytes.toString("hex"))).toEqual(both);
  });

  it("is only what stands there", () => {
    expect(found({ note: head, received: true, size: 7, nothing: null, none: undefined })).toEqual([head]);
  });

  it.each([
    ["of another run", canary("one-message/2", "A", "form", "head").word],
    ["that is compressed", gzipSync(bytes)],
    ["that is compressed and base64", gzipSync(bytes).toString("base64")],
  ])("is not anything %s", (_what, value) => {
    expect(found(value)).toEqual([]);
  });

  it("is seen in a value that holds itself", () => {
    const value: { text: string; self?: unknown } = { text: head };
    value.self = value;
    expect(found(value)).toEqual([head]);
  });
});
