import type { Scenario } from "../../core/scenario.ts";
import type { Language } from "./language.ts";

/** Titles of our own scenarios in Bokmål, by id; the English one stands in the scenario. */
export const titlesInBokmal: Readonly<Record<string, string>> = {
  "familia-2023": "Bergens 24 meldinger, med portalens slettefrist i 2023",
  "familia-2023-june": "Bergens 24 meldinger, med portalens slettefrist etter 2. juni 2023",
  "queued-and-lost": "Fagsystemet har den bare i minnet, og krasjer",
  "week-end-outage": "Integrasjonen er nede fra fredag til mandag",
  "easter-week": "Fagsystemet er nede i påsken",
  "every-kind": "Én melding av hvert slag og hver versjon",
  "every-content": "Lange tekster, mange barn, et ufødt barn, æøå",
  districts: "To kommuner, flere bydeler, og meldinger som ikke oppgir noen",
  burst: "Femti meldinger på én natt, mens fagsystemet sier nei",
  twins: "To bekymringer med samme ord",
  "unsupported-version": "En versjon som systemet aldri har hørt om",
  "unknown-type": "En melding av ukjent type",
  "poison-among-healthy": "Ødelagte meldinger blant friske",
  incomplete: "Et skjema uten PDF, og et der et felt mangler",
  astray: "Et skjema til en annen kommune",
  "sent-again": "De som drifter portalen, sender en melding på nytt",
  "receiver-overloaded": "Fagsystemet er overbelastet",
  "receiver-locked": "Fagsystemets lager er låst",
  "receiver-full": "Fagsystemets disk er full",
  "receiver-slow": "Fagsystemet er langsomt",
  "receiver-queues": "Fagsystemet legger bare i kø",
  "lost-answers": "Svaret går tapt, virkningen består",
  "bad-network": "Alt et nettverk kan gjøre med en forespørsel og svaret på den",
  "connection-lost": "Forbindelser brytes, og tokentjenesten er borte",
  "crash-process": "Prosessen blir drept ved hvert trinn",
  "crash-power": "Strømmen går ved hvert trinn",
  "receiver-crashes": "Fagsystemet krasjer mellom mottak og registrering",
  "stopped-and-started": "Stoppet i en time, drept og stoppet igjen",
  "caseworker-on-holiday": "Saksbehandleren har ferie, en vikar følger med",
};

/** A scenario's title. One that is not ours, or was made by fuzzing, has its own title in every language. */
export function titleOf(scenario: Pick<Scenario, "id" | "title">, language: Language): string {
  return language === "nb" ? (titlesInBokmal[scenario.id] ?? scenario.title) : scenario.title;
}
