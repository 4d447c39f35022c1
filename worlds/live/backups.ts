import { execFileSync } from "node:child_process";
import { cpSync, existsSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { HarnessError } from "../../core/error.ts";
import type { Product } from "../world.ts";

/** How long a product's own command may take, real ms. */
const withinMs = 60_000;

/**
 * Backups of what a system keeps: its data directory, and what its own commands put beside that. Taken while it stands
 * still, put back while it is down.
 */
export class Backups {
  readonly #folder: string;
  readonly #dataDirectory: string;
  readonly #product: Product | undefined;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #taken: { readonly atMs: number; readonly folder: string }[] = [];

  /** @param folder Where backups are kept. */
  constructor(folder: string, dataDirectory: string, product: Product | undefined, environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.#dataDirectory = dataDirectory;
    this.#product = product;
    this.#environment = environment;
  }

  /**
   * Keeps what stands there.
   *
   * @param atMs The instant it is from, epoch ms.
   * @throws {HarnessError} The product's own command failed.
   */
  take(atMs: number): void {
    const folder = join(this.#folder, `backup-${this.#taken.length + 1}`);
    copy(this.#dataDirectory, join(folder, "data"));
    mkdirSync(join(folder, "own"));
    this.#ask("take", this.#product?.backup?.take, folder);
    this.#taken.push({ atMs, folder });
  }

  /**
   * Puts back what stood there at an instant, epoch ms; before the first backup there was nothing.
   *
   * @throws {HarnessError} The product's own command failed.
   */
  putBack(atMs: number): void {
    const { folder } = this.#taken.findLast((one) => one.atMs <= atMs) ?? { folder: join(this.#folder, "backup-0") };
    // The folder itself stays: whoever has it mounted goes on with what is in it.
    for (const name of readdirSync(this.#dataDirectory)) rmSync(join(this.#dataDirectory, name), { recursive: true });
    if (existsSync(folder)) copy(join(folder, "data"), this.#dataDirectory);
    this.#ask("put", this.#product?.backup?.put, folder);
  }

  #ask(what: "take" | "put", command: readonly [string, ...string[]] | undefined, folder: string): void {
    if (command === undefined) return;
    const [file, ...args] = command;
    try {
      execFileSync(file, args, {
        cwd: this.#product?.folder,
        env: { ...this.#environment, KOMFREM_BACKUP_FOLDER: join(folder, "own") },
        timeout: withinMs,
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      throw new HarnessError({
        happened: `The config's backup.${what} failed.`,
        because: error instanceof Error ? error.message : String(error),
        next: "Correct it: a command that ends with 0 once KOMFREM_BACKUP_FOLDER has all that is kept outside the data directory, or all of that is put back; an absent folder stands for nothing.",
      });
    }
  }
}

/** Copies a folder. Its files stay whose they were, where that is in our power: a container's user is not ours. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
  if (process.getuid?.() !== 0) return;
  for (const name of readdirSync(from, { recursive: true, encoding: "utf8" })) {
    const { uid, gid } = lstatSync(join(from, name));
    lchownSync(join(to, name), uid, gid);
  }
}
