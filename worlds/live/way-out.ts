import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

const longestRequestLine = 8192;
const refusal = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
/** For programs that match names, and for those that know of brackets. */
const here = "127.0.0.1,localhost,::1,[::1]";

/**
 * The only way out of this machine that a process is told of: a proxy that lets nobody through, and says where to it was
 * asked to lead. Of what was to be sent there nothing is kept.
 *
 * It guards programs that go by their environment; whoever opens a connection by himself gets out.
 */
export class WayOut {
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
    });
  }

  /**
   * @param asked Told the host and port of each attempt, `example.org:443`.
   */
  static async opened(asked: (to: string) => void): Promise<WayOut> {
    const way = new WayOut(createServer((socket) => refuse(socket, asked)));
    await new Promise<void>((resolve, reject) => {
      way.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return way;
  }

  /**
   * What a process finds in its environment so that it takes this way. A JVM takes the last of several settings: its own,
   * after ours.
   *
   * @param around What the environment holds anyway.
   */
  environment(around: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
    const port = (this.#server.address() as AddressInfo).port;
    const proxy = `http://127.0.0.1:${port}`;
    const forJvm = ["http", "https"].map((by) => `-D${by}.proxyHost=127.0.0.1 -D${by}.proxyPort=${port}`).join(" ");
    return {
      ...inBothCases({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy, NO_PROXY: here }),
      NODE_USE_ENV_PROXY: "1",
      JAVA_TOOL_OPTIONS: `${forJvm} ${around.JAVA_TOOL_OPTIONS ?? ""}`.trimEnd(),
    };
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((closed) => this.#server.close(closed));
  }
}

function inBothCases(named: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}

function refuse(socket: Socket, asked: (to: string) => void): void {
  let said = "";
  const hear = (bytes: Buffer): void => {
    said += bytes.toString("latin1");
    if (!said.includes("\n") && said.length < longestRequestLine) return;
    socket.off("data", hear).resume();
    asked(placeIn(said));
    socket.end(refusal);
  };
  socket.on("error", () => {}).on("data", hear);
}

/** Where a request to a proxy is to be passed on to; neither its path nor who asks, which may say more. */
function placeIn(request: string): string {
  const [, method, target = ""] = /^([A-Z]+) (\S+) HTTP\//.exec(request) ?? [];
  try {
    const { hostname, port, protocol } = new URL(method === "CONNECT" ? `tunnel://${target}` : target);
    if (hostname !== "") return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`.slice(0, 200);
  } catch {
    // No request to a proxy.
  }
  return "a place that it did not name";
}
