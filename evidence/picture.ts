import type { PartyId } from "../core/names.ts";
import type { Scenario } from "../core/scenario.ts";
import { labels } from "./labels.ts";
import { centred, columns, type Ink, padded, wrapped } from "./page.ts";
import type { Path, PathStep, Standing } from "./path.ts";
import { shortDuration } from "./telling/duration.ts";
import { eventSentence } from "./telling/events.ts";
import { type Language, sentence } from "./telling/language.ts";
import { briefly, headsIn, type Naming, namingIn } from "./telling/naming.ts";

/** More steps than this are told without those in the middle that prove nothing. */
const mostSteps = 18;
const keptAtEnds = 5;

/**
 * A delivery's path as a small timeline: a column for each party that ever had it or answered for it, a line for each
 * step, and the broken handover marked. Municipalities are called by their names in the scenario.
 */
export function picture(
  path: Path,
  scenario: Pick<Scenario, "municipalities">,
  language: Language,
  width: number,
  ink: Ink,
): string[] {
  const [first] = path.steps;
  if (first === undefined) return [];
  const times = path.steps.map((step) => shortDuration(step.atMs - first.atMs, language));
  const timeWidth = Math.max(columns(labels.after[language]), ...times.map(columns)) + 2;
  const call = briefly(namingIn(scenario, language), path.parties);
  const headOf = headsIn(scenario, call);
  const lanes = path.parties.map((party): Lane => {
    const head = headOf(party);
    return { party, head, width: columns(head) + 2 };
  });
  const textAt = 4 + timeWidth + lanes.reduce((sum, lane) => sum + lane.width, 0);
  const textWidth = Math.max(24, width - textAt);
  const layout = { timeWidth, textAt, textWidth, call };
  const head = `    ${padded(labels.after[language], timeWidth)}${lanes.map((lane) => centred(lane.head, lane.width)).join("")}`;
  const lines = [ink.dim(head.trimEnd())];
  let skipped = 0;
  path.steps.forEach((step, i) => {
    if (!isKept(path.steps, i)) {
      skipped += 1;
      return;
    }
    if (skipped > 0) lines.push(ink.dim(`    ${skippedWords(skipped, language)}`));
    skipped = 0;
    lines.push(...stepLines(step, times[i] ?? "", layout, lanes, language, ink));
  });
  if (lanes.length > 0) lines.push("", ...legend(path.steps, language, width, ink));
  return lines;
}

type Lane = { readonly party: PartyId; readonly head: string; readonly width: number };

type Layout = {
  readonly timeWidth: number;
  readonly textAt: number;
  readonly textWidth: number;
  readonly call: Naming;
};

function stepLines(
  step: PathStep,
  time: string,
  layout: Layout,
  lanes: readonly Lane[],
  language: Language,
  ink: Ink,
): string[] {
  const broken = step.mark === "broken";
  const sign = broken ? ink.red("✗") : step.mark === "proof" ? "•" : " ";
  const marks = lanes.map((lane) => centred(symbol(step.standing[lane.party], ink), lane.width)).join("");
  const said =
    sentence(eventSentence(step.event, language, layout.call)) +
    faultWords(step, language) +
    timesWords(step, language);
  const text = wrapped(said, layout.textWidth).map((line) => (broken ? ink.bold(line) : line));
  if (broken) text.push(ink.red(labels.brokeHere[language]));
  if (step.gone) text.push(ink.red(labels.goneHere[language]));
  return text.map((line, i) =>
    i === 0 ? `  ${sign} ${padded(time, layout.timeWidth)}${marks}${line}` : `${" ".repeat(layout.textAt)}${line}`,
  );
}

/** Kept: the ends, every deadline, and what proves something with its neighbours. */
function isKept(steps: readonly PathStep[], i: number): boolean {
  if (steps.length <= mostSteps || i < keptAtEnds || i >= steps.length - keptAtEnds) return true;
  if (steps[i]?.event.kind === "deadline") return true;
  return steps.slice(i - 1, i + 2).some((step) => step.mark !== "none");
}

function skippedWords(count: number, language: Language): string {
  return language === "en" ? `… ${count} more ${count === 1 ? "step" : "steps"} …` : `… ${count} steg til …`;
}

function faultWords(step: PathStep, language: Language): string {
  if (step.faults.length === 0) return "";
  const names = step.faults.map((fault) => (language === "en" ? `“${fault}”` : `«${fault}»`)).join(", ");
  return language === "en" ? ` [our fault ${names}]` : ` [vår feil ${names}]`;
}

function timesWords(step: PathStep, language: Language): string {
  if (step.times === 1) return "";
  const within = shortDuration(step.lastMs - step.atMs, language);
  return language === "en" ? ` (${step.times} times within ${within})` : ` (${step.times} ganger på ${within})`;
}

function symbol(standing: Standing | undefined, ink: Ink): string {
  switch (standing?.holds) {
    case undefined:
      return ink.dim("·");
    case "durably":
      return ink.green(standing.owes ? "◆" : "●");
    case "in sight":
      return ink.yellow("◐");
    case "in memory":
      return standing.owes ? ink.red("◇") : ink.yellow("○");
    case "not":
      return ink.red("◇");
  }
}

function legend(steps: readonly PathStep[], language: Language, width: number, ink: Ink): string[] {
  const standings = steps.flatMap((step) => Object.values(step.standing));
  const has = (holds: Standing["holds"][], owes: boolean): boolean =>
    standings.some((standing) => holds.includes(standing.holds) && standing.owes === owes);
  const said = [
    has(["durably"], true) ? `◆ ${labels.holdsAndOwes[language]}` : "",
    has(["durably"], false) ? `● ${labels.holds[language]}` : "",
    has(["in sight"], false) ? `◐ ${labels.inSight[language]}` : "",
    has(["in memory"], false) ? `○ ${labels.inMemory[language]}` : "",
    has(["in memory", "not"], true) ? `◇ ${labels.owesOnly[language]}` : "",
  ].filter((text) => text !== "");
  const together = said.map((text) => text.replaceAll(" ", "\u00a0")).join("\u00a0\u00a0 ");
  return wrapped(together, width - 4).map((line) => ink.dim(`    ${line.trimEnd()}`));
}
