import { createPrivateKey, type JsonWebKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import { validate } from "../../contracts/komfrem/index.ts";
import type { Endpoints } from "../../port/endpoints.ts";
import {
  clientPrivateKey,
  districtsCertificate,
  districtsPrivateKey,
  signingCertificate,
  signingPrivateKey,
} from "../../simulators/keys/index.ts";
import { leavesOf, writeEndpoints } from "../../worlds/live/endpoints-file.ts";
import { endpointsFrom } from "./endpoints.ts";

const folder = mkdtempSync(join(tmpdir(), "komfrem-endpoints-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inProcess: Endpoints = {
  version: 1,
  channels: ["fiks-io"],
  recipients: [
    {
      organizationNumber: "310000000",
      municipalityNumber: "4690",
      districts: [
        {
          number: "01",
          fiksIo: { accountId: "a1", privateKeys: [districtsPrivateKey, "old"], certificate: districtsCertificate },
        },
        { number: "02" },
      ],
    },
  ],
  maskinporten: {
    issuer: "http://127.0.0.1:1/",
    tokenEndpoint: "http://127.0.0.1:1/token",
    clientId: "c",
    keyId: "k",
    scopes: ["ks:fiks"],
    privateKey: clientPrivateKey,
  },
  fiks: {
    apiBaseUrl: "http://127.0.0.1:2",
    integrationId: "i",
    integrationPassword: "p",
    amqp: { host: "127.0.0.1", port: 5, tls: false, vhost: "/" },
    plain: true,
    signing: { certificate: signingCertificate, privateKey: signingPrivateKey },
  },
  pollIntervalMs: 900_000,
};

describe("the endpoints file", () => {
  it("gives a process the keys that it was written with, and is valid by its schema", () => {
    const here = { dataDirectory: "/data", nowUrl: "http://127.0.0.1:3/" };
    const environment = writeEndpoints(folder, inProcess, here);
    const written = JSON.parse(readFileSync(environment.KOMFREM_ENDPOINTS ?? "", "utf8")) as Endpoints;
    expect(validate("endpoints", written)).toEqual([]);
    expect(JSON.stringify(written)).not.toMatch(/"(privateKeys?|certificate)"/);
    const otherForms = {
      keystoreFile: expect.stringMatching(/\.p12$/) as unknown as string,
      keystorePassword: "komfrem",
      jwkFile: expect.stringMatching(/\.jwk\.json$/) as unknown as string,
    };
    const [recipient] = inProcess.recipients;
    const [served, other] = recipient?.districts ?? [];
    expect(endpointsFrom(environment)).toEqual({
      ...inProcess,
      recipients: [{ ...recipient, districts: [{ ...served, fiksIo: { ...served?.fiksIo, ...otherForms } }, other] }],
      maskinporten: { ...inProcess.maskinporten, ...otherForms },
      fiks: { ...inProcess.fiks, signing: { ...inProcess.fiks?.signing, ...otherForms } },
      clock: { nowUrl: here.nowUrl },
      dataDirectory: here.dataDirectory,
    });
  });

  it("names the run's authority and says that the queues are behind TLS, where there is one", () => {
    const authority = districtsCertificate;
    const here = { dataDirectory: "/data", nowUrl: undefined, authority };
    const environment = writeEndpoints(folder, inProcess, here);
    const { tls, fiks } = endpointsFrom(environment);
    expect(readFileSync(tls?.caFile ?? "", "utf8")).toBe(authority);
    expect(fiks?.amqp).toEqual({ ...inProcess.fiks?.amqp, tls: true, caFile: tls?.caFile });
    expect(environment).toMatchObject({
      KOMFREM_TLS_CA_FILE: tls?.caFile,
      KOMFREM_TLS_TRUSTSTORE_FILE: expect.stringMatching(/\.p12$/),
      KOMFREM_TLS_TRUSTSTORE_PASSWORD: "komfrem",
    });
  });

  it("gives each key as JWK and PKCS#12 too, the same key", () => {
    const { maskinporten } = endpointsFrom(
      writeEndpoints(folder, inProcess, { dataDirectory: "/data", nowUrl: undefined }),
    );
    const jwk = JSON.parse(readFileSync(maskinporten?.jwkFile ?? "", "utf8")) as JsonWebKey;
    const pem = createPrivateKey({ key: jwk, format: "jwk" }).export({ type: "pkcs8", format: "pem" });
    expect(pem).toBe(createPrivateKey(clientPrivateKey).export({ type: "pkcs8", format: "pem" }));
    const pfx = readFileSync(maskinporten?.keystoreFile ?? "");
    expect(() => createSecureContext({ pfx, passphrase: maskinporten?.keystorePassword })).not.toThrow();
  });

  it("stands in the environment too, a leaf a variable", () => {
    expect(leavesOf(inProcess)).toMatchObject({
      KOMFREM_FIKS_API_BASE_URL: "http://127.0.0.1:2",
      KOMFREM_FIKS_AMQP_PORT: "5",
      KOMFREM_FIKS_PLAIN: "true",
      KOMFREM_CHANNELS: '["fiks-io"]',
      KOMFREM_POLL_INTERVAL_MS: "900000",
    });
    expect(leavesOf(inProcess)).not.toHaveProperty("KOMFREM_ALTINN_BASE_URL");
  });

  it("is refused with what is wrong and what to do", () => {
    expect(() => endpointsFrom({})).toThrow(/KOMFREM_ENDPOINTS is not set[\s\S]*Next: /);
    expect(() => endpointsFrom({ KOMFREM_ENDPOINTS: join(folder, "none.json") })).toThrow(
      /could not be read[\s\S]*Next: /,
    );
    expect(() => endpointsFrom({ KOMFREM_ENDPOINTS: import.meta.filename })).toThrow(/could not be read[\s\S]*Next: /);
    expect(() => endpointsFrom({ KOMFREM_ENDPOINTS: join(import.meta.dirname, "../../package.json") })).toThrow(
      /is no endpoints file\.\n {2}Why: .*channels: is missing\./,
    );
  });
});
