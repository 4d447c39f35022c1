import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { HarnessError } from "../../core/error.ts";
import type { Version } from "../../core/scenario.ts";
import { awaited, type ComposeFile, type ComposePlan, composed, composeFile, type Mount } from "./compose-file.ts";
import {
  type Container,
  type Engine,
  type Image,
  imageBuiltFrom,
  labelsOf,
  messageOf,
  type RunNetwork,
} from "./engine.ts";
import type { Maker } from "./site.ts";

const run = promisify(execFile);
/** An image may have to be built or pulled. */
const commandWithinMs = 600_000;
const lookEveryMs = 100;
/** The first addresses of a network are ours and nobody's. */
const firstAddress = 3;

type Command = readonly [string, ...string[]];
type Prepared = {
  readonly command: Command;
  readonly file: ComposeFile;
  readonly images: Readonly<Record<string, Image>>;
};

type Start = Pick<ComposePlan, "environment" | "mounts" | "limits">;
type Place = { readonly folder: string; readonly network: RunNetwork; readonly resolver: Mount };

const prepared = new Map<string, Promise<Prepared>>();

/** The services of a compose file, with their images; nothing of it runs yet. */
export class Composition {
  readonly #prepared: Prepared;
  readonly #service: string;
  readonly #engine: Engine;
  readonly #folder: string;

  private constructor(all: Prepared, service: string, engine: Engine, folder: string) {
    this.#prepared = all;
    this.#service = service;
    this.#engine = engine;
    this.#folder = folder;
  }

  /**
   * Reads the file and sees to its images, once a file.
   *
   * @param folder The run's.
   * @throws {HarnessError} There is no compose command, or the file or its images cannot be used.
   */
  static async of(
    { path, service }: { readonly path: string; readonly service: string },
    engine: Engine,
    folder: string,
  ): Promise<Composition> {
    const key = JSON.stringify([path, service]);
    const known = prepared.get(key) ?? preparedFrom({ path, service }, engine);
    prepared.set(key, known);
    known.catch(() => prepared.delete(key));
    return new Composition(await known, service, engine, folder);
  }

  on(network: RunNetwork, resolver: Mount): Services {
    return new Services(this.#prepared, this.#service, this.#engine, { folder: this.#folder, network, resolver });
  }
}

/** The services of one run: one of them is the system under test, the others stand around it until the run is over. */
class Services implements Maker {
  readonly identity: string;
  readonly hosts: Readonly<Record<string, string>>;
  readonly #prepared: Prepared;
  readonly #service: string;
  readonly #engine: Engine;
  readonly #place: Place;
  readonly #run: string;

  constructor(all: Prepared, service: string, engine: Engine, place: Place) {
    this.#prepared = all;
    this.#service = service;
    this.#engine = engine;
    this.#place = place;
    this.#run = basename(place.folder);
    const ids = Object.entries(all.images).map(([of, { id }]) => `${of}=${id}`);
    this.identity = createHash("sha256")
      .update([...ids, JSON.stringify(all.file.services)].join("\n"))
      .digest("hex");
    this.hosts = Object.fromEntries(
      Object.keys(all.file.services).map((one, nth) => [
        one,
        place.network.address.replace(/\d+$/, String(firstAddress + nth)),
      ]),
    );
  }

  /**
   * Has the other services run, and waits for those that the file says are to be healthy, or done, before.
   *
   * @throws {HarnessError} One does not start, is not healthy or done in time, or was given a way out.
   */
  async begin(withinMs: number): Promise<void> {
    const others = Object.keys(this.#prepared.file.services).filter((name) => name !== this.#service);
    if (others.length === 0) return;
    this.#write({ environment: {}, mounts: [], limits: {} });
    await this.#compose(["up", "-d", "--no-build", ...others]);
    for (const name of others) await this.#isInside(name);
    const deadline = performance.now() + withinMs;
    for (const [name, what] of awaited(this.#prepared.file, this.#service)) await this.#waited(name, what, deadline);
  }

  image(): string {
    return this.#prepared.images[this.#service]?.name ?? this.#service;
  }

  async create(start: Start, _version: Version, before: Promise<unknown>): Promise<Container> {
    // Compose has one container of a service, and would find that of the start before.
    await before;
    this.#write(start);
    await this.#compose(["up", "--no-start", "--no-deps", "--no-build", this.#service]);
    return await this.#found(this.#service);
  }

  #write(start: Start): void {
    const { file, images } = this.#prepared;
    const model = composed(file, {
      ...start,
      resolver: this.#place.resolver,
      service: this.#service,
      images: Object.fromEntries(Object.entries(images).map(([of, { name }]) => [of, name])),
      network: this.#run,
      addresses: this.hosts,
      labels: labelsOf(this.#run),
    });
    writeFileSync(this.#at, JSON.stringify(model, null, 1), { mode: 0o600 });
  }

  get #at(): string {
    return join(this.#place.folder, composedFile);
  }

  async #compose(args: readonly string[]): Promise<void> {
    const { command, file } = this.#prepared;
    await composing(command, ["-p", projectOf(this.#run), "-f", this.#at, ...args], dirname(file.path), file.path);
  }

  async #found(service: string): Promise<Container> {
    const containers = await this.#engine.labelled([
      `com.docker.compose.project=${projectOf(this.#run)}`,
      `com.docker.compose.service=${service}`,
    ]);
    const [container] = containers;
    if (container === undefined) throw new Error(`compose made no container of ${service}`);
    return container;
  }

  async #isInside(name: string): Promise<void> {
    const { NetworkSettings } = await (await this.#found(name)).inspect();
    const ways = Object.values(NetworkSettings.Networks).map(({ Gateway }) => Gateway);
    if (ways.every((gateway) => !gateway || gateway === this.#place.network.nobody)) return;
    throw this.#cannot(name, "The engine gave it a way out of its network, and content may go nowhere but to us.");
  }

  async #waited(name: string, what: "healthy" | "completed", deadline: number): Promise<void> {
    const container = await this.#found(name);
    for (;;) {
      const { State } = await container.inspect();
      if (what === "healthy" && State.Health?.Status === "healthy") return;
      if (State.Status === "exited" && (what === "healthy" || State.ExitCode !== 0))
        throw this.#cannot(name, `It ended with exit code ${State.ExitCode}.`);
      if (State.Status === "exited") return;
      if (performance.now() > deadline) throw this.#cannot(name, `It was not ${what} in time (readyWithinMs).`);
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  #cannot(name: string, because: string): HarnessError {
    return new HarnessError({
      happened: `The service ${name} of ${this.#prepared.file.path} could not be started.`,
      because,
      next: "See to it with the compose command itself, then run again.",
    });
  }
}

/** What a run hands to the compose command; keys of the run stand in it. */
export const composedFile = "compose.json";

async function preparedFrom({ path, service }: { path: string; service: string }, engine: Engine): Promise<Prepared> {
  const command = await composeCommand();
  const said = await composing(command, ["-f", path, "config"], dirname(path), path);
  const file = composeFile(path, service, parse(said));
  const images: Record<string, Image> = {};
  for (const [name, { build, image }] of Object.entries(file.services)) {
    if (build === undefined) images[name] = await engine.imageOf({ kind: "image", name: String(image) });
    else images[name] = await built(command, file, name, engine);
  }
  return { command, file, images };
}

/** An image that compose builds, under a name of our own: what the vendor calls so stays what it was. */
function built(command: Command, file: ComposeFile, service: string, engine: Engine): Promise<Image> {
  const name = imageBuiltFrom(`${file.path}#${service}`);
  return engine.builtAs(name, async () => {
    const model = { services: { [service]: { image: name, build: file.services[service]?.build } } };
    await composing(
      command,
      ["-p", "komfrem-built", "-f", "-", "build", service],
      dirname(file.path),
      file.path,
      model,
    );
  });
}

/** `docker compose`, else the `docker-compose` that came before it and that Debian 12 has. */
async function composeCommand(): Promise<Command> {
  for (const command of [["docker", "compose"], ["docker-compose"]] as const) {
    const [file, ...args] = command;
    if (
      await run(file, [...args, "version"]).then(
        () => true,
        () => false,
      )
    )
      return command;
  }
  throw new HarnessError({
    happened: "A compose file could not be read.",
    because: "There is neither docker compose nor docker-compose on this machine.",
    next: "Debian: sudo apt-get install -y --no-install-recommends docker-compose",
  });
}

async function composing(
  [file, ...first]: Command,
  args: readonly string[],
  cwd: string,
  path: string,
  given?: unknown,
): Promise<string> {
  try {
    const done = run(file, [...first, ...args], { cwd, timeout: commandWithinMs, maxBuffer: 2 ** 26 });
    done.child.stdin?.end(given === undefined ? "" : JSON.stringify(given));
    return (await done).stdout;
  } catch (error) {
    const { stderr = "" } = error as { readonly stderr?: string };
    const said = stderr.trim().split("\n").slice(-5).join(" | ");
    throw new HarnessError({
      happened: `${path} could not be run: compose ${args.find((one) => /^(config|up|build)$/.test(one))} failed.`,
      because: said === "" ? `${messageOf(error)}.` : said,
      next: `See it by hand: ${[file, ...first].join(" ")} -f ${path} config`,
    });
  }
}

/** Compose knows projects by small letters. */
export function projectOf(name: string): string {
  return `komfrem-${createHash("sha256").update(name).digest("hex").slice(0, 12)}`;
}
