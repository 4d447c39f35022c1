import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { HarnessError } from "../../core/error.ts";
import type { Version } from "../../core/scenario.ts";
import type { Product, SystemUnderTest } from "../world.ts";

/** What is started, with which arguments and environment, and where. */
export type Launch = {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
};

const resetWithinMs = 60_000;
const manifest = createRequire(import.meta.url).resolve("komfrem/package.json");
const komfrem = join(dirname(manifest), "bin", "komfrem.mjs");

/**
 * How a system is started: a module by `komfrem host`, a product by its own command.
 *
 * @param environment Ours, the leaves of the endpoints file in it.
 * @throws {HarnessError} The product's environment asks for a leaf that this run has not.
 */
export function launchOf(sut: SystemUnderTest, version: Version, environment: NodeJS.ProcessEnv): Launch {
  const { product } = sut;
  if (product === undefined) {
    const module = version === "next" ? (sut.next ?? sut.module) : sut.module;
    return { file: process.execPath, args: [komfrem, "host", module], environment, folder: dirname(module) };
  }
  const { command, folder } = product;
  if (command === undefined) throw new Error(`${sut.name} is not started by a command.`);
  const [file, ...args] = (version === "next" ? product.next : undefined) ?? command;
  return { file, args, environment: surroundingsOf(product, environment), folder };
}

/** What a product, and whatever is asked on its behalf, finds in its environment: ours, and under its own names. */
export function surroundingsOf(product: Product, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...environment, ...namedOf(product, environment) };
}

/**
 * What a product finds in its environment under its own names.
 *
 * @throws {HarnessError} It asks for a leaf that this run has not.
 */
export function namedOf({ environment: named }: Product, environment: NodeJS.ProcessEnv): Record<string, string> {
  const own = Object.entries(named).map(([name, text]) => [
    name,
    filled(`The environment variable ${name}`, text, environment),
  ]);
  return Object.fromEntries(own);
}

/**
 * Makes a product as if it had never run.
 *
 * @throws {HarnessError} It could not be: what an earlier run left behind would be taken for this one's.
 */
export async function resetProduct({ name, product }: SystemUnderTest, environment: NodeJS.ProcessEnv): Promise<void> {
  if (product?.reset === undefined) return;
  const [file, ...args] = product.reset;
  try {
    await promisify(execFile)(file, args, { cwd: product.folder, env: environment, timeout: resetWithinMs });
  } catch (error) {
    throw new HarnessError({
      happened: `${name} could not be reset.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Correct reset in the config: a command that ends with 0 once nothing is left of an earlier run.",
    });
  }
}

/**
 * A text of the config with the leaves that it names filled in.
 *
 * @param what Whose text it is, as an error begins.
 * @throws {HarnessError} This run has no such leaf.
 */
export function filled(what: string, text: string, environment: NodeJS.ProcessEnv): string {
  return text.replace(/\$(?:\{(KOMFREM_[A-Z0-9_]+)\}|(KOMFREM_[A-Z0-9_]+))/g, (_, braced: string, bare: string) => {
    const leaf = braced ?? bare;
    const value = environment[leaf];
    if (value !== undefined) return value;
    throw new HarnessError({
      happened: `${what} could not be filled in.`,
      because: `The endpoints of this run have no ${leaf}.`,
      next: `They have ${Object.keys(environment)
        .filter((key) => key.startsWith("KOMFREM_"))
        .sort()
        .join(", ")}. A channel that a scenario is not on has no leaves: name the scenarios' channel in the config.`,
    });
  });
}
