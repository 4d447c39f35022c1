import { readFileSync } from "node:fs";
import { validate } from "../../contracts/komfrem/index.ts";
import { HarnessError } from "../../core/error.ts";
import type { Endpoints } from "../../port/endpoints.ts";

/**
 * Reads the endpoints file that `KOMFREM_ENDPOINTS` names. Keys that stand as PEM files are put inline under the names
 * without `File`, as an integration in process is given them; other forms of the same keys stay paths.
 *
 * @throws {HarnessError} The variable is not set, or the file or a key in it cannot be read or is no endpoints file.
 * @source PORT.md, *Endpoints file* and *Host*.
 */
export function endpointsFrom(environment: NodeJS.ProcessEnv): Endpoints {
  const path = environment.KOMFREM_ENDPOINTS;
  if (path === undefined || path === "")
    throw new HarnessError({
      happened: "The integration was not started.",
      because: "KOMFREM_ENDPOINTS is not set: nothing says where the channels and the receiver are.",
      next: "Let Komfrem start it (komfrem run --world live), or set KOMFREM_ENDPOINTS to the path of an endpoints file.",
    });
  const value = jsonIn(path);
  const problems = validate("endpoints", value);
  if (problems.length > 0)
    throw new HarnessError({
      happened: `${path} is no endpoints file.`,
      because: problems.slice(0, 5).join(" "),
      next: "Correct the file; contracts/komfrem/endpoints.v1.schema.json says what may stand in it.",
    });
  return withKeysInline(value as Endpoints);
}

function jsonIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new HarnessError({
      happened: "The integration was not started.",
      because: `The endpoints file ${path} could not be read: ${messageOf(error)}`,
      next: "Set KOMFREM_ENDPOINTS to the absolute path of an endpoints file.",
    });
  }
}

function withKeysInline(endpoints: Endpoints): Endpoints {
  const { maskinporten, fiks } = endpoints;
  return {
    ...endpoints,
    recipients: endpoints.recipients.map((recipient) => ({
      ...recipient,
      districts: recipient.districts.map((district) => {
        const { fiksIo } = district;
        if (fiksIo === undefined) return district;
        const { privateKeyFiles, certificateFile, ...rest } = fiksIo;
        return {
          ...district,
          fiksIo: {
            ...rest,
            ...(privateKeyFiles === undefined ? {} : { privateKeys: privateKeyFiles.map(pemIn) }),
            ...(certificateFile === undefined ? {} : { certificate: pemIn(certificateFile) }),
          },
        };
      }),
    })),
    ...(maskinporten === undefined ? {} : { maskinporten: withKeyInline(maskinporten) }),
    ...(fiks === undefined ? {} : { fiks: { ...fiks, signing: withKeyInline(fiks.signing) } }),
  };
}

function withKeyInline<T extends { readonly privateKeyFile?: string; readonly certificateFile?: string }>(
  holder: T,
): Omit<T, "privateKeyFile" | "certificateFile"> {
  const { privateKeyFile, certificateFile, ...rest } = holder;
  return {
    ...rest,
    ...(privateKeyFile === undefined ? {} : { privateKey: pemIn(privateKeyFile) }),
    ...(certificateFile === undefined ? {} : { certificate: pemIn(certificateFile) }),
  };
}

function pemIn(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new HarnessError({
      happened: "The integration was not started.",
      because: `The key file ${path} could not be read: ${messageOf(error)}`,
      next: "Give files that exist and may be read, by absolute paths, in the endpoints file.",
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
