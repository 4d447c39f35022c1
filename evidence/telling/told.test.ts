import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { longScenarios, scenarios } from "../../scenarios/index.ts";
import { languages } from "./language.ts";
import { tellAll } from "./tell.ts";
import { titlesInBokmal } from "./titles.ts";

const all = [...scenarios, ...longScenarios];

describe("the scenarios as told", () => {
  it.each(languages)("are committed beside them as tell() tells them, in %s", (language) => {
    const path = resolve(import.meta.dirname, `../../scenarios/TOLD.${language}.md`);
    expect(readFileSync(path, "utf8"), "write them anew with: node tools/tell.ts").toBe(tellAll(all, language));
  });

  it("each have a title in Bokmål, and no title is left over", () => {
    expect(Object.keys(titlesInBokmal).sort()).toEqual(all.map(({ id }) => id).sort());
  });
});
