import type { Unusable } from "../explore/regressions.ts";
import type { Replayed, ReplayStatus } from "../explore/replay.ts";
import { type Ink, inkOf } from "./page.ts";

const statusWidth = 11;

function inkFor(status: ReplayStatus, ink: Ink): (text: string) => string {
  switch (status) {
    case "FIXED":
      return ink.green;
    case "FAILED":
      return ink.red;
    case "FLAKY":
    case "STALE":
      return ink.yellow;
  }
}

/** What a regression came to, in a line, and in one more where that needs a reason. */
export function replayedLines(
  {
    status,
    because,
    file,
    rule,
  }: Pick<Replayed, "status" | "because"> & { readonly file: string; readonly rule: string },
  colour: boolean,
): string[] {
  const said = `${inkFor(status, inkOf(colour))(status.padEnd(statusWidth))}${file}: ${rule}`;
  return because === undefined ? [said] : [said, `${" ".repeat(statusWidth)}${because}`];
}

/** A file among the regressions that could not be used, in one line; it stays where it is. */
export function unusableLine({ kind, because }: Unusable, file: string, colour: boolean): string {
  const ink = inkOf(colour);
  const [line = ""] = because.split("\n");
  return `${ink.yellow((kind === "stale" ? "STALE" : "UNREADABLE").padEnd(statusWidth))}${file}: ${line}`;
}
