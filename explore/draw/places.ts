import type { Mailbox, Municipality, Person } from "../../core/scenario.ts";
import {
  atSenders,
  district,
  municipality,
  neighbour,
  person,
  standardDistrict,
  withMailbox,
} from "../../core/scenario-verbs.ts";

/** One office without districts. Invented: numbers are not in use, organisation numbers of the synthetic 3-series. */
export const village: Municipality = municipality("4690", "Fjordvik", "310000000", [
  standardDistrict("01", "Fjordvik barnevern"),
]);

/** A city with three districts, one of which reads version 1 only; the first takes what names none. */
export const city: Municipality = municipality("4691", "Storhamn", "310000019", [
  standardDistrict("01", "Sentrum"),
  district("02", "Nordbyen"),
  district("03", "Åsane øst", "V1"),
]);

/** Next door, with a system of its own: a message that ends there has gone astray. */
export const nextDoor: Municipality = neighbour(
  municipality("4692", "Naboset", "310000027", [standardDistrict("01", "Naboset barnevern")]),
);

/** The people who take care of what a case system shows. */
export function staffOf(places: readonly Municipality[]): Person[] {
  return places.flatMap((place) => [
    person(`Saksbehandler ${place.name}`, "caseworker", place),
    person(`Avviksvakt ${place.name}`, "deviations", place),
  ]);
}

/** How a place lives with its mail in Altinn, when a sender is under test. */
export const readings = [
  /** Somebody holds every right and looks. */
  "awake",
  /** Nobody was told of the channel, and nobody gives a right. */
  "asleep",
  /** Nobody holds a right until a notice comes; then the administrator gives them all. */
  "wakes",
  /** As `wakes`, but the notice bounces. */
  "unreachable",
  /** A machine opens everything, and no person does. */
  "machine",
  /** Somebody holds what mail needs, and not what a dispatch needs. */
  "half",
] as const;

export type Reading = (typeof readings)[number];

const mailboxes: Readonly<Record<Reading, Partial<Mailbox>>> = {
  awake: {},
  asleep: {},
  wakes: {},
  unreachable: { notices: "bounce" },
  machine: { machine: "opens" },
  half: {},
};

/** The place as it stands in Altinn, whoever reads there. */
export function inAltinn(place: Municipality, reading: Reading): Municipality {
  const mailbox = mailboxes[reading];
  return Object.keys(mailbox).length === 0 ? place : withMailbox(place, mailbox);
}

/** Whoever opens the mail of a place. */
export function distributorOf(place: Municipality): string {
  return `Postfordeler ${place.name}`;
}

/** The people around a place's mail. */
export function readersOf(place: Municipality, reading: Reading): Person[] {
  const distributor = distributorOf(place);
  const reads = (rights: Person["rights"]): Person =>
    person(distributor, "mail distributor", place, { hours: 2 }, rights === undefined ? {} : { rights });
  const administrator = person(`Administrator ${place.name}`, "administrator", place, { hours: 4 });
  switch (reading) {
    case "awake":
      return [reads(["correspondence", "confidential", "dispatch-message", "dispatch-file"])];
    case "half":
      return [reads(["correspondence", "confidential"])];
    case "asleep":
    case "machine":
      return [reads(undefined), administrator];
    case "wakes":
    case "unreachable":
      return [reads(undefined), { ...administrator, delegatesTo: distributor }];
  }
}

/** Whoever owns the alarms at the sender's, round the year. */
export const dutyOfficer: Person = atSenders("Vakthavende ved politiet", "deviations");
