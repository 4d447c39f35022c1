import type { EntryOf, ReasonClass, Saying as Says } from "../../core/ledger.ts";
import { municipalityParty } from "../../core/names.ts";
import type { AnswerHeard, DeadlineMet, PathEvent } from "../path-event.ts";
import { attemptWords, boundaryWords } from "./boundaries.ts";
import { shortDuration } from "./duration.ts";
import { type Language, listed, type Saying, type Words } from "./language.ts";
import type { Naming } from "./naming.ts";
import { isPlural } from "./words.ts";

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

type Refusal = Extract<AnswerHeard, { kind: "told" }>;
const isRefusal = (answer: AnswerHeard): answer is Refusal => answer.kind === "told" && answer.saying === "negative";

/** What is said of an answer only where it is not the plain yes one expects. */
function unlessYes(answer: AnswerHeard, language: Language): string {
  return answer.kind === "told" && answer.saying === "positive" ? "" : ` – ${answerWords(answer, language)}`;
}

/** An event, and what the parties in it are called. */
type Told<Kind extends PathEvent["kind"]> = EventOf<Kind> & { readonly call: Naming };

/** The verb after a party in English: the police *send*, everybody else *sends*. */
function does(party: string, verb: string): string {
  if (!isPlural(party)) return verb;
  return verb === "has" ? "have" : verb.replace(/ies$/, "y").replace(/s$/, "");
}

const isAltinn = (party: string): boolean => party.startsWith("altinn");
const isMunicipality = (party: string): boolean => party.startsWith(municipalityParty(""));
/** What of a municipality may read something, where it is no person. */
const machine: Words = { en: "only a machine", nb: "bare en maskin" };
/** Names of people are few enough to be given. */
const mostNamed = 2;

function readersWords(readers: readonly string[], call: Naming, language: Language): string {
  if (readers.length === 0) return language === "en" ? "nobody may read it" : "ingen har tilgang til den";
  const who =
    readers.length > mostNamed
      ? language === "en"
        ? `${readers.length} people`
        : `${readers.length} personer`
      : listed(
          readers.map((reader) => (isMunicipality(reader) ? machine[language] : call(reader))),
          language,
        );
  return language === "en" ? `${who} may read it` : `${who} har tilgang til den`;
}

/** Where something lies: a queue, or a municipality's mail of one kind in Altinn. */
function placeWords(resource: string, call: Naming, language: Language): string {
  const [kind = "", number] = resource.split("/");
  const words = places[kind]?.[language];
  if (words === undefined || number === undefined)
    return (language === "en" ? "the queue of " : "køen til ") + resource;
  return `${words} ${call(municipalityParty(number))}`;
}

const places: Readonly<Record<string, Words>> = {
  correspondence: { en: "ordinary mail for", nb: "vanlig post til" },
  confidential: { en: "confidential mail for", nb: "taushetsbelagt post til" },
  dispatch: { en: "criminal-case dispatches to", nb: "straffesaksforsendelser til" },
};

/** What an answer about a message says to the one who sent it. */
function newsWords(party: string, answer: AnswerHeard, language: Language): string {
  if (answer.kind !== "told") return answerWords(answer, language);
  const words = (isAltinn(party) ? newsOfMail : newsOfMessage)[answer.saying];
  return `${words[language]} (${answer.code})`;
}

const newsOfMail: Readonly<Record<Says, Words>> = {
  positive: { en: "“opened”", nb: "«åpnet»" },
  negative: { en: "“gone, never opened”", nb: "«borte, aldri åpnet»" },
  news: { en: "“sent”, not opened", nb: "«sendt», ikke åpnet" },
  empty: { en: "nothing", nb: "ingenting" },
};

const newsOfMessage: Readonly<Record<Says, Words>> = {
  positive: { en: "“received”", nb: "«mottatt»" },
  negative: { en: "“refused”", nb: "«avvist»" },
  news: { en: "“sent”", nb: "«sendt»" },
  empty: { en: "nothing", nb: "ingenting" },
};

const deadlines: Readonly<Record<DeadlineMet, Words>> = {
  warn: {
    en: "T_warn is reached: nobody knows that it has arrived, so a person must be warned",
    nb: "T_warn er nådd: Ingen vet om den er kommet fram, så et menneske må varsles",
  },
  escalate: {
    en: "T_escalate is reached: it must go another way, or back to a person",
    nb: "T_escalate er nådd: Den må gå en annen vei eller tilbake til et menneske",
  },
  unwarned: { en: "the deadline passes, and nobody has been warned", nb: "fristen går ut uten at noen er varslet" },
  stuck: {
    en: "T_escalate passes, and it has gone neither another way nor back to a person",
    nb: "T_escalate går ut uten at den har gått en annen vei eller tilbake til et menneske",
  },
  lastWarning: {
    en: "from now any warning of its deletion comes too late",
    nb: "fra nå er det for sent å varsle om at den blir slettet",
  },
};

const whyGoneFromAltinn: Readonly<Partial<Record<EntryOf<"dropped">["why"], Words>>> = {
  expired: { en: "deletes the content: its time has run out", nb: "sletter innholdet: Tiden er ute" },
  purged: { en: "deletes it, as its recipient has asked", nb: "sletter den, slik mottakeren har bedt om" },
};

function dropWords(party: string, why: EntryOf<"dropped">["why"]): Words {
  return (isAltinn(party) ? whyGoneFromAltinn[why] : undefined) ?? whyDropped[why];
}

/** Every kind of step on a delivery's path, as a short clause. */
export const eventWords: { readonly [Kind in PathEvent["kind"]]: Saying<Told<Kind>> } = {
  submitted: {
    en: ({ sender, to, ordered, call }) =>
      ordered ? `there is a message for ${to}` : `${call(sender)} ${does(sender, "sends")} it, for ${to}`,
    nb: ({ sender, to, ordered, call }) =>
      ordered ? `det er en melding til ${to}` : `${call(sender)} sender den, til ${to}`,
  },
  ordered: {
    en: ({ by, sender, answer, call }) =>
      `${call(by)} ${does(by, "asks")} ${call(sender)} to send it${unlessYes(answer, "en")}`,
    nb: ({ by, sender, answer, call }) => `${call(by)} ber ${call(sender)} sende den${unlessYes(answer, "nb")}`,
  },
  accepted: {
    en: ({ party, answer, call }) =>
      isRefusal(answer)
        ? `${call(party)} turns it away (${answer.code})`
        : `${call(party)} takes it on${unlessYes(answer, "en")}`,
    nb: ({ party, answer, call }) =>
      isRefusal(answer)
        ? `${call(party)} avviser den (${answer.code})`
        : `${call(party)} tar imot den${unlessYes(answer, "nb")}`,
  },
  offered: {
    en: ({ channel, to, lifeMs, readers, call }) => {
      const where =
        isMunicipality(to) && isAltinn(channel) ? `puts it in the inbox of ${call(to)}` : `offers it to ${call(to)}`;
      const life = lifeMs === undefined ? "" : `, for ${shortDuration(lifeMs, "en")}`;
      return `${call(channel)} ${where}${life}${readers === undefined ? "" : `; ${readersWords(readers, call, "en")}`}`;
    },
    nb: ({ channel, to, lifeMs, readers, call }) => {
      const where =
        isMunicipality(to) && isAltinn(channel)
          ? `legger den i innboksen til ${call(to)}`
          : `tilbyr den til ${call(to)}`;
      const life = lifeMs === undefined ? "" : ` i ${shortDuration(lifeMs, "nb")}`;
      return `${call(channel)} ${where}${life}${readers === undefined ? "" : `; ${readersWords(readers, call, "nb")}`}`;
    },
  },
  delivered: {
    en: ({ channel, to, again, missing, call }) =>
      `${call(channel)} hands it to ${call(to)}${again ? " again" : ""}${missing > 0 ? `, ${missing} bytes short` : ""}`,
    nb: ({ channel, to, again, missing, call }) =>
      `${call(channel)} gir den til ${call(to)}${again ? " på nytt" : ""}${missing > 0 ? `, men ${missing} byte mangler` : ""}`,
  },
  asked: {
    en: ({ asker, party, operation, subject, answer, call }) =>
      `${call(asker)} ${does(asker, "tries")} to ${attemptWords(party, operation, subject, "en")} – ${answerWords(answer, "en")}`,
    nb: ({ asker, party, operation, subject, answer, call }) =>
      `${call(asker)} prøver å ${attemptWords(party, operation, subject, "nb")} – ${answerWords(answer, "nb")}`,
  },
  inquired: {
    en: ({ asker, party, answer, call }) =>
      `${call(asker)} ${does(asker, "asks")} ${call(party)} what became of it: ${newsWords(party, answer, "en")}`,
    nb: ({ asker, party, answer, call }) =>
      `${call(asker)} spør ${call(party)} hva som er blitt av den: ${newsWords(party, answer, "nb")}`,
  },
  receipted: {
    en: ({ by, saying, answer, call }) =>
      `${call(by)} says ${saying === "positive" ? "“received”" : "“refused”"}${answer === undefined ? "" : unlessYes(answer, "en")}`,
    nb: ({ by, saying, answer, call }) =>
      `${call(by)} sier ${saying === "positive" ? "«mottatt»" : "«avvist»"}${answer === undefined ? "" : unlessYes(answer, "nb")}`,
  },
  settled: {
    en: ({ by, how, call }) => `${call(by)} ${howSettled[how].en}`,
    nb: ({ by, how, call }) => `${call(by)} ${howSettled[how].nb}`,
  },
  heard: {
    en: ({ party, code, debtor, call }) =>
      `${call(party)} ${does(party, "hears")} “${code}”${debtor === undefined ? "" : `: from now ${call(debtor)} answers for it`}`,
    nb: ({ party, code, debtor, call }) =>
      `${call(party)} hører «${code}»${debtor === undefined ? "" : `: Fra nå har ${call(debtor)} ansvaret`}`,
  },
  stored: {
    en: ({ party, durable, ok, call }) =>
      `${call(party)} ${durable ? "has it safely stored" : "only has it queued in memory"}${ok ? "" : ", not whole"}`,
    nb: ({ party, durable, ok, call }) =>
      `${call(party)} har den ${durable ? "trygt lagret" : "bare i kø i minnet"}${ok ? "" : ", men ikke hel"}`,
  },
  registered: {
    en: ({ caseId, at, whole, byHand }) =>
      `it is ${byHand ? "registered by hand as " : ""}case ${caseId}${at === "" ? "" : ` at ${at}`}${whole ? "" : ", but not whole"}`,
    nb: ({ caseId, at, whole, byHand }) =>
      `den er ${byHand ? "registrert for hånd som " : ""}sak ${caseId}${at === "" ? "" : ` i ${at}`}${whole ? "" : ", men ikke hel"}`,
  },
  shown: {
    en: ({ to }) => `it stands on the worklist at ${to}`,
    nb: ({ to }) => `den står på arbeidslisten i ${to}`,
  },
  dropped: {
    en: ({ party, why, call }) => `${call(party)} ${dropWords(party, why).en}`,
    nb: ({ party, why, call }) => `${call(party)} ${dropWords(party, why).nb}`,
  },
  quarantined: {
    en: ({ party, retrievable, call }) =>
      `${call(party)} puts it aside for people${retrievable ? "" : ", but it cannot be had back"}`,
    nb: ({ party, retrievable, call }) =>
      `${call(party)} setter den til side for mennesker${retrievable ? "" : ", men den kan ikke hentes fram"}`,
  },
  refused: {
    en: ({ party, permanent, code, call }) =>
      `${call(party)} refuses it ${permanent ? "for good" : "for now"} (${code})`,
    nb: ({ party, permanent, code, call }) =>
      `${call(party)} avviser den ${permanent ? "for godt" : "inntil videre"} (${code})`,
  },
  returned: {
    en: ({ to, reason, call }) => `it goes back to ${call(to)} (${reasons[reason].en})`,
    nb: ({ to, reason, call }) => `den går tilbake til ${call(to)} (${reasons[reason].nb})`,
  },
  printed: {
    en: ({ to, reason, call }) => `it is posted on paper to ${call(to)} (${reasons[reason].en})`,
    nb: ({ to, reason, call }) => `den sendes på papir til ${call(to)} (${reasons[reason].nb})`,
  },
  resent: {
    en: ({ as }) => `it is sent once more, as ${as}`,
    nb: ({ as }) => `den sendes på nytt, som ${as}`,
  },
  opened: {
    en: ({ opener, who }) => `${opener === "person" ? who : "a machine"} opens it`,
    nb: ({ opener, who }) => `${opener === "person" ? who : "en maskin"} åpner den`,
  },
  entitled: {
    en: ({ who, resource, granted, call }) =>
      `from now ${call(who)} may ${granted ? "" : "no longer "}read ${placeWords(resource, call, "en")}`,
    nb: ({ who, resource, granted, call }) =>
      `fra nå har ${call(who)} ${granted ? "" : "ikke lenger "}tilgang til ${placeWords(resource, call, "nb")}`,
  },
  notified: {
    en: ({ person, outcome, call }) => noticeWords[outcome].en.replace("{}", call(person)),
    nb: ({ person, outcome, call }) => noticeWords[outcome].nb.replace("{}", call(person)),
  },
  alerted: {
    en: ({ sink, about, bounced, call }) => `${call(sink)} gets an alarm: ${about}${bounced ? ", which bounces" : ""}`,
    nb: ({ sink, about, bounced, call }) =>
      `${call(sink)} får en alarm: ${about}${bounced ? ", men den kommer i retur" : ""}`,
  },
  seen: {
    en: ({ person }) => `${person} sees the alarm`,
    nb: ({ person }) => `${person} ser alarmen`,
  },
  leaked: {
    en: ({ where, planted }) => `its content (${planted}) turns up in ${where}`,
    nb: ({ where, planted }) => `innholdet (${planted}) dukker opp i ${where}`,
  },
  crashed: {
    en: ({ party, class: how, own, why, call }) =>
      `${call(party)} ${how === "power" ? "loses power" : own ? "crashes by itself" : "is killed"}${why === undefined ? "" : `: ${why}`}`,
    nb: ({ party, class: how, own, why, call }) =>
      `${call(party)} ${how === "power" ? "mister strømmen" : own ? "krasjer av seg selv" : "blir drept"}${why === undefined ? "" : `: ${why}`}`,
  },
  stopped: {
    en: ({ party, call }) => `${call(party)} is stopped`,
    nb: ({ party, call }) => `${call(party)} blir stoppet`,
  },
  upgraded: {
    en: ({ party, call }) => `${call(party)} goes on in its other version`,
    nb: ({ party, call }) => `${call(party)} fortsetter i den andre versjonen`,
  },
  restored: {
    en: ({ party, call }) => `${call(party)} is put back to older data`,
    nb: ({ party, call }) => `${call(party)} settes tilbake til eldre data`,
  },
  faulted: {
    en: ({ fault, boundary, family, forMs }) =>
      forMs === undefined
        ? `our fault “${fault}”, at ${boundaryWords(boundary, "en")}`
        : `our fault “${fault}”: ${outageWords(fault, family).en} for ${shortDuration(forMs, "en")}`,
    nb: ({ fault, boundary, family, forMs }) =>
      forMs === undefined
        ? `vår feil «${fault}», ved ${boundaryWords(boundary, "nb")}`
        : `vår feil «${fault}»: ${outageWords(fault, family).nb} i ${shortDuration(forMs, "nb")}`,
  },
  phase: { en: ({ phase }) => phases[phase].en, nb: ({ phase }) => phases[phase].nb },
  read: {
    en: ({ reader, resource, credit, call }) =>
      `${call(reader)} ${credit ? "reads" : "can take nothing more from"} ${placeWords(resource, call, "en")}`,
    nb: ({ reader, resource, credit, call }) =>
      `${call(reader)} ${credit ? "leser" : "kan ikke ta mer fra"} ${placeWords(resource, call, "nb")}`,
  },
  deadline: { en: ({ met }) => deadlines[met].en, nb: ({ met }) => deadlines[met].nb },
  overdue: { en: () => "by now the time for it has passed", nb: () => "nå er fristen ute" },
  noted: { en: ({ entry }) => `ledger entry: ${entry}`, nb: ({ entry }) => `post i loggen: ${entry}` },
};

/** What an outage of our making is like; a clause before “for so long”. */
function outageWords(fault: string, family: EntryOf<"faulted">["family"]): Words {
  if (family === "people") return { en: "somebody is away", nb: "noen er borte" };
  if (fault.startsWith("certificate-"))
    return { en: "its certificate cannot be trusted", nb: "sertifikatet er ikke til å stole på" };
  return { en: "out of reach", nb: "utilgjengelig" };
}

const phases: Readonly<Record<EntryOf<"phase">["phase"], Words>> = {
  rage: { en: "the run begins", nb: "kjøringen begynner" },
  heal: { en: "every fault is over", nb: "alle feil er over" },
  drain: { en: "what waits may now be dealt with", nb: "det som venter kan nå bli tatt hånd om" },
  age: { en: "time passes until every lifetime is over", nb: "tiden går til alle levetider er ute" },
  end: { en: "the run is over", nb: "kjøringen er over" },
};

const noticeWords: Readonly<Record<EntryOf<"notified">["outcome"], Words>> = {
  delivered: { en: "{} gets a notice", nb: "{} får et varsel" },
  bounced: { en: "the notice to {} bounces", nb: "varselet til {} kommer i retur" },
  none: { en: "{} has no address for a notice", nb: "{} har ingen adresse å varsle til" },
};

/** One step on a path, as a short clause; `call` says what the parties in it are called. */
export function eventSentence(event: PathEvent, language: Language, call: Naming): string {
  return (eventWords[event.kind] as Saying<PathEvent & { readonly call: Naming }>)[language]({ ...event, call });
}
