import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { HarnessError } from "../core/error.ts";

/**
 * Writes a file whole or not at all, whenever the process or the machine is killed: beside it, to the disk, then
 * renamed. A file that is there already is replaced.
 *
 * @throws {HarnessError} It cannot be written.
 */
export function writeWhole(path: string, text: string): void {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.unfinished`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(aside, "w");
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
    synced(dirname(path));
  } catch (error) {
    throw new HarnessError({
      happened: `${path} could not be written.`,
      because: error instanceof Error ? error.message : String(error),
      next: "Make room or choose a folder that can be written to; what was written before stays readable.",
    });
  }
}

/** A rename is lasting once its folder is on the disk; where folders cannot be opened there is nothing to do. */
function synced(folder: string): void {
  if (process.platform === "win32") return;
  const opened = openSync(folder, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
