import type { Mail, Right, Step } from "../../core/scenario.ts";
import { duration } from "./duration.ts";
import { type Language, listed, type Words } from "./language.ts";

type Sends = Extract<Step, { kind: "sends" }>;

/** What somebody may read in Altinn, of what comes to a municipality. */
const rightWords: Readonly<Record<Right, Words>> = {
  correspondence: { en: "ordinary mail", nb: "vanlig post" },
  confidential: { en: "confidential mail", nb: "taushetsbelagt post" },
  "dispatch-message": { en: "the message of criminal-case dispatches", nb: "meldingen i straffesaksforsendelser" },
  "dispatch-file": { en: "the file of criminal-case dispatches", nb: "filen i straffesaksforsendelser" },
};

const allRights = Object.keys(rightWords).length;

const dispatches: Words = { en: "criminal-case dispatches", nb: "straffesaksforsendelser" };
const bothParts: readonly Right[] = ["dispatch-message", "dispatch-file"];

/** `ordinary mail and confidential mail`; everything where all rights are held. */
export function rightsWords(rights: readonly Right[], language: Language): string {
  if (new Set(rights).size === allRights) return language === "en" ? "all that comes" : "alt som kommer";
  const whole = bothParts.every((right) => rights.includes(right));
  const others = whole ? rights.filter((right) => !bothParts.includes(right)) : rights;
  const words = [...others.map((right) => rightWords[right]), ...(whole ? [dispatches] : [])];
  return listed(
    words.map((one) => one[language]),
    language,
  );
}

const letters: Words = { en: "by letter", nb: "som brev" };

/** The way that the police send a message, after its recipient: `as a criminal-case dispatch in Altinn`. */
export function wayWords({ by, mail }: Sends, many: boolean, language: Language): string {
  if (by === undefined) return "";
  switch (by) {
    case "letter":
      return ` ${letters[language]}`;
    case "altinn-dispatch":
      if (language === "en") return ` as ${many ? "criminal-case dispatches" : "a criminal-case dispatch"} in Altinn`;
      return ` som ${many ? "straffesaksforsendelser" : "straffesaksforsendelse"} i Altinn`;
    case "altinn-correspondence":
      if (language === "en") return ` as ${mail?.ordinary ? "ordinary" : "confidential"} mail in Altinn`;
      return ` som ${mail?.ordinary ? "vanlig" : "taushetsbelagt"} post i Altinn`;
  }
}

/** What is asked for in Altinn, each as a sentence. */
export function mailWords({ by, mail }: Sends, language: Language): string[] {
  if (mail === undefined) return [];
  const said: (Words | undefined)[] = [
    by === undefined && mail.ordinary
      ? { en: "It is not confidential.", nb: "Den er ikke taushetsbelagt." }
      : undefined,
    furtherFiles(mail),
    mail.confirmation ? { en: "A confirmation is asked for.", nb: "Det bes om bekreftelse." } : undefined,
    mail.notice
      ? {
          en: "The municipality gets a notice, and a reminder after seven days.",
          nb: "Kommunen får varsel, og påminnelse etter sju dager.",
        }
      : undefined,
    mail.filesLiveDays === undefined
      ? undefined
      : {
          en: `Its files are deleted after ${duration(mail.filesLiveDays * dayMs, "en")}.`,
          nb: `Filene slettes etter ${duration(mail.filesLiveDays * dayMs, "nb")}.`,
        },
    mail.publishedLateMs === undefined
      ? undefined
      : {
          en: `It is published ${duration(mail.publishedLateMs, "en")} late.`,
          nb: `Den publiseres ${duration(mail.publishedLateMs, "nb")} for sent.`,
        },
  ];
  return said.flatMap((words) => (words === undefined ? [] : [words[language]]));
}

const dayMs = 86_400_000;

function furtherFiles({ furtherFiles: count = 0 }: Mail): Words | undefined {
  if (count === 0) return undefined;
  return {
    en: `It has ${count === 1 ? "one further file" : `${count} further files`}.`,
    nb: `Den har ${count === 1 ? "én fil" : `${count} filer`} i tillegg til den første.`,
  };
}
