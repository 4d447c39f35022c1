import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { HarnessError } from "../../core/error.ts";

const mounts = "/proc/self/mounts";
const devices = "/sys/dev/block";

/**
 * Gives a folder no more room than this: it becomes a file system of its own, in memory, that outlives whoever writes to
 * it, until `releaseDisks`.
 *
 * @param mb MiB.
 * @throws {HarnessError} It takes root on Linux.
 */
export function limitDisk(folder: string, mb: number): void {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mb}m,mode=777`, "komfrem", folder], { stdio: "pipe" });
  } catch (error) {
    throw new HarnessError({
      happened: "The data directory could not be given a size of its own (limits.diskMb).",
      because: error instanceof Error ? error.message.trim() : String(error),
      next: "Run as root on Linux, where tmpfs can be mounted; or leave the limit out.",
    });
  }
}

/** Takes away every file system that was mounted in a folder, with what is in it. */
export function releaseDisks(folder: string): void {
  for (const place of mountedIn(folder)) execFileSync("umount", ["--lazy", place], { stdio: "pipe" });
}

/**
 * The device that a folder is on, as an engine is told it: `/dev/sda`, the whole of it.
 *
 * @throws {HarnessError} There is none whose writes an engine could slow down.
 */
export function deviceOf(folder: string): string {
  const { dev } = statSync(folder);
  // As the machine's C library packs it.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  try {
    const at = realpathSync(join(devices, `${major}:${minor}`));
    const isPart = statSync(join(at, "partition"), { throwIfNoEntry: false }) !== undefined;
    return `/dev/${basename(isPart ? dirname(at) : at)}`;
  } catch {
    throw new HarnessError({
      happened: "Writes to the data directory could not be slowed down (limits.writeMbPerSecond).",
      because: `${folder} is on no block device of this machine.`,
      next: "Set TMPDIR to a folder on a disk; or leave the limit out.",
    });
  }
}

function mountedIn(folder: string): string[] {
  try {
    return readFileSync(mounts, "utf8")
      .split("\n")
      .map((line) =>
        (line.split(" ")[1] ?? "").replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(parseInt(code, 8))),
      )
      .filter((place) => place.startsWith(folder + sep));
  } catch {
    return [];
  }
}
