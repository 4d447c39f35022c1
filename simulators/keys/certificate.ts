import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from "node:crypto";
import { isIP } from "node:net";
import {
  bits,
  boolean,
  explicit,
  implicit,
  integer,
  nothing,
  objectId,
  octets,
  sequence,
  setOf,
  time,
  utf8,
} from "./der.ts";

/** PEM. */
export type Certified = { readonly certificate: string; readonly privateKey: string };

/** A certificate authority made anew; who trusts it trusts what it issues, and nobody else does. */
export type Authority = {
  /** PEM. */
  readonly certificate: string;
  /**
   * A certificate for a server, with a key of its own.
   *
   * @param hosts Names and IPv4 addresses that it is for.
   * @param expired Whether it was valid only before anything here happens.
   */
  issue(hosts: readonly [string, ...string[]], expired?: boolean): Certified;
};

/** As all certificates of this house: every scenario falls within. */
const validFrom = "20150101000000Z";
const lastDay = "20600101000000Z";
/** Before every scenario, and before the machine's own clock. */
const longPast = "20160101000000Z";

/**
 * Makes a certificate authority with a key of its own, P-256. What it issues holds what strict readers ask for: key
 * identifiers, key usage, and names among the alternative names.
 *
 * @source RFC 5280
 */
export function authority(name: string): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer: Signer = { name, key: keys.privateKey };
  const certificate = signed({ name, key: keys.publicKey, extensions: [basic(true), usage(["certificates"])] }, signer);
  return {
    certificate,
    issue: (hosts, expired = false) => {
      const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return {
        certificate: signed(
          {
            name: hosts[0],
            key: own.publicKey,
            extensions: [basic(false), usage(["signatures"]), forServers(), forHosts(hosts)],
            ...(expired ? { validTo: longPast } : {}),
          },
          signer,
        ),
        privateKey: pemOf(own.privateKey),
      };
    },
  };
}

/**
 * The certificate that a key gives itself, PEM: a keystore holds no private key without one.
 *
 * @param privateKey PEM.
 */
export function selfSigned(name: string, privateKey: string): string {
  const key = createPrivateKey(privateKey);
  return signed({ name, key: createPublicKey(key), extensions: [basic(false), usage(["signatures"])] }, { name, key });
}

type Signer = { readonly name: string; readonly key: KeyObject };
type Subject = {
  readonly name: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly validTo?: string;
};

function signed({ name, key, extensions, validTo = lastDay }: Subject, signer: Signer): string {
  const algorithm = algorithmOf(signer.key);
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  const content = sequence(
    explicit(0, integer(2)),
    integer(BigInt(`0x${serial.toString("hex")}`)),
    algorithm,
    nameOf(signer.name),
    sequence(time(validFrom), time(validTo)),
    nameOf(name),
    infoOf(key),
    explicit(
      3,
      sequence(
        ...extensions,
        extension("2.5.29.14", octets(idOf(key))),
        extension("2.5.29.35", sequence(implicit(0, idOf(createPublicKey(signer.key))))),
      ),
    ),
  );
  return pem("CERTIFICATE", sequence(content, algorithm, bits(sign("sha256", content, signer.key))));
}

function algorithmOf(key: KeyObject): Buffer {
  return key.asymmetricKeyType === "rsa"
    ? sequence(objectId("1.2.840.113549.1.1.11"), nothing())
    : sequence(objectId("1.2.840.10045.4.3.2"));
}

function nameOf(name: string): Buffer {
  const part = (id: string, text: string): Buffer => setOf(sequence(objectId(id), utf8(text)));
  return sequence(part("2.5.4.10", "Komfrem syntetisk"), part("2.5.4.3", name));
}

const infoOf = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
const idOf = (key: KeyObject): Buffer => createHash("sha256").update(infoOf(key)).digest().subarray(0, 20);

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

const basic = (isAuthority: boolean): Buffer =>
  extension("2.5.29.19", isAuthority ? sequence(boolean(true)) : sequence(), true);
const usage = ([of]: readonly ["certificates" | "signatures"]): Buffer =>
  extension("2.5.29.15", of === "certificates" ? bits(Buffer.of(0x06), 1) : bits(Buffer.of(0x80), 7), true);
const forServers = (): Buffer => extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.1")));
const forHosts = (hosts: readonly string[]): Buffer =>
  extension(
    "2.5.29.17",
    sequence(
      ...hosts.map((host) =>
        isIP(host) === 4 ? implicit(7, Buffer.from(host.split(".").map(Number))) : implicit(2, Buffer.from(host)),
      ),
    ),
  );

const pemOf = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
