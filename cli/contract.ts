import { HarnessError } from "../core/error.ts";

const words = "record, verify, ours, publish, fetch, may-meet and diff";

/** `komfrem contract`: what is agreed on the wire, as files. */
export async function contract(args: readonly string[]): Promise<number> {
  const [word, ...rest] = args;
  switch (word) {
    case "record":
      return (await import("./contract/record.ts")).record(rest);
    case "ours":
      return (await import("./contract/record.ts")).writeOurs(rest);
    case "verify":
      return (await import("./contract/verify.ts")).verify(rest);
    case "publish":
      return (await import("./contract/publish.ts")).publish(rest);
    case "fetch":
      return (await import("./contract/publish.ts")).fetchPacts(rest);
    case "may-meet":
      return (await import("./contract/publish.ts")).mayMeet(rest);
    case "diff":
      return (await import("./contract/diff.ts")).diff(rest);
    default:
      throw new HarnessError({
        happened: word === undefined ? "Nothing was done." : `There is no "komfrem contract ${word}".`,
        because: `The words after contract are ${words}.`,
        next: "docs/contracts.md shows each.",
      });
  }
}
