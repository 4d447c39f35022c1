import type { Municipality, Person } from "../core/scenario.ts";
import { district, municipality, neighbour, person, standardDistrict } from "../core/scenario-verbs.ts";

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
