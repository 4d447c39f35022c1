import type { EntryOf, ReasonClass } from "../../core/ledger.ts";
import type { AnswerHeard, PathEvent } from "../path.ts";
import { attemptWords, boundaryWords } from "./boundaries.ts";
import { shortDuration } from "./duration.ts";
import type { Language, Saying, Words } from "./language.ts";
import { partyWords } from "./words.ts";

type EventOf<Kind extends PathEvent["kind"]> = Extract<PathEvent, { kind: Kind }>;

const whyDropped: Readonly<Record<EntryOf<"dropped">["why"], Words>> = {
  released: { en: "lets its copy go", nb: "gir slipp på kopien sin" },
  expired: { en: "removes it: its time has run out", nb: "fjerner den: Tiden er ute" },
  purged: {
    en: "deletes its copy: it believes that it has arrived",
    nb: "sletter kopien sin: Den tror at meldingen er framme",
  },
  deadlettered: { en: "gives it up: its attempts are used up", nb: "gir den opp: Forsøkene er brukt opp" },
  lost: { en: "has lost its copy", nb: "har mistet kopien sin" },
  restored: { en: "is back at older data, without it", nb: "er tilbake på eldre data, uten den" },
};

const howSettled: Readonly<Record<EntryOf<"settled">["how"], Words>> = {
  ack: { en: "takes it off the queue (ack)", nb: "tar den av køen (ack)" },
  nack: { en: "throws it off the queue (nack)", nb: "kaster den fra køen (nack)" },
  requeue: { en: "puts it back in the queue", nb: "legger den tilbake i køen" },
  delete: { en: "deletes it from the channel", nb: "sletter den fra kanalen" },
};

const reasons: Readonly<Record<ReasonClass, Words>> = {
  receipt: { en: "receipt", nb: "kvittering" },
  refused: { en: "refused", nb: "avvist" },
  expired: { en: "time ran out", nb: "tiden gikk ut" },
  undeliverable: { en: "undeliverable", nb: "kunne ikke leveres" },
  unreceipted: { en: "no receipt", nb: "ingen kvittering" },
  content: { en: "content", nb: "innholdet" },
  "wrong-recipient": { en: "wrong recipient", nb: "feil mottaker" },
  "unknown-type": { en: "unknown type", nb: "ukjent type" },
  other: { en: "other", nb: "annet" },
};

const untold: Readonly<Record<EntryOf<"untold">["how"], Words>> = {
  lost: { en: "the answer is lost", nb: "svaret går tapt" },
  cut: { en: "the answer breaks off", nb: "svaret brytes av" },
  stalled: { en: "no answer comes", nb: "svaret uteblir" },
  late: { en: "the answer is too late", nb: "svaret kommer for sent" },
};

function answerWords(answer: AnswerHeard, language: Language): string {
  switch (answer.kind) {
    case "untold":
      return untold[answer.how][language];
    case "open":
      return language === "en" ? "no answer yet" : "ikke noe svar ennå";
    case "told":
      switch (answer.saying) {
        case "positive":
          return language === "en" ? `yes (${answer.code})` : `ja (${answer.code})`;
        case "negative":
          return language === "en" ? `no (${answer.code})` : `nei (${answer.code})`;
        case "news":
          return language === "en" ? `not done yet (${answer.code})` : `ikke ferdig ennå (${answer.code})`;
        case "empty":
          return language === "en" ? `nothing (${answer.code})` : `ingenting (${answer.code})`;
      }
  }
}

/** What is said of an answer only where it is not the plain yes one expects. */
function unlessYes(answer: AnswerHeard, language: Language): string {
  return answer.kind === "told" && answer.saying === "positive" ? "" : ` – ${answerWords(answer, language)}`;
}

const en = (party: string): string => partyWords(party, "en");
const nb = (party: string): string => partyWords(party, "nb");

/** Every kind of step on a delivery's path, as a short clause. */
export const eventWords: { readonly [Kind in PathEvent["kind"]]: Saying<EventOf<Kind>> } = {
  submitted: {
    en: ({ sender, to }) => `${en(sender)} sends it, for ${to}`,
    nb: ({ sender, to }) => `${nb(sender)} sender den, til ${to}`,
  },
  accepted: {
    en: ({ party, answer }) => `${en(party)} takes it on${unlessYes(answer, "en")}`,
    nb: ({ party, answer }) => `${nb(party)} tar imot den${unlessYes(answer, "nb")}`,
  },
  offered: {
    en: ({ channel, to, lifeMs }) => `${en(channel)} offers it to ${en(to)}, for ${shortDuration(lifeMs, "en")}`,
    nb: ({ channel, to, lifeMs }) => `${nb(channel)} tilbyr den til ${nb(to)} i ${shortDuration(lifeMs, "nb")}`,
  },
  delivered: {
    en: ({ channel, to, again, missing }) =>
      `${en(channel)} hands it to ${en(to)}${again ? " again" : ""}${missing > 0 ? `, ${missing} bytes short` : ""}`,
    nb: ({ channel, to, again, missing }) =>
      `${nb(channel)} gir den til ${nb(to)}${again ? " på nytt" : ""}${missing > 0 ? `, men ${missing} byte mangler` : ""}`,
  },
  asked: {
    en: ({ asker, party, operation, subject, answer }) =>
      `${en(asker)} tries to ${attemptWords(party, operation, subject, "en")} – ${answerWords(answer, "en")}`,
    nb: ({ asker, party, operation, subject, answer }) =>
      `${nb(asker)} prøver å ${attemptWords(party, operation, subject, "nb")} – ${answerWords(answer, "nb")}`,
  },
  receipted: {
    en: ({ by, saying, answer }) =>
      `${en(by)} says ${saying === "positive" ? "“received”" : "“refused”"}${unlessYes(answer, "en")}`,
    nb: ({ by, saying, answer }) =>
      `${nb(by)} sier ${saying === "positive" ? "«mottatt»" : "«avvist»"}${unlessYes(answer, "nb")}`,
  },
  settled: {
    en: ({ by, how }) => `${en(by)} ${howSettled[how].en}`,
    nb: ({ by, how }) => `${nb(by)} ${howSettled[how].nb}`,
  },
  heard: {
    en: ({ party, code, debtor }) =>
      `${en(party)} hears “${code}”${debtor === undefined ? "" : `: from now ${en(debtor)} answers for it`}`,
    nb: ({ party, code, debtor }) =>
      `${nb(party)} hører «${code}»${debtor === undefined ? "" : `: Fra nå har ${nb(debtor)} ansvaret`}`,
  },
  stored: {
    en: ({ party, durable, ok }) =>
      `${en(party)} ${durable ? "has it safely stored" : "only has it queued in memory"}${ok ? "" : ", not whole"}`,
    nb: ({ party, durable, ok }) =>
      `${nb(party)} har den ${durable ? "trygt lagret" : "bare i kø i minnet"}${ok ? "" : ", men ikke hel"}`,
  },
  registered: {
    en: ({ caseId, at, whole }) =>
      `it is case ${caseId}${at === "" ? "" : ` at ${at}`}${whole ? "" : ", but not whole"}`,
    nb: ({ caseId, at, whole }) => `den er sak ${caseId}${at === "" ? "" : ` i ${at}`}${whole ? "" : ", men ikke hel"}`,
  },
  dropped: {
    en: ({ party, why }) => `${en(party)} ${whyDropped[why].en}`,
    nb: ({ party, why }) => `${nb(party)} ${whyDropped[why].nb}`,
  },
  quarantined: {
    en: ({ party, retrievable }) =>
      `${en(party)} puts it aside for people${retrievable ? "" : ", but it cannot be had back"}`,
    nb: ({ party, retrievable }) =>
      `${nb(party)} setter den til side for mennesker${retrievable ? "" : ", men den kan ikke hentes fram"}`,
  },
  refused: {
    en: ({ party, permanent, code }) => `${en(party)} refuses it ${permanent ? "for good" : "for now"} (${code})`,
    nb: ({ party, permanent, code }) =>
      `${nb(party)} avviser den ${permanent ? "for godt" : "inntil videre"} (${code})`,
  },
  returned: {
    en: ({ to, reason }) => `it goes back to ${en(to)} (${reasons[reason].en})`,
    nb: ({ to, reason }) => `den går tilbake til ${nb(to)} (${reasons[reason].nb})`,
  },
  printed: {
    en: ({ to, reason }) => `it is posted on paper to ${to} (${reasons[reason].en})`,
    nb: ({ to, reason }) => `den sendes på papir til ${to} (${reasons[reason].nb})`,
  },
  resent: {
    en: ({ as }) => `it is sent once more, as ${as}`,
    nb: ({ as }) => `den sendes på nytt, som ${as}`,
  },
  opened: {
    en: ({ opener, who }) => `${opener === "person" ? who : "a machine"} opens it`,
    nb: ({ opener, who }) => `${opener === "person" ? who : "en maskin"} åpner den`,
  },
  alerted: {
    en: ({ sink, about, bounced }) => `${en(sink)} gets an alarm: ${about}${bounced ? ", which bounces" : ""}`,
    nb: ({ sink, about, bounced }) => `${nb(sink)} får en alarm: ${about}${bounced ? ", men den kommer i retur" : ""}`,
  },
  leaked: {
    en: ({ where, planted }) => `its content (${planted}) turns up in ${where}`,
    nb: ({ where, planted }) => `innholdet (${planted}) dukker opp i ${where}`,
  },
  crashed: {
    en: ({ party, class: how, own, why }) =>
      `${en(party)} ${how === "power" ? "loses power" : own ? "crashes by itself" : "is killed"}${why === undefined ? "" : `: ${why}`}`,
    nb: ({ party, class: how, own, why }) =>
      `${nb(party)} ${how === "power" ? "mister strømmen" : own ? "krasjer av seg selv" : "blir drept"}${why === undefined ? "" : `: ${why}`}`,
  },
  stopped: { en: ({ party }) => `${en(party)} is stopped`, nb: ({ party }) => `${nb(party)} blir stoppet` },
  restored: {
    en: ({ party }) => `${en(party)} is put back to older data`,
    nb: ({ party }) => `${nb(party)} settes tilbake til eldre data`,
  },
  faulted: {
    en: ({ fault, boundary, forMs }) =>
      forMs === undefined
        ? `our fault “${fault}”, at ${boundaryWords(boundary, "en")}`
        : `our fault “${fault}”: out of reach for ${shortDuration(forMs, "en")}`,
    nb: ({ fault, boundary, forMs }) =>
      forMs === undefined
        ? `vår feil «${fault}», ved ${boundaryWords(boundary, "nb")}`
        : `vår feil «${fault}»: utilgjengelig i ${shortDuration(forMs, "nb")}`,
  },
  phase: { en: ({ phase }) => phases[phase].en, nb: ({ phase }) => phases[phase].nb },
  read: {
    en: ({ reader, resource, credit }) =>
      `${en(reader)} ${credit ? "reads" : "can take nothing more from"} the queue of ${resource}`,
    nb: ({ reader, resource, credit }) =>
      `${nb(reader)} ${credit ? "leser" : "kan ikke ta mer fra"} køen til ${resource}`,
  },
  overdue: { en: () => "by now the time for it has passed", nb: () => "nå er fristen ute" },
  noted: { en: ({ entry }) => `ledger entry: ${entry}`, nb: ({ entry }) => `post i loggen: ${entry}` },
};

const phases: Readonly<Record<EntryOf<"phase">["phase"], Words>> = {
  rage: { en: "the run begins", nb: "kjøringen begynner" },
  heal: { en: "every fault is over", nb: "alle feil er over" },
  drain: { en: "what waits may now be dealt with", nb: "det som venter kan nå bli tatt hånd om" },
  age: { en: "time passes until every lifetime is over", nb: "tiden går til alle levetider er ute" },
  end: { en: "the run is over", nb: "kjøringen er over" },
};

/** One step on a path, as a short clause. */
export function eventSentence(event: PathEvent, language: Language): string {
  return (eventWords[event.kind] as Saying<PathEvent>)[language](event);
}
