import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileName } from "../core/file-name.ts";
import type { RuleId } from "../core/rule.ts";
import type { Scenario } from "../core/scenario.ts";
import type { Role } from "../worlds/world.ts";
import { writeWhole } from "./whole-file.ts";

/** A scenario that a system failed, with all that it takes to fail it once more (`komfrem.regression/v1`). */
export type Regression = {
  readonly schema: "komfrem.regression/v1";
  /** How reports call the system. */
  readonly system: string;
  /** Path of its module from the file's folder on, `../mine.ts`; or the name of one that we ship. */
  readonly module: string;
  /** Of the version that it is upgraded to, in the same way; absent where none was given. */
  readonly next?: string;
  readonly role: Role;
  readonly rule: RuleId;
  readonly seed: number;
  readonly profile: "default" | "strict";
  readonly found: { readonly how: "fuzz" | "sweep" | "run" | "clocks"; readonly run?: number };
  readonly shrunk: boolean;
  /** Ids of the faults that were injected when it was found: the failure may need each of them. */
  readonly injected: readonly string[];
  /** Real time that performing it took, ms. */
  readonly tookMs: number;
  /** Of the ledger when it was found: SHA-256, hex. */
  readonly hash: string;
  readonly scenario: Scenario;
};

/** A regression in its file. */
export type Kept = { readonly path: string; readonly regression: Regression };

/** A file among the regressions that cannot be used as it stands. It is left where it is. */
export type Unusable = {
  readonly path: string;
  /** `stale`: it is a regression, of another version or with a scenario that is none any more. */
  readonly kind: "unreadable" | "stale";
  readonly because: string;
};

/** What is wrong with a value as a `komfrem.regression/v1`; nothing where it is one. */
export type ProblemsIn = (value: unknown) => readonly string[];

const version = "komfrem.regression/v1";

/** The folder of scenarios that systems have failed: the suite that every exploration begins with. */
export class Regressions {
  readonly folder: string;
  readonly #problemsIn: ProblemsIn;

  constructor(folder: string, problemsIn: ProblemsIn) {
    this.folder = resolve(folder);
    this.#problemsIn = problemsIn;
  }

  /**
   * Writes a regression, whole or not at all, and gives its path. The same scenario, system and rule is the same file.
   *
   * @param regression `module` and `next` may be absolute paths; they are written as seen from the folder.
   * @throws {HarnessError} It cannot be written.
   */
  write(regression: Regression): string {
    const path = join(this.folder, fileNameOf(regression));
    const placed = (module: string): string => (isAbsolute(module) ? fromFolder(this.folder, module) : module);
    const { module, next, ...rest } = regression;
    const versions = { module: placed(module), ...(next === undefined ? {} : { next: placed(next) }) };
    writeWhole(path, `${JSON.stringify({ ...rest, ...versions }, null, 2)}\n`);
    return path;
  }

  /**
   * Writes a regression in the place of another, which goes last of all: at any moment one of them is there.
   *
   * @param moved Told of the new path before the old file goes.
   * @throws {HarnessError} It cannot be written; the other is still there.
   */
  replace(old: string, regression: Regression, moved: (path: string) => void = () => {}): string {
    const path = this.write(regression);
    moved(path);
    if (resolve(old) !== path) rmSync(old, { force: true });
    return path;
  }

  /**
   * The regressions of a system, cheapest to perform first, and how many there are of others; and the files that cannot
   * be used, whichever system they are of.
   *
   * @param module The system's, as `write` takes it; all systems unless said.
   */
  all(module?: string): {
    readonly kept: readonly Kept[];
    readonly others: number;
    readonly unusable: readonly Unusable[];
  } {
    const read = this.#files().map((path) => readRegression(path, this.#problemsIn));
    const regressions = read.filter((one) => "regression" in one);
    const kept = regressions.filter((one) => module === undefined || moduleOf(one) === module);
    return {
      kept: cheapestFirst(kept),
      others: regressions.length - kept.length,
      unusable: read.filter((one) => "because" in one),
    };
  }

  #files(): string[] {
    if (!existsSync(this.folder)) return [];
    const names = readdirSync(this.folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json") && !entry.name.startsWith("."))
      .map(({ name }) => name);
    return names.sort().map((name) => join(this.folder, name));
  }
}

export function cheapestFirst(all: readonly Kept[]): Kept[] {
  return [...all].sort(
    (one, other) => one.regression.tookMs - other.regression.tookMs || (one.path < other.path ? -1 : 1),
  );
}

/** The regression in a file, or why it cannot be used. */
export function readRegression(path: string, problemsIn: ProblemsIn): Kept | Unusable {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { path, kind: "unreadable", because: error instanceof Error ? error.message : String(error) };
  }
  const schema = typeof given === "object" && given !== null && "schema" in given ? given.schema : undefined;
  if (typeof schema !== "string" || !schema.startsWith("komfrem.regression/"))
    return { path, kind: "unreadable", because: "It is no regression: it does not say that it is one." };
  if (schema !== version)
    return { path, kind: "stale", because: `It is a ${schema}; this version of Komfrem knows ${version}.` };
  const problems = problemsIn(given);
  if (problems.length > 0) return { path, kind: "stale", because: problems.slice(0, 3).join(" ") };
  return { path, regression: given as Regression };
}

/** Where the module of a regression is: an absolute path, or the name of one that we ship. */
export function moduleOf({ path, regression }: Kept): string {
  return foundFrom(path, regression.module);
}

/** Where the version is that it is upgraded to, if it is: as `moduleOf`. */
export function nextOf({ path, regression }: Kept): string | undefined {
  return regression.next === undefined ? undefined : foundFrom(path, regression.next);
}

function foundFrom(path: string, module: string): string {
  return module.startsWith(".") ? resolve(dirname(path), module) : module;
}

/** `faulty-acks-first.no-loss.3f9ac1d2.json`: the same for the same scenario, system, rule, seed and profile. */
function fileNameOf({ system, role, rule, seed, profile, scenario }: Regression): string {
  const told = createHash("sha256")
    .update(JSON.stringify([system, role, rule, seed, profile, scenario]))
    .digest("hex");
  return `${fileName(system)}.${rule}.${told.slice(0, 8)}.json`;
}

function fromFolder(folder: string, module: string): string {
  const path = relative(folder, module).replaceAll("\\", "/");
  // On another drive there is no way from here to there.
  if (isAbsolute(path)) return module;
  return path.startsWith(".") ? path : `./${path}`;
}
