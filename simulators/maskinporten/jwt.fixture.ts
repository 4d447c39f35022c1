import { sign } from "node:crypto";

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A JWT as a client signs it, RS256. */
export function signedJwt(header: object, claims: object, privateKeyPem: string): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKeyPem).toString("base64url")}`;
}
