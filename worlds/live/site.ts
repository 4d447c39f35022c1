import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Version } from "../../core/scenario.ts";
import type { Product, SystemUnderTest } from "../world.ts";
import { Composition, composedFile } from "./compose.ts";
import { SystemContainer } from "./container.ts";
import { deviceOf } from "./disk.ts";
import {
  type Container,
  type ContainerPlan,
  type Engine,
  type EngineLimits,
  engineOf,
  type RunNetwork,
} from "./engine.ts";
import { launchOf, namedOf, surroundingsOf } from "./launch.ts";
import { harnessFile } from "./orphans.ts";
import { SystemProcess } from "./process.ts";
import { SystemService } from "./service.ts";
import type { Started, Watch } from "./started.ts";
import { WayOut } from "./way-out.ts";

const loopback = "127.0.0.1";

/** Where a container asks for names. */
const resolverFile = "resolv.conf";

/** The data directory, in a run's folder. */
export const dataName = "data";

/** What cannot be done to a start. */
export type Inability = "kill" | "pause";

/** Where the starts of a system run, and where they find us. */
export type Site = {
  readonly cannot: readonly Inability[];
  /** What runs there, where its module does not say: two that differ are not the same system. */
  readonly identity?: string;
  /** The address that our servers listen on. */
  readonly address: string;
  /** Where services beside the product are, by the names that it knows them by. */
  readonly hosts?: Readonly<Record<string, string>>;
  /**
   * @param environment Ours, the leaves of the endpoints file in it.
   * @throws {HarnessError} The product's environment asks for a leaf that this run has not.
   */
  start(nth: number, version: Version, environment: NodeJS.ProcessEnv, watch: Watch): Started;
  /** Removes what was made for the run, once no start is here any more. */
  close(): Promise<void>;
};

/**
 * @param folder The run's own, with its endpoints file; `data` in it is the data directory.
 * @throws {HarnessError} What the product runs in cannot be had.
 */
export async function siteOf(sut: SystemUnderTest, folder: string): Promise<Site> {
  const { product } = sut;
  if (product?.service !== undefined) {
    const { service, folder: cwd } = product;
    return {
      address: loopback,
      cannot: service.kill === undefined ? ["kill", "pause"] : ["pause"],
      start: (nth, _version, environment, watch) =>
        new SystemService(nth, service, { environment: surroundingsOf(product, environment), folder: cwd }, watch),
      close: () => Promise.resolve(),
    };
  }
  if (product?.container === undefined) {
    let last: Watch | undefined;
    const wayOut = await WayOut.opened((to) => last?.wentOut(to));
    return {
      address: loopback,
      cannot: [],
      start: (nth, version, environment, watch) => {
        last = watch;
        const guarded = { ...environment, ...wayOut.environment(environment) };
        return new SystemProcess(nth, launchOf(sut, version, guarded), watch);
      },
      close: () => wayOut.close(),
    };
  }
  const engine = await engineOf(sut.name);
  const { container } = product;
  const { from } = container;
  const run = basename(folder);
  if (from.kind === "compose") {
    const composition = await Composition.of(from, engine, folder);
    const network = await engine.network(run);
    const resolver = resolverOf(folder);
    const services = composition.on(network, resolver);
    const site = new ContainerSite(product, folder, engine, network, services);
    try {
      await services.begin(product.readyWithinMs);
    } catch (error) {
      await site.close();
      throw error;
    }
    return site;
  }
  const first = await engine.imageOf(from);
  const next = container.next === undefined ? first : await engine.imageOf(container.next);
  const network = await engine.network(run);
  return new ContainerSite(product, folder, engine, network, {
    image: (version) => (version === "next" ? next : first).name,
    identity: first === next ? first.id : `${first.id} ${next.id}`,
    create: (start, version) => engine.create({ run, image: version === "next" ? next : first, network, ...start }),
  });
}

/** What makes the containers of a product's starts. */
export type Maker = {
  /** What they are made from, by name. */
  image(version: Version): string;
  readonly identity: string;
  /** Where services beside the product are, by the names that it knows them by. */
  readonly hosts?: Readonly<Record<string, string>>;
  /**
   * @param before Settled once the containers of earlier starts have been removed.
   */
  create(
    start: Pick<ContainerPlan, "environment" | "mounts" | "limits">,
    version: Version,
    before: Promise<unknown>,
  ): Promise<Container>;
};

/** Starts a product as containers on a network of the run's own, that leads nowhere but to us. */
class ContainerSite implements Site {
  readonly cannot = [];
  readonly address: string;
  readonly identity: string;
  readonly hosts: Readonly<Record<string, string>>;
  readonly #product: Product;
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #network: RunNetwork;
  readonly #maker: Maker;
  readonly #starts: SystemContainer[] = [];

  constructor(product: Product, folder: string, engine: Engine, network: RunNetwork, maker: Maker) {
    this.address = network.address;
    this.identity = maker.identity;
    this.hosts = maker.hosts ?? {};
    this.#product = product;
    this.#folder = folder;
    this.#engine = engine;
    this.#network = network;
    this.#maker = maker;
  }

  start(nth: number, version: Version, environment: NodeJS.ProcessEnv, watch: Watch): Started {
    const plan = {
      environment: { ...leavesIn(environment), ...namedOf(this.#product, environment) },
      mounts: this.#mounts(),
      limits: this.#limits(),
    };
    const before = Promise.all(this.#starts.map(({ removed }) => removed));
    const start = new SystemContainer(
      nth,
      { image: this.#maker.image(version), network: this.#network },
      () => this.#maker.create(plan, version, before),
      watch,
    );
    this.#starts.push(start);
    return start;
  }

  async close(): Promise<void> {
    await Promise.all(this.#starts.map(({ removed }) => removed));
    await this.#engine.removeRun(basename(this.#folder));
    await this.#engine.removeNetwork(this.#network.id);
  }

  #limits(): EngineLimits {
    const { diskMb: _, writeMbPerSecond, ...limits } = this.#product.container?.limits ?? {};
    if (writeMbPerSecond === undefined) return limits;
    const device = deviceOf(join(this.#folder, dataName));
    return { ...limits, writing: { device, bytesPerSecond: Math.ceil(writeMbPerSecond * 2 ** 20) } };
  }

  /** Everything of the run at the paths that the endpoints file names; whoever the container runs as may read it. */
  #mounts(): ContainerPlan["mounts"] {
    const at = (name: string): string => join(this.#folder, name);
    const resolver = resolverOf(this.#folder);
    const given = readdirSync(this.#folder).filter((name) => !isOurs(name));
    for (const name of given) readable(at(name));
    chmodSync(at(dataName), 0o777);
    const data = this.#product.container?.data;
    return [
      ...given.map((name) => ({ from: at(name), to: at(name), readOnly: true })),
      { from: at(dataName), to: at(dataName), readOnly: false },
      resolver,
      ...(data === undefined ? [] : [{ from: at(dataName), to: data, readOnly: false }]),
    ];
  }
}

/**
 * Names are looked up with nobody, and therefore not found at once: some engines pass such questions on, also from
 * networks with no way out (CVE-2024-29018).
 */
function resolverOf(folder: string): ContainerPlan["mounts"][number] {
  const from = join(folder, resolverFile);
  writeFileSync(from, "nameserver 127.0.0.2\noptions timeout:1 attempts:1\n");
  return { from, to: "/etc/resolv.conf", readOnly: true };
}

/** What in a run's folder is not for the product: who made it, its backups; and its data, which is not for reading only. */
function isOurs(name: string): boolean {
  return name === dataName || name === harnessFile || name === composedFile || name.startsWith("backup-");
}

function leavesIn(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      name.startsWith("KOMFREM_") && value !== undefined ? [[name, value]] : [],
    ),
  );
}

function readable(path: string): void {
  if (!statSync(path).isDirectory()) return chmodSync(path, 0o644);
  chmodSync(path, 0o755);
  for (const name of readdirSync(path)) readable(join(path, name));
}
