import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { languages } from "../evidence/telling/language.ts";
import { tellAll } from "../evidence/telling/tell.ts";
import { longScenarios, scenarios } from "../scenarios/index.ts";

/** Writes what every scenario says in plain words beside the scenarios: `node tools/tell.ts`. */
const folder = resolve(import.meta.dirname, "../scenarios");
for (const language of languages) {
  const path = join(folder, `TOLD.${language}.md`);
  writeFileSync(path, tellAll([...scenarios, ...longScenarios], language));
  console.log(path);
}
