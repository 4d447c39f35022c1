import { statSync } from "node:fs";
import { resolve, sep } from "node:path";
import { HarnessError } from "../../core/error.ts";
import type { EngineLimits } from "./engine.ts";

type Data = Readonly<Record<string, unknown>>;

/** A vendor's compose file as the compose command reads it: merged, filled in, paths absolute. */
export type ComposeFile = {
  readonly path: string;
  readonly services: Readonly<Record<string, Data>>;
  readonly rest: Data;
};

/** What a run has its services be. */
export type ComposePlan = {
  /** The service that is the system under test. */
  readonly service: string;
  /** What it finds in its environment, over what the file says. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it finds in its file system. */
  readonly mounts: readonly Mount[];
  /** Where each service asks for names. */
  readonly resolver: Mount;
  readonly limits: EngineLimits;
  readonly images: Readonly<Record<string, string>>;
  readonly network: string;
  /** On that network, one a service: names are not looked up, they stand in each container. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
};

/** A file or folder of this machine, and where it is found. */
export type Mount = { readonly from: string; readonly to: string; readonly readOnly: boolean };

/** What would reach past the network or the machine's own walls, or into another run. */
const reachesOut = [
  ["privileged", (value: unknown) => value === true],
  ...["network_mode", "pid", "ipc", "userns_mode", "cgroup", "uts"].map((key) => [key, isSet] as const),
  ...["cap_add", "devices", "volumes_from", "external_links"].map((key) => [key, isFilled] as const),
] as const;

/** What is ours to say, or of no use where nobody else may be reached. */
const dropped = ["build", "container_name", "ports", "expose", "networks", "links", "dns", "dns_search", "dns_opt"];

/**
 * Takes a file apart that the compose command has read.
 *
 * @param read What it gave: YAML or JSON, parsed.
 * @throws {HarnessError} It has no such service, or asks for what no run may have.
 */
export function composeFile(path: string, service: string, read: unknown): ComposeFile {
  const { services = {}, ...rest } = (read ?? {}) as { readonly services?: Record<string, Data> };
  const file = { path, services, rest: rest as Data };
  if (services[service] === undefined)
    throw unfit(path, `It has no service ${service}; it has ${Object.keys(services).join(", ") || "none"}.`);
  for (const [name, one] of Object.entries(services)) {
    const why = whyNot(path, one);
    if (why !== undefined) throw unfit(path, `Its service ${name} ${why}`);
  }
  for (const [name, volume] of Object.entries(record(rest, "volumes")))
    if (isFilled((volume as Data | null)?.external) || (volume as Data | null)?.external === true)
      throw unfit(path, `Its volume ${name} is kept outside of it (external), and each run is to find none.`);
  return file;
}

/** What a run hands to the compose command: the same services, on its own network, with volumes of its own. */
export function composed(file: ComposeFile, plan: ComposePlan): Data {
  const services: Record<string, Data> = {};
  const volumes: Record<string, Data> = {};
  for (const [name, volume] of Object.entries(record(file.rest, "volumes"))) {
    const { name: _, ...own } = (volume ?? {}) as { readonly name?: string };
    volumes[name] = { ...own, labels: plan.labels };
  }
  const hosts = hostsOf(file, plan.addresses);
  for (const [name, service] of Object.entries(file.services)) {
    const isUnderTest = name === plan.service;
    const kept = Object.fromEntries(Object.entries(service).filter(([key]) => !dropped.includes(key)));
    const { memoryMb, cpus, writing }: EngineLimits = isUnderTest ? plan.limits : {};
    const own = list(service.volumes).map((volume, nth) => {
      const target = anonymous(volume);
      if (target === undefined) return volume;
      // One without a name would be gone with the start.
      const made = `${name}-${nth}`.toLowerCase();
      volumes[made] = { labels: plan.labels };
      return `${made}:${target}`;
    });
    const mounts = isUnderTest ? plan.mounts : [plan.resolver];
    services[name] = {
      ...kept,
      image: plan.images[name],
      depends_on: without(service.depends_on, plan.service),
      networks: { default: { ipv4_address: plan.addresses[name] } },
      extra_hosts: [...namesIn(service.extra_hosts), ...hosts],
      labels: { ...labelsIn(service.labels), ...plan.labels },
      volumes: [...own, ...mounts.map(({ from, to, readOnly }) => escaped(`${from}:${to}:${readOnly ? "ro" : "rw"}`))],
      ...(isUnderTest
        ? {
            environment: { ...pairsIn(service.environment), ...escapedAll(plan.environment) },
            restart: "no",
            ...(memoryMb === undefined ? {} : { mem_limit: `${memoryMb}m`, memswap_limit: `${memoryMb}m` }),
            ...(cpus === undefined ? {} : { cpus }),
            ...(writing === undefined
              ? {}
              : { blkio_config: { device_write_bps: [{ path: writing.device, rate: writing.bytesPerSecond }] } }),
          }
        : {}),
    };
  }
  const { networks: _networks, name: _name, volumes: _volumes, version: _version, ...rest } = file.rest;
  return { ...rest, services, volumes, networks: { default: { external: true, name: plan.network } } };
}

/** What is to have come of other services before the one under test begins. */
export function awaited(file: ComposeFile, service: string): ReadonlyMap<string, "healthy" | "completed"> {
  const depends = file.services[service]?.depends_on;
  const conditions = Array.isArray(depends) ? {} : ((depends ?? {}) as Record<string, { condition?: string }>);
  const all = new Map<string, "healthy" | "completed">();
  for (const [name, { condition }] of Object.entries(conditions)) {
    if (condition === "service_healthy") all.set(name, "healthy");
    if (condition === "service_completed_successfully") all.set(name, "completed");
  }
  return all;
}

function whyNot(path: string, service: Data): string | undefined {
  for (const [key, isSo] of reachesOut)
    if (isSo(service[key])) return `asks for ${key}, and content may go nowhere but to us.`;
  const copies = Math.max(Number(service.scale ?? 1), Number(record(service, "deploy").replicas ?? 1));
  if (copies > 1) return "runs more than once; it is run once here.";
  for (const volume of list(service.volumes)) {
    const bind = boundBy(volume);
    if (bind === undefined) continue;
    if (!bind.readOnly) return `may write to ${bind.from}, which outlives a run: make it a volume, or read-only.`;
    if (!isHarmless(path, bind.from))
      return `has ${bind.from} mounted; only files, and folders beside the compose file, can be.`;
  }
  return undefined;
}

/** A file, or a folder of the product's own: no socket of an engine, nor a folder that has one. */
function isHarmless(path: string, from: string): boolean {
  const stat = statSync(from, { throwIfNoEntry: false });
  if (stat?.isFile()) return true;
  return stat?.isDirectory() === true && resolve(from).startsWith(resolve(path, "..") + sep);
}

function boundBy(volume: unknown): { readonly from: string; readonly readOnly: boolean } | undefined {
  if (typeof volume === "string") {
    const [from = "", to, mode = ""] = volume.split(":");
    if (to === undefined || !from.startsWith("/")) return undefined;
    return { from, readOnly: mode.split(",").includes("ro") };
  }
  const { type, source, read_only } = volume as { type?: string; source?: string; read_only?: boolean };
  return type === "bind" && source !== undefined ? { from: source, readOnly: read_only === true } : undefined;
}

/** Where a volume without a name is. */
function anonymous(volume: unknown): string | undefined {
  if (typeof volume === "string") return volume.includes(":") ? undefined : volume;
  const { type, source, target } = volume as { type?: string; source?: string; target?: string };
  return type === "volume" && source === undefined ? target : undefined;
}

/** All names that services know each other by, as lines of `/etc/hosts`. */
function hostsOf(file: ComposeFile, addresses: Readonly<Record<string, string>>): string[] {
  return Object.entries(file.services).flatMap(([name, service]) => {
    const networks = Object.values(record(service, "networks")) as ({ readonly aliases?: string[] } | null)[];
    const names = [name, service.container_name, service.hostname, ...networks.flatMap((one) => one?.aliases ?? [])];
    const linked = Object.values(file.services).flatMap((other) =>
      list(other.links).flatMap((link) => {
        const [to, alias] = String(link).split(":");
        return to === name && alias !== undefined ? [alias] : [];
      }),
    );
    const all = new Set([...names, ...linked].filter((one) => typeof one === "string"));
    return [...all].map((one) => `${one}:${addresses[name]}`);
  });
}

function without(depends: unknown, service: string): unknown {
  if (Array.isArray(depends)) return depends.filter((one) => one !== service);
  return Object.fromEntries(Object.entries((depends ?? {}) as Data).filter(([name]) => name !== service));
}

function pairsIn(environment: unknown): Data {
  if (!Array.isArray(environment)) return (environment ?? {}) as Data;
  return Object.fromEntries(environment.map((one: string) => [one.split("=")[0], one.split("=").slice(1).join("=")]));
}

const labelsIn = pairsIn;

function namesIn(hosts: unknown): unknown[] {
  if (Array.isArray(hosts)) return hosts;
  return Object.entries((hosts ?? {}) as Data).map(([name, address]) => `${name}:${String(address)}`);
}

/** The compose command fills in what a dollar names. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function escapedAll(environment: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, escaped(value)]));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "" && value !== "default" && value !== "private";
}

function isFilled(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(of: Data, key: string): Data {
  const value = of[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
}

function unfit(path: string, because: string): HarnessError {
  return new HarnessError({
    happened: `${path} cannot be run.`,
    because,
    next: "Correct it, or give a compose file of its own for this in the config: compose.file.",
  });
}
