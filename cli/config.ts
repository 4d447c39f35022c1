import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { validate } from "../contracts/komfrem/index.ts";
import { HarnessError } from "../core/error.ts";
import { budgetMs, isBudget } from "../explore/budget.ts";
import type { Config, ConfigProbe } from "../port/config.ts";
import type {
  AcceptedLimit,
  ContainerProduct,
  ProbeSource,
  Product,
  ReadyCheck,
  SystemProbe,
  SystemUnderTest,
} from "../worlds/world.ts";
import { defaultExport } from "./default-export.ts";

const dayTakesMs = 3000;
const pollIntervalMs = 250;
const settleMs = 500;
const readyWithinMs = 30_000;
const probeEveryMs = 250;
const probeSettleMs = 1000;
/** Products on a clock of their own do little but wait. */
const mostWaiting = 6;

/** How a product is started: by one of these. */
const starts = ["command", "image", "dockerfile", "compose", "address"] as const;
const onlyContainers = ["data", "limits"] as const;
const onlyCommands = ["folder", "overlaps"] as const;

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
  const unfit = unfitness(config);
  if (unfit !== undefined)
    throw new HarnessError({
      happened: `${path} is no config.`,
      because: unfit,
      next: "Correct it; docs/live.md says what each field is.",
    });
  return { name: config.name, role: config.role ?? "integration", module, product: productOf(config, dirname(module)) };
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
  const container = containerOf(config, beside);
  return {
    ...(config.command === undefined ? {} : { command: config.command }),
    ...(container === undefined ? {} : { container }),
    ...(config.address === undefined ? {} : { service: { host: "127.0.0.1", ...config.address } }),
    channels: config.channels,
    folder,
    environment: config.environment ?? {},
    ...(config.reset === undefined ? {} : { reset: config.reset }),
    ...(isProgram(config.next) ? { next: config.next } : {}),
    ...(config.overlaps === true ? { overlaps: true } : {}),
    ...(config.backup === undefined ? {} : { backup: config.backup }),
    time: clock.tier === "compressed" ? { dayTakesMs, pollIntervalMs, ...clock } : clock,
    ...(config.tls === true ? { tls: true } : {}),
    dependencies: Object.entries(config.dependencies ?? {}).map(([name, place]) => {
      const at = place.lastIndexOf(":");
      return { name, host: place.slice(0, at), port: Number(place.slice(at + 1)) };
    }),
    maxRetryDelayMs: config.maxRetryDelayMs ?? 0,
    ...(config.ready === undefined ? {} : { ready: readyCheck(config.ready) }),
    ...(config.send === undefined ? {} : { send: placeIn(config.send) }),
    settleMs: config.settleMs ?? (clock.tier === "compressed" ? settleMs : 0),
    readyWithinMs: config.readyWithinMs ?? readyWithinMs,
    ...(config.probe === undefined ? {} : { probe: probeOf(config.probe, clock.tier === "driven") }),
    ...(config.accepts === undefined ? {} : { accepts: config.accepts as readonly AcceptedLimit[] }),
    keepsElsewhere: keepsElsewhere(config),
    runsAtOnce: config.runsAtOnce ?? (isAlone(config) ? 1 : mostWaiting),
    ...(config.budgets === undefined ? {} : { budgets: budgetsOf(config.budgets) }),
  };
}

function budgetsOf({ fuzz, sweep }: NonNullable<Config["budgets"]>): NonNullable<Product["budgets"]> {
  return {
    ...(fuzz === undefined ? {} : { fuzzMs: budgetMs(fuzz) }),
    ...(sweep === undefined ? {} : { sweepMs: budgetMs(sweep) }),
  };
}

/** Outside the data directory, which each run has anew. */
function keepsElsewhere({ compose, reset, dependencies }: Config): boolean {
  return compose !== undefined || reset !== undefined || Object.keys(dependencies ?? {}).length > 0;
}

function isContained({ image, dockerfile, compose }: Config): boolean {
  return image !== undefined || dockerfile !== undefined || compose !== undefined;
}

/** Whether it has the machine, its store or a port to itself. */
function isAlone(config: Config): boolean {
  const { clock, probe } = config;
  return (
    config.address !== undefined ||
    clock?.tier === "driven" ||
    clock?.tier === "faketime" ||
    keepsElsewhere(config) ||
    (config.send !== undefined && !isContained(config)) ||
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

function isProgram(next: Config["next"]): next is readonly [string, ...string[]] {
  return Array.isArray(next);
}

/** What a schema cannot say well; undefined where nothing is wrong. */
function unfitness(config: Config): string | undefined {
  const named = starts.filter((field) => config[field] !== undefined);
  if (named.length !== 1)
    return `It must say how the product is started by exactly one of ${starts.join(", ")}; it has ${named.length === 0 ? "none" : named.join(" and ")}.`;
  const isContainer = isContained(config);
  const idle = onlyContainers.filter((field) => !isContainer && config[field] !== undefined);
  if (idle.length > 0) return `${idle.join(" and ")} can be had by a container only; it is started by ${named[0]}.`;
  const idleToo = onlyCommands.filter((field) => isContainer && config[field] !== undefined);
  if (config.overlaps === true && (config.address !== undefined || config.clock?.tier === "faketime"))
    return "overlaps can be had by a command that is not on libfaketime only.";
  if (idleToo.length > 0) return `${idleToo.join(" and ")} can be had by a command only; it is started by ${named[0]}.`;
  if (config.next !== undefined && (config.compose !== undefined || config.address !== undefined))
    return `next: what is started by ${named[0]} is not upgraded to another.`;
  if (config.next !== undefined && isProgram(config.next) === isContainer)
    return `next: must be ${isContainer ? "an image or a dockerfile" : "a program and its arguments"}; it is started by ${named[0]}.`;
  if (config.limits?.diskMb !== undefined && config.limits.writeMbPerSecond !== undefined)
    return "limits: diskMb and writeMbPerSecond exclude each other: what is limited in size is in memory.";
  const unfitToSend = config.role === "sender" ? unfitSender(config) : undefined;
  if (unfitToSend !== undefined) return unfitToSend;
  if (config.role !== "sender" && config.send !== undefined)
    return 'send: only a sender takes orders; say role: "sender".';
  const { ready = {} } = config;
  if (Object.keys(ready).length > 1)
    return `ready: must be one of log, http, port, file; it has ${Object.keys(ready).join(" and ")}.`;
  if (ready.log !== undefined && !isPattern(ready.log)) return "ready/log: must be a regular expression.";
  for (const [what, budget] of Object.entries(config.budgets ?? {}))
    if (!isBudget(budget))
      return `budgets/${what}: "${budget}" must be a time above zero, in s, m or h, and 720h at most.`;
  return undefined;
}

function unfitSender({ send, command, probe }: Config): string | undefined {
  if (send === undefined && command === undefined)
    return "send: must say where it takes orders, a port and a path, 8081/send; only a command is told a free one.";
  return probe === undefined ? undefined : "probe: tells what a case system holds; a sender is none.";
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}

function readyCheck(ready: NonNullable<Config["ready"]>): ReadyCheck {
  const { log, http, port, file } = ready;
  if (log !== undefined) return { kind: "log", pattern: log };
  if (port !== undefined) return { kind: "port", port };
  if (file !== undefined) return { kind: "file", path: file };
  return { kind: "http", ...placeIn(http ?? "") };
}

/** `8080/health` as a port and a path. */
function placeIn(text: string): { readonly port: number; readonly path: string } {
  const [at = "", ...path] = text.split("/");
  return { port: Number(at), path: `/${path.join("/")}` };
}

function containerOf(config: Config, beside: string): ContainerProduct | undefined {
  if (!isContained(config)) return undefined;
  const { image, dockerfile, compose, data, limits, next } = config;
  const found = (field: string, at: string): string => {
    const path = resolve(beside, at);
    if (existsSync(path)) return path;
    throw new HarnessError({
      happened: `${config.name} cannot be started from ${path}.`,
      because: "There is no such file.",
      next: `Correct ${field} in the config; it is relative to the config itself.`,
    });
  };
  return {
    from:
      compose !== undefined
        ? { kind: "compose", path: found("compose.file", compose.file), service: compose.service }
        : image === undefined
          ? { kind: "dockerfile", path: found("dockerfile", dockerfile ?? ".") }
          : { kind: "image", name: image },
    ...(next === undefined || isProgram(next)
      ? {}
      : {
          next:
            "image" in next
              ? { kind: "image", name: next.image }
              : { kind: "dockerfile", path: found("next.dockerfile", next.dockerfile) },
        }),
    ...(data === undefined ? {} : { data }),
    ...(limits === undefined ? {} : { limits }),
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
