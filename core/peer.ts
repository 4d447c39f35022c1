import { HarnessError } from "./error.ts";

/**
 * A package that few need, and that whoever needs it installs.
 *
 * @param happened What could not be done for want of it.
 * @throws {HarnessError} It is not there.
 */
export async function peer<Module>(name: string, load: () => Promise<Module>, happened: string): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw missingPeer(name, happened);
  }
}

/** Says that it is not there, and how to have it. */
export function missingPeer(name: string, happened: string): HarnessError {
  return new HarnessError({
    happened,
    because: `${name} is not installed; Komfrem brings it to nobody who does not need it.`,
    next: `npm install --save-dev ${name}`,
  });
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && String(message).includes(name);
}
