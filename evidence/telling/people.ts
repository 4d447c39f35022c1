import type { Mailbox, Municipality, Person, Scenario } from "../../core/scenario.ts";
import { type Language, type Saying, sentence } from "./language.ts";
import { rightsWords } from "./mail.ts";
import { number } from "./number.ts";

/** Of people alike so many are named; more are counted. */
const mostNamed = 2;

/** Somebody, and where they work: the name of the municipality. */
type At = { readonly person: Person; readonly place: string };

/** People who stand alike, as a sentence: of one, and of somebody in each of so many municipalities. */
type Standing = {
  readonly one: Saying<At>;
  readonly many: Saying<{ readonly person: Person; readonly places: string }>;
};

const distributor: Standing = {
  one: {
    en: ({ person, place }) =>
      hasRights(person)
        ? `${person.name} opens the mail for ${place} in Altinn and may read ${rightsOf(person, "en")}.`
        : `${person.name} is to open the mail for ${place} in Altinn, but may read none of it.`,
    nb: ({ person, place }) =>
      hasRights(person)
        ? `${person.name} åpner posten til ${place} i Altinn og har tilgang til ${rightsOf(person, "nb")}.`
        : `${person.name} skal åpne posten til ${place} i Altinn, men har ikke tilgang til noe av den.`,
  },
  many: {
    en: ({ person, places }) =>
      hasRights(person)
        ? `in ${places} municipalities somebody opens the mail in Altinn and may read ${rightsOf(person, "en")}.`
        : `in ${places} municipalities somebody is to open the mail in Altinn, but may read none of it.`,
    nb: ({ person, places }) =>
      hasRights(person)
        ? `i ${places} kommuner er det noen som åpner posten i Altinn og har tilgang til ${rightsOf(person, "nb")}.`
        : `i ${places} kommuner er det noen som skal åpne posten i Altinn, men som ikke har tilgang til noe av den.`,
  },
};

const administrator: Standing = {
  one: {
    en: ({ person, place }) =>
      `${person.name} is main administrator for ${place} in Altinn, ${person.delegatesTo === undefined ? "and forgets to give anybody access, even when a notice comes" : `and gives ${person.delegatesTo} every right when a notice comes`}.`,
    nb: ({ person, place }) =>
      `${person.name} er hovedadministrator for ${place} i Altinn ${person.delegatesTo === undefined ? "og glemmer å gi noen tilgang, også når det kommer et varsel" : `og gir ${person.delegatesTo} alle tilganger når det kommer et varsel`}.`,
  },
  many: {
    en: ({ person, places }) =>
      `in ${places} municipalities the main administrator in Altinn ${person.delegatesTo === undefined ? "forgets to give anybody access, even when a notice comes" : "gives somebody every right when a notice comes"}.`,
    nb: ({ person, places }) =>
      `i ${places} kommuner ${person.delegatesTo === undefined ? "glemmer hovedadministratoren i Altinn å gi noen tilgang, også når det kommer et varsel" : "gir hovedadministratoren i Altinn noen alle tilganger når det kommer et varsel"}.`,
  },
};

const reader: Standing = {
  one: {
    en: ({ person, place }) => `${person.name} may read ${rightsOf(person, "en")} for ${place} in Altinn.`,
    nb: ({ person, place }) => `${person.name} har tilgang til ${rightsOf(person, "nb")} til ${place} i Altinn.`,
  },
  many: {
    en: ({ person, places }) => `in ${places} municipalities somebody may read ${rightsOf(person, "en")} in Altinn.`,
    nb: ({ person, places }) => `i ${places} kommuner har noen tilgang til ${rightsOf(person, "nb")} i Altinn.`,
  },
};

const atSenders: Readonly<Partial<Record<Person["duty"], Saying<Person>>>> = {
  deviations: {
    en: ({ name }) => `${name} takes care of the sender's alarms.`,
    nb: ({ name }) => `${name} tar seg av alarmene hos avsenderen.`,
  },
  investigator: {
    en: ({ name }) => `${name} at the police goes through what was never opened, and sends a letter instead.`,
    nb: ({ name }) => `${name} i politiet går gjennom det som aldri ble åpnet, og sender brev i stedet.`,
  },
};

const hasRights = ({ rights = [] }: Person): boolean => rights.length > 0;
const rightsOf = ({ rights = [] }: Person, language: Language): string => rightsWords(rights, language);

function standingOf(person: Person): Standing | undefined {
  switch (person.duty) {
    case "mail distributor":
      return distributor;
    case "administrator":
      return administrator;
    default:
      return hasRights(person) ? reader : undefined;
  }
}

/** Who may read and who decides in Altinn, who looks at the sender's, and how municipalities stand where not as usual. */
export function peopleWords({ people, municipalities }: Scenario, language: Language): string[] {
  const names = new Map(municipalities.map(({ number, name }) => [number, name]));
  const alike = new Map<string, At[]>();
  const said: string[] = [];
  for (const person of people) {
    const { duty, municipality, rights, delegatesTo } = person;
    if (municipality === undefined) {
      said.push(atSenders[duty]?.[language](person) ?? "");
      continue;
    }
    if (standingOf(person) === undefined) continue;
    const key = JSON.stringify([duty, rights, delegatesTo !== undefined]);
    const at = { person, place: names.get(municipality) ?? municipality };
    alike.set(key, [...(alike.get(key) ?? []), at]);
  }
  for (const group of alike.values()) said.push(...groupWords(group, language));
  return [...said, ...mailboxWords(municipalities, language)].filter((words) => words !== "");
}

function groupWords(group: readonly At[], language: Language): string[] {
  const [first] = group;
  const standing = first === undefined ? undefined : standingOf(first.person);
  if (first === undefined || standing === undefined) return [];
  if (group.length <= mostNamed) return group.map((at) => standing.one[language](at));
  const places = number(new Set(group.map(({ place }) => place)).size, language);
  return [sentence(standing.many[language]({ person: first.person, places }))];
}

/** How a municipality stands that is not as usual; said of one by its name, or of several by their number. */
const unusual: readonly { readonly is: (mailbox: Partial<Mailbox>) => boolean; readonly words: Saying<string> }[] = [
  {
    is: ({ notices }) => notices === "bounce",
    words: {
      en: (who) => `Notices to ${who} bounce.`,
      nb: (who) => `Varsler til ${who} kommer i retur.`,
    },
  },
  {
    is: ({ notices }) => notices === "no address",
    words: {
      en: (who) => `There is no address for notices to ${who}.`,
      nb: (who) => `Det finnes ingen adresse for varsler til ${who}.`,
    },
  },
  {
    is: ({ qualified }) => qualified === false,
    words: {
      en: (who) => `Nobody in ${who} has a role that confidential mail asks for: Altinn refuses such mail.`,
      nb: (who) => `Ingen i ${who} har en rolle som kreves for taushetsbelagt post: Altinn avviser slik post.`,
    },
  },
  {
    is: ({ machine }) => machine === "opens",
    words: {
      en: (who) => `In ${who} a machine opens all that comes in Altinn, and nobody looks at it.`,
      nb: (who) => `I ${who} åpner en maskin alt som kommer i Altinn, uten at noen ser på det.`,
    },
  },
];

function mailboxWords(municipalities: readonly Municipality[], language: Language): string[] {
  return unusual.flatMap(({ is, words }) => {
    const found = municipalities.filter(({ mailbox = {} }) => is(mailbox));
    if (found.length <= mostNamed) return found.map(({ name }) => words[language](name));
    const count = number(found.length, language);
    return [words[language](language === "en" ? `${count} municipalities` : `${count} kommuner`)];
  });
}
