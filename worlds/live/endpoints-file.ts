import { createPrivateKey } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoints } from "../../port/endpoints.ts";

/**
 * Writes the endpoints file of a run and the keys beside it, as PEM and those that sign as JWK too.
 *
 * @param here `nowUrl` is left out for a system that goes by the machine's clock.
 * @returns What the system finds in its environment: `KOMFREM_ENDPOINTS`, and every leaf of the file as `KOMFREM_…`.
 * @source PORT.md, *Endpoints file*.
 */
export function writeEndpoints(
  folder: string,
  endpoints: Endpoints,
  here: { readonly dataDirectory: string; readonly nowUrl: string | undefined },
): Readonly<Record<string, string>> {
  const keys = join(folder, "keys");
  mkdirSync(keys, { recursive: true });
  const file = (name: string, key: string): string => {
    const path = join(keys, name);
    writeFileSync(path, key, { mode: 0o600 });
    return path;
  };
  const { maskinporten, fiks } = endpoints;
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
          },
        };
      }),
    })),
    ...(maskinporten === undefined ? {} : { maskinporten: withKeyFile(maskinporten, "maskinporten", file) }),
    ...(fiks === undefined ? {} : { fiks: { ...fiks, signing: withKeyFile(fiks.signing, "fiks-signing", file) } }),
    ...(here.nowUrl === undefined ? {} : { clock: { nowUrl: here.nowUrl } }),
    dataDirectory: here.dataDirectory,
  };
  const path = join(folder, "endpoints.json");
  writeFileSync(path, `${JSON.stringify(written, undefined, 2)}\n`);
  return { KOMFREM_ENDPOINTS: path, ...leavesOf(written) };
}

function withKeyFile<T extends { readonly privateKey?: string; readonly certificate?: string }>(
  holder: T,
  name: string,
  file: (name: string, key: string) => string,
): Omit<T, "privateKey" | "certificate"> {
  const { privateKey, certificate, ...rest } = holder;
  return {
    ...rest,
    ...(privateKey === undefined
      ? {}
      : {
          privateKeyFile: file(`${name}-private.pem`, privateKey),
          jwkFile: file(`${name}-private.jwk.json`, jwkOf(privateKey)),
        }),
    ...(certificate === undefined ? {} : { certificateFile: file(`${name}-certificate.pem`, certificate) }),
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
