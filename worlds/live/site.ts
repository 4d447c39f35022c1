import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Version } from "../../core/scenario.ts";
import type { ContainerProduct, Product, SystemUnderTest } from "../world.ts";
import { SystemContainer } from "./container.ts";
import { type ContainerPlan, type Engine, engineOf, type Image, type RunNetwork } from "./engine.ts";
import { launchOf, namedOf, surroundingsOf } from "./launch.ts";
import { harnessFile } from "./orphans.ts";
import { SystemProcess } from "./process.ts";
import { SystemService } from "./service.ts";
import type { Started, Watch } from "./started.ts";

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
  if (product?.container === undefined)
    return {
      address: loopback,
      cannot: [],
      start: (nth, version, environment, watch) => new SystemProcess(nth, launchOf(sut, version, environment), watch),
      close: () => Promise.resolve(),
    };
  const engine = await engineOf(sut.name);
  const { container } = product;
  const image = await engine.imageOf(container.from);
  return new ContainerSite(product, folder, engine, image, await engine.network(basename(folder)), container);
}

/** Starts a product as containers on a network of the run's own, that leads nowhere but to us. */
class ContainerSite implements Site {
  readonly cannot = [];
  readonly address: string;
  readonly identity: string;
  readonly #product: Product;
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #image: Image;
  readonly #network: RunNetwork;
  readonly #container: ContainerProduct;
  readonly #starts: SystemContainer[] = [];

  constructor(
    product: Product,
    folder: string,
    engine: Engine,
    image: Image,
    network: RunNetwork,
    container: ContainerProduct,
  ) {
    this.address = network.address;
    this.identity = image.id;
    this.#product = product;
    this.#folder = folder;
    this.#engine = engine;
    this.#image = image;
    this.#network = network;
    this.#container = container;
  }

  start(nth: number, _version: Version, environment: NodeJS.ProcessEnv, watch: Watch): Started {
    const mounts = this.#mounts();
    const { limits = {} } = this.#container;
    const start = new SystemContainer(
      nth,
      this.#engine,
      {
        run: basename(this.#folder),
        image: this.#image,
        network: this.#network,
        environment: { ...leavesIn(environment), ...namedOf(this.#product, environment) },
        mounts,
        limits,
      },
      watch,
    );
    this.#starts.push(start);
    return start;
  }

  async close(): Promise<void> {
    await Promise.all(this.#starts.map(({ removed }) => removed));
    await this.#engine.removeNetwork(this.#network.id);
  }

  /**
   * Everything of the run at the paths that the endpoints file names; whoever the container runs as may read it. Names are looked
   * up with nobody, and therefore not found at once: some engines pass such questions on, also from networks with no way
   * out (CVE-2024-29018).
   */
  #mounts(): ContainerPlan["mounts"] {
    const at = (name: string): string => join(this.#folder, name);
    writeFileSync(at(resolverFile), "nameserver 127.0.0.2\noptions timeout:1 attempts:1\n");
    const given = readdirSync(this.#folder).filter((name) => !isOurs(name));
    for (const name of given) readable(at(name));
    chmodSync(at(dataName), 0o777);
    const { data } = this.#container;
    return [
      ...given.map((name) => ({ from: at(name), to: at(name), readOnly: true })),
      { from: at(dataName), to: at(dataName), readOnly: false },
      { from: at(resolverFile), to: "/etc/resolv.conf", readOnly: true },
      ...(data === undefined ? [] : [{ from: at(dataName), to: data, readOnly: false }]),
    ];
  }
}

/** What in a run's folder is not for the product: who made it, its backups; and its data, which is not for reading only. */
function isOurs(name: string): boolean {
  return name === dataName || name === harnessFile || name.startsWith("backup-");
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
