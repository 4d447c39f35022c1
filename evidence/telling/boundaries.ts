import { parseSubject, type Subject } from "../../core/boundary.ts";
import { type Language, listed, named, type Words } from "./language.ts";
import { partyWords } from "./words.ts";

/** An operation: what is attempted (`{}` is the message), and what is so once it has been done. */
export type OperationWords = { readonly attempt: Words; readonly effect: Words };

const done: Words = { en: "it was done", nb: "det var gjort" };
const read: Words = { en: "the answer was ready", nb: "svaret var klart" };

/** By party and operation; a test holds it to `contracts/boundaries.ts`. */
export const operationWords: { readonly [party: string]: { readonly [operation: string]: OperationWords } } = {
  portal: {
    municipalities: { attempt: { en: "list the municipalities", nb: "hente kommunelisten" }, effect: read },
    districts: { attempt: { en: "list the districts", nb: "hente bydelslisten" }, effect: read },
    keys: { attempt: { en: "get the portal's keys", nb: "hente portalens nøkler" }, effect: read },
    submit: {
      attempt: { en: "hand {} in at the portal", nb: "levere {} til portalen" },
      effect: { en: "the portal had taken it on", nb: "portalen hadde tatt imot den" },
    },
    status: { attempt: { en: "ask the portal about {}", nb: "spørre portalen om {}" }, effect: read },
  },
  "fiks-io": {
    connect: {
      attempt: { en: "connect to Fiks IO", nb: "koble til Fiks IO" },
      effect: { en: "the connection was open", nb: "forbindelsen var åpen" },
    },
    channel: { attempt: { en: "open a channel", nb: "åpne en AMQP-kanal" }, effect: done },
    qos: { attempt: { en: "set the prefetch window", nb: "sette forhåndshentingen" }, effect: done },
    consume: {
      attempt: { en: "start consuming", nb: "begynne å lese køen" },
      effect: { en: "the consumer was attached", nb: "konsumenten var koblet på" },
    },
    cancel: { attempt: { en: "stop consuming", nb: "slutte å lese køen" }, effect: done },
    deliver: {
      attempt: { en: "deliver {} from the queue", nb: "levere {} fra køen" },
      effect: { en: "it was marked as handed out", nb: "den var merket som utlevert" },
    },
    get: { attempt: { en: "fetch {} from the queue", nb: "hente {} fra køen" }, effect: done },
    settle: {
      attempt: { en: "settle {} in the queue", nb: "gjøre opp for {} i køen" },
      effect: { en: "the queue had taken note", nb: "køen hadde notert det" },
    },
    send: { attempt: { en: "send {} through Fiks IO", nb: "sende {} gjennom Fiks IO" }, effect: done },
    receipt: {
      attempt: { en: "send the receipt for {}", nb: "sende kvitteringen for {}" },
      effect: { en: "the receipt was accepted", nb: "kvitteringen var tatt imot" },
    },
    account: { attempt: { en: "look up an account", nb: "slå opp en konto" }, effect: read },
    key: { attempt: { en: "get a public key", nb: "hente en offentlig nøkkel" }, effect: read },
    fetch: { attempt: { en: "fetch the content of {}", nb: "hente innholdet i {}" }, effect: read },
  },
  svarinn: {
    list: { attempt: { en: "list what waits in SvarInn", nb: "hente listen fra SvarInn" }, effect: read },
    fetch: { attempt: { en: "fetch {} from SvarInn", nb: "hente {} fra SvarInn" }, effect: read },
    receipt: {
      attempt: { en: "send the receipt for {} to SvarInn", nb: "sende kvitteringen for {} til SvarInn" },
      effect: { en: "the receipt was accepted", nb: "kvitteringen var tatt imot" },
    },
  },
  maskinporten: {
    grant: {
      attempt: { en: "get a token", nb: "hente et token" },
      effect: { en: "the token was made", nb: "tokenet var laget" },
    },
    keys: { attempt: { en: "get Maskinporten's keys", nb: "hente Maskinportens nøkler" }, effect: read },
  },
  receiver: {
    register: {
      attempt: { en: "register {}", nb: "registrere {}" },
      effect: { en: "the case was stored", nb: "saken var lagret" },
    },
    upload: {
      attempt: { en: "upload a document of {}", nb: "laste opp et dokument i {}" },
      effect: { en: "the document was stored", nb: "dokumentet var lagret" },
    },
    lookup: { attempt: { en: "look {} up in the receiver", nb: "slå opp {} i fagsystemet" }, effect: read },
    await: {
      attempt: { en: "ask whether {} has been registered", nb: "spørre om {} er registrert" },
      effect: read,
    },
    deviate: {
      attempt: { en: "report a deviation about {}", nb: "melde avvik om {}" },
      effect: { en: "the deviation was on the worklist", nb: "avviket sto på arbeidslisten" },
    },
  },
  alarm: {
    raise: {
      attempt: { en: "raise an alarm about {}", nb: "slå alarm om {}" },
      effect: { en: "the alarm had been taken in", nb: "alarmen var tatt imot" },
    },
  },
  sender: {
    send: {
      attempt: { en: "have the sender send {}", nb: "få avsenderen til å sende {}" },
      effect: { en: "the sender had taken the order", nb: "avsenderen hadde tatt imot oppdraget" },
    },
  },
  "altinn-broker": {
    list: { attempt: { en: "list the files", nb: "hente fillisten" }, effect: read },
    overview: { attempt: { en: "look at {} in Broker", nb: "se på {} i Formidling" }, effect: read },
    fetch: { attempt: { en: "fetch the file of {}", nb: "hente filen i {}" }, effect: read },
    confirm: {
      attempt: { en: "confirm {}", nb: "bekrefte {}" },
      effect: { en: "the confirmation was noted", nb: "bekreftelsen var notert" },
    },
  },
  "altinn-correspondence": {
    attach: {
      attempt: { en: "announce a file of {} in Altinn", nb: "melde inn en fil i {} i Altinn" },
      effect: { en: "Altinn knew of the file", nb: "Altinn kjente til filen" },
    },
    upload: {
      attempt: { en: "upload a file of {} to Altinn", nb: "laste opp en fil i {} til Altinn" },
      effect: { en: "Altinn had the file", nb: "Altinn hadde filen" },
    },
    initialize: {
      attempt: { en: "send {} through Altinn", nb: "sende {} gjennom Altinn" },
      effect: { en: "Altinn had taken it on", nb: "Altinn hadde tatt imot den" },
    },
    list: { attempt: { en: "list the mail in Altinn", nb: "hente listen over post i Altinn" }, effect: read },
    overview: { attempt: { en: "look at {} in Altinn", nb: "se på {} i Altinn" }, effect: read },
    details: {
      attempt: { en: "get the history of {} in Altinn", nb: "hente historikken til {} i Altinn" },
      effect: read,
    },
    content: {
      attempt: { en: "read {} in Altinn", nb: "lese {} i Altinn" },
      effect: { en: "it was marked as read", nb: "den var merket som lest" },
    },
    fetch: { attempt: { en: "fetch a file of {}", nb: "hente en fil i {}" }, effect: read },
    markasread: {
      attempt: { en: "mark {} as read", nb: "merke {} som lest" },
      effect: { en: "it was marked as read", nb: "den var merket som lest" },
    },
    confirm: {
      attempt: { en: "confirm {}", nb: "bekrefte {}" },
      effect: { en: "the confirmation was noted", nb: "bekreftelsen var notert" },
    },
    purge: {
      attempt: { en: "delete {} in Altinn", nb: "slette {} i Altinn" },
      effect: { en: "it was deleted", nb: "den var slettet" },
    },
  },
  "altinn-dispatch": {
    send: {
      attempt: { en: "send {} as a criminal-case dispatch", nb: "sende {} som straffesaksforsendelse" },
      effect: { en: "Altinn had taken it on", nb: "Altinn hadde tatt imot den" },
    },
    status: { attempt: { en: "ask whether {} has been opened", nb: "spørre om {} er åpnet" }, effect: read },
    unopened: {
      attempt: { en: "list what has not been opened", nb: "hente listen over det som ikke er åpnet" },
      effect: read,
    },
    list: {
      attempt: { en: "list the dispatches in the inbox", nb: "hente listen over forsendelser i innboksen" },
      effect: read,
    },
    overview: { attempt: { en: "look at {} in the inbox", nb: "se på {} i innboksen" }, effect: read },
    fetch: {
      attempt: { en: "fetch the file of {}", nb: "hente filen i {}" },
      effect: { en: "it was marked as opened", nb: "den var merket som åpnet" },
    },
    archive: {
      attempt: { en: "archive {}", nb: "arkivere {}" },
      effect: { en: "it was archived", nb: "den var arkivert" },
    },
  },
  "altinn-events": {
    subscribe: { attempt: { en: "subscribe to events", nb: "abonnere på hendelser" }, effect: done },
    list: { attempt: { en: "list events", nb: "hente hendelser" }, effect: read },
    push: { attempt: { en: "push the event about {}", nb: "sende hendelsen om {}" }, effect: done },
  },
  "altinn-authentication": {
    exchange: {
      attempt: { en: "exchange a token at Altinn", nb: "veksle inn et token hos Altinn" },
      effect: { en: "Altinn's token was made", nb: "tokenet fra Altinn var laget" },
    },
  },
  eformidling: {
    peek: { attempt: { en: "lock {} in the queue", nb: "låse {} i køen" }, effect: done },
    pop: { attempt: { en: "fetch {} from the queue", nb: "hente {} fra køen" }, effect: read },
    delete: { attempt: { en: "delete {} from the queue", nb: "slette {} fra køen" }, effect: done },
    send: { attempt: { en: "send {} through eFormidling", nb: "sende {} gjennom eFormidling" }, effect: done },
    status: { attempt: { en: "ask for the status of {}", nb: "spørre om status for {}" }, effect: read },
  },
  db: {
    connect: { attempt: { en: "connect to the store", nb: "koble til lageret" }, effect: done },
    flush: {
      attempt: { en: "write {} to the store", nb: "skrive {} til lageret" },
      effect: { en: "the store had written it", nb: "lageret hadde skrevet det" },
    },
  },
};

const ordinals: Readonly<Record<Language, readonly string[]>> = {
  en: ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
  nb: ["første", "andre", "tredje", "fjerde", "femte", "sjette", "sjuende", "åttende", "niende", "tiende"],
};

/** The nth of something: `first`, `12th`; `første`, `12.` */
export function ordinal(nth: number, language: Language): string {
  const word = ordinals[language][nth - 1];
  if (word !== undefined) return word;
  if (language === "nb") return `${nth}.`;
  const teen = nth % 100 >= 11 && nth % 100 <= 13;
  return `${nth}${teen ? "th" : (["th", "st", "nd", "rd"][nth % 10] ?? "th")}`;
}

const anyMessage: Words = { en: "any message", nb: "en hvilken som helst melding" };
const noMessage: Words = { en: "nothing in particular", nb: "noe som ikke gjelder en bestemt melding" };

const circumstances: Readonly<Record<Extract<Subject, { kind: "state" }>["state"], Words>> = {
  start: { en: "at the start", nb: "ved oppstart" },
  token: { en: "with a token", nb: "med et token" },
  expired: { en: "after the old one had expired", nb: "etter at det gamle var utløpt" },
  lost: { en: "after the connection was lost", nb: "etter at forbindelsen var brutt" },
  idle: { en: "with nothing to do", nb: "uten noe å gjøre" },
};

/** What an exchange is about: the message it names, or the circumstance it happens in. */
function aboutWords(
  subject: Subject,
  language: Language,
): { readonly message?: string; readonly circumstance?: string } {
  switch (subject.kind) {
    case "one": {
      const one = named(
        subject.recipient === undefined ? subject.label : `${subject.label}@${subject.recipient}`,
        language,
      );
      if (subject.nth === undefined) return { message: one };
      const nth = ordinal(subject.nth, language);
      return { message: language === "en" ? `the ${nth} copy of ${one}` : `den ${nth} kopien av ${one}` };
    }
    case "several":
      return {
        message: listed(
          subject.labels.map((label) => named(label, language)),
          language,
        ),
      };
    case "abridged":
      return {
        message:
          language === "en"
            ? `${named(subject.first, language)} and ${subject.more} more`
            : `${named(subject.first, language)} og ${subject.more} til`,
      };
    case "unknown":
      return { message: language === "en" ? "a message not recognised" : "en melding som ikke ble gjenkjent" };
    case "state":
      return { circumstance: circumstances[subject.state][language] };
    case "news":
      return {
        circumstance:
          language === "en"
            ? `when ${named(subject.label, language)} is new`
            : `når ${named(subject.label, language)} er ny`,
      };
    case "page":
      return { circumstance: language === "en" ? `page ${subject.n}` : `side ${subject.n}` };
    case "sub":
      return { circumstance: `for ${subject.name}` };
  }
}

/** What is attempted in an exchange, without its count: `register A`, `hente et token, ved oppstart`. */
export function attemptWords(party: string, operation: string, subject: string, language: Language): string {
  const [kind = party] = party.split("#");
  const words = operationWords[kind]?.[operation]?.attempt[language] ?? unlisted(party, operation, language);
  const about = subject.includes("*") ? { message: anyMessage[language] } : aboutOf(subject, language);
  const said = words.replace("{}", about.message ?? noMessage[language]);
  return about.circumstance === undefined ? said : `${said}, ${about.circumstance}`;
}

function aboutOf(subject: string, language: Language): { readonly message?: string; readonly circumstance?: string } {
  try {
    return aboutWords(parseSubject(subject), language);
  } catch {
    return { message: subject };
  }
}

function unlisted(party: string, operation: string, language: Language): string {
  const who =
    party === "*" ? (language === "en" ? "any party" : "en hvilken som helst part") : partyWords(party, language);
  if (operation === "*") return language === "en" ? `deal with ${who} about {}` : `utveksle noe med ${who} om {}`;
  return language === "en" ? `do “${operation}” with ${who} about {}` : `utføre «${operation}» hos ${who} om {}`;
}

const namedForm = /^([^.]+)\.([^(]+)\((.*)\)\/([^/:]+):(asked|done|told|\*)$/;
const idleForm = /^([^.]+)\.([^(]+)\(idle\)@(.+):(asked|done|told)$/;

/**
 * A boundary, or a pattern of one, in words: `the first attempt to register A, after the case was stored but before
 * the answer`. A text that is neither is given back as it is.
 */
export function boundaryWords(boundary: string, language: Language): string {
  const idle = idleForm.exec(boundary);
  if (idle !== null) {
    const [, party = "", operation = "", after = "", phase = ""] = idle;
    const what = attemptWords(party, operation, "idle", language);
    const anchor = boundaryWords(`${after}:told`, language).split(",")[0];
    const when = phaseWords(party, operation, phase, language);
    return language === "en"
      ? `the attempt to ${what}, following ${anchor}, ${when}`
      : `forsøket på å ${what}, i kjølvannet av ${anchor}, ${when}`;
  }
  const found = namedForm.exec(boundary);
  if (found === null) return boundary;
  const [, party = "", operation = "", subject = "", attempt = "", phase = ""] = found;
  const what = attemptWords(party, operation, subject, language);
  const when = phaseWords(party, operation, phase, language);
  return `${countWords(attempt, language)} ${what}, ${when}`;
}

function countWords(attempt: string, language: Language): string {
  switch (language) {
    case "en":
      return attempt === "*" ? "an attempt to" : `the ${ordinal(Number(attempt), "en")} attempt to`;
    case "nb":
      return attempt === "*" ? "et forsøk på å" : `det ${ordinal(Number(attempt), "nb")} forsøket på å`;
  }
}

function phaseWords(party: string, operation: string, phase: string, language: Language): string {
  const [kind = party] = party.split("#");
  const effect = (operationWords[kind]?.[operation]?.effect ?? done)[language];
  switch (phase) {
    case "asked":
      return language === "en" ? "before anything was done" : "før noe var gjort";
    case "done":
      return language === "en" ? `after ${effect} but before the answer` : `etter at ${effect}, men før svaret`;
    case "told":
      return language === "en" ? "after the answer had arrived" : "etter at svaret var kommet fram";
  }
  return language === "en" ? "at any moment" : "når som helst";
}
