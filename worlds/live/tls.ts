import type { Server as HttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import { authority } from "../../simulators/keys/certificate.ts";
import { resettable } from "./resettable.ts";

/**
 * What the servers of one run show over TLS: certificates of an authority made for it, which nobody trusts who was not
 * told to.
 */
export class Tls {
  /** Of the authority, PEM. */
  readonly certificate: string;
  readonly #context: ReturnType<typeof createSecureContext>;
  readonly #failed: (why: string) => void;

  /**
   * @param hosts Names and IPv4 addresses that the servers are reached by.
   * @param failed Told why, whenever a connection comes to nothing before a byte of it could be read.
   */
  constructor(hosts: readonly [string, ...string[]], failed: (why: string) => void) {
    const { certificate, issue } = authority("Komfrem, for one run");
    this.certificate = certificate;
    const shown = issue(hosts);
    this.#context = createSecureContext({ cert: shown.certificate, key: shown.privateKey });
    this.#failed = failed;
  }

  /** What is said on a connection in the clear. A reset resets the connection itself, without a farewell. */
  secured(socket: Socket): Socket {
    const secured = new TLSSocket(resettable(socket), { isServer: true, secureContext: this.#context });
    const failed = ({ message, code }: NodeJS.ErrnoException): void => {
      // One that is killed meanwhile has refused nothing.
      if (code?.startsWith("ERR_SSL")) this.#failed(message);
      socket.destroy();
    };
    secured.on("error", () => {});
    secured.on("_tlsError", failed);
    secured.resetAndDestroy = () => {
      socket.resetAndDestroy();
      return secured;
    };
    return secured;
  }

  /** A server in front of one that knows nothing of TLS. */
  before(server: HttpServer): Server {
    return createServer({ noDelay: true }, (socket) => server.emit("connection", this.secured(socket)));
  }
}

/**
 * What programs find in their environment so that they trust a run's authority, beside what they trust or instead of
 * it; nothing where there is none. A JVM takes the last of several settings: its own, after ours.
 *
 * @param leaves Of the endpoints file.
 * @param around What the environment holds anyway.
 */
export function trusting(
  { KOMFREM_TLS_CA_FILE: caFile, KOMFREM_TLS_TRUSTSTORE_FILE: truststoreFile }: NodeJS.ProcessEnv,
  around: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  if (caFile === undefined) return {};
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
    REQUESTS_CA_BUNDLE: caFile,
    // The store is named without its password, which it does not need: one that the product sets is that of its own store.
    JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${truststoreFile} ${around.JAVA_TOOL_OPTIONS ?? ""}`.trimEnd(),
  };
}
