import type { Switch } from "../../contracts/fiks/switches.ts";

export type PeopleSwitch = "carriedByHandMinutes";

/** Switches of the people on the roster, by name, with the value used where a scenario sets none. */
export const peopleSwitches: Readonly<Record<PeopleSwitch, Switch>> = {
  carriedByHandMinutes: {
    value: 30,
    allowed: [10, 30, 240],
    evidence: "inferred",
    means: "Minutes from opening a message in Altinn until it stands in the case system, carried there by hand.",
    source: "incidents.md, case B: even an opened message needed a manual transfer",
  },
};
