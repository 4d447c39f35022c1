import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { operations } from "./boundaries.ts";

const documents = ["receiver", "sender", "alarm", "altinn-dispatch", "control"] as const;
const read = (name: string): string => readFileSync(resolve(import.meta.dirname, name, "openapi.yaml"), "utf8");
const operationIds = (text: string): string[] =>
  [...text.matchAll(/^\s+operationId: (\w+)$/gm)].map(([, id]) => id ?? "");

describe("the OpenAPI documents of our own wires", () => {
  it.each(["receiver", "sender", "alarm", "altinn-dispatch"] as const)(
    "%s has just the operations that boundaries are named by",
    (party) => {
      expect(operationIds(read(party)).sort()).toEqual([...(operations[party] ?? [])].sort());
    },
  );

  it("control has none of them: it is no party and has no boundary", () => {
    expect(operationIds(read("control"))).toEqual(["listFaults", "inject", "heal", "now", "advance", "readLedger"]);
    expect(Object.keys(operations)).not.toContain("control");
  });

  it.each(documents)("%s refers to nothing that is not there", (name) => {
    const text = read(name);
    for (const [, kind = "", target = ""] of text.matchAll(/\$ref: "#\/components\/(\w+)\/(\w+)"/g)) {
      const section = text.split(new RegExp(`^ {2}${kind}:$`, "m"))[1] ?? "";
      expect(section, `${kind}/${target}`).toMatch(new RegExp(`^ {4}${target}:`, "m"));
    }
    for (const [, file = ""] of text.matchAll(/\$ref: "(\.\.[^"]+)"/g))
      expect(() => JSON.parse(readFileSync(resolve(import.meta.dirname, name, file), "utf8"))).not.toThrow();
  });

  it("receiver answers what PORT.md promises to each registration", () => {
    const register = read("receiver").split("operationId: register")[1]?.split("operationId:")[0] ?? "";
    const answers = [...register.matchAll(/^ {8}"(\d{3})":/gm)].map(([, status]) => status);
    for (const status of ["200", "201", "202", "400", "401", "409", "413", "422", "423", "429", "503", "507"])
      expect(answers).toContain(status);
  });
});
