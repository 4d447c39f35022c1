import type { Fault } from "../../core/fault.ts";
import type { ChannelName, Scenario, Step } from "../../core/scenario.ts";
import { moment } from "./duration.ts";
import { faultWords } from "./faults.ts";
import { type Language, listed, named, type Saying, sentence, type Words } from "./language.ts";
import { number } from "./number.ts";
import { labelOf, partsOf } from "./parts.ts";
import { peopleWords } from "./people.ts";
import { ruleWords } from "./rules.ts";
import { sendingWords, stepWords } from "./steps.ts";
import { stretchWords } from "./stretch.ts";
import { switchSentence } from "./switches.ts";
import { titleOf } from "./titles.ts";
import { partyWords } from "./words.ts";

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
  const people = peopleWords(scenario, language).map((words) => ` ${words}`);
  const began = language === "en" ? `It is ${when}.` : `Det er ${when}.`;
  return [began, testedWords(scenario, language), stranger, ...set, ...people].join("");
}

const readWords: Readonly<Record<ChannelName, Words>> = {
  "fiks-io": { en: "Fiks IO", nb: "Fiks IO" },
  "altinn-correspondence": { en: "mail in Altinn", nb: "post i Altinn" },
  "altinn-dispatch": { en: "criminal-case dispatches in Altinn", nb: "straffesaksforsendelser i Altinn" },
};

/** What is tested, and what it is given, where that is not an integration on Fiks IO. */
function testedWords({ tests, channels = ["fiks-io"] }: Scenario, language: Language): string {
  const given = channels.map((channel) =>
    tests !== "sender"
      ? readWords[channel][language]
      : partyWords(channel === "fiks-io" ? "portal" : channel, language),
  );
  if (tests === "sender")
    return language === "en"
      ? ` The system under test is a sender, which can send through ${listed(given, "en")}.`
      : ` Systemet under test er en avsender, som kan sende gjennom ${listed(given, "nb")}.`;
  if (channels.length === 1 && channels[0] === "fiks-io") return "";
  return language === "en"
    ? ` The system under test reads ${listed(given, "en")}.`
    : ` Systemet under test leser ${listed(given, "nb")}.`;
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
      case "stretch":
        told.push(stretchWords(part.stretch, scenario, language));
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
    ? `That makes ${number(labels.length, "en")} messages, from ${first} to ${last}.`
    : `Det blir ${number(labels.length, "nb")} meldinger, fra ${first} til ${last}.`;
}

function tellStep(step: Step, scenario: Scenario, language: Language): string {
  return (stepWords[step.kind] as Saying<{ step: Step; scenario: Scenario }>)[language]({ step, scenario });
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
