import { expect, it } from "vitest";
import { pdfName } from "../../contracts/fiks/container.ts";
import { attachment } from "./attachment.ts";

it("has names that are two, and one to whoever reads no case or puts accents together", () => {
  const names = [pdfName, ...Array.from({ length: 12 }, (_, i) => attachment(i + 1, true).name)];
  const without = (alike: (name: string) => string): string[] =>
    names.filter((name, i) => names.findIndex((other) => alike(other) === alike(name)) < i);
  expect(new Set(names).size).toBe(names.length);
  expect(without((name) => name.toLowerCase())).toEqual(["Bekymringsmelding.pdf"]);
  expect(without((name) => name.normalize("NFC"))).toEqual(["fravær på høsten.txt".normalize("NFC")]);
});
