import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canary } from "../core/canary.ts";
import { leaksIn, leaksInText } from "./leaks.ts";
import { Manifest } from "./manifest.ts";
import type { WireRequest } from "./wire.ts";

/** Synthetic: month + 80. */
const idNumber = "01892012345";
const planted = canary("r", "A", "form", "head");
const manifest = (): Manifest => {
  const made = new Manifest("r", { record: () => 0 });
  made.announce({
    id: "A",
    label: "A",
    municipalityNumber: "4601",
    messageKind: "privat",
    version: 1,
    parts: [],
    canaries: [planted],
    idNumbers: [idNumber],
  });
  return made;
};
const request = (over: Partial<WireRequest>): WireRequest => ({
  method: "GET",
  path: "/intake/v1/messages",
  query: {},
  headers: {},
  body: new TextEncoder().encode(planted.word),
  ...over,
});

describe("leaks", () => {
  it("are none where content stands in the body only", () => {
    expect(leaksIn(request({ headers: { authorization: `Bearer ${"x".repeat(40)}` } }), manifest())).toEqual([]);
  });

  it("are found in path, query and headers", () => {
    const of = manifest();
    expect(leaksIn(request({ path: `/x/${planted.word.toLowerCase()}` }), of)).toMatchObject([{ where: "url" }]);
    expect(leaksIn(request({ query: { q: planted.word } }), of)).toMatchObject([{ where: "url", encoding: "plain" }]);
    expect(leaksIn(request({ headers: { "x-note": `about ${planted.word}` } }), of)).toMatchObject([
      { where: "header x-note", encoding: "plain", planted: "A form head", message: "A", delivery: "A" },
    ]);
  });

  it("are found again in a header that was clean before", () => {
    const of = manifest();
    expect(leaksIn(request({ headers: { "x-note": "nothing in here at all" } }), of)).toEqual([]);
    expect(leaksIn(request({ headers: { "x-note": `nothing but ${planted.word}` } }), of)).toHaveLength(1);
  });

  it.each(["", "a", "ab", "abc"])("are found in base64 and hex after %j", (before) => {
    const bytes = Buffer.from(`${before}${planted.word} and more`);
    expect(leaksInText(`Basic ${bytes.toString("base64")}`, "h", manifest())).toMatchObject([{ encoding: "base64" }]);
    expect(leaksInText(`Basic ${bytes.toString("base64url")}`, "h", manifest())).toMatchObject([
      { encoding: "base64" },
    ]);
    expect(leaksInText(bytes.toString("hex"), "h", manifest())).toMatchObject([{ encoding: "hex" }]);
  });

  it("are found percent-encoded", () => {
    const text = [...planted.word].map((c) => `%${c.charCodeAt(0).toString(16)}`).join("");
    expect(leaksInText(`/cases/${text}`, "url", manifest())).toMatchObject([{ encoding: "percent" }]);
  });

  it("are a child's id number, plain or as its bare SHA-256, and no other eleven digits", () => {
    const of = manifest();
    expect(leaksInText(`barn ${idNumber}`, "log", of)).toMatchObject([{ encoding: "plain", planted: "A id number" }]);
    const digest = hash("sha256", idNumber).toUpperCase();
    expect(leaksInText(`child_${digest}`, "log", of)).toMatchObject([{ encoding: "sha256", delivery: "A" }]);
    expect(leaksInText("order 01892012353", "log", of)).toEqual([]);
    expect(leaksInText(hash("sha256", "A"), "log", of)).toEqual([]);
  });

  it("are found in a body that goes to anybody but the receiver", () => {
    expect(leaksIn(request({}), manifest(), "a stranger")).toMatchObject([{ where: "body to a stranger" }]);
  });
});
