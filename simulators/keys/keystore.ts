import { createHash, createHmac, createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import type { Certified } from "./certificate.ts";
import { bmp, explicit, integer, nothing, objectId, octets, sequence, setOf } from "./der.ts";

const rounds = 2048;
const sha256Bytes = 32;
const sha256BlockBytes = 64;

/**
 * A private key with its certificate as PKCS#12: the key under AES-256 (PBES2), the whole under a SHA-256 MAC.
 *
 * @param alias How readers call the entry.
 * @source RFC 7292
 */
export function keystore({ certificate, privateKey }: Certified, alias: string, password: string): Buffer {
  const { raw } = new X509Certificate(certificate);
  const called = [friendlyName(alias), attribute("1.2.840.113549.1.9.21", octets(Buffer.of(1)))];
  const key = createPrivateKey(privateKey).export({
    type: "pkcs8",
    format: "der",
    cipher: "aes-256-cbc",
    passphrase: password,
  });
  return authenticated([certificateBag(raw, called), bag("1.2.840.113549.1.12.10.1.2", key, called)], password);
}

/**
 * A certificate that is trusted, as PKCS#12. It is not enciphered: a JVM reads it with the password and without.
 *
 * @param certificate PEM.
 */
export function truststore(certificate: string, alias: string, password: string): Buffer {
  // Without this mark, with any usage as its value, a JVM sees a certificate and no trust in it.
  const trusted = attribute("2.16.840.1.113894.746875.1.1", objectId("2.5.29.37.0"));
  return authenticated(
    [certificateBag(new X509Certificate(certificate).raw, [friendlyName(alias), trusted])],
    password,
  );
}

function authenticated(bags: readonly Buffer[], password: string): Buffer {
  const content = sequence(data(sequence(...bags)));
  const salt = randomBytes(16);
  const mac = createHmac("sha256", macKey(password, salt)).update(content).digest();
  const digest = sequence(sequence(objectId("2.16.840.1.101.3.4.2.1"), nothing()), octets(mac));
  return sequence(integer(3), data(content), sequence(digest, octets(salt), integer(rounds)));
}

const data = (content: Buffer): Buffer => sequence(objectId("1.2.840.113549.1.7.1"), explicit(0, octets(content)));

const bag = (id: string, value: Buffer, attributes: readonly Buffer[]): Buffer =>
  sequence(objectId(id), explicit(0, value), setOf(...attributes));

const certificateBag = (raw: Uint8Array, attributes: readonly Buffer[]): Buffer =>
  bag(
    "1.2.840.113549.1.12.10.1.3",
    sequence(objectId("1.2.840.113549.1.9.22.1"), explicit(0, octets(raw))),
    attributes,
  );

const attribute = (id: string, value: Buffer): Buffer => sequence(objectId(id), setOf(value));
const friendlyName = (alias: string): Buffer => attribute("1.2.840.113549.1.9.20", bmp(alias));

/** The key of the MAC, of as many bytes as the hash has: RFC 7292, appendix B.2, with ID 3. */
function macKey(password: string, salt: Uint8Array): Buffer {
  const secret = Buffer.from(`${password}\0`, "utf16le").swap16();
  let hash = Buffer.concat([Buffer.alloc(sha256BlockBytes, 3), filled(salt), filled(secret)]);
  for (let nth = 0; nth < rounds; nth++) hash = createHash("sha256").update(hash).digest();
  return hash.subarray(0, sha256Bytes);
}

/** Repeated until it fills whole blocks. */
function filled(bytes: Uint8Array): Buffer {
  return Buffer.alloc(Math.ceil(bytes.length / sha256BlockBytes) * sha256BlockBytes, bytes);
}
