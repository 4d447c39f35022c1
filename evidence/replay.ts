import type { Run } from "../worlds/world.ts";

/** What a run that could not be performed has in common with one that could. */
export type Attempted = Pick<Run, "scenario" | "sut" | "seed">;

/** The one command that repeats a run, as a shell takes it. */
export function replayCommand(run: Attempted & Partial<Pick<Run, "world" | "ledger">>): string {
  const head = run.ledger?.[0];
  const strict = head?.kind === "run" && head.parameters.profile === "strict";
  return [
    "npx komfrem run",
    quoted(run.scenario.id),
    "--integration",
    quoted(run.sut.name),
    "--seed",
    String(run.seed),
    ...(strict ? ["--profile strict"] : []),
    ...(run.world === "live" ? ["--world live"] : []),
  ].join(" ");
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
