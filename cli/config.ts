import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import type { Config, ConfigProbe } from "../port/config.ts";
import type { AcceptedLimit, ProbeSource, Product, SystemProbe, SystemUnderTest } from "../worlds/world.ts";
import { defaultExport } from "./default-export.ts";

const dayTakesMs = 3000;
const pollIntervalMs = 250;
const settleMs = 500;
const readyWithinMs = 30_000;
const probeEveryMs = 250;
const probeSettleMs = 1000;
/** Products on a clock of their own do little but wait. */
const mostWaiting = 6;

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
    ...(config.next === undefined ? {} : { next: config.next }),
    ...(config.backup === undefined ? {} : { backup: config.backup }),
    time: clock.tier === "compressed" ? { dayTakesMs, pollIntervalMs, ...clock } : clock,
    ...(config.tls === true ? { tls: true } : {}),
    dependencies: Object.entries(config.dependencies ?? {}).map(([name, place]) => {
      const at = place.lastIndexOf(":");
      return { name, host: place.slice(0, at), port: Number(place.slice(at + 1)) };
    }),
    maxRetryDelayMs: config.maxRetryDelayMs ?? 0,
    settleMs: config.settleMs ?? (clock.tier === "compressed" ? settleMs : 0),
    readyWithinMs: config.readyWithinMs ?? readyWithinMs,
    ...(config.probe === undefined ? {} : { probe: probeOf(config.probe, clock.tier === "driven") }),
    ...(config.accepts === undefined ? {} : { accepts: config.accepts as readonly AcceptedLimit[] }),
    keepsElsewhere: keepsElsewhere(config),
    runsAtOnce: config.runsAtOnce ?? (isAlone(config) ? 1 : mostWaiting),
  };
}

/** Outside the data directory, which each run has anew. */
function keepsElsewhere({ reset, dependencies }: Config): boolean {
  return reset !== undefined || Object.keys(dependencies ?? {}).length > 0;
}

/** Whether it has the machine, its store or a port to itself. */
function isAlone(config: Config): boolean {
  const { clock, probe } = config;
  return (
    clock?.tier === "driven" ||
    clock?.tier === "faketime" ||
    keepsElsewhere(config) ||
    (probe !== undefined && "url" in probe)
  );
}

function probeOf(probe: ConfigProbe, driven: boolean): SystemProbe {
  return {
    source: sourceOf(probe),
    fidelity: probe.fidelity ?? {},
    everyMs: probe.everyMs ?? probeEveryMs,
    settleMs: probe.settleMs ?? (driven ? 0 : probeSettleMs),
  };
}

function sourceOf(probe: ConfigProbe): ProbeSource {
  if ("command" in probe) return { kind: "command", command: probe.command };
  if ("url" in probe) return { kind: "http", url: probe.url };
  if ("postgres" in probe) return { kind: "postgres", url: probe.postgres, query: probe.query };
  if ("sqlite" in probe) return { kind: "sqlite", file: probe.sqlite, query: probe.query };
  return { kind: "directory", folder: probe.directory };
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
