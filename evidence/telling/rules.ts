import type { RuleId } from "../../core/rule.ts";
import type { Words } from "./language.ts";

/** Something that is known to have happened, or to be so, and where that stands. */
export type Fact = { readonly said: Words; readonly source: string };

/** The chain of case A, through the portal and Fiks IO; or that of case B, from the police through Altinn. */
export type FactsOf = "fiks" | "altinn";

/** How a rule is told: what must hold, as a clause; what it is called; and the fact it comes from, in either chain. */
export type RuleWords = {
  readonly name: Words;
  readonly holds: Words;
  /** `both` where one fact is about the two chains alike. */
  readonly facts: { readonly both: Fact } | Readonly<Record<FactsOf, Fact>>;
};

/** The fact that a rule comes from, as the chain that broke has it. */
export function factOf(rule: RuleId, chain: FactsOf): Fact {
  const { facts } = ruleWords[rule];
  return "both" in facts ? facts.both : facts[chain];
}

/** Every rule in plain words. Facts are those of `incidents.md` and `protocols/`; inferred ones say so. */
export const ruleWords: Readonly<Record<RuleId, RuleWords>> = {
  "no-loss": {
    name: { en: "No loss", nb: "Ingen går tapt" },
    holds: { en: "no message is lost", nb: "ingen melding går tapt" },
    facts: {
      fiks: {
        said: {
          en: "63 concern messages in 22 municipalities were lost after the reporter and the portal had been told that they had arrived (Familia, 2020–2023).",
          nb: "63 bekymringsmeldinger i 22 kommuner gikk tapt etter at melderen og portalen hadde fått beskjed om at de var kommet fram (Familia, 2020–2023).",
        },
        source: "incidents.md, case A",
      },
      altinn: {
        said: {
          en: "Only the copies that the police had kept brought back what Altinn had deleted unread after 30 days.",
          nb: "Bare kopiene som politiet selv hadde beholdt, ga tilbake det Altinn hadde slettet ulest etter 30 dager.",
        },
        source: "incidents.md, case B, chain and fact 6",
      },
    },
  },
  delivers: {
    name: { en: "Delivers", nb: "Leverer" },
    holds: { en: "every sound message becomes a case in time", nb: "hver feilfri melding blir en sak i tide" },
    facts: {
      fiks: {
        said: {
          en: "A concern message shall be gone through at once, and within one week at the latest; one that the integration turns away goes by paper post instead.",
          nb: "En bekymringsmelding skal gjennomgås snarest og senest innen én uke; en som integrasjonen avviser, går i stedet som papirpost.",
        },
        source: "incidents.md, rules that a chain must satisfy; protocols/fiks.md, 1.4",
      },
      altinn: {
        said: {
          en: "Of the concern messages that the police sent in Altinn, 172 were not opened or opened too late; 4 of them, about 8 children, had not got through by any other way (2018–2023).",
          nb: "Av bekymringsmeldingene politiet sendte i Altinn, ble 172 ikke åpnet eller åpnet for sent; 4 av dem, om 8 barn, var heller ikke kommet fram på annen måte (2018–2023).",
        },
        source: "incidents.md, case B, national result",
      },
    },
  },
  "receipt-after-store": {
    name: { en: "Receipt after store", nb: "Kvittering etter lagring" },
    holds: {
      en: "nobody is told “received” before the message is safely stored",
      nb: "ingen får beskjeden «mottatt» før meldingen er trygt lagret",
    },
    facts: {
      fiks: {
        said: {
          en: "Familia's receipt did not wait for the store; storing failed now and then, most likely when the municipality's own IT was overloaded.",
          nb: "Familias kvittering ventet ikke på lagringen; lagringen sviktet av og til, trolig når kommunens eget IT-miljø var overbelastet.",
        },
        source: "incidents.md, case A, facts 1 and 2",
      },
      altinn: {
        said: {
          en: "In Altinn a program that fetches a message marks it as read, stored or not, and the reminder to the people is called off.",
          nb: "I Altinn markerer et program som henter en melding, den som lest, lagret eller ei, og påminnelsen til menneskene faller bort.",
        },
        source: "protocols/altinn.md, C7",
      },
    },
  },
  "no-false-receipt": {
    name: { en: "No false receipt", nb: "Ingen falsk kvittering" },
    holds: {
      en: "what is said to be received is found in a case, whole",
      nb: "det som er meldt mottatt, finnes helt i en sak",
    },
    facts: {
      fiks: {
        said: {
          en: "Familia returned a positive receipt whether or not the message had been stored. The reporter saw “received”, and the portal deleted its copy 14 days later.",
          nb: "Familia ga positiv kvittering enten meldingen var lagret eller ikke. Melderen så «mottatt», og portalen slettet sin kopi 14 dager senere.",
        },
        source: "incidents.md, case A, facts 1 and 4",
      },
      altinn: {
        said: {
          en: "The sender took “has an Altinn account” and “sent” to mean received, read and handled.",
          nb: "Avsenderen tok «har konto i Altinn» og «sendt» for å bety mottatt, lest og behandlet.",
        },
        source: "incidents.md, case B, mechanism 1",
      },
    },
  },
  "no-silent-expiry": {
    name: { en: "No silent expiry", nb: "Ingen utløper i stillhet" },
    holds: {
      en: "no message's time runs out without somebody being told",
      nb: "ingen melding utløper uten at noen får vite det",
    },
    facts: {
      fiks: {
        said: {
          en: "The portal deleted confirmed messages after 14 days, also those that had been confirmed falsely; after that nothing could be restored.",
          nb: "Portalen slettet bekreftede meldinger etter 14 dager, også dem som var bekreftet ved en feil; etter det kunne ingenting gjenopprettes.",
        },
        source: "incidents.md, case A, mechanism 4",
      },
      altinn: {
        said: {
          en: "What the police sent through Altinn and nobody opened was deleted after 30 days; neither side was warned (inferred).",
          nb: "Det politiet sendte gjennom Altinn og ingen åpnet, ble slettet etter 30 dager; ingen av partene ble varslet (utledet).",
        },
        source: "incidents.md, case B, fact 6",
      },
    },
  },
  "end-state-deadline": {
    name: { en: "Deadline on the end state", nb: "Frist for sluttilstanden" },
    holds: {
      en: "the sender acts when a message has not reached a person in time",
      nb: "avsenderen gjør noe når en melding ikke har nådd et menneske i tide",
    },
    facts: {
      fiks: {
        said: {
          en: "The integration had been in place for two years and eight months when a municipality found that messages were missing (Familia, 2020–2023).",
          nb: "Integrasjonen hadde vært i bruk i to år og åtte måneder da en kommune oppdaget at det manglet meldinger (Familia, 2020–2023).",
        },
        source: "incidents.md, case A, in place since and discovery",
      },
      altinn: {
        said: {
          en: "The police could see that messages were unopened, and looked only after the alarm: 172 concern messages were opened too late or never (2018–2023).",
          nb: "Politiet kunne se at meldinger var uåpnet, men så først etter alarmen: 172 bekymringsmeldinger ble åpnet for sent eller aldri (2018–2023).",
        },
        source: "incidents.md, case B, fact 5",
      },
    },
  },
  "watched-channel": {
    name: { en: "Watched channel", nb: "Kanalen blir fulgt med på" },
    holds: {
      en: "every channel in use has a reader who is there and may read",
      nb: "hver kanal i bruk har en leser som er til stede og har tilgang",
    },
    facts: {
      fiks: {
        said: {
          en: "After the fix had been sent out, nobody could see how things stood in 22 of the 242 municipalities at risk.",
          nb: "Etter at rettelsen var sendt ut, kunne ingen se hvordan det sto til i 22 av de 242 utsatte kommunene.",
        },
        source: "incidents.md, case A, fix shipped",
      },
      altinn: {
        said: {
          en: "The police's messages could be seen only by somebody with two particular roles. The municipality knew of neither.",
          nb: "Politiets meldinger kunne bare ses av noen med to bestemte roller. Kommunen kjente ikke til noen av dem.",
        },
        source: "incidents.md, case B, facts 2 and 3",
      },
    },
  },
  "right-recipient": {
    name: { en: "Right recipient", nb: "Rett mottaker" },
    holds: {
      en: "each message reaches the right municipality and district, and nobody else",
      nb: "hver melding når rett kommune og bydel, og ingen andre",
    },
    facts: {
      fiks: {
        said: {
          en: "Public sample code takes the first district in the list when none is the default; the portal cannot see that the form names another.",
          nb: "Offentlig eksempelkode tar den første bydelen i listen når ingen er standard; portalen kan ikke se at skjemaet oppgir en annen.",
        },
        source: "protocols/fiks.md, D1",
      },
      altinn: {
        said: {
          en: "In Altinn the address is an organisation number: mix-ups have sent whole case files to a newspaper and to a theatre group.",
          nb: "I Altinn er adressen et organisasjonsnummer: Forvekslinger har sendt hele saksmapper til en avis og til en teatergruppe.",
        },
        source: "protocols/altinn.md, 5 and C14",
      },
    },
  },
  intact: {
    name: { en: "Intact", nb: "Uskadd" },
    holds: { en: "every part arrives unharmed", nb: "hver del kommer uskadd fram" },
    facts: {
      fiks: {
        said: {
          en: "A container that breaks off or cannot be decrypted can look like a sound one with fewer files, or none.",
          nb: "En dokumentpakke som brytes av eller ikke lar seg dekryptere, kan se ut som en feilfri pakke med færre filer, eller ingen.",
        },
        source: "protocols/fiks.md, A2, A4 and A11",
      },
      altinn: {
        said: {
          en: "In Altinn the files of a message can expire while its text stays. Only the sender is told.",
          nb: "I Altinn kan filene i en melding utløpe mens teksten blir stående. Bare avsenderen får vite det.",
        },
        source: "protocols/altinn.md, C9",
      },
    },
  },
  "one-case": {
    name: { en: "One case", nb: "Én sak" },
    holds: { en: "one concern, one case", nb: "én bekymring, én sak" },
    facts: {
      both: {
        said: {
          en: "After both incidents messages were sent again. A message sent again must neither open a second case nor be refused as already known.",
          nb: "Etter begge hendelsene ble meldinger sendt på nytt. En melding som sendes på nytt, må verken gi en sak til eller avvises som kjent fra før.",
        },
        source: "incidents.md, invariant 21",
      },
    },
  },
  "poison-isolated": {
    name: { en: "Poison isolated", nb: "Giftig melding isoleres" },
    holds: {
      en: "one message that cannot be read holds up no other",
      nb: "én melding som ikke kan leses, hindrer ingen andre",
    },
    facts: {
      fiks: {
        said: {
          en: "Fiks IO gives each message three attempts. A consumer that crashes on one message uses up the attempts of those it holds beside it (inferred).",
          nb: "Fiks IO gir hver melding tre forsøk. En konsument som krasjer på én melding, bruker opp forsøkene til dem den holder samtidig (utledet).",
        },
        source: "protocols/fiks.md, B8 and B9",
      },
      altinn: {
        said: {
          en: "Altinn's list shows at most 1000 messages and has no further page: what is never dealt with stands in the way of the rest.",
          nb: "Listen i Altinn viser høyst 1000 meldinger og har ingen neste side: Det som aldri blir tatt unna, står i veien for resten.",
        },
        source: "protocols/altinn.md, 2.5 and C5",
      },
    },
  },
  "failure-visible": {
    name: { en: "Failure visible", nb: "Feil blir sett" },
    holds: {
      en: "what goes wrong is reported to a person within a day",
      nb: "det som går galt, blir meldt til et menneske innen et døgn",
    },
    facts: {
      fiks: {
        said: {
          en: "Familia kept a log of deviations that had to be searched by hand. One municipality found a message in it when the copy had already been deleted.",
          nb: "Familia førte en avvikslogg som måtte gjennomsøkes for hånd. Én kommune fant en melding i den da kopien alt var slettet.",
        },
        source: "incidents.md, case A, fact 5",
      },
      altinn: {
        said: {
          en: "The police could see which messages had not been opened. Nobody watched that list, and it was looked at only after the alarm.",
          nb: "Politiet kunne se hvilke meldinger som ikke var åpnet. Ingen fulgte med på den listen, og den ble først sett på etter alarmen.",
        },
        source: "incidents.md, case B, mechanism 5",
      },
    },
  },
  "no-leak": {
    name: { en: "No leak", nb: "Ingen lekkasje" },
    holds: {
      en: "no content turns up where it does not belong",
      nb: "intet innhold dukker opp der det ikke hører hjemme",
    },
    facts: {
      both: {
        said: {
          en: "These messages are about children. Personal data that gets out is a breach that must be notified within 72 hours (GDPR, article 33).",
          nb: "Meldingene handler om barn. Personopplysninger på avveie er et brudd som skal meldes innen 72 timer (personvernforordningen artikkel 33).",
        },
        source: "incidents.md, rules that a chain must satisfy",
      },
    },
  },
  drains: {
    name: { en: "Drains", nb: "Tar seg inn igjen" },
    holds: {
      en: "once the faults are over, all that waits is dealt with, without anybody's help",
      nb: "når feilene er over, blir alt som venter, tatt unna uten hjelp",
    },
    facts: {
      fiks: {
        said: {
          en: "In several public clients for Fiks IO the process can live on while its consumer is dead: nothing arrives, and nothing complains.",
          nb: "I flere offentlige klienter for Fiks IO kan prosessen leve videre mens konsumenten er død: Ingenting kommer inn, og ingenting sier fra.",
        },
        source: "protocols/fiks.md, B10 and B15",
      },
      altinn: {
        said: {
          en: "Altinn answers 401 both to an expired token and to a lost right. A client that only gets a new token each time hides that nothing comes in any more.",
          nb: "Altinn svarer 401 både på et utløpt token og på en tapt tilgang. En klient som bare henter nytt token hver gang, skjuler at ingenting lenger kommer inn.",
        },
        source: "protocols/altinn.md, 4.3 and X2",
      },
    },
  },
  reconciles: {
    name: { en: "Reconciles", nb: "Avstemmer" },
    holds: {
      en: "what a channel loses is noticed by counting what was sent against what arrived",
      nb: "det en kanal mister, oppdages ved å telle det som er sendt, mot det som er mottatt",
    },
    facts: {
      fiks: {
        said: {
          en: "Most municipalities lost a single message. Only an exact count of sent against received finds that one (inferred).",
          nb: "De fleste kommunene mistet én eneste melding. Bare en nøyaktig avstemming av sendt mot mottatt finner den (utledet).",
        },
        source: "incidents.md, case A, inferred; invariant 6",
      },
      altinn: {
        said: {
          en: "Of 118 transmissions to Bergen, 77 were for child welfare and 25 were concern messages. Nobody had counted what was sent against what was opened (inferred).",
          nb: "Av 118 forsendelser til Bergen var 77 til barnevernet og 25 bekymringsmeldinger. Ingen hadde telt det som var sendt, mot det som var åpnet (utledet).",
        },
        source: "incidents.md, case B, facts",
      },
    },
  },
  "all-kinds": {
    name: { en: "All kinds", nb: "Alle slag" },
    holds: {
      en: "all this has been tried with every kind of message",
      nb: "alt dette er prøvd med hvert slag melding",
    },
    facts: {
      fiks: {
        said: {
          en: "Six services had lost letters or minutes of meetings as well: kinds that nobody had thought of.",
          nb: "Seks tjenester hadde mistet brev eller møtereferater også: slag ingen hadde tenkt på.",
        },
        source: "incidents.md, case A, other document kinds",
      },
      altinn: {
        said: {
          en: "A service made for criminal cases carried concern messages as well: 25 of Bergen's 118 transmissions.",
          nb: "En tjeneste laget for straffesaker bar også bekymringsmeldinger: 25 av Bergens 118 forsendelser.",
        },
        source: "incidents.md, case B, facts",
      },
    },
  },
};
