import type { Broken } from "../core/verdict.ts";
import type { Difference, Happening } from "../explore/difference.ts";
import type { Run } from "../worlds/world.ts";
import { type ConsoleOptions, failureReport } from "./console.ts";
import { labels } from "./labels.ts";
import { hanging, inkOf, padded } from "./page.ts";
import type { Language } from "./telling/language.ts";
import { tell } from "./telling/tell.ts";

/** The smallest scenario that a system fails, and what is known of it. */
export type Counterexample = {
  readonly run: Run;
  readonly broken: Broken;
  /** Steps, faults and durations that are not the usual ones. */
  readonly size: number;
  /** Of the scenario that it was made from. */
  readonly sizeBefore: number;
  readonly tries: number;
  /** The sound design that goes the same way longest, and where it goes another. */
  readonly sound?: { readonly name: string; readonly difference: Difference };
};

const headWidth = 11;

/**
 * A counterexample for a developer: the story as sentences, the path of the message with the handover that broke, where
 * a sound design does something else, and the one command that repeats it.
 */
export function counterexampleReport(found: Counterexample, options: ConsoleOptions): string {
  const { run, broken, size, sizeBefore, tries, sound } = found;
  const { lang, width, colour } = options;
  const ink = inkOf(colour);
  const line = (head: string, text: string): string[] => hanging(`    ${padded(head, headWidth)}`, text, width);
  // Its title stands above.
  const story = tell(run.scenario, lang)
    .replace(/^\*\*.*?\*\* /, "")
    .replaceAll(/[`*]/g, "");
  const struck = run.ledger.flatMap((entry) =>
    entry.kind === "faulted" && entry.outcome === "injected" && entry.boundary !== "step" ? [entry.boundary] : [],
  );
  const steps = run.scenario.steps.length;
  const made =
    lang === "en"
      ? `${counted(steps, "step")} and ${counted(run.scenario.faults.length, "fault")}, size ${size}; made from one of size ${sizeBefore} in ${tries} runs`
      : `${steps} steg og ${run.scenario.faults.length} feil, størrelse ${size}; laget av en på ${sizeBefore} i ${tries} kjøringer`;
  return [
    failureReport(run, broken, options),
    ...line(labels.story[lang], story),
    ...(struck.length === 0 ? [] : line(labels.struck[lang], [...new Set(struck)].join(", "))),
    ...(sound === undefined
      ? []
      : [
          `    ${labels.parts[lang]} ${sound.name}`,
          ...(sound.difference.before === undefined
            ? []
            : line(labels.both[lang], happeningText(sound.difference.before, lang))),
          ...line(labels.here[lang], happeningText(sound.difference.here, lang) ?? labels.nothing[lang]).map(ink.red),
          ...line(labels.sound[lang], happeningText(sound.difference.there, lang) ?? labels.nothing[lang]).map(
            ink.green,
          ),
        ]),
    ...line("", made).map(ink.dim),
  ].join("\n");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function happeningText(happening: Happening, lang: Language): string;
function happeningText(happening: Happening | undefined, lang: Language): string | undefined;
function happeningText(happening: Happening | undefined, lang: Language): string | undefined {
  if (happening === undefined) return undefined;
  const { exchange, came, receipt, registered } = happening;
  const did = [
    ...(receipt === undefined ? [] : [receiptWords[receipt][lang]]),
    ...(registered === undefined
      ? []
      : [
          registered.at,
          ...(registered.class === undefined ? [] : [classWords[registered.class][lang]]),
          wholeWords[registered.whole ? "whole" : "not whole"][lang],
        ]),
  ];
  return `${exchange}${came === "" ? "" : ` → ${came}`}${did.length === 0 ? "" : ` (${did.join(", ")})`}`;
}

const receiptWords = {
  positive: { en: "“received”", nb: "«mottatt»" },
  negative: { en: "“refused”", nb: "«avvist»" },
} as const;
const classWords = {
  confidential: { en: "confidential", nb: "taushetsbelagt" },
  ordinary: { en: "ordinary", nb: "ordinær" },
} as const;
const wholeWords = {
  whole: { en: "whole", nb: "hel" },
  "not whole": { en: "not whole", nb: "ikke hel" },
} as const;
