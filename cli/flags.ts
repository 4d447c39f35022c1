import { type ParseArgsConfig, parseArgs } from "node:util";
import { HarnessError } from "../core/error.ts";

type Flags = NonNullable<ParseArgsConfig["options"]>;

/** @throws {HarnessError} A flag that does not exist, or one without its value. */
export function parsed<const F extends Flags>(
  args: readonly string[],
  flags: F,
): ReturnType<typeof parseArgs<{ args: string[]; options: F; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    throw new HarnessError({
      happened: "The command line could not be read.",
      because: error instanceof Error ? error.message : String(error),
      next: "komfrem help shows every flag.",
    });
  }
}

/**
 * A whole number within bounds.
 *
 * @throws {HarnessError} It is none.
 */
export function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < least || n > most)
    throw new HarnessError({
      happened: `${flag} ${text} cannot be used.`,
      because: `${flag} takes a whole number from ${least} to ${most}.`,
      next: `Give one, such as ${flag} ${Math.max(least, Math.min(most, 7))}.`,
    });
  return n;
}

/** @throws {HarnessError} It is none of those allowed. */
export function oneOf<T extends string>(flag: string, text: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(text))
    throw new HarnessError({
      happened: `${flag} ${text} cannot be used.`,
      because: `${flag} takes ${allowed.join(" or ")}.`,
      next: "komfrem help shows every flag.",
    });
  return text as T;
}

export const mostSeed: number = 2 ** 32 - 1;
export const mostWorkers = 64;
