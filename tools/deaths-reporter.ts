import { writeFileSync } from "node:fs";
import type { Reporter, SerializedError } from "vitest/node";

const byASignal = /Worker exited unexpectedly with signal \w+ .*while running test file (.+)$/;

/** The test file whose process was ended by a signal; undefined where an error says something else. */
function deadFile(error: SerializedError): string | undefined {
  const { message, cause } = error as { readonly message: string; readonly cause?: SerializedError };
  return byASignal.exec(message)?.[1] ?? (cause === undefined ? undefined : deadFile(cause));
}

/**
 * Writes to the path in `KOMFREM_DEATHS` which test files' processes were ended by a signal, as a JSON list of paths;
 * none where any other error was not handled either: that one has to be seen.
 */
export default class DeathsReporter implements Reporter {
  onTestRunEnd(_modules: unknown, errors: readonly SerializedError[]): void {
    const files = errors.map(deadFile);
    const died = files.every((file) => file !== undefined) ? [...new Set(files)] : [];
    writeFileSync(process.env.KOMFREM_DEATHS as string, JSON.stringify(died));
  }
}
