import type { Scenario, Step, StepKind, Version } from "../../core/scenario.ts";
import { duration } from "./duration.ts";
import { type Language, listed, named, type Saying, sentence, type Words } from "./language.ts";
import { mailWords, rightsWords, wayWords } from "./mail.ts";
import { number } from "./number.ts";
import {
  certificateWords,
  contentWords,
  crashWords,
  defectWords,
  messageKindWords,
  partyWords,
  strainWords,
} from "./words.ts";

type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;
type Told<Kind extends StepKind> = { readonly step: StepOf<Kind>; readonly scenario: Scenario };

/**
 * Messages that differ in nothing but their labels, or in their recipients as well, told in one breath; `everyMs` apart
 * where time passes between them.
 */
export type Sending = {
  readonly first: StepOf<"sends">;
  readonly labels: readonly string[];
  readonly everyMs?: number;
  /** They go to so many municipalities, by turns. */
  readonly municipalities?: number;
  readonly scenario: Scenario;
};

const again = {
  en: (ms: number): string =>
    ms === 0 ? "It is started again at once." : `It is started again after ${duration(ms, "en")}.`,
  nb: (ms: number): string =>
    ms === 0 ? "Det startes igjen med en gang." : `Det startes igjen etter ${duration(ms, "nb")}.`,
};

const versionWords: Readonly<Record<Version, Words>> = {
  next: { en: "the next version", nb: "neste versjon" },
  first: { en: "the first version", nb: "den første versjonen" },
};

const restoredWords: Readonly<Record<StepOf<"restores">["party"], Words>> = {
  integration: { en: "the system under test", nb: "systemet under test" },
  receiver: { en: "the receiver", nb: "fagsystemet" },
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
  upgrades: {
    en: ({ step }) => {
      const { en } = versionWords[step.to];
      if (step.overlapMs !== undefined)
        return `${sentence(en)} of the system under test is started on the same store; for ${duration(step.overlapMs, "en")} both versions run, then the one before it is asked to stop.`;
      return `The system under test is asked to stop, and ${en} is started on the same store ${step.downMs === 0 ? "at once" : `after ${duration(step.downMs, "en")}`}.`;
    },
    nb: ({ step }) => {
      const { nb } = versionWords[step.to];
      if (step.overlapMs !== undefined)
        return `${sentence(nb)} av systemet under test startes på det samme lageret; i ${duration(step.overlapMs, "nb")} kjører begge versjonene, så blir den forrige bedt om å stoppe.`;
      return `Systemet under test blir bedt om å stoppe, og ${nb} startes på det samme lageret ${step.downMs === 0 ? "med en gang" : `etter ${duration(step.downMs, "nb")}`}.`;
    },
  },
  restores: {
    en: ({ step }) =>
      `${sentence(restoredWords[step.party].en)} is stopped and restored from a backup that is ${duration(step.agoMs, "en")} old. ${again.en(step.downMs)}`,
    nb: ({ step }) =>
      `${sentence(restoredWords[step.party].nb)} blir stoppet og satt tilbake til en sikkerhetskopi som er ${duration(step.agoMs, "nb")} gammel. ${again.nb(step.downMs)}`,
  },
  unreachable: {
    en: ({ step }) =>
      `From now and for ${duration(step.forMs, "en")}, ${partyWords(step.party, "en")} ${step.certificate === undefined ? "cannot be reached" : `shows a certificate that ${certificateWords[step.certificate].en}`}.`,
    nb: ({ step }) =>
      step.certificate === undefined
        ? `Fra nå og i ${duration(step.forMs, "nb")} er ${partyWords(step.party, "nb")} utilgjengelig.`
        : `Fra nå og i ${duration(step.forMs, "nb")} viser ${partyWords(step.party, "nb")} et sertifikat som ${certificateWords[step.certificate].nb}.`,
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
  entitles: {
    en: ({ step, scenario }) =>
      `From now ${partyWords(step.who, "en")} may ${step.granted ? "" : "no longer "}read ${rightsWords([step.right], "en")} for ${placeName(step.municipality, scenario)} in Altinn.`,
    nb: ({ step, scenario }) =>
      `Fra nå har ${partyWords(step.who, "nb")} ${step.granted ? "" : "ikke lenger "}tilgang til ${rightsWords([step.right], "nb")} til ${placeName(step.municipality, scenario)} i Altinn.`,
  },
  away: {
    en: ({ step }) =>
      `${step.person} is away for ${duration(step.forMs, "en")}; ${step.deputy === undefined ? "nobody" : step.deputy} looks instead.`,
    nb: ({ step }) =>
      `${step.person} er borte i ${duration(step.forMs, "nb")}; ${step.deputy === undefined ? "ingen" : step.deputy} følger med i stedet.`,
  },
};

/** Messages sent, one or many alike: who, what, to whom, by which way, and what is special about them. */
export function sendingWords(sending: Sending, language: Language): string {
  const { first, labels, everyMs, scenario, municipalities } = sending;
  const many = labels.length > 1;
  const what = `${labelsWords(labels, language)} ${formWords(first, language)}`;
  const to =
    municipalities === undefined
      ? recipientWords(first.to, scenario, language)
      : `${number(municipalities, language)} ${language === "en" ? "municipalities" : "kommuner"}`;
  const way = wayWords(first, many, language);
  const aside = way !== "" && to.includes(",") ? "," : "";
  const spaced = everyMs === undefined ? "" : spacedWords(everyMs, language);
  const sends = `${senderWords(first, scenario)[language]} ${what} ${language === "en" ? "to" : "til"} ${to}${aside}${way}${spaced}.`;
  return [sends, ...specialWords(first, many, language)].join(" ");
}

const byPortal: Words = { en: "The national portal sends", nb: "Nasjonal portal sender" };
const byPolice: Words = { en: "The police send", nb: "Politiet sender" };
const bySender: Words = { en: "The sender under test is to send", nb: "Avsenderen under test skal sende" };

/** Who sends, with the verb. */
export function senderWords({ by }: StepOf<"sends">, { tests }: Scenario): Words {
  if (by !== undefined) return byPolice;
  return tests === "sender" ? bySender : byPortal;
}

/** `from a public body (form version 1, short text)`. */
export function formWords({ messageKind, version, content }: StepOf<"sends">, language: Language): string {
  const kind = messageKindWords[messageKind][language];
  const filled = contentWords[content][language];
  return language === "en"
    ? `${kind} (form version ${version}, ${filled})`
    : `${kind} (skjemaversjon ${version}, ${filled})`;
}

export function spacedWords(everyMs: number, language: Language): string {
  return language === "en" ? `, ${duration(everyMs, "en")} apart` : `, med ${duration(everyMs, "nb")} mellom hver`;
}

/** Labels that differ in their number only are told by their first and last; so are all where there are many kinds. */
const mostStems = 3;

export function labelsWords(labels: readonly string[], language: Language): string {
  const names = labels.map((label) => named(label, language));
  const [first = ""] = names;
  if (labels.length === 1) return `${language === "en" ? "concern message" : "bekymringsmelding"} ${first}`;
  if (labels.length <= 4)
    return `${language === "en" ? "concern messages" : "bekymringsmeldingene"} ${listed(names, language)}`;
  const stems = new Map<string, string[]>();
  for (const label of labels) {
    const stem = label.replace(/\d+$/, "");
    stems.set(stem, [...(stems.get(stem) ?? []), label]);
  }
  const groups = labels.some((label) => /\d$/.test(label)) && stems.size <= mostStems ? [...stems.values()] : [labels];
  const ranges = groups.map((group) => rangeWords(group, language));
  const count = number(labels.length, language);
  return language === "en"
    ? `${count} concern messages (${listed(ranges, "en")})`
    : `${count} bekymringsmeldinger (${listed(ranges, "nb")})`;
}

function rangeWords(labels: readonly string[], language: Language): string {
  const [first = "", last = ""] = [labels[0], labels.at(-1)].map((label) => named(label ?? "", language));
  if (labels.length === 1) return first;
  return language === "en" ? `${first} to ${last}` : `${first} til ${last}`;
}

function placeName(number: string, { municipalities }: Scenario): string {
  return municipalities.find((one) => one.number === number)?.name ?? number;
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
  const said = mailWords(step, language);
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
