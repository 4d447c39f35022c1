import { municipalityParty, type PartyId } from "../../core/names.ts";
import type { Scenario } from "../../core/scenario.ts";
import type { Language } from "./language.ts";
import { partyWords } from "./words.ts";

/** What a party, or a person, is called in a sentence. */
export type Naming = (who: PartyId) => string;

/** What everybody in a scenario is called: municipalities by their names, everybody else as `partyWords` has it. */
export function namingIn({ municipalities }: Pick<Scenario, "municipalities">, language: Language): Naming {
  const places = new Map(municipalities.map(({ number, name }) => [municipalityParty(number), name]));
  return (who) => {
    const name = places.get(who);
    if (name === undefined) return partyWords(who, language);
    return language === "en" ? `the municipality of ${name}` : `kommunen ${name}`;
  };
}

/** The same, with what tells the services of Altinn apart left out where a path goes through only one of them. */
export function briefly(call: Naming, parties: readonly PartyId[]): Naming {
  const services = parties.filter((party) => party.startsWith("altinn-"));
  return (who) => (services.length === 1 && who === services[0] ? "Altinn" : call(who));
}

/** As the head of a column: a municipality by its bare name, everybody else without the article. */
export function headsIn({ municipalities }: Pick<Scenario, "municipalities">, call: Naming): Naming {
  const places = new Map(municipalities.map(({ number, name }) => [municipalityParty(number), name]));
  return (who) => places.get(who) ?? call(who).replace(/^the /, "");
}
