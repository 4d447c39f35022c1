import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import type { Scenario } from "../core/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { longScenarios, scenarios } from "../scenarios/index.ts";
import { roleOf } from "../worlds/simulated/simulated-world.ts";
import type { SystemUnderTest } from "../worlds/world.ts";
import { configured, isConfig } from "./config.ts";
import { defaultExport } from "./default-export.ts";

/**
 * The systems named on the command line: by the name of one that we ship, by a module's path, or by that of a config. The sound ones that
 * we ship where none is named.
 *
 * @param upgradeTo The version that they are upgraded to, named in the same way.
 * @throws {HarnessError} There is no such system, or it cannot take the place of the others.
 */
export async function systemsNamed(names: readonly string[], upgradeTo?: string): Promise<SystemUnderTest[]> {
  const systems =
    names.length === 0
      ? catalogue.filter(({ kind }) => kind === "sound").map(shipped)
      : (await Promise.all(names.map(systemNamed))).flat();
  if (upgradeTo === undefined) return systems;
  const [next, another] = await systemNamed(upgradeTo);
  const other = systems.find(({ role }) => role !== next?.role);
  if (next === undefined || another !== undefined || (other !== undefined && names.length > 0))
    throw new HarnessError({
      happened: `--upgrade-to ${upgradeTo} cannot be used.`,
      because:
        another !== undefined
          ? "It names several systems."
          : `It is ${next?.role === "sender" ? "a sender" : "an integration"}, and ${other?.name} is not.`,
      next: "Name one module that can take over the store: --integration ./old.ts --upgrade-to ./new.ts",
    });
  return systems.map((sut) => (sut.role === next.role ? { ...sut, next: next.module } : sut));
}

async function systemNamed(name: string): Promise<SystemUnderTest[]> {
  const ours = catalogue.filter((one) => one.name === name || one.name.startsWith(`${name}/`));
  if (ours.length > 0) return ours.map(shipped);
  if (!/[./\\]/.test(name) || (!existsSync(name) && /^(correct|faulty)\//.test(name)))
    throw new HarnessError({
      happened: `There is no integration called "${name}".`,
      because: `We ship ${catalogue.map((one) => one.name).join(", ")}.`,
      next: "Name one of these, or give the path of a module: --integration ./mine.ts",
    });
  if (isConfig(name)) return [await configured(name)];
  const module = resolve(name);
  return [{ name, role: await roleOf(module), module }];
}

function shipped(one: (typeof catalogue)[number]): SystemUnderTest {
  const next = one.next === undefined ? {} : { next: fileURLToPath(one.next) };
  return { name: one.name, role: one.role, module: fileURLToPath(one.module), ...next };
}

/**
 * The scenarios named on the command line: by id, or by the path of a module or JSON file; all that we ship where none
 * is named.
 *
 * @param only Keeps scenarios whose id contains one of these texts.
 */
export async function scenariosNamed(names: readonly string[], only: readonly string[]): Promise<Scenario[]> {
  const named = names.length === 0 ? [...scenarios] : await Promise.all(names.map(scenarioNamed));
  const kept = only.length === 0 ? named : named.filter(({ id }) => only.some((text) => id.includes(text)));
  if (kept.length === 0)
    throw new HarnessError({
      happened: "No scenario is left to run.",
      because: `None of ${named.map(({ id }) => id).join(", ")} contains ${only.map((text) => `"${text}"`).join(" or ")}.`,
      next: "komfrem run --list shows them all.",
    });
  return kept;
}

async function scenarioNamed(name: string): Promise<Scenario> {
  const ours = [...scenarios, ...longScenarios].find(({ id }) => id === name);
  if (ours !== undefined) return ours;
  const path = resolve(name);
  if (!existsSync(path))
    throw new HarnessError({
      happened: `There is no scenario "${name}".`,
      because: "It is neither the id of one that we ship nor the path of a file.",
      next: "komfrem run --list shows the scenarios; a scenario of your own is a .ts, .js or .json file.",
    });
  let given: unknown;
  try {
    given = path.endsWith(".json")
      ? (await import(pathToFileURL(path).href, { with: { type: "json" } })).default
      : defaultExport(await (await import("tsx/esm/api")).tsImport(pathToFileURL(path).href, import.meta.url));
  } catch (error) {
    throw new HarnessError({
      happened: `The scenario ${name} could not be read.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Correct the file; its default export, or the JSON itself, is a komfrem.scenario/v1.",
    });
  }
  const problems = validate("scenario", given);
  if (problems.length > 0)
    throw new HarnessError({
      happened: `${name} is not a scenario.`,
      because: problems.slice(0, 5).join("; "),
      next: "Correct it after contracts/komfrem/scenario.v1.schema.json; nothing was run.",
    });
  return given as Scenario;
}
