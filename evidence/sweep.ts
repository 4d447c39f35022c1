import type { Sweep, Swept } from "../explore/sweep.ts";
import { grouped } from "./grouped.ts";
import { hanging, inkOf, padded } from "./page.ts";

const headWidth = 14;
const mostNamed = 6;
const mostShown = 8;

export type SweepPage = {
  readonly colour: boolean;
  readonly width: number;
  /** Names everything, however much there is. */
  readonly names: boolean;
  /** The one command that repeats what was found. */
  readonly replay: (swept: Swept) => string;
};

/**
 * What a sweep enumerated, injected, did not reach and could not inject, and what failed: by rule, and by boundary. The
 * claim is over what was injected.
 */
export function sweepReport(system: string, sweep: Sweep, { colour, width, names, replay }: SweepPage): string {
  const ink = inkOf(colour);
  const line = (head: string, text: string): string[] => hanging(padded(head, headWidth), text, width);
  const named = (all: readonly string[]): string => {
    const some = names ? all : all.slice(0, mostNamed);
    const more = all.length - some.length;
    return some.length === 0 ? "" : `: ${some.join(", ")}${more > 0 ? ` and ${more} more (--names)` : ""}`;
  };
  const {
    scenario,
    clean,
    enumerated,
    closure,
    injected,
    pairs,
    notReached,
    notInjectable,
    inconclusive,
    failed,
    left,
  } = sweep;
  const head = ink.bold(`${system}, ${scenario.id}: ${scenario.title}`);
  if (clean.verdict !== "passed")
    return [
      head,
      ink.red(`✗ The clean run ${clean.verdict === "failed" ? "fails" : "is inconclusive"}: nothing was broken.`),
      ...clean.broken.slice(0, mostShown).flatMap(({ primary }) => line(`  ${primary.rule}`, primary.happened)),
      ...(clean.because === undefined ? [] : line("", clean.because)),
    ].join("\n");
  return [
    head,
    ...line(
      "Enumerated",
      `${enumerated.length} boundaries of the clean run, ${closure.length} first seen when those were broken${named(closure)}`,
    ),
    ...line(
      "Injected",
      `${injected} runs in which every fault struck${pairs === 0 ? "" : `, among them ${pairs} pairs tried`}`,
    ),
    ...line("Not reached", `${notReached.length}${named(notReached)}`),
    ...line("Not injectable", `${notInjectable.length}${named(notInjectable)}`),
    ...line("Inconclusive", `${inconclusive.length}${named(inconclusive.map(placeOf))}`),
    ...(left === 0 ? [] : line("Not done", `${left} runs: the budget was spent`)),
    "",
    ...(failed.length === 0
      ? [ink.green(`✓ ${injected} of ${injected} runs passed: nothing was lost at any boundary that was broken.`)]
      : failureLines(failed, { line, ink, replay, names })),
  ].join("\n");
}

type Lines = {
  readonly line: (head: string, text: string) => string[];
  readonly ink: ReturnType<typeof inkOf>;
  readonly replay: (swept: Swept) => string;
  readonly names: boolean;
};

function failureLines(failed: readonly Swept[], { line, ink, replay, names }: Lines): string[] {
  const byRule = grouped(failed, ({ surveyed }) => surveyed.broken[0]?.primary.rule ?? "");
  return [...byRule].flatMap(([rule, all]) => {
    const [first] = all;
    const shown = names ? all : all.slice(0, mostShown);
    return [
      ink.red(ink.bold(`✗ ${rule}: ${all.length} ${all.length === 1 ? "run" : "runs"}`)),
      ...shown.flatMap((one) => line("", `${placeOf(one)} – ${one.surveyed.broken[0]?.primary.happened ?? ""}`)),
      ...(shown.length < all.length ? line("", `and ${all.length - shown.length} more (--names)`) : []),
      ...(first === undefined ? [] : [`${padded("Replay", headWidth)}${ink.cyan(replay(first))}`]),
      "",
    ];
  });
}

/** `crash fiks-io.receipt(A)/1:done`, or two such. */
function placeOf({ faults }: Swept): string {
  return faults.map(({ at, does }) => `${does.kind} ${at}`).join(" + ");
}
