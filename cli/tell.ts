import { parseArgs } from "node:util";
import { tell } from "../evidence/telling/tell.ts";
import { scenariosNamed } from "./selection.ts";

/** `komfrem tell`: scenarios in plain sentences. */
export async function tellScenarios(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { lang: { type: "string", default: "en" } },
    allowPositionals: true,
  });
  for (const scenario of await scenariosNamed(positionals, []))
    console.log(`${tell(scenario, values.lang === "nb" ? "nb" : "en")}\n`);
  return 0;
}
