import { relative } from "node:path";
import type { Run } from "../worlds/world.ts";

/** What a run that could not be performed has in common with one that could. */
export type Attempted = Pick<Run, "scenario" | "sut" | "seed">;

/** The one command that repeats a run, as a shell takes it. */
export function replayCommand(run: Attempted & Partial<Pick<Run, "world" | "ledger">>): string {
  const head = run.ledger?.[0];
  const { next, product, module } = run.sut;
  const isUpgraded = run.scenario.steps.some(({ kind }) => kind === "upgrades");
  const strict = head?.kind === "run" && head.parameters.profile === "strict";
  return [
    "npx komfrem run",
    quoted(run.scenario.id),
    "--integration",
    quoted(product === undefined ? run.sut.name : relative(".", module)),
    ...(next !== undefined && isUpgraded ? ["--upgrade-to", quoted(relative(".", next))] : []),
    "--seed",
    String(run.seed),
    ...(strict ? ["--profile strict"] : []),
    ...(run.world === "live" && product === undefined ? ["--world live"] : []),
  ].join(" ");
}

/** The one command that repeats what stands in a file, with the flags that it was given besides. */
export function replayFileCommand(path: string, flags: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${quoted(value)}`],
  );
  return ["npx komfrem replay", quoted(path), ...given].join(" ");
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
