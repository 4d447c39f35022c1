import { HarnessError } from "../core/error.ts";

const words = "record and ours";

/** `komfrem contract`: what is agreed on the wire, as files. */
export async function contract(args: readonly string[]): Promise<number> {
  const [word, ...rest] = args;
  switch (word) {
    case "record":
      return (await import("./contract/record.ts")).record(rest);
    case "ours":
      return (await import("./contract/record.ts")).writeOurs(rest);
    default:
      throw new HarnessError({
        happened: word === undefined ? "Nothing was done." : `There is no "komfrem contract ${word}".`,
        because: `The words after contract are ${words}.`,
        next: "docs/contracts.md shows each.",
      });
  }
}
