import type { Sweep, Swept, SweptCount } from "../explore/sweep.ts";
import { grouped } from "./grouped.ts";
import { hanging, type Ink, inkOf, padded } from "./page.ts";

const headWidth = 15;
const mostNamed = 6;
const mostShown = 8;

export type SweepPage = {
  readonly colour: boolean;
  readonly width: number;
  /** Names everything, however much there is. */
  readonly names: boolean;
  /** The one command that repeats what was kept of failures by this rule; nothing where none was kept. */
  readonly replay: (rule: string) => string | undefined;
};

type Page = Omit<SweepPage, "colour"> & {
  readonly ink: Ink;
  readonly line: (head: string, text: string) => string[];
};

/**
 * What a sweep enumerated, injected, did not reach and could not inject, and what failed: by rule, and by boundary. The
 * claim is over what was injected.
 */
export function sweepReport(system: string, sweep: Sweep, { colour, ...rest }: SweepPage): string {
  const ink = inkOf(colour);
  const line = (head: string, text: string): string[] => hanging(padded(head, headWidth), text, rest.width);
  const page = { ...rest, ink, line };
  const { scenario, clean } = sweep;
  return [
    ink.bold(`${system}, ${scenario.id}: ${scenario.title}`),
    ...(clean.verdict === "passed"
      ? [...countLines(sweep, page), "", ...verdictLines(sweep, page)]
      : notBroken(sweep, page)),
  ].join("\n");
}

function notBroken({ clean }: Sweep, { ink, line, replay }: Page): string[] {
  const command = replay(ruleOf(clean));
  return [
    ink.red(`✗ The clean run ${clean.verdict === "failed" ? "fails" : "is inconclusive"}: nothing was broken.`),
    ...clean.broken.slice(0, mostShown).flatMap(({ primary }) => line(`  ${primary.rule} `, primary.happened)),
    ...(clean.because === undefined ? [] : line("", clean.because)),
    ...(command === undefined ? [] : [`${padded("Replay", headWidth)}${ink.cyan(command)}`]),
  ];
}

function countLines(sweep: Sweep, page: Page): string[] {
  const { enumerated, closure, passedOver, singles, pairs, notReached, notInjectable, notPerformed, inconclusive } =
    sweep;
  const { line } = page;
  const some = (head: string, names: readonly string[]): string[] =>
    line(head, `${names.length}${named(names, page, ": ")}`);
  return [
    ...line(
      "Enumerated",
      `${enumerated.length} boundaries of the clean run${named(page.names ? enumerated : [], page, ": ")}`,
    ),
    ...line(
      "First seen",
      `${closure.length} boundaries when those were broken, and broken too${named(closure, page, ": ")}`,
    ),
    ...(passedOver.length === 0
      ? []
      : line(
          "Passed over",
          `${passedOver.length} first seen: later tokens, connections and idle polls, or of a party that was down${named(passedOver, page, ": ")}`,
        )),
    ...line("Injected", `${injectedOf(singles)}${pairs.planned === 0 ? "" : `; two at a time ${injectedOf(pairs)}`}`),
    ...some("Not reached", notReached),
    ...some("Not injectable", notInjectable),
    ...(notPerformed.length === 0 ? [] : some("Not performed", notPerformed.map(nameAndWhy))),
    ...some("Inconclusive", inconclusive.map(nameAndWhy)),
    ...(singles.left === 0 ? [] : line("Not done", `${runs(singles.left)}: it was ended, or its budget was spent`)),
  ];
}

function injectedOf({ injected, planned }: SweptCount): string {
  return `${injected} of ${runs(planned)} planned`;
}

function runs(count: number): string {
  return count === 1 ? "1 run" : `${count} runs`;
}

function nameAndWhy({ name, because = "" }: { readonly name: string; readonly because?: string }): string {
  return `${name} (${because})`;
}

function named(all: readonly string[], { names }: Page, before: string): string {
  if (all.length === 0) return "";
  const shown = names ? all : all.slice(0, mostNamed);
  const more = all.length - shown.length;
  return `${before}${shown.join(", ")}${more > 0 ? ` and ${more} more (--names)` : ""}`;
}

function verdictLines({ singles, pairs, failed, inconclusive }: Sweep, page: Page): string[] {
  if (failed.length > 0) return failureLines(failed, page);
  const injected = singles.injected + pairs.injected;
  const open = inconclusive.filter(({ outcome }) => outcome === "injected").length;
  if (injected === 0) return [page.ink.yellow("? Nothing was broken, so nothing is shown.")];
  if (open > 0)
    return [page.ink.yellow(`? ${injected - open} of ${injected} broken runs passed, the others are open.`)];
  return [page.ink.green(`✓ ${injected} of ${injected} broken runs passed: nothing was lost wherever it was broken.`)];
}

function failureLines(failed: readonly Swept[], page: Page): string[] {
  const { ink, replay } = page;
  return [...grouped(failed, ruleOf)].flatMap(([rule, all], nth) => {
    const places = [...grouped(all, boundaryOf)];
    const shown = page.names ? places : places.slice(0, mostShown);
    const command = replay(rule);
    return [
      ...(nth === 0 ? [] : [""]),
      ink.red(ink.bold(`✗ ${rule}: ${runs(all.length)}`)),
      ...shown.flatMap(([boundary, here]) => boundaryLines(boundary, here, page)),
      ...(shown.length < places.length ? [`  and at ${places.length - shown.length} more boundaries (--names)`] : []),
      ...(command === undefined ? [] : [`${padded("Replay", headWidth)}${ink.cyan(command)}`]),
    ];
  });
}

/** Where it was broken, in which ways, and what came of the first of them. */
function boundaryLines(boundary: string, here: readonly Swept[], page: Page): string[] {
  const ways = here.map(({ name }) => name.slice(0, name.length - boundary.length - 1));
  return [
    `  ${boundary}`,
    ...hanging("    ", named(ways, page, ""), page.width),
    ...hanging("    ", here[0]?.broken[0]?.primary.happened ?? "", page.width),
  ];
}

/** The rule that a failed run broke first. */
export function ruleOf({ broken }: Pick<Swept, "broken">): string {
  return broken[0]?.primary.rule ?? "";
}

/** The boundary that a run was about: its last fault's, as the others are what led there. */
export function boundaryOf({ faults }: Pick<Swept, "faults">): string {
  return faults.at(-1)?.at ?? "";
}
