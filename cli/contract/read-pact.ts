import { readFileSync } from "node:fs";
import { HarnessError } from "../../core/error.ts";
import type { PactFile } from "./pact-file.ts";

/** @throws {HarnessError} The file is missing, or no Pact file of specification 4. */
export function readPact(path: string): PactFile {
  const unreadable = (because: string): HarnessError =>
    new HarnessError({
      happened: `${path} could not be read as a contract.`,
      because,
      next: "Give a Pact file of specification 4.0, such as komfrem contract record writes.",
    });
  let value: Partial<PactFile> | null;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
  const { consumer, provider, interactions, metadata } = value ?? {};
  if (typeof consumer?.name !== "string" || typeof provider?.name !== "string")
    throw unreadable("It names no consumer and provider.");
  if (!String(metadata?.pactSpecification?.version ?? "").startsWith("4"))
    throw unreadable("Its metadata does not say pactSpecification 4.0.");
  if (!Array.isArray(interactions)) throw unreadable("It has no interactions.");
  return value as PactFile;
}
