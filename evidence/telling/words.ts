import type { Survival } from "../../core/ledger.ts";
import type { BadCertificate, Content, Defect, Step } from "../../core/scenario.ts";
import type { OutcomeClass } from "../../core/verdict.ts";
import type { Language, Words } from "./language.ts";

type Strain = Extract<Step, { kind: "strains" }>["how"];
type MessageKind = Extract<Step, { kind: "sends" }>["messageKind"];

/** Who a message's form is for. */
export const messageKindWords: Readonly<Record<MessageKind, Words>> = {
  offentlig: { en: "from a public body", nb: "fra en offentlig melder" },
  privat: { en: "from a private person", nb: "fra en privat melder" },
};

/** How a message is filled: what it has. */
export const contentWords: Readonly<Record<Content, Words>> = {
  short: { en: "short text", nb: "kort tekst" },
  long: { en: "long text", nb: "lang tekst" },
  "many-children": { en: "several children", nb: "flere barn" },
  unborn: { en: "an unborn child", nb: "et ufødt barn" },
  accents: { en: "Norwegian letters and accents", nb: "norske bokstaver og aksenter" },
  decomposed: { en: "accents taken apart", nb: "aksenter som står for seg" },
  "right-to-left": { en: "text that is read from right to left", nb: "tekst som leses fra høyre til venstre" },
  "control-characters": { en: "control characters", nb: "styretegn" },
  large: { en: "a PDF of more than five megabytes", nb: "en PDF på mer enn fem megabyte" },
  "odd-names": { en: "files with odd names", nb: "filer med rare navn" },
};

/** What is wrong with a message, as a sentence. */
export const defectWords: Readonly<Record<Defect, Words>> = {
  "empty-container": { en: "On purpose, its container is empty.", nb: "Med vilje er dokumentpakken tom." },
  "truncated-container": {
    en: "On purpose, its container breaks off half-way.",
    nb: "Med vilje er dokumentpakken kuttet midt i.",
  },
  "not-json": { en: "On purpose, its form is not valid JSON.", nb: "Med vilje er skjemaet ikke gyldig JSON." },
  "missing-pdf": { en: "On purpose, its PDF is missing.", nb: "Med vilje mangler PDF-en." },
  "missing-field": {
    en: "On purpose, its form lacks a field that must be there.",
    nb: "Med vilje mangler skjemaet et påkrevd felt.",
  },
  "other-municipality": {
    en: "On purpose, its form is addressed to another municipality.",
    nb: "Med vilje er skjemaet stilet til en annen kommune.",
  },
  "unknown-type": {
    en: "On purpose, its type is unknown to everybody.",
    nb: "Med vilje er meldingstypen ukjent for alle.",
  },
  "unsupported-version": {
    en: "On purpose, its version is newer than the recipient's system has said it can read.",
    nb: "Med vilje er versjonen nyere enn mottakerens system har sagt at det kan lese.",
  },
};

/** What is wrong with a certificate, after “a certificate that”. */
export const certificateWords: Readonly<Record<BadCertificate, Words>> = {
  expired: { en: "has expired", nb: "er utløpt" },
  "untrusted-root": {
    en: "an unknown authority has signed",
    nb: "en ukjent utsteder har signert",
  },
  "wrong-host": { en: "is for another name", nb: "gjelder et annet navn" },
};

/** What the receiver is like under a strain; a clause after “from now and for so long”. */
export const strainWords: Readonly<Record<Strain, Words>> = {
  slow: { en: "the receiver stores slowly", nb: "lagrer fagsystemet langsomt" },
  queues: {
    en: "the receiver only queues in memory what it is given",
    nb: "legger fagsystemet det som kommer, bare i kø i minnet",
  },
  overloaded: {
    en: "the receiver is overloaded and turns requests away",
    nb: "er fagsystemet overbelastet og avviser forespørsler",
  },
  locked: { en: "the receiver's store is locked", nb: "er fagsystemets lager låst" },
  full: { en: "the receiver's store is full", nb: "er fagsystemets lager fullt" },
};

/** What a crash leaves: a killed process what it wrote, a power cut only what was synced. */
export const crashWords: Readonly<Record<"process", Words> & Record<"power", Readonly<Record<Survival, Words>>>> = {
  process: { en: "all that it had written survives", nb: "alt det hadde skrevet, overlever" },
  power: {
    none: {
      en: "what was not yet safely on disk is gone",
      nb: "det som ennå ikke lå trygt på disk, er borte",
    },
    prefix: {
      en: "only the first of what was not yet safely on disk survives",
      nb: "bare det første av det som ennå ikke lå trygt på disk, overlever",
    },
    subset: {
      en: "only some of what was not yet safely on disk survives",
      nb: "bare noe av det som ennå ikke lå trygt på disk, overlever",
    },
  },
};

/** What became of a delivery. */
export const outcomeWords: Readonly<Record<OutcomeClass, Words>> = {
  unknown: { en: "unknown", nb: "ukjent" },
  lost: { en: "lost", nb: "tapt" },
  "expired silently": { en: "expired silently", nb: "utløpt i stillhet" },
  dropped: { en: "dropped", nb: "forkastet" },
  misdelivered: { en: "misdelivered", nb: "feillevert" },
  damaged: { en: "damaged", nb: "skadd" },
  duplicated: { en: "duplicated", nb: "dobbelt" },
  late: { en: "late", nb: "for sent" },
  recovered: { en: "recovered", nb: "gjenfunnet" },
  returned: { en: "returned", nb: "returnert" },
  printed: { en: "printed", nb: "sendt på papir" },
  quarantined: { en: "quarantined", nb: "satt til side" },
  open: { en: "open", nb: "åpen" },
  registered: { en: "registered", nb: "registrert" },
};

const parties: Readonly<Record<string, Words>> = {
  sender: { en: "the sender", nb: "avsenderen" },
  police: { en: "the police", nb: "politiet" },
  portal: { en: "the portal", nb: "portalen" },
  "fiks-io": { en: "Fiks IO", nb: "Fiks IO" },
  svarinn: { en: "SvarInn", nb: "SvarInn" },
  maskinporten: { en: "Maskinporten", nb: "Maskinporten" },
  integration: { en: "the integration", nb: "integrasjonen" },
  receiver: { en: "the receiver", nb: "fagsystemet" },
  alarm: { en: "the alarm sink", nb: "alarmmottaket" },
  "altinn-broker": { en: "Altinn Broker", nb: "Altinn Formidling" },
  "altinn-correspondence": { en: "Altinn", nb: "Altinn" },
  "altinn-dispatch": { en: "Altinn (criminal-case dispatch)", nb: "Altinn (straffesaksforsendelse)" },
  "altinn-events": { en: "Altinn Events", nb: "Altinn Hendelser" },
  "altinn-authentication": { en: "Altinn's token exchange", nb: "Altinns tokenveksling" },
  eformidling: { en: "eFormidling", nb: "eFormidling" },
  municipality: { en: "municipality", nb: "kommune" },
  db: { en: "the system's own store", nb: "systemets eget lager" },
};

/** Whether a party is spoken of in the plural in English: the police send, everybody else sends. */
export function isPlural(party: string): boolean {
  return party === "police";
}

/** A party as it is called in a sentence; one we have no words for by its id, a second one with its number. */
export function partyWords(party: string, language: Language): string {
  const [kind = party, number] = party.split("#");
  const words = parties[kind]?.[language] ?? kind;
  return number === undefined ? words : `${words} ${number}`;
}
