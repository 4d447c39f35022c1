import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { releaseDisks } from "./disk.ts";

const prefix = "komfrem-live-";
/** Says in the folder of a run which harness made it. */
export const harnessFile = "harness.json";

/** A process, told from another that has its number later. */
type Identity = { readonly pid: number; readonly started: string };

/** A folder for one run, from which a later start can tell whether the harness that made it is still there. */
export function runFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(folder, harnessFile), JSON.stringify(identityOf(process.pid)));
  return folder;
}

/** Removes the folder of a run. What a container wrote there as another user may be left: it is not ours to remove. */
export function removeFolder(folder: string): void {
  releaseDisks(folder);
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") throw error;
  }
}

/**
 * Ends what harnesses that are gone left running, and removes their folders. A process is theirs if its environment names
 * an endpoints file in such a folder; where processes cannot be looked at (no `/proc`) nothing is ended or removed.
 *
 * @returns How many processes were ended.
 */
export function clearOrphans(): number {
  if (!existsSync("/proc/self/environ")) return 0;
  const left = readdirSync(tmpdir())
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(tmpdir(), name))
    .filter(isOrphaned);
  if (left.length === 0) return 0;
  let ended = 0;
  for (const pid of readdirSync("/proc").map(Number)) {
    if (!Number.isSafeInteger(pid) || pid === process.pid) continue;
    const endpoints = endpointsOf(pid);
    if (endpoints === undefined || !left.some((folder) => endpoints.startsWith(join(folder, "/")))) continue;
    try {
      process.kill(pid, "SIGKILL");
      ended += 1;
    } catch {
      // It has gone meanwhile.
    }
  }
  for (const folder of left) removeFolder(folder);
  return ended;
}

/** What this harness writes on whatever it makes outside its own folders: `machine/process/since`. */
export function harnessLabel(): string {
  const { pid, started } = identityOf(process.pid);
  return [hostname(), pid, started].join("/");
}

/** Whether a label is of a harness of this machine that is gone; where processes cannot be looked at, none is. */
export function isOfGone(label: string): boolean {
  const [machine, pid, started] = label.split("/");
  if (machine !== hostname() || !started) return false;
  return identityOf(Number(pid)).started !== started;
}

/** Whether the harness that made a folder is gone; one that does not say who made it is left alone. */
function isOrphaned(folder: string): boolean {
  try {
    const { pid, started } = JSON.parse(readFileSync(join(folder, harnessFile), "utf8")) as Identity;
    return identityOf(pid).started !== started;
  } catch {
    return false;
  }
}

/** When a process was started, in the machine's own count; empty where there is none with that number. */
function identityOf(pid: number): Identity {
  try {
    // The second field is the program's name in brackets, and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return { pid, started: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "" };
  } catch {
    return { pid, started: "" };
  }
}

function endpointsOf(pid: number): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return environment.find((one) => one.startsWith("KOMFREM_ENDPOINTS="))?.slice("KOMFREM_ENDPOINTS=".length);
  } catch {
    return undefined;
  }
}
