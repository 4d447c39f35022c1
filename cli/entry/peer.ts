import { HarnessError } from "../../core/error.ts";

/**
 * A package that only one of our entries needs, and that whoever uses it installs.
 *
 * @throws {HarnessError} It is not there.
 */
export async function peer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw new HarnessError({
      happened: `komfrem/${name} could not be loaded.`,
      because: `It needs the package ${name}, which is not installed; Komfrem brings it to nobody who does not use it.`,
      next: `npm install --save-dev ${name}`,
    });
  }
}

function isMissing(error: unknown, name: string): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  return (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") && String(message).includes(name);
}
