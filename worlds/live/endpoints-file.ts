import { createPrivateKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoints, KeyForms } from "../../port/endpoints.ts";
import { selfSigned } from "../../simulators/keys/certificate.ts";
import { keystore, truststore } from "../../simulators/keys/keystore.ts";

/** Of every keystore and truststore of a run: they guard nothing. */
const storePassword = "komfrem";

/** What of a run's endpoints is the machine's. */
export type Here = {
  readonly dataDirectory: string;
  /** Left out for a system that goes by the machine's clock. */
  readonly nowUrl: string | undefined;
  /** Of the authority whose certificates all servers show, PEM; left out where they speak in the clear. */
  readonly authority?: string;
};

/**
 * Writes the endpoints file of a run and the keys beside it, each as PEM, PKCS#12 and JWK.
 *
 * @returns What the system finds in its environment: `KOMFREM_ENDPOINTS`, and every leaf of the file as `KOMFREM_…`.
 * @source PORT.md, *Endpoints file*.
 */
export function writeEndpoints(folder: string, endpoints: Endpoints, here: Here): Readonly<Record<string, string>> {
  const keys = join(folder, "keys");
  mkdirSync(keys, { recursive: true });
  const file: WriteFile = (name, content) => {
    const path = join(keys, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  const { maskinporten, fiks } = endpoints;
  const caFile = here.authority === undefined ? undefined : file("tls-ca.pem", here.authority);
  const written: Endpoints = {
    ...endpoints,
    recipients: endpoints.recipients.map((recipient) => ({
      ...recipient,
      districts: recipient.districts.map((district) => {
        const { fiksIo } = district;
        if (fiksIo === undefined) return district;
        const { privateKeys, certificate, ...rest } = fiksIo;
        const name = `${recipient.municipalityNumber}-${district.number}`;
        return {
          ...district,
          fiksIo: {
            ...rest,
            ...(privateKeys === undefined
              ? {}
              : { privateKeyFiles: privateKeys.map((pem, nth) => file(`${name}-private-${nth + 1}.pem`, pem)) }),
            ...(certificate === undefined ? {} : { certificateFile: file(`${name}-certificate.pem`, certificate) }),
            ...(privateKeys?.[0] === undefined ? {} : otherForms(privateKeys[0], certificate, name, file)),
          },
        };
      }),
    })),
    ...(maskinporten === undefined ? {} : { maskinporten: withKeyFile(maskinporten, "maskinporten", file) }),
    ...(fiks === undefined
      ? {}
      : {
          fiks: {
            ...fiks,
            amqp: caFile === undefined ? fiks.amqp : { ...fiks.amqp, tls: true, caFile },
            signing: withKeyFile(fiks.signing, "fiks-signing", file),
          },
        }),
    ...(caFile === undefined || here.authority === undefined
      ? {}
      : {
          tls: {
            caFile,
            truststoreFile: file("tls-ca.p12", truststore(here.authority, "komfrem", storePassword)),
            truststorePassword: storePassword,
          },
        }),
    ...(here.nowUrl === undefined ? {} : { clock: { nowUrl: here.nowUrl } }),
    dataDirectory: here.dataDirectory,
  };
  const path = join(folder, "endpoints.json");
  writeFileSync(path, `${JSON.stringify(written, undefined, 2)}\n`);
  return { KOMFREM_ENDPOINTS: path, ...leavesOf(written) };
}

type WriteFile = (name: string, content: string | Uint8Array) => string;

function withKeyFile<T extends { readonly privateKey?: string; readonly certificate?: string }>(
  holder: T,
  name: string,
  file: WriteFile,
): Omit<T, "privateKey" | "certificate"> {
  const { privateKey, certificate, ...rest } = holder;
  return {
    ...rest,
    ...(privateKey === undefined
      ? {}
      : {
          privateKeyFile: file(`${name}-private.pem`, privateKey),
          ...otherForms(privateKey, certificate, name, file),
        }),
    ...(certificate === undefined ? {} : { certificateFile: file(`${name}-certificate.pem`, certificate) }),
  };
}

/** A key as JWK, and as PKCS#12 with its certificate: where it has none, with one that it gives itself. */
function otherForms(
  privateKey: string,
  certificate: string | undefined,
  name: string,
  file: WriteFile,
): Required<KeyForms> {
  const certified = { privateKey, certificate: certificate ?? selfSigned(name, privateKey) };
  return {
    keystoreFile: file(`${name}.p12`, keystore(certified, name, storePassword)),
    keystorePassword: storePassword,
    jwkFile: file(`${name}-private.jwk.json`, jwkOf(privateKey)),
  };
}

function jwkOf(privateKey: string): string {
  return JSON.stringify(createPrivateKey(privateKey).export({ format: "jwk" }));
}

/** Every leaf under its path in UPPER_SNAKE, `fiks.apiBaseUrl` as `KOMFREM_FIKS_API_BASE_URL`; arrays as JSON text. */
export function leavesOf(value: object, prefix = "KOMFREM"): Record<string, string> {
  const leaves: Record<string, string> = {};
  for (const [name, inner] of Object.entries(value) as [string, unknown][]) {
    const path = `${prefix}_${name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase()}`;
    if (inner === undefined) continue;
    if (Array.isArray(inner)) leaves[path] = JSON.stringify(inner);
    else if (typeof inner === "object" && inner !== null) Object.assign(leaves, leavesOf(inner, path));
    else leaves[path] = String(inner);
  }
  return leaves;
}
