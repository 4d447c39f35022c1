import { expect, it } from "vitest";
import { fileName } from "./file-name.ts";

it.each([
  ["correct/store-then-receipt", "correct-store-then-receipt"],
  ["../../etc/passwd", "etc-passwd"],
  ["Ærlig & redelig", "rlig-redelig"],
  [".hidden.ts-", "hidden.ts"],
  ["a_1.v2", "a_1.v2"],
  ["…", "system"],
])("%s is %s in the name of a file", (name, plain) => {
  expect(fileName(name)).toBe(plain);
});
