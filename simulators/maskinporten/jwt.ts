import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
import { signedByMaskinporten } from "../keys/maskinporten-key.ts";

/** A JWT's parts as they were read; nothing of it has been checked. */
export type ReadJwt = {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: string;
};

/** RSA as PKCS#1 v1.5 always gives the same: what was worked out once is kept over runs. */
const mostKept = 8192;
const signatures = new Map<string, string>();
const verdicts = new Map<string, boolean>();
const keys = new Map<string, KeyObject>();

function kept<Value>(map: Map<string, Value>, key: string, work: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = work();
    if (map.size >= mostKept) map.clear();
    map.set(key, value);
  }
  return value;
}

/** What something long is kept under: thousands of keys in full would be megabytes. */
const short = (...parts: readonly string[]): string => hash("sha256", parts.join("\n"), "base64");

/** A header or claims, as they stand in a JWT. */
export const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Lets go of every signature and its verdict. Over sockets a token names the run's own port: no later run has use for
 * it, and what is kept would grow with the runs.
 */
export function forgetSignatures(): void {
  signatures.clear();
  verdicts.clear();
}

/** A JWT with Maskinporten's signature, RS256. */
export function signJwt(header: object, claims: object): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${kept(signatures, short(signed), () => signedByMaskinporten(signed))}`;
}

/** Whether a JWT's RS256 signature fits the public key. */
export function signatureFits(jwt: ReadJwt, publicKeyPem: string): boolean {
  return kept(verdicts, short(publicKeyPem, jwt.signed, jwt.signature), () => {
    const key = kept(keys, publicKeyPem, () => createPublicKey(publicKeyPem));
    return verify("sha256", Buffer.from(jwt.signed), key, Buffer.from(jwt.signature, "base64url"));
  });
}

function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Takes a compact JWT apart; undefined where it is none. */
export function readJwt(text: string): ReadJwt | undefined {
  const [head, body, signature, more] = text.split(".");
  if (head === undefined || body === undefined || signature === undefined || more !== undefined) return undefined;
  const header = readPart(head);
  const claims = readPart(body);
  if (header === undefined || claims === undefined) return undefined;
  return { header, claims, signed: `${head}.${body}`, signature };
}

/** A public key as a JWK for signatures. */
export function publicJwk(publicKeyPem: string, keyId: string): object {
  const key = kept(keys, publicKeyPem, () => createPublicKey(publicKeyPem));
  return { ...key.export({ format: "jwk" }), kid: keyId, use: "sig", alg: "RS256" };
}
