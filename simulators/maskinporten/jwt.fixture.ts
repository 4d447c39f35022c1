import { sign } from "node:crypto";
import { encode } from "./jwt.ts";

/** A JWT as a client signs it, RS256. */
export function signedJwt(header: object, claims: object, privateKeyPem: string): string {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKeyPem).toString("base64url")}`;
}
