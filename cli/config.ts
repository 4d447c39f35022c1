import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import type { Config } from "../port/config.ts";
import type { Product, SystemUnderTest } from "../worlds/world.ts";
import { defaultExport } from "./default-export.ts";

const dayTakesMs = 3000;
const pollIntervalMs = 250;
const settleMs = 500;
const readyWithinMs = 30_000;

/** Whether a path is that of a config: `komfrem.config.ts`, `intake.config.mjs`. */
export function isConfig(path: string): boolean {
  return /\.config\.[cm]?[jt]s$/.test(path);
}

/**
 * The product that a config describes.
 *
 * @param path Of the config, relative to where the command was given.
 * @throws {HarnessError} There is no such file, it does not load, or says something that cannot be used.
 */
export async function configured(path: string): Promise<SystemUnderTest> {
  const module = resolve(path);
  if (!existsSync(module))
    throw new HarnessError({
      happened: `There is no config at ${module}.`,
      because: "No such file.",
      next: "Write one beside your product and name it: --integration ./komfrem.config.ts; docs/live.md shows one.",
    });
  const given = await defaultExportOf(module);
  const problems = validate("config", given);
  if (problems.length > 0)
    throw new HarnessError({
      happened: `${path} is no config.`,
      because: problems.slice(0, 5).join(" "),
      next: "Correct it; defineConfig from komfrem gives its types, contracts/komfrem/config.v1.schema.json its schema.",
    });
  const config = given as Config;
  return { name: config.name, role: "integration", module, product: productOf(config, dirname(module)) };
}

function productOf(config: Config, beside: string): Product {
  const { clock = { tier: "compressed" } } = config;
  const folder = resolve(beside, config.folder ?? ".");
  if (!existsSync(folder))
    throw new HarnessError({
      happened: `${config.name} cannot be started in ${folder}.`,
      because: "There is no such folder.",
      next: "Correct folder in the config; it is relative to the config itself.",
    });
  return {
    command: config.command,
    channels: config.channels,
    folder,
    environment: config.environment ?? {},
    ...(config.reset === undefined ? {} : { reset: config.reset }),
    time: clock.tier === "driven" ? clock : { dayTakesMs, pollIntervalMs, ...clock },
    dependencies: Object.entries(config.dependencies ?? {}).map(([name, place]) => {
      const at = place.lastIndexOf(":");
      return { name, host: place.slice(0, at), port: Number(place.slice(at + 1)) };
    }),
    maxRetryDelayMs: config.maxRetryDelayMs ?? 0,
    settleMs: config.settleMs ?? (clock.tier === "driven" ? 0 : settleMs),
    readyWithinMs: config.readyWithinMs ?? readyWithinMs,
  };
}

async function defaultExportOf(module: string): Promise<unknown> {
  try {
    return defaultExport(await (await import("tsx/esm/api")).tsImport(pathToFileURL(module).href, import.meta.url));
  } catch (error) {
    throw new HarnessError({
      happened: `The config ${module} could not be loaded.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Correct the module; its default export is a config: export default defineConfig({ … })",
    });
  }
}
