import type { Switch } from "../../contracts/fiks/switches.ts";

export type PoliceSwitch = "letterDays" | "letterFiledDays";

/** Switches of the police and their letters, by name, with the value used where a scenario sets none. */
export const policeSwitches: Readonly<Record<PoliceSwitch, Switch>> = {
  letterDays: {
    value: 3,
    allowed: [1, 3, 6],
    evidence: "inferred",
    means: "Working days from writing a letter until it has arrived.",
    source: "incidents.md, case B: the prescribed routine was a letter; its time is not published",
  },
  letterFiledDays: {
    value: 1,
    allowed: [0, 1, 5],
    evidence: "inferred",
    means: "Working days from a letter's arrival until the office has made a case of it by hand.",
    source: "incidents.md, rules that a chain must satisfy: a concern is gone through within one week",
  },
};
