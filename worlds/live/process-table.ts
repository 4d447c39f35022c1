import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The two ends of a connection on this machine, by their ports. */
export type Ends = { readonly theirs: number; readonly ours: number };

/**
 * Whether a process of a group opened a connection to us: by what the machine itself says of its sockets (Linux). Of one
 * that has been closed again it says nothing.
 *
 * @param group Id of the group of processes.
 */
export function opened(group: number, ends: Ends): boolean {
  const inode = inodeOf(ends);
  if (inode === undefined) return false;
  const link = `socket:[${inode}]`;
  return processesOf(group).some((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => linkAt(`/proc/${pid}/fd/${fd}`) === link);
    } catch {
      return false;
    }
  });
}

/** A JVM's sockets are of IPv6 also where they go to 127.0.0.1. */
function inodeOf({ theirs, ours }: Ends): string | undefined {
  const local = hexPort(theirs);
  const remote = hexPort(ours);
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"])
    for (const line of lines(table)) {
      const [, from, to, , , , , , , inode] = line.trim().split(/\s+/);
      if (from?.endsWith(local) && to?.endsWith(remote)) return inode;
    }
  return undefined;
}

/** The processes of a group, by their ids; none where the machine does not say (elsewhere than on Linux). */
export function processesOf(group: number): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && groupOf(name) === group);
  } catch {
    return [];
  }
}

/** @source proc(5): the group is the third field after the name, which stands in brackets and may hold anything. */
function groupOf(pid: string): number | undefined {
  const [stat = ""] = lines(`/proc/${pid}/stat`);
  const group = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .at(2);
  return group === undefined ? undefined : Number(group);
}

function hexPort(port: number): string {
  return `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Nothing where there is no such file, or no longer. */
function lines(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch {
    return [];
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
