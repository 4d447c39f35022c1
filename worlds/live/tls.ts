import type { Server as HttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import type { BadCertificate } from "../../core/scenario.ts";
import { otherHost } from "../../simulators/certificate-error.ts";
import { authority, type Certified } from "../../simulators/keys/certificate.ts";
import { resettable } from "./resettable.ts";

/**
 * What the servers of one run show over TLS: certificates of an authority made for it, which nobody trusts who was not
 * told to.
 */
export class Tls {
  /** Of the authority, PEM. */
  readonly certificate: string;
  readonly #shows: (certificate: BadCertificate | undefined) => SecureContext;
  /** What was shown on connections that were not shown the right certificate. */
  readonly #shown = new WeakMap<Socket, BadCertificate>();
  readonly #failed: (why: string) => void;

  /**
   * @param hosts Names and IPv4 addresses that the servers are reached by.
   * @param failed Told why, whenever a connection comes to nothing before a byte of it could be read.
   */
  constructor(hosts: readonly [string, ...string[]], failed: (why: string) => void) {
    const { certificate, issue } = authority("Komfrem, for one run");
    this.certificate = certificate;
    const right = contextOf(issue(hosts));
    const bad = new Map<BadCertificate, SecureContext>();
    const made = (which: BadCertificate): SecureContext => {
      switch (which) {
        case "expired":
          return contextOf(issue(hosts, true));
        case "untrusted-root": {
          const other = authority("Komfrem, an authority that nobody trusts");
          return contextOf(other.issue(hosts), other.certificate);
        }
        case "wrong-host":
          return contextOf(issue([otherHost]));
      }
    };
    this.#shows = (which) => {
      if (which === undefined) return right;
      const context = bad.get(which) ?? made(which);
      bad.set(which, context);
      return context;
    };
    this.#failed = failed;
  }

  /**
   * What is said on a connection in the clear. A reset resets the connection itself, without a farewell.
   *
   * @param shows What is wrong with the certificate that is shown, if anything.
   */
  secured(socket: Socket, shows?: BadCertificate): Socket {
    const secured = new TLSSocket(resettable(socket), { isServer: true, secureContext: this.#shows(shows) });
    if (shows !== undefined) this.#shown.set(secured, shows);
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

  /** A server in front of one that knows nothing of TLS. @param shows Asked at each connection: see `secured`. */
  before(server: HttpServer, shows: () => BadCertificate | undefined = () => undefined): Server {
    return createServer({ noDelay: true }, (socket) => server.emit("connection", this.secured(socket, shows())));
  }

  /** What was wrong with the certificate that was shown on a secured connection, if anything. */
  shownOn(secured: Socket): BadCertificate | undefined {
    return this.#shown.get(secured);
  }
}

/** @param chain Of the authority, where it is sent along. */
function contextOf({ certificate, privateKey }: Certified, chain = ""): SecureContext {
  return createSecureContext({ cert: certificate + chain, key: privateKey });
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
