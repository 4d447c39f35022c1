import type { Scenario, Step, StepKind } from "../../core/scenario.ts";
import { duration } from "./duration.ts";
import { type Language, listed, named, type Saying, sentence } from "./language.ts";
import { contentWords, crashWords, defectWords, messageKindWords, partyWords, strainWords } from "./words.ts";

type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;
type Told<Kind extends StepKind> = { readonly step: StepOf<Kind>; readonly scenario: Scenario };

/** Messages that differ in nothing but their labels, told in one breath; `everyMs` apart where time passes between them. */
export type Sending = {
  readonly first: StepOf<"sends">;
  readonly labels: readonly string[];
  readonly everyMs?: number;
  readonly scenario: Scenario;
};

const again = {
  en: (ms: number): string =>
    ms === 0 ? "It is started again at once." : `It is started again after ${duration(ms, "en")}.`,
  nb: (ms: number): string =>
    ms === 0 ? "Det startes igjen med en gang." : `Det startes igjen etter ${duration(ms, "nb")}.`,
};

/** Every kind of step as one or two sentences. */
export const stepWords: { readonly [Kind in StepKind]: Saying<Told<Kind>> } = {
  sends: {
    en: ({ step, scenario }) => sendingWords({ first: step, labels: [step.label], scenario }, "en"),
    nb: ({ step, scenario }) => sendingWords({ first: step, labels: [step.label], scenario }, "nb"),
  },
  resends: {
    en: ({ step }) => `The portal's staff send ${named(step.label, "en")} once more.`,
    nb: ({ step }) => `De som drifter portalen, sender ${named(step.label, "nb")} på nytt.`,
  },
  waits: {
    en: ({ step }) => {
      const said = duration(step.ms, "en");
      return /^1 \w+$/.test(said) ? `${said} passes.` : `${said} pass.`;
    },
    nb: ({ step }) => `Det går ${duration(step.ms, "nb")}.`,
  },
  crashes: {
    en: ({ step }) =>
      `${step.class === "process" ? `The system under test is killed: ${crashWords.process.en}.` : `The system under test loses power: ${crashWords.power[step.survives].en}.`} ${again.en(step.downMs)}`,
    nb: ({ step }) =>
      `${step.class === "process" ? `Systemet under test blir drept: ${sentence(crashWords.process.nb)}.` : `Systemet under test mister strømmen: ${sentence(crashWords.power[step.survives].nb)}.`} ${again.nb(step.downMs)}`,
  },
  stops: {
    en: ({ step }) =>
      `The system under test is asked to stop, and given ${duration(step.graceMs, "en")} to do so. ${again.en(step.downMs)}`,
    nb: ({ step }) =>
      `Systemet under test blir bedt om å stoppe og får ${duration(step.graceMs, "nb")} på seg. ${again.nb(step.downMs)}`,
  },
  unreachable: {
    en: ({ step }) =>
      `From now and for ${duration(step.forMs, "en")}, ${partyWords(step.party, "en")} cannot be reached.`,
    nb: ({ step }) => `Fra nå og i ${duration(step.forMs, "nb")} er ${partyWords(step.party, "nb")} utilgjengelig.`,
  },
  strains: {
    en: ({ step }) => `From now and for ${duration(step.forMs, "en")}, ${strainWords[step.how].en}.`,
    nb: ({ step }) => `Fra nå og i ${duration(step.forMs, "nb")} ${strainWords[step.how].nb}.`,
  },
  receiverCrashes: {
    en: ({ step }) =>
      `The receiver goes down: what it only had queued in memory is gone. ${step.downMs === 0 ? "It is back at once." : `It is back after ${duration(step.downMs, "en")}.`}`,
    nb: ({ step }) =>
      `Fagsystemet går ned: Det som bare lå i kø i minnet, er borte. ${step.downMs === 0 ? "Det er oppe igjen med en gang." : `Det er oppe igjen etter ${duration(step.downMs, "nb")}.`}`,
  },
  disconnects: {
    en: () => "Every open connection to Fiks IO is cut; new ones are taken at once.",
    nb: () => "Alle åpne forbindelser til Fiks IO brytes; nye godtas med en gang.",
  },
  away: {
    en: ({ step }) =>
      `${step.person} is away for ${duration(step.forMs, "en")}; ${step.deputy === undefined ? "nobody" : step.deputy} looks instead.`,
    nb: ({ step }) =>
      `${step.person} er borte i ${duration(step.forMs, "nb")}; ${step.deputy === undefined ? "ingen" : step.deputy} følger med i stedet.`,
  },
};

/** Messages sent, one or many alike: who, what, to whom, and what is special about them. */
export function sendingWords(sending: Sending, language: Language): string {
  const { first, labels, everyMs, scenario } = sending;
  const what = labelsWords(labels, language);
  const kind = messageKindWords[first.messageKind][language];
  const to = recipientWords(first.to, scenario, language);
  const spaced = everyMs === undefined ? "" : spacedWords(everyMs, language);
  const sends =
    language === "en"
      ? `The national portal sends ${what} ${kind} (form version ${first.version}, ${contentWords[first.content].en}) to ${to}${spaced}.`
      : `Nasjonal portal sender ${what} ${kind} (skjemaversjon ${first.version}, ${contentWords[first.content].nb}) til ${to}${spaced}.`;
  return [sends, ...specialWords(first, labels.length > 1, language)].join(" ");
}

function spacedWords(everyMs: number, language: Language): string {
  return language === "en" ? `, ${duration(everyMs, "en")} apart` : `, med ${duration(everyMs, "nb")} mellom hver`;
}

function labelsWords(labels: readonly string[], language: Language): string {
  const names = labels.map((label) => named(label, language));
  const [first = "", last = ""] = [names[0], names.at(-1)];
  if (labels.length === 1) return `${language === "en" ? "concern message" : "bekymringsmelding"} ${first}`;
  if (labels.length > 4)
    return language === "en"
      ? `${labels.length} concern messages (${first} to ${last})`
      : `${labels.length} bekymringsmeldinger (${first} til ${last})`;
  return `${language === "en" ? "concern messages" : "bekymringsmeldingene"} ${listed(names, language)}`;
}

/** `Fjordvik, district Sentrum`; numbers where the scenario has none such, no district where there is but one. */
export function recipientWords(to: StepOf<"sends">["to"], scenario: Scenario, language: Language): string {
  const municipality = scenario.municipalities.find((one) => one.number === to.municipality);
  const name = municipality?.name ?? to.municipality;
  if (
    municipality?.districts.length === 1 &&
    (to.district ?? municipality.districts[0]?.number) === municipality.districts[0]?.number
  )
    return name;
  if (to.district === undefined)
    return language === "en" ? `${name}, naming no district` : `${name}, uten å oppgi bydel`;
  const district = municipality?.districts.find((one) => one.number === to.district)?.name ?? to.district;
  return language === "en" ? `${name}, district ${district}` : `${name}, bydel ${district}`;
}

function specialWords(step: StepOf<"sends">, many: boolean, language: Language): string[] {
  const said: string[] = [];
  if (step.twinOf !== undefined)
    said.push(
      language === "en"
        ? `Its text equals that of ${named(step.twinOf, language)}, but other people stand behind it.`
        : `Teksten er lik den i ${named(step.twinOf, language)}, men det står andre mennesker bak.`,
    );
  if (step.defect !== undefined) said.push(defectWords[step.defect][language]);
  if (!many || said.length === 0) return said;
  return [`${language === "en" ? "The same is true of each" : "For alle gjelder"}: ${said.join(" ")}`];
}
