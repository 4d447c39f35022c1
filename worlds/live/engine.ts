import { createHash } from "node:crypto";
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ContainerRuntimeClient } from "testcontainers";
import { HarnessError } from "../../core/error.ts";
import { peer } from "../../core/peer.ts";
import type { ImageOrigin } from "../world.ts";
import { harnessLabel, isOfGone } from "./orphans.ts";

type Dockerode = ContainerRuntimeClient["container"]["dockerode"];
export type Container = ReturnType<Dockerode["getContainer"]>;

/** Which harness made a container or a network; its value says when that harness is gone. */
const labelName = "komfrem.harness";
/** Which run it was made for: the name of its folder. */
const runLabelName = "komfrem.run";

type Labelled = { readonly Labels?: Readonly<Record<string, string>> | undefined };

/** What it is called, and what the engine knows it by: its content, whatever becomes of the name. */
export type Image = { readonly name: string; readonly id: string };

/** What a container is made of; paths are absolute. */
export type ContainerPlan = {
  readonly run: string;
  readonly image: Image;
  readonly network: RunNetwork;
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly { readonly from: string; readonly to: string; readonly readOnly: boolean }[];
  readonly limits: EngineLimits;
};

/** What an engine itself holds a container to. */
export type EngineLimits = {
  /** MiB, without swap. */
  readonly memoryMb?: number;
  readonly cpus?: number;
  readonly writing?: { readonly device: string; readonly bytesPerSecond: number };
};

/**
 * A network of one run, with no way out of it: `address` is ours on it, and what goes anywhere else is sent to `nobody`.
 */
export type RunNetwork = { readonly id: string; readonly address: string; readonly nobody: string };

/** Whose address containers are to send what leaves the network, by the name that Docker's bridge driver has for it. */
const defaultGateway = "DefaultGatewayIPv4";
/** How often another may take the addresses that were found free. */
const mostTakes = 10;

let found: Promise<Engine> | undefined;

/**
 * The container engine of this machine, found by Testcontainers. The first time, what harnesses that are gone left behind
 * in it is removed.
 *
 * @throws {HarnessError} Testcontainers is not installed, or no engine answers.
 */
export function engineOf(name: string): Promise<Engine> {
  found ??= connected(name).catch((error: unknown) => {
    found = undefined;
    throw error;
  });
  return found;
}

async function connected(name: string): Promise<Engine> {
  const happened = `${name} was not started as a container.`;
  // What we start we remove, and label, ourselves.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= "true";
  const testcontainers = await peer("testcontainers", () => import("testcontainers"), happened);
  let client: ContainerRuntimeClient;
  try {
    client = await testcontainers.getContainerRuntimeClient();
  } catch (error) {
    throw new HarnessError({
      happened,
      because: `No container engine answers: ${messageOf(error)}.`,
      next: "Start Docker, or name its socket in DOCKER_HOST; docs/live.md has the commands.",
    });
  }
  const engine = new Engine(testcontainers, client);
  await engine.clear();
  return engine;
}

/** Makes and removes what runs need in a container engine. */
export class Engine {
  readonly #testcontainers: typeof import("testcontainers");
  readonly #client: ContainerRuntimeClient;
  readonly #images = new Map<string, Promise<Image>>();
  /** One is made after the other. */
  #networks: Promise<unknown> = Promise.resolve();

  constructor(testcontainers: typeof import("testcontainers"), client: ContainerRuntimeClient) {
    this.#testcontainers = testcontainers;
    this.#client = client;
  }

  /**
   * The image of a product: pulled where the machine has it not, or built, once each.
   *
   * @throws {HarnessError} It could be neither.
   */
  imageOf(from: ImageOrigin): Promise<Image> {
    const key = JSON.stringify(from);
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const image = from.kind === "image" ? this.#pulled(from.name) : this.#built(from.path);
    this.#images.set(key, image);
    image.catch(() => this.#images.delete(key));
    return image;
  }

  /**
   * Makes a network with no way out. That it is `Internal` keeps the engine from passing on what leaves it; what a
   * container sends to other addresses of this machine would still arrive, were it not sent to somebody who is not there.
   *
   * @throws {HarnessError} The engine does not.
   */
  async network(run: string): Promise<RunNetwork> {
    const made = this.#networks.then(() => this.#networkOf(run));
    this.#networks = made.catch(() => {});
    try {
      return await made;
    } catch (error) {
      throw new HarnessError({
        happened: "A network with no way out could not be made for a run.",
        because: `${messageOf(error)}.`,
        next: "See to what the engine says: docker network ls, docker network prune.",
      });
    }
  }

  async #networkOf(run: string, takes = 1): Promise<RunNetwork> {
    const general = { Name: run, Driver: "bridge", Internal: true, EnableIPv6: false, Labels: labelsOf(run) };
    // Only the engine knows which addresses are free, and only whoever names them may say where the way out is.
    const first = await this.#client.network.create(general);
    const { IPAM } = (await first.inspect()) as { IPAM?: { Config?: { Subnet?: string; Gateway?: string }[] } };
    await this.removeNetwork(first.id);
    const { Subnet: subnet, Gateway: address } = IPAM?.Config?.[0] ?? {};
    if (subnet === undefined || address === undefined) throw new Error("the engine gave it no addresses");
    const nobody = address.replace(/\d+$/, (last) => String(Number(last) + 1));
    const Config = [{ Subnet: subnet, Gateway: address, AuxiliaryAddresses: { [defaultGateway]: nobody } }];
    try {
      const { id } = await this.#client.network.create({ ...general, IPAM: { Driver: "default", Config } });
      return { id, address, nobody };
    } catch (error) {
      if (takes === mostTakes || !/overlap/i.test(messageOf(error))) throw error;
      return this.#networkOf(run, takes + 1);
    }
  }

  async removeNetwork(id: string): Promise<void> {
    await quietly(this.#client.container.dockerode.getNetwork(id).remove());
  }

  /** Makes a container that has not begun. */
  create(plan: ContainerPlan): Promise<Container> {
    const { memoryMb, cpus, writing } = plan.limits;
    const memory = memoryMb === undefined ? undefined : memoryMb * 2 ** 20;
    return this.#client.container.create({
      Image: plan.image.id,
      Env: Object.entries(plan.environment).map(([name, value]) => `${name}=${value}`),
      Labels: labelsOf(plan.run),
      HostConfig: {
        NetworkMode: plan.network.id,
        Binds: plan.mounts.map(({ from, to, readOnly }) => `${from}:${to}:${readOnly ? "ro" : "rw"}`),
        ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
        ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
        ...(writing === undefined
          ? {}
          : { BlkioDeviceWriteBps: [{ Path: writing.device, Rate: writing.bytesPerSecond }] }),
      },
    });
  }

  /** Containers that bear all of these labels, `name=value`. */
  async labelled(label: readonly string[]): Promise<Container[]> {
    const { dockerode } = this.#client.container;
    const all = await dockerode.listContainers({ all: true, filters: { label: [...label] } });
    return all.map(({ Id }) => dockerode.getContainer(Id));
  }

  /** Removes the containers and volumes of a run. */
  async removeRun(run: string): Promise<void> {
    const label = [`${runLabelName}=${run}`];
    await Promise.all((await this.labelled(label)).map(remove));
    await this.#removeVolumes(label, () => true);
  }

  async #removeVolumes(label: readonly string[], which: (volume: Labelled) => boolean): Promise<number> {
    const { dockerode } = this.#client.container;
    const { Volumes } = await dockerode.listVolumes({ filters: { label: [...label] } });
    const volumes = (Volumes ?? []).filter(which);
    await Promise.all(volumes.map(({ Name }) => quietly(dockerode.getVolume(Name).remove())));
    return volumes.length;
  }

  /** Removes what was made by harnesses that are gone. Returns how many containers, volumes and networks that were. */
  async clear(): Promise<number> {
    const { dockerode } = this.#client.container;
    const filters = { label: [labelName] };
    const gone = ({ Labels }: Labelled): boolean => isOfGone(Labels?.[labelName] ?? "");
    const containers = (await dockerode.listContainers({ all: true, filters })).filter(gone);
    await Promise.all(containers.map(({ Id }) => remove(dockerode.getContainer(Id))));
    const volumes = await this.#removeVolumes(filters.label, gone);
    const networks = (await dockerode.listNetworks({ filters })).filter(gone);
    // One that is still in use is left to whoever is about to end what uses it.
    await Promise.all(networks.map(({ Id }) => this.removeNetwork(Id).catch(unlessInUse)));
    return containers.length + volumes + networks.length;
  }

  async #pulled(name: string): Promise<Image> {
    try {
      await this.#client.image.pull(this.#testcontainers.ImageName.fromString(name), {
        force: false,
        platform: undefined,
      });
      return await this.#known(name);
    } catch (error) {
      throw new HarnessError({
        happened: `The image ${name} is not on this machine, and could not be pulled.`,
        because: `${messageOf(error)}.`,
        next: "Build or load it first, or correct image in the config.",
      });
    }
  }

  /**
   * One image a Dockerfile, under a name of its own that stays as a cache: the next harness builds it anew, and what has
   * become of it replaces what it was.
   */
  async #built(path: string): Promise<Image> {
    const file = statSync(path).isDirectory() ? join(path, "Dockerfile") : path;
    const name = imageBuiltFrom(file);
    try {
      if (!existsSync(file)) throw new Error(`there is no ${file}`);
      const { GenericContainer } = this.#testcontainers;
      return await this.builtAs(name, () =>
        GenericContainer.fromDockerfile(dirname(file), basename(file)).build(name, { deleteOnExit: false }),
      );
    } catch (error) {
      throw new HarnessError({
        happened: `The image of ${path} could not be built.`,
        because: `${messageOf(error)}.`,
        next: `See it by hand: docker build -f ${file} ${dirname(file)}`,
      });
    }
  }

  /** Has an image built under a name; what had that name before is removed. */
  async builtAs(name: string, build: () => Promise<unknown>): Promise<Image> {
    const before = await this.#idOf(name);
    await build();
    const image = await this.#known(name);
    if (before !== undefined && before !== image.id)
      await quietly(this.#client.container.dockerode.getImage(before).remove());
    return image;
  }

  async #known(name: string): Promise<Image> {
    const id = await this.#idOf(name);
    if (id === undefined) throw new Error("the engine does not know it");
    return { name, id };
  }

  async #idOf(image: string): Promise<string | undefined> {
    try {
      return (await this.#client.container.dockerode.getImage(image).inspect()).Id;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }
}

/** What the image of a Dockerfile is called. */
export function imageBuiltFrom(file: string): string {
  return `komfrem-built:${createHash("sha256").update(file).digest("hex").slice(0, 12)}`;
}

/** Removes a container, with the volumes that were made for it. */
export async function remove(container: Container): Promise<void> {
  await quietly(container.remove({ force: true, v: true }));
}

/** What is written on everything that is made for a run. */
export function labelsOf(run: string): Record<string, string> {
  return { [labelName]: harnessLabel(), [runLabelName]: run };
}

async function quietly(does: Promise<unknown>): Promise<void> {
  try {
    await does;
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function unlessInUse(error: unknown): void {
  const { statusCode } = error as { readonly statusCode?: number };
  if (statusCode !== 403) throw error;
}

/** Whether the engine says that it is not there any more, or about to go. */
export function isGone(error: unknown): boolean {
  const { statusCode } = error as { readonly statusCode?: number };
  return statusCode === 404 || statusCode === 409;
}

export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, "");
}
