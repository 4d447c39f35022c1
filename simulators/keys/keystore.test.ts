import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { authority, selfSigned } from "./certificate.ts";
import { clientPrivateKey } from "./index.ts";
import { keystore, truststore } from "./keystore.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}
const lacks = (program: string, asked: string): boolean => {
  if (spawnSync(program, [asked]).error === undefined) return false;
  console.log(`skipped: ${program} is not there`);
  return true;
};
const noKeytool = lacks("keytool", "-help");
const noOpenssl = lacks("openssl", "version");

const made = authority("Komfrem, a test");
const client = { certificate: selfSigned("client", clientPrivateKey), privateKey: clientPrivateKey };

describe("an authority", () => {
  it("issues what is for the given hosts and no other, with a key of its own", () => {
    const { certificate, privateKey } = made.issue(["127.0.0.1", "localhost"]);
    const read = new X509Certificate(certificate);
    expect(read.verify(new X509Certificate(made.certificate).publicKey)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect([read.checkIP("127.0.0.1"), read.checkHost("localhost")]).toEqual(["127.0.0.1", "localhost"]);
    expect([read.checkIP("127.0.0.2"), read.checkHost("example.no")]).toEqual([undefined, undefined]);
    expect(Date.parse(read.validTo)).toBe(Date.UTC(2060, 0, 1));
  });

  it.skipIf(noOpenssl)("issues what a strict reader takes, and vouches for nothing of another's", () => {
    const [ours, others] = [made, authority("Komfrem, a test")].map(({ issue }, nth) =>
      file(`server-${nth}.pem`, issue(["localhost"]).certificate),
    );
    const ca = file("ca.pem", made.certificate);
    const verify = (path = ""): number | null =>
      spawnSync("openssl", ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca, path]).status;
    expect(verify(ours)).toBe(0);
    expect(verify(others)).not.toBe(0);
  });
});

describe("a keystore", () => {
  it("is read by Node with its password, and with no other", () => {
    const pfx = keystore(client, "client", "æ secret");
    expect(() => createSecureContext({ pfx, passphrase: "æ secret" })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: "secret" })).toThrow(/mac verify failure/);
  });

  it.skipIf(noOpenssl)("holds the very key and its certificate", () => {
    const path = file("client.p12", keystore(client, "client", "secret"));
    const read = execFileSync("openssl", ["pkcs12", "-in", path, "-passin", "pass:secret", "-nodes"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const plain = (pem: string): unknown => createPrivateKey(pem).export({ type: "pkcs8", format: "pem" });
    expect(plain(read)).toBe(plain(clientPrivateKey));
    expect(new X509Certificate(read).checkPrivateKey(createPrivateKey(clientPrivateKey))).toBe(true);
  });

  it.skipIf(noKeytool)("is a private key to a JVM, and a truststore is trust, with its password and without", () => {
    const list = (content: Uint8Array, given: readonly string[]): string =>
      spawnSync("keytool", ["-list", "-J-Duser.language=en", "-keystore", file("listed.p12", content), ...given], {
        encoding: "utf8",
        input: "\n",
      }).stdout;
    expect(list(keystore(client, "client", "secret"), ["-storepass", "secret"])).toMatch(/client, .*PrivateKeyEntry/);
    const trusted = truststore(made.certificate, "komfrem", "secret");
    for (const given of [["-storepass", "secret"], []])
      expect(list(trusted, given)).toMatch(/komfrem, .*trustedCertEntry/);
    expect(list(trusted, ["-storepass", "wrong!"])).toMatch(/Integrity check failed|password was incorrect/);
  });
});
