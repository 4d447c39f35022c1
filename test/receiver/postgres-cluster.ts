import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Debian puts the server's own binaries here, and not on the PATH. */
const debian = "/usr/lib/postgresql";
const loopback = "127.0.0.1";

/** A PostgreSQL server of a test's own, in a temporary folder. */
export type Cluster = {
  readonly url: string;
  /** Ends it as a power cut would, without its knowing, and starts it again on what is left. */
  crash(): Promise<() => Promise<void>>;
  stop(): Promise<void>;
};

/**
 * @param options `fsync`: it waits for the disk, as one in production does; who kills processes only need not.
 * @returns Why there can be none here, where that is so.
 */
export async function postgresCluster(
  { fsync }: { readonly fsync: boolean } = { fsync: false },
): Promise<Cluster | string> {
  const bin = binaries();
  if (bin === undefined) return "there is no PostgreSQL server on this machine (initdb, postgres)";
  const owner = unprivileged();
  if (owner === undefined) return "PostgreSQL does not run as root, and there is no user postgres";
  const folder = mkdtempSync(join(tmpdir(), "komfrem-postgres-"));
  if (owner.uid !== undefined) chownSync(folder, owner.uid, owner.gid ?? owner.uid);
  const data = join(folder, "data");
  const removed = (): void => rmSync(folder, { recursive: true, force: true });
  // Not UTF-8, on purpose: what is kept must not depend on the encoding that a vendor's database has.
  const options = ["--auth=trust", "--username=komfrem", "--encoding=LATIN1", "--locale=C", "--no-sync"];
  const made = spawnSync(join(bin, "initdb"), ["-D", data, ...options], { ...owner, cwd: folder, encoding: "utf8" });
  if (made.status !== 0) {
    removed();
    return `initdb failed: ${made.stderr.trim().split("\n").at(-1)}`;
  }
  let end: (signal: NodeJS.Signals) => Promise<void> = async () => {};
  /** @returns Its last line where it did not start. */
  const start = async (port: number): Promise<string | undefined> => {
    const settings = [
      `listen_addresses=${loopback}`,
      `unix_socket_directories=${folder}`,
      `fsync=${fsync ? "on" : "off"}`,
    ];
    const server = spawn(
      join(bin, "postgres"),
      ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      { ...owner, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
    );
    const ended = once(server, "exit");
    end = async (signal) => {
      server.kill(signal);
      await ended;
    };
    let last = "it said nothing";
    for await (const line of createInterface({ input: server.stderr })) {
      if (line.includes("ready to accept connections")) {
        server.stderr.resume();
        return undefined;
      }
      last = line;
    }
    return last;
  };
  // A port that was free may have been taken meanwhile.
  let port = await freePort();
  if ((await start(port)) !== undefined) {
    port = await freePort();
    const why = await start(port);
    if (why !== undefined) {
      removed();
      return `postgres did not start: ${why}`;
    }
  }
  return {
    url: `postgres://komfrem@${loopback}:${port}/postgres`,
    crash: async () => {
      await end("SIGQUIT");
      return async () => {
        const why = await start(port);
        if (why !== undefined) throw new Error(`PostgreSQL did not start again: ${why}`);
      };
    },
    stop: async () => {
      await end("SIGINT");
      removed();
    },
  };
}

function binaries(): string | undefined {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((one) => join(debian, one, "bin")), ...(process.env.PATH ?? "").split(delimiter)];
  return folders.find((folder) => ["initdb", "postgres"].every((name) => existsSync(join(folder, name))));
}

/** Who the server runs as: whoever we are, or its own user where we are root; undefined where there is none. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  try {
    const id = (of: string): number =>
      Number(execFileSync("id", [of, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
