import type { Municipality, Person } from "../core/scenario.ts";
import { atSenders, district, municipality, neighbour, person, standardDistrict } from "../core/scenario-verbs.ts";

/** One office without districts. Invented, as everything here: numbers are not in use, organisation numbers of the 3-series. */
export const fjordvik: Municipality = municipality("4690", "Fjordvik", "310000000", [
  standardDistrict("01", "Fjordvik barnevern"),
]);

/** A city with three districts; the first takes what names none. */
export const storhamn: Municipality = municipality("4691", "Storhamn", "310000019", [
  standardDistrict("01", "Sentrum"),
  district("02", "Nordbyen"),
  district("03", "Åsane øst"),
]);

/** Next door, with a system of its own: a message that ends there has gone astray. */
export const naboset: Municipality = neighbour(
  municipality("4692", "Naboset", "310000027", [standardDistrict("01", "Naboset barnevern")]),
);

/** The people who take care of what the case system shows: a caseworker, and whoever is on duty for deviations. */
export function staffOf(...places: readonly Municipality[]): Person[] {
  return places.flatMap((place) => [
    person(`Saksbehandler ${place.name}`, "caseworker", place),
    person(`Avviksvakt ${place.name}`, "deviations", place),
  ]);
}

/** Everything that somebody may hold in Altinn. */
const everyRight = ["correspondence", "confidential", "dispatch-message", "dispatch-file"] as const;

/** Whoever opens the mail of a place that is awake. */
export const distributorOf = (place: Municipality): string => `Postfordeler ${place.name}`;
/** Main administrator of a place in Altinn. */
export const administratorOf = (place: Municipality): string => `Administrator ${place.name}`;

/** Places where somebody holds every right in Altinn, looks every second hour at work, and carries mail to the case system. */
export function awake(...places: readonly Municipality[]): Person[] {
  return places.map((place) =>
    person(distributorOf(place), "mail distributor", place, { hours: 2 }, { rights: everyRight }),
  );
}

/** Places where nobody was told of the channel: there are people, and none holds a right or gives one. */
export function asleep(...places: readonly Municipality[]): Person[] {
  return places.flatMap((place) => [
    person(distributorOf(place), "mail distributor", place, { hours: 2 }),
    person(administratorOf(place), "administrator", place),
  ]);
}

/** Whoever owns the alarms at the sender's, round the year. */
export const dutyOfficer: Person = atSenders("Vakthavende ved politiet", "deviations");
