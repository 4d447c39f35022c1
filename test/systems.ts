import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Scenario } from "../core/scenario.ts";
import { catalogue } from "../integrations/index.ts";
import { scenarios } from "../scenarios/index.ts";
import type { SystemUnderTest } from "../worlds/world.ts";

/** A system that we ship, by its name. */
export function shipped(name: string): SystemUnderTest {
  const found = catalogue.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no ${name}; there are ${catalogue.map((one) => one.name)}.`);
  const next = found.next === undefined ? {} : { next: fileURLToPath(found.next) };
  return { name, role: found.role, module: fileURLToPath(found.module), ...next };
}

/** A module beside the tests. */
export function written(path: string): SystemUnderTest {
  return { name: path, role: "integration", module: resolve(import.meta.dirname, "systems", path) };
}

export function scenario(id: string): Scenario {
  const found = scenarios.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no ${id}; there are ${scenarios.map((one) => one.id)}.`);
  return found;
}
