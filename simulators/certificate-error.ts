import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { BadCertificate } from "../core/scenario.ts";

/** Whom the certificate is for that is for another name. */
export const otherHost = "elsewhere.example";

/**
 * What Node has to say of a certificate: the `error` of a connection over TLS, and the `cause` of a `fetch` that failed.
 *
 * @param host Name or IPv4 address by which whoever showed it was reached.
 */
export function certificateError(certificate: BadCertificate, host: string): Error {
  switch (certificate) {
    case "expired":
      return coded("CERT_HAS_EXPIRED", "certificate has expired");
    case "untrusted-root":
      return coded("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain");
    case "wrong-host": {
      const shown = { subject: { CN: otherHost }, subjectaltname: `DNS:${otherHost}` } as PeerCertificate;
      return checkServerIdentity(host, shown) ?? coded("ERR_TLS_CERT_ALTNAME_INVALID", "certificate for another name");
    }
  }
}

function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
