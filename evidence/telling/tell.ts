import type { Fault } from "../../core/fault.ts";
import type { Scenario, Step } from "../../core/scenario.ts";
import { moment } from "./duration.ts";
import { faultWords } from "./faults.ts";
import { type Language, named, type Saying, sentence } from "./language.ts";
import { ruleWords } from "./rules.ts";
import { type Sending, sendingWords, stepWords } from "./steps.ts";
import { switchSentence } from "./switches.ts";
import { titleOf } from "./titles.ts";

type Sends = Extract<Step, { kind: "sends" }>;

/**
 * A scenario as a paragraph (Markdown) that somebody who does not program can review: when it begins, what happens in
 * order, each fault where its message comes up, and what must hold.
 */
export function tell(scenario: Scenario, language: Language): string {
  const said = [
    `**${withStop(titleOf(scenario, language))}**`,
    settingWords(scenario, language),
    ...storyWords(scenario, language),
    mustHoldWords(scenario, language),
  ];
  return said.filter((text) => text !== "").join(" ");
}

function withStop(title: string): string {
  return /[.?!]$/.test(title) ? title : `${title}.`;
}

function settingWords(scenario: Scenario, language: Language): string {
  const when = moment(scenario.startsAt, language);
  const unserved = scenario.municipalities.filter((one) => !one.served).map((one) => one.name);
  const stranger =
    unserved.length === 0
      ? ""
      : language === "en"
        ? ` The system under test does not serve ${unserved.join(" or ")}.`
        : ` Systemet under test betjener ikke ${unserved.join(" eller ")}.`;
  const set = Object.entries(scenario.switches).map(([name, value]) => ` ${switchSentence(name, value, language)}`);
  return `${language === "en" ? `It is ${when}.` : `Det er ${when}.`}${stranger}${set.join("")}`;
}

function storyWords(scenario: Scenario, language: Language): string[] {
  const told: string[] = [];
  const left = new Set(scenario.faults);
  const tellFaults = (which: (fault: Fault) => boolean): void => {
    for (const fault of left)
      if (which(fault)) {
        left.delete(fault);
        told.push(faultWords(fault, language));
      }
  };
  const labels = new Set(scenario.steps.flatMap((step) => (step.kind === "sends" ? [step.label] : [])));
  tellFaults((fault) => !labels.has(labelOf(fault) ?? ""));
  for (const part of partsOf(scenario)) {
    switch (part.kind) {
      case "sending":
        told.push(sendingWords(part.sending, language));
        tellFaults((fault) => part.sending.labels.includes(labelOf(fault) ?? ""));
        break;
      case "step":
        told.push(tellStep(part.step, scenario, language));
        break;
      case "round":
        told.push(roundWords(part.times, language));
        break;
      case "roundsOver":
        told.push(roundsOverWords(part.labels, language));
        tellFaults((fault) => part.labels.includes(labelOf(fault) ?? ""));
        break;
    }
  }
  return told;
}

function roundWords(times: number, language: Language): string {
  return language === "en"
    ? `What follows happens ${times} times in all, each time with messages of its own:`
    : `Det som følger, skjer ${times} ganger i alt, hver gang med egne meldinger:`;
}

function roundsOverWords(labels: readonly string[], language: Language): string {
  const [first = "", last = ""] = [labels[0], labels.at(-1)].map((label) => named(label ?? "", language));
  return language === "en"
    ? `That makes ${labels.length} messages, from ${first} to ${last}.`
    : `Det blir ${labels.length} meldinger, fra ${first} til ${last}.`;
}

function tellStep(step: Step, scenario: Scenario, language: Language): string {
  return (stepWords[step.kind] as Saying<{ step: Step; scenario: Scenario }>)[language]({ step, scenario });
}

/** The label of the one message that a fault is about. */
function labelOf(fault: Fault): string | undefined {
  return /\(([A-Za-z0-9][A-Za-z0-9._-]*)[@~)]/.exec(fault.at)?.[1];
}

type Part =
  | { readonly kind: "sending"; readonly sending: Sending }
  | { readonly kind: "step"; readonly step: Exclude<Step, Sends> }
  /** The parts up to `roundsOver` happen so many times. */
  | { readonly kind: "round"; readonly times: number }
  | { readonly kind: "roundsOver"; readonly labels: readonly string[] };

/** Steps that come round again and again are told once; so are messages alike that come at one pace. */
function partsOf(scenario: Scenario): Part[] {
  const { steps, faults } = scenario;
  const struck = new Set(faults.map(labelOf));
  const rounds = roundsIn(steps, struck);
  if (rounds === undefined) return plainParts(steps, scenario);
  const { from, period, times } = rounds;
  const over = from + period * times;
  const labels = steps.slice(from, over).flatMap((step) => (step.kind === "sends" ? [step.label] : []));
  return [
    ...plainParts(steps.slice(0, from), scenario),
    { kind: "round", times },
    ...plainParts(steps.slice(from, from + period), scenario),
    { kind: "roundsOver", labels },
    ...plainParts(steps.slice(over), scenario),
  ];
}

const leastPeriod = 3;
const leastTimes = 3;

/** The part of the steps that repeats most, with messages alike in all but their labels; none with a fault of their own. */
function roundsIn(
  steps: readonly Step[],
  struck: ReadonlySet<string | undefined>,
): { readonly from: number; readonly period: number; readonly times: number } | undefined {
  let best: { from: number; period: number; times: number } | undefined;
  for (let from = 0; from < steps.length; from++)
    for (let period = leastPeriod; from + period * leastTimes <= steps.length; period++) {
      let at = from + period;
      while (at < steps.length && sameStep(steps[at], steps[at - period], struck)) at += 1;
      const times = Math.floor((at - from) / period);
      if (times >= leastTimes && period * times > (best === undefined ? 0 : best.period * best.times))
        best = { from, period, times };
    }
  return best;
}

function sameStep(a: Step | undefined, b: Step | undefined, struck: ReadonlySet<string | undefined>): boolean {
  if (a === undefined || b === undefined) return false;
  if (a.kind === "sends" && b.kind === "sends") return sameShape(a, b) && !struck.has(a.label) && !struck.has(b.label);
  return a.kind !== "sends" && a.kind !== "resends" && JSON.stringify(a) === JSON.stringify(b);
}

function plainParts(steps: readonly Step[], scenario: Scenario): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < steps.length; ) {
    const step = steps[i];
    if (step === undefined) break;
    if (step.kind !== "sends") {
      parts.push({ kind: "step", step });
      i += 1;
      continue;
    }
    const atOnce = alike(steps, i, 1);
    const spaced = alike(steps, i, 2);
    const pace = spaced.length > atOnce.length && spaced.length > 2 ? 2 : 1;
    const group = pace === 2 ? spaced : atOnce;
    const wait = steps[i + 1];
    parts.push({
      kind: "sending",
      sending: {
        first: step,
        labels: group.map((one) => one.label),
        scenario,
        ...(pace === 2 && wait?.kind === "waits" ? { everyMs: wait.ms } : {}),
      },
    });
    i += pace === 2 ? 2 * group.length - 1 : group.length;
  }
  return parts;
}

/** Messages like the one at `from`: each the next step, or with one equal wait between them where `stride` is 2. */
function alike(steps: readonly Step[], from: number, stride: 1 | 2): Sends[] {
  const first = steps[from];
  const pause = steps[from + 1];
  if (first?.kind !== "sends") return [];
  const group = [first];
  for (let i = from + stride; i < steps.length; i += stride) {
    const next = steps[i];
    const between = steps[i - 1];
    if (next?.kind !== "sends" || !sameShape(first, next)) break;
    if (stride === 2 && !(pause?.kind === "waits" && between?.kind === "waits" && between.ms === pause.ms)) break;
    group.push(next);
  }
  return group;
}

function sameShape(a: Sends, b: Sends): boolean {
  return (
    a.messageKind === b.messageKind &&
    a.version === b.version &&
    a.to.municipality === b.to.municipality &&
    a.to.district === b.to.district &&
    a.content === b.content &&
    a.defect === b.defect &&
    a.twinOf === undefined &&
    b.twinOf === undefined
  );
}

function mustHoldWords(scenario: Scenario, language: Language): string {
  if (scenario.mustHold.length === 0) return "";
  const rules = scenario.mustHold.map((rule) => ruleWords[rule].holds[language]).join("; ");
  return `*${language === "en" ? "Must hold" : "Må holde"}:* ${withStop(rules)}`;
}

/** All scenarios told one after another, as committed beside them (`scenarios/TOLD.<language>.md`). */
export function tellAll(scenarios: readonly Scenario[], language: Language): string {
  const title = language === "en" ? "The scenarios in plain words" : "Scenariene i klartekst";
  const made =
    language === "en"
      ? "Written by `node tools/tell.ts` from the data in this folder; a test fails when the two differ."
      : "Skrevet av `node tools/tell.ts` ut fra dataene i denne mappen; en test feiler når de to er ulike.";
  const told = scenarios.map((scenario) => `## ${scenario.id}\n\n${tell(scenario, language)}\n`);
  return [`# ${title}\n`, `${sentence(made)}\n`, ...told].join("\n");
}
