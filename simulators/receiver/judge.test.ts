import { hash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type SentDelivery, textName } from "../manifest.ts";
import { type CheckedDocument, judgeParts } from "./judge.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const part = (name: string, content: string): SentDelivery["parts"][number] => ({
  name,
  mediaType: "text/plain",
  bytes: bytes(content),
  sha256: hash("sha256", content),
});
const text = "# Melding\n\nBarnet så trøtt ut på hentingen.\n";
const sent: SentDelivery = {
  id: "A",
  label: "A",
  municipalityNumber: "4690",
  messageKind: "offentlig",
  version: 1,
  parts: [part(textName, text), part("en.pdf", "1"), part("to.pdf", "2")],
  canaries: [],
};
const document = (content: string): CheckedDocument => ({ sha256: hash("sha256", content), content: bytes(content) });
const files = [document("1"), document("2")];
const payload = { content: { messageTitle: "T", messageBody: text } };
const judged = (payload: unknown, documents: readonly CheckedDocument[]) => {
  const { parts, whole } = judgeParts(sent, payload, documents);
  return [...parts.map(({ ok }) => ok), whole];
};

describe("mail is whole", () => {
  it("with its text in any field of the payload, and its files among the documents", () => {
    expect(judgeParts(sent, payload, files)).toEqual({
      parts: [
        { name: "message", fidelity: "text", ok: true },
        { name: "en.pdf", fidelity: "bytes", ok: true },
        { name: "to.pdf", fidelity: "bytes", ok: true },
      ],
      whole: true,
    });
    expect(judged([{ deep: ["x", { er: text }] }], files)).toEqual([true, true, true, true]);
  });

  it.each([
    ["other line ends", text.replaceAll("\n", "\r\n")],
    ["blanks behind its lines and no line end", `${text.trimEnd()}  `],
    ["letters composed of two", text.normalize("NFD")],
    ["the same bytes", text],
  ])("with its text as a document with %s", (_, content) => {
    expect(judged({}, [document(content), ...files])).toEqual([true, true, true, true]);
  });

  it("with its text in the payload and once more as a document, wherever that stands", () => {
    for (const at of [0, 1, 2]) expect(judged(payload, files.toSpliced(at, 0, document(text)))[3]).toBe(true);
  });
});

describe("mail is not whole", () => {
  it.each([
    ["a text that is cut short", { body: text.slice(0, -10) }, files, [false, true, true, true]],
    ["a text with more in it", { body: `Fwd: ${text}` }, files, [false, true, true, true]],
    ["no text", null, files, [false, true, true, true]],
    ["a file left out", payload, files.slice(1), [true, false, true, true]],
    ["files in another order", payload, files.toReversed(), [true, true, true, false]],
    ["a file that was never sent", payload, [...files, document("3")], [true, true, true, false]],
    ["its text twice as a document", {}, [document(text), ...files, document(text)], [true, true, true, false]],
    ["its text behind its files, and nowhere else", {}, [...files, document(text)], [true, true, true, false]],
    ["a file with other line ends", payload, [document("1\r"), document("2")], [true, false, true, false]],
  ] as const)("with %s", (_, payload, documents, expected) => {
    expect(judged(payload, documents)).toEqual(expected);
  });
});

it("is found however deep a payload is", () => {
  let deep: unknown = text;
  for (let i = 0; i < 50_000; i++) deep = [deep];
  expect(judged(deep, files)).toEqual([true, true, true, true]);
});
