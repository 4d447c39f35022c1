import type { RuleId } from "../../core/rule.ts";
import type { Words } from "./language.ts";

/** How a rule is told: what must hold, as a clause; what it is called; and the fact it comes from, with its source. */
export type RuleWords = { readonly name: Words; readonly holds: Words; readonly fact: Words; readonly source: string };

/** Every rule in plain words. Facts are those of `incidents.md` and `protocols/fiks.md`; inferred ones say so. */
export const ruleWords: Readonly<Record<RuleId, RuleWords>> = {
  "no-loss": {
    name: { en: "No loss", nb: "Ingen går tapt" },
    holds: { en: "no message is lost", nb: "ingen melding går tapt" },
    fact: {
      en: "63 concern messages in 22 municipalities were lost after the reporter and the portal had been told that they had arrived (Familia, 2020–2023).",
      nb: "63 bekymringsmeldinger i 22 kommuner gikk tapt etter at melderen og portalen hadde fått beskjed om at de var kommet fram (Familia, 2020–2023).",
    },
    source: "incidents.md, case A",
  },
  delivers: {
    name: { en: "Delivers", nb: "Leverer" },
    holds: { en: "every sound message becomes a case in time", nb: "hver feilfri melding blir en sak i tide" },
    fact: {
      en: "A concern message shall be gone through at once, and within one week at the latest; one that the integration turns away goes by paper post instead.",
      nb: "En bekymringsmelding skal gjennomgås snarest og senest innen én uke; en som integrasjonen avviser, går i stedet som papirpost.",
    },
    source: "incidents.md, rules that a chain must satisfy; protocols/fiks.md, 1.4",
  },
  "receipt-after-store": {
    name: { en: "Receipt after store", nb: "Kvittering etter lagring" },
    holds: {
      en: "nobody is told “received” before the message is safely stored",
      nb: "ingen får beskjeden «mottatt» før meldingen er trygt lagret",
    },
    fact: {
      en: "Familia's receipt did not wait for the store; storing failed now and then, most likely when the municipality's own IT was overloaded.",
      nb: "Familias kvittering ventet ikke på lagringen; lagringen sviktet av og til, trolig når kommunens eget IT-miljø var overbelastet.",
    },
    source: "incidents.md, case A, facts 1 and 2",
  },
  "no-false-receipt": {
    name: { en: "No false receipt", nb: "Ingen falsk kvittering" },
    holds: {
      en: "what is said to be received is found in a case, whole",
      nb: "det som er meldt mottatt, finnes helt i en sak",
    },
    fact: {
      en: "Familia returned a positive receipt whether or not the message had been stored. The reporter saw “received”, and the portal deleted its copy 14 days later.",
      nb: "Familia ga positiv kvittering enten meldingen var lagret eller ikke. Melderen så «mottatt», og portalen slettet sin kopi 14 dager senere.",
    },
    source: "incidents.md, case A, facts 1 and 4",
  },
  "no-silent-expiry": {
    name: { en: "No silent expiry", nb: "Ingen utløper i stillhet" },
    holds: {
      en: "no message's time runs out without somebody being told",
      nb: "ingen melding utløper uten at noen får vite det",
    },
    fact: {
      en: "What the police sent through Altinn and nobody opened was deleted after 30 days; neither side was warned (inferred).",
      nb: "Det politiet sendte gjennom Altinn og ingen åpnet, ble slettet etter 30 dager; ingen av partene ble varslet (utledet).",
    },
    source: "incidents.md, case B, fact 6",
  },
  "end-state-deadline": {
    name: { en: "Deadline on the end state", nb: "Frist for sluttilstanden" },
    holds: {
      en: "the sender acts when a message has not reached a person in time",
      nb: "avsenderen gjør noe når en melding ikke har nådd et menneske i tide",
    },
    fact: {
      en: "The police could see that messages were unopened, and looked only after the alarm: 172 concern messages were opened too late or never (2018–2023).",
      nb: "Politiet kunne se at meldinger var uåpnet, men så først etter alarmen: 172 bekymringsmeldinger ble åpnet for sent eller aldri (2018–2023).",
    },
    source: "incidents.md, case B, fact 5",
  },
  "watched-channel": {
    name: { en: "Watched channel", nb: "Kanalen blir fulgt med på" },
    holds: {
      en: "every channel in use has a reader who is there and may read",
      nb: "hver kanal i bruk har en leser som er til stede og har tilgang",
    },
    fact: {
      en: "The police's messages could be seen only by somebody with two particular roles. The municipality knew of neither.",
      nb: "Politiets meldinger kunne bare ses av noen med to bestemte roller. Kommunen kjente ikke til noen av dem.",
    },
    source: "incidents.md, case B, facts 2 and 3",
  },
  "right-recipient": {
    name: { en: "Right recipient", nb: "Rett mottaker" },
    holds: {
      en: "each message reaches the right municipality and district, and nobody else",
      nb: "hver melding når rett kommune og bydel, og ingen andre",
    },
    fact: {
      en: "Public sample code takes the first district in the list when none is the default; the portal cannot see that the form names another.",
      nb: "Offentlig eksempelkode tar den første bydelen i listen når ingen er standard; portalen kan ikke se at skjemaet oppgir en annen.",
    },
    source: "protocols/fiks.md, D1",
  },
  intact: {
    name: { en: "Intact", nb: "Uskadd" },
    holds: { en: "every part arrives unharmed", nb: "hver del kommer uskadd fram" },
    fact: {
      en: "A container that breaks off or cannot be decrypted can look like a sound one with fewer files, or none.",
      nb: "En dokumentpakke som brytes av eller ikke lar seg dekryptere, kan se ut som en feilfri pakke med færre filer, eller ingen.",
    },
    source: "protocols/fiks.md, A2, A4 and A11",
  },
  "one-case": {
    name: { en: "One case", nb: "Én sak" },
    holds: { en: "one concern, one case", nb: "én bekymring, én sak" },
    fact: {
      en: "After both incidents messages were sent again. A message sent again must neither open a second case nor be refused as already known.",
      nb: "Etter begge hendelsene ble meldinger sendt på nytt. En melding som sendes på nytt, må verken gi en sak til eller avvises som kjent fra før.",
    },
    source: "incidents.md, invariant 21",
  },
  "poison-isolated": {
    name: { en: "Poison isolated", nb: "Giftig melding isoleres" },
    holds: {
      en: "one message that cannot be read holds up no other",
      nb: "én melding som ikke kan leses, hindrer ingen andre",
    },
    fact: {
      en: "Fiks IO gives each message three attempts. A consumer that crashes on one message uses up the attempts of those it holds beside it (inferred).",
      nb: "Fiks IO gir hver melding tre forsøk. En konsument som krasjer på én melding, bruker opp forsøkene til dem den holder samtidig (utledet).",
    },
    source: "protocols/fiks.md, B8 and B9",
  },
  "failure-visible": {
    name: { en: "Failure visible", nb: "Feil blir sett" },
    holds: {
      en: "what goes wrong is reported to a person within a day",
      nb: "det som går galt, blir meldt til et menneske innen et døgn",
    },
    fact: {
      en: "Familia kept a log of deviations that had to be searched by hand. One municipality found a message in it when the copy had already been deleted.",
      nb: "Familia førte en avvikslogg som måtte gjennomsøkes for hånd. Én kommune fant en melding i den da kopien alt var slettet.",
    },
    source: "incidents.md, case A, fact 5",
  },
  "no-leak": {
    name: { en: "No leak", nb: "Ingen lekkasje" },
    holds: {
      en: "no content turns up where it does not belong",
      nb: "intet innhold dukker opp der det ikke hører hjemme",
    },
    fact: {
      en: "These messages are about children. Personal data that gets out is a breach that must be notified within 72 hours (GDPR, article 33).",
      nb: "Meldingene handler om barn. Personopplysninger på avveie er et brudd som skal meldes innen 72 timer (personvernforordningen artikkel 33).",
    },
    source: "incidents.md, rules that a chain must satisfy",
  },
  drains: {
    name: { en: "Drains", nb: "Tar seg inn igjen" },
    holds: {
      en: "once the faults are over, all that waits is dealt with, without anybody's help",
      nb: "når feilene er over, blir alt som venter, tatt unna uten hjelp",
    },
    fact: {
      en: "In several public clients for Fiks IO the process can live on while its consumer is dead: nothing arrives, and nothing complains.",
      nb: "I flere offentlige klienter for Fiks IO kan prosessen leve videre mens konsumenten er død: Ingenting kommer inn, og ingenting sier fra.",
    },
    source: "protocols/fiks.md, B10 and B15",
  },
  reconciles: {
    name: { en: "Reconciles", nb: "Avstemmer" },
    holds: {
      en: "what a channel loses is noticed by counting what was sent against what arrived",
      nb: "det en kanal mister, oppdages ved å telle det som er sendt, mot det som er mottatt",
    },
    fact: {
      en: "Most municipalities lost a single message. Only an exact count of sent against received finds that one (inferred).",
      nb: "De fleste kommunene mistet én eneste melding. Bare en nøyaktig avstemming av sendt mot mottatt finner den (utledet).",
    },
    source: "incidents.md, case A, inferred; invariant 6",
  },
  "all-kinds": {
    name: { en: "All kinds", nb: "Alle slag" },
    holds: {
      en: "all this has been tried with every kind of message",
      nb: "alt dette er prøvd med hvert slag melding",
    },
    fact: {
      en: "Six services had lost letters or minutes of meetings as well: kinds that nobody had thought of.",
      nb: "Seks tjenester hadde mistet brev eller møtereferater også: slag ingen hadde tenkt på.",
    },
    source: "incidents.md, case A, other document kinds",
  },
};
